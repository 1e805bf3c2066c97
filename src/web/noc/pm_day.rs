//! A day of performance data, source by source: for which quarter hours files came, and what is wrong with the
//! others.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::civil::{Date, DateTime};
use model::source::SourceId;
use model::time::{Time, Window, Zone};
use serde::{Deserialize, Serialize};
use store::peer::{PeerState, peer_states};
use store::performance::file::{FileOfPeriod, FileState, files_of_periods};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::Params;
use crate::problem::Problem;

const SLOT_MS: i64 = 900_000;
/// After the end of a period its file is not missed for so long.
const GRACE_MS: i64 = 900_000;
/// A longer file is a day's values, which fill no quarter hour.
const FILE_MS_MAX: i64 = 86_400_000 - 1;
/// Files of one source that are looked at: its managers may write one for each element.
const FILES_MAX: u32 = 50_000;
/// Files that are named with what is wrong with them.
const FAULTS_MAX: usize = 50;

/// Which day.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DayQuery {
    /// The day in the zone of performance data, `2026-11-07`; default today.
    date: Option<String>,
}

/// A source's day.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PmDay)]
pub(crate) struct PmDayView {
    /// Source.
    #[schema(value_type = String)]
    source: SourceId,
    /// The day.
    #[schema(value_type = String)]
    date: Date,
    /// Its beginning; quarter hours follow each other from here. There are 96, or more or fewer where a clock is put
    /// forward or back.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// Each quarter hour.
    #[schema(value_type = Vec<String>)]
    slots: Vec<Slot>,
    /// Quarter hours whose files are here.
    complete: usize,
    /// Quarter hours whose files should be here.
    due: usize,
    /// Announced files that were not fetched yet.
    waiting: usize,
    /// Files that cannot be used or had rows that were refused, the newest first.
    faults: Vec<FaultView>,
}

/// A file with something wrong.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PmDayFault)]
pub(crate) struct FaultView {
    /// The periods that it holds.
    #[schema(value_type = Object)]
    period: Window,
    /// Where it is.
    path: String,
    /// Rows of it.
    rows: u64,
    /// Of these, refused ones.
    refused: u64,
    /// Why it cannot be used; empty if only rows were refused.
    reason: String,
}

/// What is known of a quarter hour, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Slot {
    /// Nothing is due yet.
    Open,
    /// It is over, and no file came.
    Missing,
    /// Its file cannot be used.
    Failed,
    /// Its file is announced.
    Waiting,
    /// Rows of its file were refused.
    Partial,
    /// All of its file is here.
    Complete,
}

/// The day of every source that ever announced performance files on it, or from which some are due.
#[utoipa::path(get, path = "/pm-days", tag = "sources", params(DayQuery),
    responses((status = 200, body = Listing<PmDayView>), (status = 400)))]
pub(crate) async fn list_days(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<DayQuery>,
) -> Result<Json<Listing<PmDayView>>, Problem> {
    let (zone, now) = (&app.settings.performance_zone, app.clock.now());
    let date = match &query.date {
        None => zone.civil(now).date(),
        Some(text) => text.parse().map_err(|_| Problem::bad_field("date", "must be a day such as 2026-11-07"))?,
    };
    let window = day(date, zone).ok_or_else(|| Problem::bad_field("date", "lies beyond the calendar"))?;
    let mut tx = app.db.read().await?;
    let mut days = Vec::new();
    for PeerState { source, source_no, .. } in peer_states(&mut tx).await? {
        let files = files_of_periods(&mut tx, source_no, before(window), FILES_MAX).await?;
        if !files.is_empty() {
            days.push(PmDayView::of(source, (date, window), &files, now));
        }
    }
    Ok(Json(Listing::whole(days, now)))
}

/// A day in a zone.
fn day(date: Date, zone: &Zone) -> Option<Window> {
    let start = |date: Date| zone.instant(DateTime::from(date));
    Some(Window::new(start(date), start(date.tomorrow().ok()?)))
}

/// A file may begin the day before and reach into this one; a source that told of yesterday owes today's too.
fn before(window: Window) -> Window {
    Window::new(window.start.plus_ms(-FILE_MS_MAX), window.end)
}

// === impl PmDayView ===

