//! What is to be sent to peers: rows written in the transaction of their cause, pushed by a reconciler.

use model::ticket::{OutboxKind, OutboxRow, OutboxState};
use model::time::Time;

use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// Most rows of one list.
const LIMIT_MAX: i64 = 1000;

crate::value::row!(Row {
    id: i64,
    kind: String,
    key: String,
    content: String,
    state: String,
    tries: i64,
    next_at: i64,
    first_sent_at: Option<i64>,
    error: String,
});

const INSERT: &str = "insert into outbox (id, kind, key, content, state, tries, next_at, first_sent_at, error)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (kind, key) do nothing";
const UPDATE: &str = "update outbox set content = $2, state = $3, tries = $4, next_at = $5, first_sent_at = $6,
    error = $7 where id = $1";
const WITHDRAW: &str = "delete from outbox where kind = $1 and key = $2 and state = 'queued'";
const BY_KEY: &str = "select * from outbox where kind = $1 and key = $2";
const BY_ID: &str = "select * from outbox where id = $1";
const DUE: &str = "select * from outbox where state in ('queued', 'unknown') and next_at <= $1
    order by next_at, id limit $2";
const NEXT: &str = "select min(next_at) from outbox where state in ('queued', 'unknown')";
const WAITING: &str = "select state, count(*) from outbox where state in ('queued', 'unknown') group by state";
const PAGE: &str = "select * from outbox where id < $1 order by id desc limit $2";

/// Queues something unless its (kind, key) is queued already; the row as it is held.
/// The given `id` is not used.
///
/// # Errors
/// What the database says.
pub async fn add_outbox(tx: &mut Tx, row: &OutboxRow) -> Result<OutboxRow, StoreError> {
    let id = allocate(tx, Counter::Outbox, 1).await?;
    let args = args![
        id,
        row.kind.word(),
        &row.key,
        &row.content,
        row.state.word(),
        row.tries,
        row.next_at,
        row.first_sent_at,
        &row.error,
    ];
    tx.execute(INSERT, args).await?;
    let held = outbox_by_key(tx, row.kind, &row.key).await?;
    held.ok_or_else(|| StoreError::corrupt("outbox", "a row just stored is absent"))
}

/// Stores how a row stands now.
///
/// # Errors
/// [`StoreError::RowCount`] if there is no such row.
pub async fn put_outbox(tx: &mut Tx, row: &OutboxRow) -> Result<(), StoreError> {
    let args = args![row.id, &row.content, row.state.word(), row.tries, row.next_at, row.first_sent_at, &row.error];
    let touched = tx.execute(UPDATE, args).await?;
    expect_rows("put outbox", 1, touched)
}

/// Takes a row back that did not reach its peer yet: what it says is no longer so. It may be queued again.
///
/// # Errors
/// What the database says.
pub async fn withdraw_outbox(tx: &mut Tx, kind: OutboxKind, key: &str) -> Result<(), StoreError> {
    tx.execute(WITHDRAW, args![kind.word(), key]).await.map(drop)
}

/// The row of a (kind, key).
///
/// # Errors
/// What the database says.
pub async fn outbox_by_key(tx: &mut Tx, kind: OutboxKind, key: &str) -> Result<Option<OutboxRow>, StoreError> {
    tx.fetch_optional(BY_KEY, args![kind.word(), key]).await?.map(read).transpose()
}

/// One row.
///
/// # Errors
/// What the database says.
pub async fn outbox_by_id(tx: &mut Tx, id: i64) -> Result<Option<OutboxRow>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(read).transpose()
}

/// Rows to be sent or settled now, most urgent first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn due_outbox(tx: &mut Tx, now: Time, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(DUE, args![now, limit]).await?.into_iter().map(read).collect()
}

/// When the next row is due; `None` if none waits.
///
/// # Errors
/// What the database says.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Time>, StoreError> {
    let (at,): (Option<i64>,) = tx.fetch_one(NEXT, &[]).await?;
    Ok(at.map(Time::from_ms))
}

/// How many rows are queued, and how many are unknown.
///
/// # Errors
/// What the database says.
pub async fn count_waiting(tx: &mut Tx) -> Result<(u64, u64), StoreError> {
    let counts: Vec<(String, i64)> = tx.fetch_all(WAITING, &[]).await?;
    let of = |state: OutboxState| {
        let count = counts.iter().find(|(word, _)| word == state.word()).map_or(0, |(_, count)| *count);
        u64::try_from(count).unwrap_or_default()
    };
    Ok((of(OutboxState::Queued), of(OutboxState::Unknown)))
}

/// Rows before number `before`, newest first, at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn outbox_page(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PAGE, args![before, limit]).await?.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<OutboxRow, StoreError> {
    let bad = |what: &str| StoreError::corrupt("outbox", what);
    Ok(OutboxRow {
        id: row.id,
        kind: OutboxKind::from_word(&row.kind).ok_or_else(|| bad(&row.kind))?,
        key: row.key,
        content: row.content,
        state: OutboxState::from_word(&row.state).ok_or_else(|| bad(&row.state))?,
        tries: u32::try_from(row.tries).map_err(|_| bad("tries"))?,
        next_at: Time::from_ms(row.next_at),
        first_sent_at: row.first_sent_at.map(Time::from_ms),
        error: row.error,
    })
}
