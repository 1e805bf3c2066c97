//! Performance data: announced files, what is measured, and the values as compressed columns.
//!
//! - [`file`]: `add_files`, `due_sources`, `due_files`, `put_off`, `end_file`, `file_with_digest`,
//!   `count_waiting_files`, `files_of_periods`, `drop_files`: what peers announced and what became of it
//! - [`subject`]: `learn`, `subjects_of_circuit`, `subjects_of_object`, `subject_of_link`, `circuits_of_page`: who is
//!   measured, by number
//! - [`slot`]: `pack_slot`, `begin_slot`, `put_pages`, `show_slots`, `drop_slots`, `waiting_days`, `pages_of_day`,
//!   `slot_samples`, `drop_pages`, `drop_empty_slots`: files as they came; nothing of a file is read before all of it
//!   is there; `slots_to_judge`, `count_slots_to_judge`, `pages_of_slot`, `put_judged`: what thresholds have to look at
//! - [`task`]: what managers measure for us, and what is asked for again of the past
//! - [`block`]: `pack_blocks`, `put_blocks`, `block_samples`, `drop_blocks`, `dropped_until`: the past and its
//!   roll-ups; `put_month_mark`, `month_marks`, `marked`, `drop_month_mark`: what is to be rolled up anew
//! - [`threshold`]: `thresholds`, `threshold_by_id`, `add_threshold`, `put_threshold`, `drop_threshold`,
//!   `has_had_thresholds`; [`crossing`]: `crossings_of_page`, `add_crossing`, `end_crossing`, `take_back`,
//!   `open_crossings`, `waiting_crossings`, `crossing_told`, `drop_crossings`
//!
//! A row is about a subject: (source, object, location). 256 of them share a page, 16 a bundle.

pub mod block;
mod bytes;
mod columns;
pub mod crossing;
pub mod file;
pub mod slot;
pub mod subject;
pub mod task;
pub mod threshold;

use model::text::{Text, shared};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// Stands between two names.
const NAME: &str = "\u{1f}";

/// The page of a subject.
pub const fn page_of(subject: i64) -> i64 {
    subject >> 8
}

/// The bundle of a subject.
pub const fn bundle_of(subject: i64) -> i64 {
    subject >> 4
}

/// The bundles of a page.
pub const fn bundles_of(page: i64) -> std::ops::Range<i64> {
    page << 4..(page + 1) << 4
}

fn write_names(names: &[Text]) -> String {
    names.join(NAME)
}

fn read_names(text: &str) -> Vec<Text> {
    text.split(NAME).filter(|name| !name.is_empty()).map(shared).collect()
}
