//! The past: what 16 subjects measured on a day, and its roll-ups; and the months that must be rolled up anew.

use model::pm::Granularity;
use model::sample::Samples;
use model::time::Time;

use super::columns::{Effort, pack, read_block, write_block};
use super::slot::granularity;
use super::{DAY_MS, bundle_of, read_names, write_names};
use crate::error::StoreError;
use crate::tx::Tx;
use crate::value::args;

const PUT: &str =
    "insert into pm_block (bundle, level, granularity, span, params, body) values ($1, $2, $3, $4, $5, $6)
    on conflict (bundle, level, span, granularity) do update set params = excluded.params, body = excluded.body";
const READ: &str = "select granularity, span, params, body from pm_block
    where bundle = $1 and level = $2 and span >= $3 and span < $4 order by span, granularity";
const OLDEST: &str = "select min(span) from pm_block where level = $1 and span < $2";
const DROP: &str = "delete from pm_block where level = $1 and span = $2 and bundle in
    (select bundle from pm_block where level = $1 and span = $2 order by bundle limit $3)";
const PUT_MARK: &str = "insert into pm_mark (granularity, page, month) values ($1, $2, $3)
    on conflict (page, month, granularity) do nothing";
const MARKS: &str = "select granularity, page, month from pm_mark
    where month < $1 order by page, month, granularity limit $2";
const MARKED: &str = "select granularity, page, month from pm_mark where page = $1 and month >= $2 and month < $3";
const DROPPED: &str = "select value from meta where key = 'pm_dropped'";
const NOTE_DROPPED: &str = "update meta set value = $1 where key = 'pm_dropped' and value < $1";
const DROP_MARK: &str = "delete from pm_mark where granularity = $1 and page = $2 and month = $3";

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Rows as they were measured, of a day in UTC.
    Measured = 0,
    /// Their hours, of a day in UTC.
    Hour = 1,
    /// Their days, of a month of the calendar.
    Day = 2,
    /// Their month.
    Month = 3,
}

/// A block to be written.
#[derive(Debug)]
pub struct Block {
    bundle: i64,
    level: Level,
    granularity: Granularity,
    span: Time,
    params: String,
    body: Vec<u8>,
}

/// Which month of which page is to be rolled up anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthMark {
    /// Granularity of the measured rows.
    pub granularity: Granularity,
    /// Page.
    pub page: i64,
    /// Begin of the month in the calendar's zone.
    pub month: Time,
}

/// Rows of a block.
#[derive(Debug)]
pub struct BlockRows {
    /// Granularity of the measured rows.
    pub granularity: Granularity,
    /// Begin of what the block covers.
    pub span: Time,
    /// The rows.
    pub samples: Samples,
}

crate::value::row!(BlockRow { granularity: i64, span: i64, params: String, body: Vec<u8> });
crate::value::row!(MarkRow { granularity: i64, page: i64, month: i64 });

/// Compresses rows of one or more bundles, sorted by subject: a block for each bundle.
///
/// # Errors
/// [`StoreError::Corrupt`] if the library refuses them.
pub fn pack_blocks(
    level: Level,
    granularity: Granularity,
    span: Time,
    samples: &Samples,
) -> Result<Vec<Block>, StoreError> {
    let mut blocks = Vec::new();
    let mut first = 0;
    for rows in samples.rows.chunk_by(|left, right| bundle_of(left.subject) == bundle_of(right.subject)) {
        let width = samples.params.len();
        let values = samples.values.get(first * width..(first + rows.len()) * width).unwrap_or_default();
        first += rows.len();
        let part = Samples { params: samples.params.clone(), rows: rows.to_vec(), values: values.to_vec() };
        let packed = pack(&part, |subject| subject, |page| page, Effort::Thorough)?;
        let bundle = rows.first().map_or(0, |row| bundle_of(row.subject));
        let params = write_names(&part.params);
        blocks.push(Block { bundle, level, granularity, span, params, body: write_block(&packed) });
    }
    Ok(blocks)
}