impl PmDayView {
    fn of(source: SourceId, (date, window): (Date, Window), files: &[FileOfPeriod], now: Time) -> Self {
        let count = usize::try_from(window.length_ms() / SLOT_MS).unwrap_or_default();
        let mut slots: Vec<Slot> = (0..count).map(|nth| Slot::without_file(slot(window, nth), now)).collect();
        let here =
            files.iter().filter(|file| file.period.length_ms() <= FILE_MS_MAX && file.period.cut(window).is_some());
        let mut faults = Vec::new();
        let mut waiting = 0;
        for file in here {
            let found = Slot::of(file);
            for (nth, known) in slots.iter_mut().enumerate() {
                if file.period.cut(slot(window, nth)).is_some_and(|shared| !shared.is_empty()) {
                    *known = (*known).max(found);
                }
            }
            waiting += usize::from(file.state == FileState::Waiting);
            if matches!(found, Slot::Failed | Slot::Partial) {
                faults.push(FaultView::of(file));
            }
        }
        faults.reverse();
        faults.truncate(FAULTS_MAX);
        PmDayView {
            source,
            date,
            start: window.start,
            complete: slots.iter().filter(|slot| **slot >= Slot::Partial).count(),
            due: slots.iter().filter(|slot| **slot != Slot::Open).count(),
            slots,
            waiting,
            faults,
        }
    }
}

/// A quarter hour of a day.
fn slot(day: Window, nth: usize) -> Window {
    let start = day.start.plus_ms(i64::try_from(nth).unwrap_or_default() * SLOT_MS);
    Window::new(start, start.plus_ms(SLOT_MS))
}

// === impl Slot ===

impl Slot {
    fn without_file(slot: Window, now: Time) -> Self {
        if slot.end.plus_ms(GRACE_MS) <= now { Slot::Missing } else { Slot::Open }
    }

    fn of(file: &FileOfPeriod) -> Self {
        match file.state {
            FileState::Waiting => Slot::Waiting,
            FileState::Failed => Slot::Failed,
            FileState::Done if file.refused > 0 => Slot::Partial,
            FileState::Done => Slot::Complete,
        }
    }
}

// === impl FaultView ===

impl FaultView {
    fn of(file: &FileOfPeriod) -> Self {
        FaultView {
            period: file.period,
            path: file.path.clone(),
            rows: file.rows,
            refused: file.refused,
            reason: file.reason.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date() -> Date {
        Date::constant(2026, 11, 7)
    }

    /// A file that begins `from` quarter hours into the day.
    fn file(day: Window, from: i64, slots: i64, state: FileState, refused: u64) -> FileOfPeriod {
        let start = day.start.plus_ms(from * SLOT_MS);
        let period = Window::new(start, start.plus_ms(slots * SLOT_MS));
        FileOfPeriod { period, path: format!("/{from}"), state, rows: 10, refused, reason: String::new() }
    }

    #[test]
    fn a_quarter_hour_is_as_good_as_its_best_file() {
        let day = day(date(), &Zone::china()).unwrap();
        let files = [
            file(day, -1, 2, FileState::Done, 0),
            file(day, 1, 1, FileState::Failed, 0),
            file(day, 1, 1, FileState::Done, 3),
            file(day, 2, 1, FileState::Failed, 0),
            file(day, 4, 1, FileState::Waiting, 0),
            file(day, 0, 96, FileState::Done, 0),
            file(day, 96, 1, FileState::Done, 0),
        ];
        // Nine quarter hours are over, the last of them just now.
        let view = PmDayView::of(SourceId::new("GD_TNMS"), (date(), day), &files, day.start.plus_ms(9 * SLOT_MS));
        use Slot::*;
        assert_eq!(view.slots[..9], [Complete, Partial, Failed, Missing, Waiting, Missing, Missing, Missing, Open]);
        assert!(view.slots[9..].iter().all(|slot| *slot == Open) && view.slots.len() == 96);
        assert_eq!((view.complete, view.due, view.waiting), (2, 8, 1));
        let paths: Vec<&str> = view.faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["/2", "/1", "/1"]);
    }

    #[test]
    fn a_day_of_another_length_has_its_quarter_hours() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        for (date, slots) in [(Date::constant(2026, 10, 25), 100), (Date::constant(2026, 3, 29), 92)] {
            let day = day(date, &zone).unwrap();
            let view = PmDayView::of(SourceId::new("X"), (date, day), &[], day.start);
            assert_eq!(view.slots.len(), slots);
        }
        assert!(super::day(Date::MAX, &zone).is_none());
    }
}
