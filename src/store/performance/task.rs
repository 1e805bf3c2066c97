//! Performance tasks at managers by the name that the configuration gives them, with how they stand there; and
//! stretches of the past that are to be asked for again.

use model::pm::{Granularity, HistoryState, TaskStatus};
use model::text::Text;
use model::time::{Time, Window};

use super::{read_names, write_names};
use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::peer::SourceNo;
use crate::tx::Tx;
use crate::value::args;

/// Tasks of one source, and questions that are shown of it.
const LIMIT: u32 = 1000;

const INSERT: &str = "insert into pm_task (id, source_no, name, params, granularity, objects, status, reason, told_at,
    checked_at, pulled_until) values ($1, $2, $3, $4, $5, $6, '', '', null, null, $7)";
const WANT: &str = "update pm_task set params = $2, granularity = $3, objects = $4 where id = $1";
const OF_SOURCE: &str =
    "select id, name, params, granularity, objects, status, reason, told_at, checked_at, pulled_until
    from pm_task where source_no = $1 order by id limit $2";
const FORGET: &str = "delete from pm_task where id = $1";
const CHECKED: &str = "update pm_task set status = $2, reason = $3, checked_at = $4
    where id = $1 and (told_at is null or told_at <= $4)";
const TOLD: &str = "update pm_task set status = $3, reason = $4, told_at = $5 where id = $1 and source_no = $2";
const UNKNOWN: &str = "update pm_task set reason = $2 where source_no = $1";
const PULLED: &str = "update pm_task set pulled_until = $2 where id = $1 and pulled_until < $2";

const ASK: &str = "insert into pm_history (id, source_no, task_id, start_at, end_at, asked_by, asked_at, state, tries,
    due_at, sync_req_id, reason) values ($1, $2, $3, $4, $5, $6, $7, 'WAITING', 0, $7, '', '')";
const DUE: &str = "select id, task_id, start_at, end_at, asked_by, asked_at, state, tries, sync_req_id, reason
    from pm_history where source_no = $1 and state = 'WAITING' and due_at <= $2 order by due_at, id limit 1";
const NEWEST: &str = "select id, task_id, start_at, end_at, asked_by, asked_at, state, tries, sync_req_id, reason
    from pm_history where source_no = $1 order by id desc limit $2";
const MOVE: &str = "update pm_history set state = $2, tries = $3, due_at = $4, sync_req_id = $5, reason = $6
    where id = $1";
const DROP: &str = "delete from pm_history where source_no = $1 and state <> 'WAITING' and asked_at < $2";

/// Who asks again for files that were not there, or went away: not a person.
pub const BY_FILES: &str = "files";

/// A task as it is wanted and as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PmTask {
    /// Number; not used when it is added.
    pub id: i64,
    /// Name in the configuration.
    pub name: String,
    /// What is measured.
    pub params: Vec<Text>,
    /// Length of the periods.
    pub granularity: Granularity,
    /// How many objects.
    pub objects: u32,
    /// How it stands; `None` until that is known.
    pub status: Option<TaskStatus>,
    /// Why it stands so, or why it does not stand as it should; may be empty.
    pub reason: String,
    /// When its manager said by itself how it stands.
    pub told_at: Option<Time>,
    /// When it was compared with what is wanted.
    pub checked_at: Option<Time>,
    /// Up to where its files were asked for, of a manager that must be asked.
    pub pulled_until: Time,
}

/// A stretch of the past that is asked for again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Number.
    pub id: i64,
    /// Task whose objects and parameters are asked for.
    pub task_id: i64,
    /// The stretch.
    pub window: Window,
    /// Login, or [`BY_FILES`].
    pub asked_by: String,
    /// When.
    pub asked_at: Time,
    /// How it stands.
    pub state: HistoryState,
    /// How often it could not be asked.
    pub tries: u32,
    /// Our number of the request; empty until it is made, and where the interface has none.
    pub sync_req_id: String,
    /// Why it could not be asked; may be empty.
    pub reason: String,
}

crate::value::row!(TaskRow {
    id: i64,
    name: String,
    params: String,
    granularity: i64,
    objects: i64,
    status: String,
    reason: String,
    told_at: Option<i64>,
    checked_at: Option<i64>,
    pulled_until: i64,
});

crate::value::row!(HistoryRow {
    id: i64,
    task_id: i64,
    start_at: i64,
    end_at: i64,
    asked_by: String,
    asked_at: i64,
    state: String,
    tries: i64,
    sync_req_id: String,
    reason: String,
});

/// Adds a task; its number.
///
/// # Errors
/// What the database says.
pub async fn add_task(tx: &mut Tx, source: SourceNo, task: &PmTask) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::PmTask, 1).await?;
    let (granularity, params) = (i64::from(task.granularity.0), write_names(&task.params));
    let args = args![id, source.0, &task.name, &params, granularity, task.objects, task.pulled_until];
    tx.execute(INSERT, args).await?;
    Ok(id)
}

/// Keeps what is wanted of a task now.
///
/// # Errors
/// What the database says.
pub async fn want_task(tx: &mut Tx, task: &PmTask) -> Result<(), StoreError> {
    let (granularity, params) = (i64::from(task.granularity.0), write_names(&task.params));
    tx.execute(WANT, args![task.id, &params, granularity, task.objects]).await.map(drop)
}

