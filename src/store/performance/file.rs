//! The ledger of announced files. A row is written with the acknowledgement of its notice, so a file that was
//! announced is fetched, also after a crash. Its number is its revision: what is announced later holds.

use model::time::{Time, Window};

use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::peer::SourceNo;
use crate::tx::Tx;
use crate::value::args;

const INSERT: &str = "insert into pm_file (id, source_no, path, task_id, period_start, period_end, announced_at, state,
    tries, due_at, expires_at, reason, rows_total, rows_refused)
    values ($1, $2, $3, $4, $5, $6, $7, 'WAITING', 0, $7, $8, '', 0, 0)";
const DUE: &str =
    "select id, source_no, path, task_id, period_start, period_end, announced_at, expires_at, tries from pm_file
    where state = 'WAITING' and source_no = $1 and due_at <= $2 order by due_at, id limit $3";
const DUE_SOURCES: &str =
    "select distinct source_no from pm_file where state = 'WAITING' and due_at <= $1 order by source_no";
const PUT_OFF: &str = "update pm_file set tries = tries + 1, due_at = $2, reason = $3 where id = $1";
const DONE: &str = "update pm_file set state = 'DONE', ended_at = $2, sha256 = $3, rows_total = $4, rows_refused = $5,
    reason = '' where id = $1 and state = 'WAITING'";
const NOT_TAKEN: &str = "update pm_file set state = $2, ended_at = $3, reason = $4 where id = $1 and state = 'WAITING'";
const WITH_DIGEST: &str = "select id from pm_file where source_no = $1 and sha256 = $2 and state = 'DONE'
    and period_start = $3 and period_end = $4 limit 1";
const COUNT_WAITING: &str = "select count(*) from pm_file where state = 'WAITING'";

const OF_PERIODS: &str = "select period_start, period_end, path, state, rows_total, rows_refused, reason from pm_file
    where source_no = $1 and period_start >= $2 and period_start < $3 and state <> 'DUPLICATE'
    order by period_start, id limit $4";

const DROP: &str = "delete from pm_file where id in (select id from (select id, state, announced_at from pm_file
    order by id limit $2) as oldest where state <> 'WAITING' and announced_at < $1
    and not exists (select 1 from pm_slot where file_id = oldest.id))";

/// An announced file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PmFile {
    /// Number, and revision of its rows; not used when it is added.
    pub id: i64,
    /// Who announced it.
    pub source: SourceNo,
    /// Absolute path on its site.
    pub path: String,
    /// Task at the manager.
    pub task_id: String,
    /// The periods that it holds.
    pub period: Window,
    /// When it was announced.
    pub announced_at: Time,
    /// When it goes away; `None` where that was not said.
    pub expires_at: Option<Time>,
    /// How often it could not be had.
    pub tries: i64,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileEnd {
    /// All of its rows are kept but for those that were refused.
    Done {
        /// Digest of the file as stored at its producer.
        sha256: [u8; 32],
        /// Rows of it.
        rows: u64,
        /// Of these, refused ones.
        refused: u64,
    },
    /// The very same content was taken before, under this number.
    Duplicate(i64),
    /// It cannot be used, for this reason.
    Failed(String),
}

/// A file of the past, or one that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOfPeriod {
    /// The periods that it holds.
    pub period: Window,
    /// Absolute path on its site.
    pub path: String,
    /// How it stands.
    pub state: FileState,
    /// Rows of it.
    pub rows: u64,
    /// Of these, refused ones.
    pub refused: u64,
    /// Why it could not be had, or cannot be used; may be empty.
    pub reason: String,
}

/// How an announced file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// It was not fetched yet.
    Waiting,
    /// Its rows are kept.
    Done,
    /// It cannot be used.
    Failed,
}

crate::value::row!(PeriodRow {
    period_start: i64,
    period_end: i64,
    path: String,
    state: String,
    rows_total: i64,
    rows_refused: i64,
    reason: String,
});

crate::value::row!(FileRow {
    id: i64,
    source_no: i64,
    path: String,
    task_id: String,
    period_start: i64,
    period_end: i64,
    announced_at: i64,
    expires_at: Option<i64>,
    tries: i64,
});

/// Notes announced files; they are due at once.
///
/// # Errors
/// What the database says.
pub async fn add_files(tx: &mut Tx, files: &[PmFile]) -> Result<(), StoreError> {
    for file in files {
        let id = allocate(tx, Counter::PmFile, 1).await?;
        let (start, end) = (file.period.start, file.period.end);
        let args = args![id, file.source.0, &file.path, &file.task_id, start, end, file.announced_at, file.expires_at];
        tx.execute(INSERT, args).await?;
    }
    Ok(())
}

