//! Reports of customers: runs over many of them, and how far each is ([`issue`]: what was given out;
//! [`delivery`]: where that went; [`standing`]: reports over all customers).

pub mod delivery;
mod file;
pub mod issue;
pub mod standing;

use model::report::{Format, Language, RunState};
use model::time::{Time, Window};

pub use file::{File, fail_file, file_by_id, files_page, finish_file, next_customer};

use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Most rows of one page.
const LIMIT_MAX: i64 = 1000;

const INSERT: &str = "insert into report_run (id, label, period_start, period_end, language, formats, state,
    scheduled, requested_by, requested_at, customers, done, failed, begun_at, begun_count, ended_at)
    values ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10, 0, 0, null, 0, null)";
static INSERT_FILES: Multi =
    Multi::new("insert into report_file (id, run_id, customer_no, customer_name, format, state, error) values ", 7, "");
const BY_ID: &str = "select * from report_run where id = $1";
const PAGE: &str = "select * from report_run where id < $1 order by id desc limit $2";
const NEXT: &str = "select * from report_run where state in ('queued', 'running') order by id limit 1";
const SCHEDULED: &str = "select id from report_run where scheduled and label = $1 and language = $2 limit 1";
const BEGIN: &str = "update report_run set state = 'running', begun_at = $2, begun_count = done + failed
    where id = $1 and state = 'queued'";
const REQUEUE: &str = "update report_run set state = 'queued' where state = 'running'";
const CANCEL: &str = "update report_run set state = 'cancelled', ended_at = $2
    where id = $1 and state in ('queued', 'running')";
const END: &str = "update report_run set state = 'done', ended_at = $2 where id = $1 and state = 'running'";
const RETRY: &str = "update report_file set state = 'waiting', error = '' where run_id = $1 and state = 'failed'";
const RESUME: &str = "update report_run set state = 'queued', failed = 0, ended_at = null
    where id = $1 and (state = 'cancelled' or (state = 'done' and failed > 0))";
const COUNT: &str = "update report_run set done = done + $2, failed = failed + $3 where id = $1";

/// Reports of one month for many customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Number; not used when it is added.
    pub id: i64,
    /// The month, `2026-10`.
    pub label: String,
    /// The same as a window of the calendar; a customer's contract may have another zone or start day.
    pub period: Window,
    /// Language of the reports.
    pub language: Language,
    /// What each report is written as.
    pub formats: Vec<Format>,
    /// Where it stands.
    pub state: RunState,
    /// The schedule asked for it.
    pub scheduled: bool,
    /// Who asked for it; empty: the schedule.
    pub requested_by: String,
    /// When.
    pub requested_at: Time,
    /// Customers.
    pub customers: u32,
    /// Of them, those that have all their files.
    pub done: u32,
    /// Of them, those of which a file failed.
    pub failed: u32,
    /// Since when it runs without a break.
    pub begun_at: Option<Time>,
    /// Customers that were over by then.
    pub begun_count: u32,
    /// When it was done or cancelled.
    pub ended_at: Option<Time>,
}

/// Whom a report is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Customer number.
    pub no: String,
    /// Name.
    pub name: String,
}

crate::value::row!(RunRow {
    id: i64,
    label: String,
    period_start: i64,
    period_end: i64,
    language: String,
    formats: String,
    state: String,
    scheduled: bool,
    requested_by: String,
    requested_at: i64,
    customers: i64,
    done: i64,
    failed: i64,
    begun_at: Option<i64>,
    begun_count: i64,
    ended_at: Option<i64>,
});

/// Adds a queued run with a waiting file for each recipient and format; the run with its number.
///
/// # Errors
/// What the database says.
pub async fn add_run(tx: &mut Tx, run: &Run, recipients: &[Recipient]) -> Result<Run, StoreError> {
    let id = allocate(tx, Counter::ReportRun, 1).await?;
    let formats: Vec<&str> = run.formats.iter().map(|format| format.word()).collect();
    let listed = formats.join(",");
    let customers = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
    let args = args![
        id,
        &run.label,
        run.period.start,
        run.period.end,
        run.language.word(),
        &listed,
        run.scheduled,
        &run.requested_by,
        run.requested_at,
        customers,
    ];
    tx.execute(INSERT, args).await?;
    let wanted = recipients.iter().flat_map(|recipient| formats.iter().map(move |format| (recipient, *format)));
    let wanted: Vec<(&Recipient, &str)> = wanted.collect();
    let first = allocate(tx, Counter::ReportFile, i64::try_from(wanted.len()).unwrap_or(i64::MAX)).await?;
    let rows: Vec<[Value<'_>; 7]> = wanted
        .iter()
        .zip(first..)
        .map(|((recipient, format), file)| {
            let (no, name) = (Value::from(&recipient.no), Value::from(&recipient.name));
            [file.into(), id.into(), no, name, (*format).into(), "waiting".into(), "".into()]
        })
        .collect();
    tx.execute_many(&INSERT_FILES, &rows).await?;
    let begun = Run { id, state: RunState::Queued, customers, done: 0, failed: 0, ..run.clone() };
    Ok(Run { begun_at: None, begun_count: 0, ended_at: None, ..begun })
}

/// The run with a number.
///
/// # Errors
/// What the database says.
pub async fn run_by_id(tx: &mut Tx, id: i64) -> Result<Option<Run>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(Run::read).transpose()
}