/// The tasks of a source, by number; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn tasks_of_source(tx: &mut Tx, source: SourceNo) -> Result<Vec<PmTask>, StoreError> {
    let rows: Vec<TaskRow> = tx.fetch_all(OF_SOURCE, args![source.0, LIMIT]).await?;
    rows.into_iter().map(PmTask::read).collect()
}

/// Forgets a task that is not wanted any more.
///
/// # Errors
/// What the database says.
pub async fn forget_task(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(FORGET, args![id]).await.map(drop)
}

/// Keeps how a task was found at `at`, unless its manager has said something since.
///
/// # Errors
/// What the database says.
pub async fn task_checked(
    tx: &mut Tx,
    id: i64,
    (status, reason): (TaskStatus, &str),
    at: Time,
) -> Result<(), StoreError> {
    tx.execute(CHECKED, args![id, status.word(), reason, at]).await.map(drop)
}

/// How the tasks of a source stand could not be found out.
///
/// # Errors
/// What the database says.
pub async fn tasks_unknown(tx: &mut Tx, source: SourceNo, reason: &str) -> Result<(), StoreError> {
    tx.execute(UNKNOWN, args![source.0, reason]).await.map(drop)
}

/// Keeps what a manager says of a task of its own; `false` if it has no such task.
///
/// # Errors
/// What the database says.
pub async fn task_told(
    tx: &mut Tx,
    (source, id): (SourceNo, i64),
    (status, reason): (TaskStatus, &str),
    at: Time,
) -> Result<bool, StoreError> {
    Ok(tx.execute(TOLD, args![id, source.0, status.word(), reason, at]).await? == 1)
}

/// The files of a task are known up to `until`.
///
/// # Errors
/// What the database says.
pub async fn task_pulled(tx: &mut Tx, id: i64, until: Time) -> Result<(), StoreError> {
    tx.execute(PULLED, args![id, until]).await.map(drop)
}

/// Notes a stretch that is to be asked for again.
///
/// # Errors
/// What the database says.
pub async fn ask_history(
    tx: &mut Tx,
    (source, task_id): (SourceNo, i64),
    window: Window,
    (by, at): (&str, Time),
) -> Result<(), StoreError> {
    let id = allocate(tx, Counter::PmHistory, 1).await?;
    tx.execute(ASK, args![id, source.0, task_id, window.start, window.end, by, at]).await.map(drop)
}

/// The next stretch that can be asked for.
///
/// # Errors
/// What the database says.
pub async fn due_history(tx: &mut Tx, source: SourceNo, now: Time) -> Result<Option<History>, StoreError> {
    let row: Option<HistoryRow> = tx.fetch_optional(DUE, args![source.0, now]).await?;
    row.map(History::read).transpose()
}

/// The stretches of a source that were asked for last, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn newest_history(tx: &mut Tx, source: SourceNo, limit: u32) -> Result<Vec<History>, StoreError> {
    let rows: Vec<HistoryRow> = tx.fetch_all(NEWEST, args![source.0, limit.min(LIMIT)]).await?;
    rows.into_iter().map(History::read).collect()
}

/// Keeps how a stretch stands; one that waits is due again at `due_at`.
///
/// # Errors
/// What the database says.
pub async fn put_history(tx: &mut Tx, history: &History, due_at: Time) -> Result<(), StoreError> {
    let History { id, state, tries, sync_req_id, reason, .. } = history;
    tx.execute(MOVE, args![*id, state.word(), *tries, due_at, sync_req_id, reason]).await.map(drop)
}

/// Forgets what was asked for before `before` and is over.
///
/// # Errors
/// What the database says.
pub async fn drop_history(tx: &mut Tx, source: SourceNo, before: Time) -> Result<(), StoreError> {
    tx.execute(DROP, args![source.0, before]).await.map(drop)
}

// === impl PmTask ===

impl PmTask {
    fn read(row: TaskRow) -> Result<Self, StoreError> {
        let status = match row.status.as_str() {
            "" => None,
            word => Some(TaskStatus::from_word(word).ok_or_else(|| StoreError::corrupt("pm_task", word))?),
        };
        Ok(PmTask {
            id: row.id,
            name: row.name,
            params: read_names(&row.params),
            granularity: Granularity(number(row.granularity)),
            objects: number(row.objects),
            status,
            reason: row.reason,
            told_at: row.told_at.map(Time::from_ms),
            checked_at: row.checked_at.map(Time::from_ms),
            pulled_until: Time::from_ms(row.pulled_until),
        })
    }
}

// === impl History ===

impl History {
    fn read(row: HistoryRow) -> Result<Self, StoreError> {
        Ok(History {
            id: row.id,
            task_id: row.task_id,
            window: Window::new(Time::from_ms(row.start_at), Time::from_ms(row.end_at)),
            asked_by: row.asked_by,
            asked_at: Time::from_ms(row.asked_at),
            state: HistoryState::from_word(&row.state).ok_or_else(|| StoreError::corrupt("pm_history", &row.state))?,
            tries: number(row.tries),
            sync_req_id: row.sync_req_id,
            reason: row.reason,
        })
    }
}

fn number(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