/// Sources of which a file can be fetched now.
///
/// # Errors
/// What the database says.
pub async fn due_sources(tx: &mut Tx, now: Time) -> Result<Vec<SourceNo>, StoreError> {
    let rows: Vec<(i64,)> = tx.fetch_all(DUE_SOURCES, args![now]).await?;
    Ok(rows.into_iter().map(|(number,)| SourceNo(number)).collect())
}

/// Files of a source that can be fetched now, those that wait longest first.
///
/// # Errors
/// What the database says.
pub async fn due_files(tx: &mut Tx, source: SourceNo, now: Time, limit: u32) -> Result<Vec<PmFile>, StoreError> {
    let rows: Vec<FileRow> = tx.fetch_all(DUE, args![source.0, now, limit]).await?;
    Ok(rows.into_iter().map(PmFile::read).collect())
}

/// Files that wait, due or not.
///
/// # Errors
/// What the database says.
pub async fn count_waiting_files(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT_WAITING, &[]).await?;
    Ok(count)
}

/// Files of a source whose first period begins in a window, by their periods; the same told twice is there once.
///
/// # Errors
/// What the database says.
pub async fn files_of_periods(
    tx: &mut Tx,
    source: SourceNo,
    window: Window,
    limit: u32,
) -> Result<Vec<FileOfPeriod>, StoreError> {
    let rows: Vec<PeriodRow> = tx.fetch_all(OF_PERIODS, args![source.0, window.start, window.end, limit]).await?;
    rows.into_iter().map(FileOfPeriod::read).collect()
}

/// A file could not be had; it is tried again at `due_at`.
///
/// # Errors
/// What the database says.
pub async fn put_off(tx: &mut Tx, id: i64, due_at: Time, reason: &str) -> Result<(), StoreError> {
    tx.execute(PUT_OFF, args![id, due_at, reason]).await.map(drop)
}

/// Notes what became of a file.
///
/// # Errors
/// [`StoreError::RowCount`] if it does not wait any more.
pub async fn end_file(tx: &mut Tx, id: i64, end: &FileEnd, at: Time) -> Result<(), StoreError> {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let touched = match end {
        FileEnd::Done { sha256, rows, refused } => {
            tx.execute(DONE, args![id, at, &sha256[..], count(*rows), count(*refused)]).await?
        }
        FileEnd::Duplicate(of) => {
            let reason = format!("the same content as file {of}");
            tx.execute(NOT_TAKEN, args![id, "DUPLICATE", at, &reason]).await?
        }
        FileEnd::Failed(reason) => tx.execute(NOT_TAKEN, args![id, "FAILED", at, reason]).await?,
    };
    expect_rows("end of a performance file", 1, touched)
}

/// Number of a file with this content that its source announced for the same periods, and that was taken.
///
/// # Errors
/// What the database says.
pub async fn file_with_digest(tx: &mut Tx, file: &PmFile, sha256: &[u8; 32]) -> Result<Option<i64>, StoreError> {
    let args = args![file.source.0, &sha256[..], file.period.start, file.period.end];
    let found: Option<(i64,)> = tx.fetch_optional(WITH_DIGEST, args).await?;
    Ok(found.map(|(id,)| id))
}

/// Forgets the oldest files that were announced before `before` and are over, of `limit` at most; how many.
///
/// # Errors
/// What the database says.
pub async fn drop_files(tx: &mut Tx, before: Time, limit: u32) -> Result<u64, StoreError> {
    tx.execute(DROP, args![before, limit]).await
}

// === impl FileOfPeriod ===

impl FileOfPeriod {
    fn read(row: PeriodRow) -> Result<Self, StoreError> {
        let state = match row.state.as_str() {
            "WAITING" => FileState::Waiting,
            "DONE" => FileState::Done,
            "FAILED" => FileState::Failed,
            other => return Err(StoreError::corrupt("pm_file", other)),
        };
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        Ok(FileOfPeriod {
            period: Window::new(Time::from_ms(row.period_start), Time::from_ms(row.period_end)),
            path: row.path,
            state,
            rows: count(row.rows_total),
            refused: count(row.rows_refused),
            reason: row.reason,
        })
    }
}

// === impl PmFile ===

impl PmFile {
    fn read(row: FileRow) -> Self {
        PmFile {
            id: row.id,
            source: SourceNo(row.source_no),
            path: row.path,
            task_id: row.task_id,
            period: Window::new(Time::from_ms(row.period_start), Time::from_ms(row.period_end)),
            announced_at: Time::from_ms(row.announced_at),
            expires_at: row.expires_at.map(Time::from_ms),
            tries: row.tries,
        }
    }
}
