//! Where thresholds were crossed, and what of it the writer is still to be told.

use model::threshold::Crossing;
use model::time::Time;

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

const INSERT: &str =
    "insert into pm_crossing (id, threshold, version, subject, link, raised_at, cleared_at, value, waits)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 1)";
const OF_PAGE: &str =
    "select id, threshold, version, subject, link, raised_at, cleared_at, value, waits from pm_crossing
    where subject >= $1 and subject < $2 and (cleared_at is null or cleared_at > raised_at)
    and (cleared_at is null or cleared_at >= $3) order by raised_at, id";
const END: &str = "update pm_crossing set cleared_at = $2, waits = case waits when 1 then 1 else 2 end where id = $1";
const FORGET: &str = "delete from pm_crossing where id = $1 and waits = 1";
const TAKE_BACK: &str = "update pm_crossing set cleared_at = raised_at, waits = 2 where id = $1";
const OPEN: &str = "select id, threshold, version, subject, link, raised_at, cleared_at, value, waits from pm_crossing
    where cleared_at is null and id > $1 order by id limit $2";
const WAITING: &str =
    "select id, threshold, version, subject, link, raised_at, cleared_at, value, waits from pm_crossing
    where waits > 0 order by id limit $1";
const TOLD: &str = "update pm_crossing set waits = 0 where id = $1";
const DROP_TAKEN_BACK: &str = "delete from pm_crossing where id = $1 and cleared_at = raised_at";
const DROP: &str = "delete from pm_crossing where id in (select id from pm_crossing
    where cleared_at < $1 and waits = 0 order by cleared_at limit $2)";

/// What of a crossing the writer is still to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Nothing.
    No,
    /// The crossing, and its end if there is one.
    Raise,
    /// Its end; one that ended when it began is taken back.
    End,
}

/// Which threshold was crossed by whom; with its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrossingRow {
    /// Number; not used when it is added.
    pub id: i64,
    /// Threshold.
    pub threshold: i64,
    /// Its version.
    pub version: i64,
    /// Measured object.
    pub subject: i64,
    /// The same with its circuit.
    pub link: i64,
    /// When, and with which value.
    pub crossing: Crossing,
    /// What is still to be told; not used when it is added.
    pub waits: Waits,
}

crate::value::row!(Row {
    id: i64,
    threshold: i64,
    version: i64,
    subject: i64,
    link: i64,
    raised_at: i64,
    cleared_at: Option<i64>,
    value: String,
    waits: i64,
});

/// Adds a crossing that the writer is to be told of.
///
/// # Errors
/// What the database says.
pub async fn add_crossing(tx: &mut Tx, row: &CrossingRow) -> Result<(), StoreError> {
    let id = allocate(tx, Counter::PmCrossing, 1).await?;
    let Crossing { raised_at, cleared_at, value } = row.crossing;
    let value = value.to_string();
    let args = args![id, row.threshold, row.version, row.subject, row.link, raised_at, cleared_at, &value];
    tx.execute(INSERT, args).await.map(drop)
}

/// Crossings of the objects of a page that did not end before `ended_after`, by time. Those that were taken back are
/// none.
///
/// # Errors
/// What the database says.
pub async fn crossings_of_page(tx: &mut Tx, page: i64, ended_after: Time) -> Result<Vec<CrossingRow>, StoreError> {
    let rows: Vec<Row> = tx.fetch_all(OF_PAGE, args![page << 8, (page + 1) << 8, ended_after]).await?;
    rows.into_iter().map(CrossingRow::read).collect()
}

/// A crossing ended then.
///
/// # Errors
/// What the database says.
pub async fn end_crossing(tx: &mut Tx, id: i64, at: Time) -> Result<(), StoreError> {
    tx.execute(END, args![id, at]).await.map(drop)
}

/// A crossing never was. If the writer was not told of it, it is forgotten at once.
///
/// # Errors
/// What the database says.
pub async fn take_back(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    if tx.execute(FORGET, args![id]).await? == 0 {
        tx.execute(TAKE_BACK, args![id]).await?;
    }
    Ok(())
}

/// Crossings that last, after number `after`, by number.
///
/// # Errors
/// What the database says.
pub async fn open_crossings(tx: &mut Tx, after: i64, limit: u32) -> Result<Vec<CrossingRow>, StoreError> {
    let rows: Vec<Row> = tx.fetch_all(OPEN, args![after, limit]).await?;
    rows.into_iter().map(CrossingRow::read).collect()
}

/// Crossings of which the writer is still to be told, by number.
///
/// # Errors
/// What the database says.
pub async fn waiting_crossings(tx: &mut Tx, limit: u32) -> Result<Vec<CrossingRow>, StoreError> {
    let rows: Vec<Row> = tx.fetch_all(WAITING, args![limit]).await?;
    rows.into_iter().map(CrossingRow::read).collect()
}

/// The writer was told; one that was taken back is forgotten.
///
/// # Errors
/// What the database says.
pub async fn crossing_told(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    tx.execute(TOLD, args![id]).await?;
    tx.execute(DROP_TAKEN_BACK, args![id]).await.map(drop)
}

/// Forgets crossings that ended before `before`, of `limit` at most; how many.
///
/// # Errors
/// What the database says.
pub async fn drop_crossings(tx: &mut Tx, before: Time, limit: u32) -> Result<u64, StoreError> {
    tx.execute(DROP, args![before, limit]).await
}

// === impl CrossingRow ===

impl CrossingRow {
    fn read(row: Row) -> Result<Self, StoreError> {
        let value: f64 = row.value.parse().map_err(|error| StoreError::corrupt("pm_crossing", error))?;
        Ok(CrossingRow {
            id: row.id,
            threshold: row.threshold,
            version: row.version,
            subject: row.subject,
            link: row.link,
            crossing: Crossing {
                raised_at: Time::from_ms(row.raised_at),
                cleared_at: row.cleared_at.map(Time::from_ms),
                value,
            },
            waits: match row.waits {
                0 => Waits::No,
                1 => Waits::Raise,
                _ => Waits::End,
            },
        })
    }
}

#[cfg(test)]
mod tests;
