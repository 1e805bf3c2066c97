//! Resource loads with their progress, and the rows they had to hold back.

use model::resource::{Class, Row};
use model::source::{RunState, SourceId};
use model::time::Time;
use serde::{Deserialize, Serialize};

use crate::cells::{read_cells, write_cells};
use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::resource::read_class;
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Issues that are kept of one load; the counters count all.
pub const ISSUES_MAX: usize = 1000;
/// Most rows of one list.
const LIMIT_MAX: i64 = 1000;

/// One load of one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Number.
    pub id: i64,
    /// Who is asked, or `file` for an import.
    pub source: SourceId,
    /// `syncReqId` of the request.
    pub sync_req_id: String,
    /// Class.
    pub class: Class,
    /// FULL (else INC).
    pub full: bool,
    /// Where it stands.
    pub state: RunState,
    /// When it was asked for.
    pub started_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// How far it is, and what it found.
    pub progress: LoadProgress,
}

/// How far a load is, and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadProgress {
    /// Rows read so far.
    pub rows_read: u64,
    /// Rows that its control files name; 0 = not known yet.
    pub rows_total: u64,
    /// Rows applied so far.
    pub rows_applied: u64,
    /// New rows.
    pub added: u64,
    /// Changed rows.
    pub changed: u64,
    /// Deleted rows.
    pub deleted: u64,
    /// Rows held back.
    pub held: u64,
    /// Rows refused.
    pub refused: u64,
    /// Who approved it; empty if nobody had to.
    pub approved_by: String,
    /// Why it failed or waits; empty if it does not.
    pub error: String,
    /// The first issues.
    pub issues: Vec<LoadIssue>,
}

/// What is wrong with one row of a load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadIssue {
    /// Row in the file, from 1 after the header; 0 = the file as a whole.
    pub row: u64,
    /// Its key, if it can be read.
    pub key: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// A row that waits for its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// The row.
    pub row: Row,
    /// What it waits for.
    pub reason: String,
    /// Since when.
    pub since: Time,
}

crate::value::row!(LoadRow {
    id: i64,
    source: String,
    sync_req_id: String,
    class: String,
    mode: String,
    state: String,
    started_at: i64,
    ended_at: Option<i64>,
    content: String,
});
crate::value::row!(HoldRow { class: String, content: String, reason: String, since: i64 });

const INSERT: &str = "insert into resource_load
    (id, source, sync_req_id, class, mode, state, started_at, ended_at, content)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const UPDATE: &str = "update resource_load set state = $2, ended_at = $3, content = $4 where id = $1";
const BY_ID: &str = "select * from resource_load where id = $1";
const BY_REQUEST: &str = "select * from resource_load where sync_req_id = $1";
const OPEN: &str = "select * from resource_load where ended_at is null order by id limit 1000";
const PAGE: &str = "select * from resource_load where id < $1 order by id desc limit $2";
static HOLD: Multi = Multi::new(
    "insert into resource_hold (class, key, content, reason, since) values ",
    5,
    " on conflict (class, key) do update set content = excluded.content, reason = excluded.reason",
);
static RELEASE: Multi = Multi::new(
    "with k(class, key) as (values ",
    2,
    ") delete from resource_hold where (class, key) in (select class, key from k)",
);
const HELD: &str = "select class, content, reason, since from resource_hold
    where class = $1 and key > $2 order by key limit $3";
const COUNT_HELD: &str = "select count(*) from resource_hold where class = $1";

/// Begins a load: stores it with the next number, which is returned. Its own `id` is not used.
///
/// # Errors
/// [`StoreError::Exists`] if its `sync_req_id` was used before.
pub async fn add_load(tx: &mut Tx, load: &Load) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::Load, 1).await?;
    let content = load.progress.write();
    let args = args![
        id,
        load.source.as_str(),
        &load.sync_req_id,
        load.class.word(),
        if load.full { "FULL" } else { "INC" },
        load.state.word(),
        load.started_at,
        load.ended_at,
        &content,
    ];
    tx.execute(INSERT, args).await?;
    Ok(id)
}