/// Writes blocks in the place of those that were there.
///
/// # Errors
/// What the database says.
pub async fn put_blocks(tx: &mut Tx, blocks: &[Block]) -> Result<(), StoreError> {
    for block in blocks {
        let key = (block.bundle, block.level as i64, block.granularity.0, block.span);
        tx.execute(PUT, args![key.0, key.1, key.2, key.3, &block.params, &block.body[..]]).await?;
    }
    Ok(())
}

/// What a bundle has in spans that begin inside `from..to`; of one subject, or of all.
///
/// # Errors
/// What the database says; [`StoreError::Corrupt`] if a block cannot be read.
pub async fn block_samples(
    tx: &mut Tx,
    (bundle, level): (i64, Level),
    (from, to): (Time, Time),
    only: Option<i64>,
) -> Result<Vec<BlockRows>, StoreError> {
    let mut found = Vec::new();
    tx.each(READ, args![bundle, level as i64, from, to], |row: BlockRow| {
        let samples = read_block(read_names(&row.params), &row.body, only)?;
        found.push(BlockRows { granularity: granularity(row.granularity), span: Time::from_ms(row.span), samples });
        Ok(())
    })
    .await?;
    Ok(found)
}

/// Drops some of the oldest blocks of a level that begin before `before`; `true` if there may be more.
///
/// # Errors
/// What the database says.
pub async fn drop_blocks(tx: &mut Tx, level: Level, before: Time, limit: u32) -> Result<bool, StoreError> {
    let (oldest,): (Option<i64>,) = tx.fetch_one(OLDEST, args![level as i64, before]).await?;
    let Some(oldest) = oldest else { return Ok(false) };
    if level == Level::Measured {
        tx.execute(NOTE_DROPPED, args![oldest + DAY_MS]).await?;
    }
    tx.execute(DROP, args![level as i64, oldest, limit]).await?;
    Ok(true)
}

/// What was measured before this is not kept as it was measured any more.
///
/// # Errors
/// What the database says.
pub async fn dropped_until(tx: &mut Tx) -> Result<Time, StoreError> {
    let (until,): (i64,) = tx.fetch_one(DROPPED, &[]).await?;
    Ok(Time::from_ms(until))
}

/// A month of a page is to be rolled up anew.
///
/// # Errors
/// What the database says.
pub async fn put_month_mark(tx: &mut Tx, mark: MonthMark) -> Result<(), StoreError> {
    tx.execute(PUT_MARK, args![mark.granularity.0, mark.page, mark.month]).await.map(drop)
}

/// Months that are to be rolled up anew and began before `before`.
///
/// # Errors
/// What the database says.
pub async fn month_marks(tx: &mut Tx, before: Time, limit: u32) -> Result<Vec<MonthMark>, StoreError> {
    let rows: Vec<MarkRow> = tx.fetch_all(MARKS, args![before, limit]).await?;
    let mark = |row: MarkRow| MonthMark {
        granularity: granularity(row.granularity),
        page: row.page,
        month: Time::from_ms(row.month),
    };
    Ok(rows.into_iter().map(mark).collect())
}

/// Months of this page that begin inside `from..to` and are to be rolled up anew, and of which granularity.
///
/// # Errors
/// What the database says.
pub async fn marked(tx: &mut Tx, page: i64, (from, to): (Time, Time)) -> Result<Vec<(Time, Granularity)>, StoreError> {
    let rows: Vec<MarkRow> = tx.fetch_all(MARKED, args![page, from, to]).await?;
    Ok(rows.into_iter().map(|row| (Time::from_ms(row.month), granularity(row.granularity))).collect())
}

/// The month was rolled up.
///
/// # Errors
/// What the database says.
pub async fn drop_month_mark(tx: &mut Tx, mark: MonthMark) -> Result<(), StoreError> {
    tx.execute(DROP_MARK, args![mark.granularity.0, mark.page, mark.month]).await.map(drop)
}