/// Runs before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn runs_page(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<Run>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PAGE, args![before, limit]).await?.into_iter().map(Run::read).collect()
}

/// The oldest run that is queued or running.
///
/// # Errors
/// What the database says.
pub async fn next_run(tx: &mut Tx) -> Result<Option<Run>, StoreError> {
    tx.fetch_optional(NEXT, args![]).await?.map(Run::read).transpose()
}

/// Has the schedule asked for this month already?
///
/// # Errors
/// What the database says.
pub async fn is_scheduled(tx: &mut Tx, label: &str, language: Language) -> Result<bool, StoreError> {
    let found: Option<(i64,)> = tx.fetch_optional(SCHEDULED, args![label, language.word()]).await?;
    Ok(found.is_some())
}

/// Begins a queued run; `false` if it is not queued any more.
///
/// # Errors
/// What the database says.
pub async fn begin_run(tx: &mut Tx, id: i64, at: Time) -> Result<bool, StoreError> {
    Ok(tx.execute(BEGIN, args![id, at]).await? == 1)
}

/// Puts runs that were under way when the process ended back into the queue.
///
/// # Errors
/// What the database says.
pub async fn requeue_runs(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.execute(REQUEUE, args![]).await
}

/// Stops a run between two customers; `false` if it is over already.
///
/// # Errors
/// What the database says.
pub async fn cancel_run(tx: &mut Tx, id: i64, at: Time) -> Result<bool, StoreError> {
    Ok(tx.execute(CANCEL, args![id, at]).await? == 1)
}

/// Takes a cancelled run up again, or the failed files of one that is done; `false` if it is neither.
///
/// # Errors
/// What the database says.
pub async fn resume_run(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    if tx.execute(RESUME, args![id]).await? == 0 {
        return Ok(false);
    }
    tx.execute(RETRY, args![id]).await?;
    Ok(true)
}

/// Ends a run of which no file waits; `false` if somebody has cancelled it.
///
/// # Errors
/// What the database says.
pub async fn end_run(tx: &mut Tx, id: i64, at: Time) -> Result<bool, StoreError> {
    Ok(tx.execute(END, args![id, at]).await? == 1)
}

/// Counts a customer of a run that is over.
///
/// # Errors
/// What the database says.
pub async fn count_customer(tx: &mut Tx, id: i64, outcome: Result<(), ()>) -> Result<(), StoreError> {
    let (done, failed) = if outcome.is_ok() { (1_i64, 0_i64) } else { (0, 1) };
    expect_rows("count a customer of a run", 1, tx.execute(COUNT, args![id, done, failed]).await?)
}

// === impl Run ===

impl Run {
    /// Customers whose files wait.
    pub fn waiting(&self) -> u32 {
        self.customers.saturating_sub(self.done).saturating_sub(self.failed)
    }

    /// Milliseconds that the rest will take at the rate of this run so far; `None` while nobody knows.
    pub fn rest_ms(&self, now: Time) -> Option<i64> {
        let (begun, made) = (self.begun_at?, (self.done + self.failed).checked_sub(self.begun_count)?);
        let is_known = self.state == RunState::Running && made > 0;
        is_known.then(|| now.since(begun).max(0).saturating_mul(self.waiting().into()) / i64::from(made))
    }

    fn read(row: RunRow) -> Result<Self, StoreError> {
        let bad = |what: &str, word: &str| StoreError::corrupt("report_run", format!("{what} {word}"));
        let format = |word: &str| Format::from_word(word).ok_or_else(|| bad("format", word));
        let count = |n: i64| u32::try_from(n).unwrap_or_default();
        Ok(Run {
            id: row.id,
            label: row.label,
            period: Window::new(Time::from_ms(row.period_start), Time::from_ms(row.period_end)),
            language: Language::from_word(&row.language).ok_or_else(|| bad("language", &row.language))?,
            formats: row.formats.split(',').map(format).collect::<Result<_, _>>()?,
            state: RunState::from_word(&row.state).ok_or_else(|| bad("state", &row.state))?,
            scheduled: row.scheduled,
            requested_by: row.requested_by,
            requested_at: Time::from_ms(row.requested_at),
            customers: count(row.customers),
            done: count(row.done),
            failed: count(row.failed),
            begun_at: row.begun_at.map(Time::from_ms),
            begun_count: count(row.begun_count),
            ended_at: row.ended_at.map(Time::from_ms),
        })
    }
}

#[cfg(test)]
mod tests;
