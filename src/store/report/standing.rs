//! Standing reports: a month over all customers, and the files that it is written to.

use model::report::StandingState;
use model::time::{Time, Window};

use super::LIMIT_MAX;
use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

const INSERT: &str = "insert into report_standing (id, label, period_start, period_end, state, error, scheduled,
    requested_by, requested_at, circuits, done, ended_at) values ($1, $2, $3, $4, 'queued', '', $5, $6, $7, 0, 0, null)";
const BY_ID: &str = "select * from report_standing where id = $1";
const PAGE: &str = "select * from report_standing where id < $1 order by id desc limit $2";
const NEXT: &str = "select * from report_standing where state in ('queued', 'running') order by id limit 1";
const SCHEDULED: &str = "select id from report_standing where scheduled and label = $1 limit 1";
const ADVANCE: &str = "update report_standing set state = 'running', done = $2, circuits = $3
    where id = $1 and state in ('queued', 'running')";
const END: &str = "update report_standing set state = $2, error = $3, ended_at = $4
    where id = $1 and state in ('queued', 'running')";
const INSERT_FILE: &str =
    "insert into report_standing_file (standing_id, name, path, bytes, sha256) values ($1, $2, $3, $4, $5)";
const FILES: &str = "select name, path, bytes, sha256 from report_standing_file
    where standing_id = $1 order by name limit $2";

/// A standing report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Number; not used when it is added.
    pub id: i64,
    /// The month, `2026-10`.
    pub label: String,
    /// The same as a window of the calendar.
    pub period: Window,
    /// Where it stands.
    pub state: StandingState,
    /// Why it failed; empty otherwise.
    pub error: String,
    /// The schedule asked for it.
    pub scheduled: bool,
    /// Who asked for it; empty: the schedule.
    pub requested_by: String,
    /// When.
    pub requested_at: Time,
    /// Circuits that it looks at; 0 until it begins.
    pub circuits: u32,
    /// Of them, those that it has looked at.
    pub done: u32,
    /// When it was done, failed or cancelled.
    pub ended_at: Option<Time>,
}

/// One file of a standing report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingFile {
    /// Its name.
    pub name: String,
    /// Below the folder of reports.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}

crate::value::row!(Row {
    id: i64,
    label: String,
    period_start: i64,
    period_end: i64,
    state: String,
    error: String,
    scheduled: bool,
    requested_by: String,
    requested_at: i64,
    circuits: i64,
    done: i64,
    ended_at: Option<i64>,
});

crate::value::row!(FileRow { name: String, path: String, bytes: i64, sha256: String });

/// Adds a queued standing report; its number.
///
/// # Errors
/// What the database says.
pub async fn add_standing(tx: &mut Tx, standing: &Standing) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::ReportStanding, 1).await?;
    let Standing { label, period, scheduled, requested_by, requested_at, .. } = standing;
    let args = args![id, label, period.start, period.end, *scheduled, requested_by, *requested_at];
    tx.execute(INSERT, args).await?;
    Ok(id)
}

/// The one with a number.
///
/// # Errors
/// What the database says.
pub async fn standing_by_id(tx: &mut Tx, id: i64) -> Result<Option<Standing>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(Standing::read).transpose()
}

/// Standing reports before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn standings_page(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<Standing>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PAGE, args![before, limit]).await?.into_iter().map(Standing::read).collect()
}

/// The oldest that is to be made; one that was under way when the process ended is made from its beginning.
///
/// # Errors
/// What the database says.
pub async fn next_standing(tx: &mut Tx) -> Result<Option<Standing>, StoreError> {
    tx.fetch_optional(NEXT, args![]).await?.map(Standing::read).transpose()
}

/// Has the schedule asked for this month already?
///
/// # Errors
/// What the database says.
pub async fn is_standing_scheduled(tx: &mut Tx, label: &str) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = tx.fetch_optional(SCHEDULED, args![label]).await?;
    Ok(found.is_some())
}

/// It has looked at `done` of `circuits`; `false` if somebody has cancelled it.
///
/// # Errors
/// What the database says.
pub async fn advance_standing(tx: &mut Tx, id: i64, (done, circuits): (u32, u32)) -> Result<bool, StoreError> {
    Ok(tx.execute(ADVANCE, args![id, done, circuits]).await? == 1)
}

/// Ends it: done, or failed for a reason; `false` if it is over already.
///
/// # Errors
/// What the database says.
pub async fn end_standing(tx: &mut Tx, id: i64, outcome: Result<(), &str>, at: Time) -> Result<bool, StoreError> {
    let state = if outcome.is_ok() { StandingState::Done } else { StandingState::Failed };
    Ok(tx.execute(END, args![id, state.word(), outcome.err().unwrap_or_default(), at]).await? == 1)
}

/// Stops it; `false` if it is over already.
///
/// # Errors
/// What the database says.
pub async fn cancel_standing(tx: &mut Tx, id: i64, at: Time) -> Result<bool, StoreError> {
    Ok(tx.execute(END, args![id, StandingState::Cancelled.word(), "", at]).await? == 1)
}

/// Adds a file that was written.
///
/// # Errors
/// What the database says.
pub async fn add_standing_file(tx: &mut Tx, id: i64, file: &StandingFile) -> Result<(), StoreError> {
    let bytes = i64::try_from(file.bytes).unwrap_or(i64::MAX);
    let args = args![id, &file.name, &file.path, bytes, &file.sha256];
    expect_rows("add a file of a standing report", 1, tx.execute(INSERT_FILE, args).await?)
}

/// Its files by name; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn files_of_standing(tx: &mut Tx, id: i64) -> Result<Vec<StandingFile>, StoreError> {
    let rows: Vec<FileRow> = tx.fetch_all(FILES, args![id, LIMIT_MAX]).await?;
    let read = |row: FileRow| StandingFile {
        name: row.name,
        path: row.path,
        bytes: u64::try_from(row.bytes).unwrap_or_default(),
        sha256: row.sha256,
    };
    Ok(rows.into_iter().map(read).collect())
}

// === impl Standing ===

impl Standing {
    fn read(row: Row) -> Result<Self, StoreError> {
        let state = StandingState::from_word(&row.state);
        let count = |n: i64| u32::try_from(n).unwrap_or_default();
        Ok(Standing {
            id: row.id,
            period: Window::new(Time::from_ms(row.period_start), Time::from_ms(row.period_end)),
            state: state.ok_or_else(|| StoreError::corrupt("report_standing", format!("state {}", row.state)))?,
            label: row.label,
            error: row.error,
            scheduled: row.scheduled,
            requested_by: row.requested_by,
            requested_at: Time::from_ms(row.requested_at),
            circuits: count(row.circuits),
            done: count(row.done),
            ended_at: row.ended_at.map(Time::from_ms),
        })
    }
}

#[cfg(test)]
mod tests;