/// Stores how a load stands now.
///
/// # Errors
/// [`StoreError::RowCount`] if there is no such load.
pub async fn put_load(tx: &mut Tx, load: &Load) -> Result<(), StoreError> {
    let content = load.progress.write();
    let touched = tx.execute(UPDATE, args![load.id, load.state.word(), load.ended_at, &content]).await?;
    expect_rows("put load", 1, touched)
}

/// One load.
///
/// # Errors
/// What the database says.
pub async fn load_by_id(tx: &mut Tx, id: i64) -> Result<Option<Load>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(Load::read).transpose()
}

/// The load that a peer's notice is about.
///
/// # Errors
/// What the database says.
pub async fn load_by_request(tx: &mut Tx, sync_req_id: &str) -> Result<Option<Load>, StoreError> {
    tx.fetch_optional(BY_REQUEST, args![sync_req_id]).await?.map(Load::read).transpose()
}

/// Loads that have not ended, oldest first: what a restart goes on with.
///
/// # Errors
/// What the database says.
pub async fn open_loads(tx: &mut Tx) -> Result<Vec<Load>, StoreError> {
    tx.fetch_all(OPEN, &[]).await?.into_iter().map(Load::read).collect()
}

/// Loads before number `before`, newest first, at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn loads_page(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<Load>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PAGE, args![before, limit]).await?.into_iter().map(Load::read).collect()
}

/// Puts rows on the hold list, or says anew why they wait.
///
/// # Errors
/// What the database says.
pub async fn hold_rows(tx: &mut Tx, held: &[HeldRow]) -> Result<(), StoreError> {
    let texts: Vec<(String, String)> = held.iter().map(|held| (held.row.key(), write_cells(&held.row))).collect();
    // One statement may not touch a row twice: of rows with one key the last stands.
    let mut last: std::collections::BTreeMap<(Class, &str), [Value<'_>; 5]> = std::collections::BTreeMap::new();
    for (held, (key, content)) in held.iter().zip(&texts) {
        let class = held.row.class;
        let values = [class.word().into(), key.into(), content.into(), (&held.reason).into(), held.since.into()];
        last.insert((class, key), values);
    }
    let rows: Vec<[Value<'_>; 5]> = last.into_values().collect();
    tx.execute_many(&HOLD, &rows).await.map(drop)
}

/// Takes rows off the hold list; how many were on it.
///
/// # Errors
/// What the database says.
pub async fn release_rows(tx: &mut Tx, class: Class, keys: &[String]) -> Result<u64, StoreError> {
    let rows: Vec<[Value<'_>; 2]> = keys.iter().map(|key| [class.word().into(), key.into()]).collect();
    tx.execute_many(&RELEASE, &rows).await
}

/// Rows of a class that wait, by key, after `after`, at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn held_rows(tx: &mut Tx, class: Class, after: &str, limit: u32) -> Result<Vec<HeldRow>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows: Vec<HoldRow> = tx.fetch_all(HELD, args![class.word(), after, limit]).await?;
    let held = |row: HoldRow| {
        let class = read_class(&row.class)?;
        Ok(HeldRow { row: read_cells(class, &row.content), reason: row.reason, since: Time::from_ms(row.since) })
    };
    rows.into_iter().map(held).collect()
}

/// How many rows of a class wait.
///
/// # Errors
/// What the database says.
pub async fn count_held(tx: &mut Tx, class: Class) -> Result<u64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT_HELD, args![class.word()]).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

// === impl Load ===

impl Load {
    fn read(row: LoadRow) -> Result<Self, StoreError> {
        let bad = |what: &str| StoreError::corrupt("resource_load", what);
        Ok(Load {
            id: row.id,
            source: SourceId::new(&row.source),
            sync_req_id: row.sync_req_id,
            class: read_class(&row.class)?,
            full: row.mode == "FULL",
            state: RunState::from_word(&row.state).ok_or_else(|| bad(&row.state))?,
            started_at: Time::from_ms(row.started_at),
            ended_at: row.ended_at.map(Time::from_ms),
            progress: serde_json::from_str(&row.content).map_err(|error| bad(&error.to_string()))?,
        })
    }
}

// === impl LoadProgress ===

impl LoadProgress {
    /// Notes an issue, unless enough are kept already.
    pub fn note(&mut self, issue: LoadIssue) {
        if self.issues.len() < ISSUES_MAX {
            self.issues.push(issue);
        }
    }

    fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
