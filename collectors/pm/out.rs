//! Where rows go: batches small enough to be held, each of rows with the same parameters.

use std::collections::VecDeque;

use model::pm::{Batch, Granularity, IntervalStatus, Row};

use crate::pm::cell::key_text;
use crate::pm::columns::{Columns, Group};
use crate::pm::issue::Issues;

/// Rows of a batch.
const ROWS_MAX: usize = 1000;
/// Values of a batch, for rows with very many.
const VALUES_MAX: usize = 1 << 16;
/// Bytes of an object's id: a database's index can hold no much longer one.
const OBJECT_MAX: usize = 512;
/// Bytes of a circuit's code: 64 characters.
const CODE_MAX: usize = 256;
/// Bytes of an object's type or a layer rate.
const WORD_MAX: usize = 128;
/// A longer period is a misreading.
const GRANULARITY_MAX: u32 = 31 * 86_400;

/// Batches that are made, and issues.
#[derive(Debug, Default)]
pub(super) struct Out {
    batch: Batch,
    ready: VecDeque<Batch>,
    pub(super) issues: Issues,
}

// === impl Out ===

impl Out {
    /// A finished batch.
    pub(super) fn take(&mut self) -> Option<Batch> {
        self.ready.pop_front()
    }

    /// Nothing more comes with these parameters.
    pub(super) fn flush(&mut self) {
        if !self.batch.rows.is_empty() {
            self.ready.push_back(std::mem::take(&mut self.batch));
        }
    }

    /// A row with a value for each of the file's counters.
    pub(super) fn row(&mut self, columns: &Columns, row: Row, values: &[f64]) {
        let other = self.batch.params != columns.params;
        if other || self.batch.rows.len() >= ROWS_MAX || self.batch.values.len() >= VALUES_MAX {
            self.flush();
        }
        if self.batch.rows.is_empty() {
            let rows = ROWS_MAX.min(VALUES_MAX / columns.params.len().max(1) + 1);
            self.batch.params.clone_from(&columns.params);
            self.batch.rows.reserve(rows);
            self.batch.values.reserve(rows * columns.params.len());
        }
        let Some((last, others)) = columns.groups.split_last() else { return };
        for group in others {
            self.one(columns.params.len(), group, row.clone(), values);
        }
        self.one(columns.params.len(), last, row, values);
    }

    /// The values of one place. A period without a single value was not measured, whatever is said of it.
    fn one(&mut self, width: usize, group: &Group, mut row: Row, values: &[f64]) {
        let from = self.batch.values.len();
        self.batch.values.resize(from + width, f64::NAN);
        let target = self.batch.values.get_mut(from..).unwrap_or_default();
        let mut measured = false;
        for slot in &group.slots {
            let value = values.get(slot.from).copied().unwrap_or(f64::NAN) * slot.scale;
            if let Some(target) = target.get_mut(slot.to).filter(|_| value.is_finite()) {
                *target = value;
                measured = true;
            }
        }
        if !measured && row.status == IntervalStatus::Valid {
            row.status = IntervalStatus::Unavailable;
            row.measured_s = 0;
        }
        row.location = group.location.unwrap_or(row.location);
        self.batch.rows.push(row);
    }
}

/// The texts that name an object, checked.
///
/// # Errors
/// Which of them cannot be kept, and why.
pub(super) fn check_names(object_id: &str, circuit_code: &str, words: [&str; 2]) -> Result<(), (&'static str, String)> {
    if object_id.is_empty() {
        return Err(("object id", "it is empty; the row is left out".to_owned()));
    }
    key_text(object_id, OBJECT_MAX).map_err(|reason| ("object id", reason))?;
    key_text(circuit_code, CODE_MAX).map_err(|reason| ("circuit code", reason))?;
    for (name, word) in ["object type", "layer rate"].into_iter().zip(words) {
        key_text(word, WORD_MAX).map_err(|reason| (name, reason))?;
    }
    Ok(())
}

/// A period's length that can be kept.
pub(super) fn granularity(seconds: u32) -> Option<Granularity> {
    (1..=GRANULARITY_MAX).contains(&seconds).then_some(Granularity(seconds))
}
