//! What is done with slots after they came: those of a day become blocks, months are rolled up anew, and what is
//! old goes. Each step is one page in one short transaction and may be repeated: the result is a function of
//! the rows that are there, whatever the order they came in.

use engine::performance::{Stretch, is_finer, replaced, roll};
use figures::performance::{day, day_of};
use model::pm::Granularity;
use model::sample::Samples;
use model::time::{Time, Zone};
use store::performance::block::{
    Block, Level, MonthMark, block_samples, drop_blocks, drop_month_mark, dropped_until, pack_blocks, put_blocks,
    put_month_mark,
};
use store::performance::bundles_of;
use store::performance::file::drop_files;
use store::performance::slot::{WaitingDay, drop_empty_slots, drop_pages, pages_of_day, slot_samples};
use store::{Db, Tx};

use super::PerformanceError;

/// Blocks that are dropped in one transaction.
const DROP: u32 = 64;
/// Seconds of a day.
const DAY_S: i64 = 86_400;
/// Files that are forgotten in one transaction.
const DROP_FILES: u32 = 1_000;

/// How long data is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// As it was measured, in days.
    pub measured_days: i64,
    /// As hours, in days.
    pub hour_days: i64,
    /// As days and months, in days; `None`: for ever.
    pub day_days: Option<i64>,
}

// === impl Kept ===

impl Kept {
    /// What is measured of a day that began before this is not wholly kept any more.
    pub fn measured_until(self, now: Time) -> Time {
        now.plus_s(-(self.measured_days - 1) * DAY_S)
    }
}

/// Turns the slots of a day into blocks, page by page; `stopped` is asked between two of them.
///
/// # Errors
/// What the database says.
pub async fn turn_day(
    db: &Db,
    waiting: WaitingDay,
    zone: &Zone,
    stopped: impl Fn() -> bool,
) -> Result<(), PerformanceError> {
    let pages = pages_of_day(&mut db.read().await?, waiting.granularity, waiting.day).await?;
    for page in pages {
        if stopped() {
            return Ok(());
        }
        turn_page(db, (waiting.granularity, waiting.day, page), zone).await?;
    }
    let mut tx = db.write().await?;
    drop_empty_slots(&mut tx, waiting.granularity, waiting.day).await?;
    Ok(tx.commit().await?)
}

async fn turn_page(
    db: &Db,
    (granularity, number, page): (Granularity, i64, i64),
    zone: &Zone,
) -> Result<(), PerformanceError> {
    let mut tx = db.read().await?;
    let mut slots = Vec::new();
    let mut parts = Vec::new();
    for rows in slot_samples(&mut tx, page, number, number).await? {
        // What was not judged yet stays as it came: who judges asks what a file brought.
        if rows.granularity == granularity && rows.judged {
            slots.push(rows.slot);
            parts.push(rows.samples);
        }
    }
    parts.extend(blocks(&mut tx, (page, Level::Measured), granularity, number).await?);
    let merged = Samples::merged(parts);
    let span = day(number);
    let mut written = pack_blocks(Level::Measured, granularity, span.start, &merged)?;
    if is_finer(granularity, Stretch::Hour) {
        let dropped = dropped_until(&mut tx).await?;
        let held = match span.start < dropped {
            true => Samples::beside(blocks(&mut tx, (page, Level::Hour), granularity, number).await?),
            false => Samples::default(),
        };
        let hours = replaced(held, roll(&merged, Stretch::Hour, zone), dropped);
        written.extend(pack_blocks(Level::Hour, granularity, span.start, &hours)?);
    }
    drop(tx);
    let months =
        Stretch::Month.inside(model::time::Window::new(Stretch::Month.around(span.start, zone).start, span.end), zone);
    let mut tx = db.write().await?;
    put_blocks(&mut tx, &written).await?;
    drop_pages(&mut tx, page, &slots).await?;
    for month in months {
        if merged.rows.iter().any(|row| month.holds(row.start)) {
            put_month_mark(&mut tx, MonthMark { granularity, page, month: month.start }).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// What the bundles of a page have on a day.
async fn blocks(
    tx: &mut Tx,
    (page, level): (i64, Level),
    granularity: Granularity,
    number: i64,
) -> Result<Vec<Samples>, PerformanceError> {
    let span = (day(number).start, day(number).end);
    let mut parts = Vec::new();
    for bundle in bundles_of(page) {
        let rows = block_samples(tx, (bundle, level), span, None).await?;
        parts.extend(rows.into_iter().filter(|rows| rows.granularity == granularity).map(|rows| rows.samples));
    }
    Ok(parts)
}

/// Rolls a month of a page up anew.
///
/// # Errors
/// What the database says.
pub async fn roll_month(db: &Db, mark: MonthMark, zone: &Zone) -> Result<(), PerformanceError> {
    let mut tx = db.read().await?;
    let dropped = dropped_until(&mut tx).await?;
    let mut written = Vec::new();
    for bundle in bundles_of(mark.page) {
        written.extend(month_of(&mut tx, (mark, bundle), zone, dropped).await?);
    }
    drop(tx);
    let mut tx = db.write().await?;
    put_blocks(&mut tx, &written).await?;
    drop_month_mark(&mut tx, mark).await?;
    Ok(tx.commit().await?)
}

/// Days and months of a bundle.
async fn month_of(
    tx: &mut Tx,
    (mark, bundle): (MonthMark, i64),
    zone: &Zone,
    dropped: Time,
) -> Result<Vec<Block>, PerformanceError> {
    let month = Stretch::Month.around(mark.month, zone);
    let days = (day(day_of(month.start)).start, month.end);
    let mut parts = Vec::new();
    for rows in block_samples(tx, (bundle, Level::Measured), days, None).await? {
        if rows.granularity == mark.granularity {
            parts.push(rows.samples);
        }
    }
    let measured = Samples::merged(parts).only(|row| month.holds(row.start));
    let mut written = Vec::new();
    for (stretch, level) in [(Stretch::Day, Level::Day), (Stretch::Month, Level::Month)] {
        let mut rolled = roll(&measured, stretch, zone);
        if month.start < dropped {
            let held = block_samples(tx, (bundle, level), (month.start, month.start.plus_ms(1)), None).await?;
            let held = held.into_iter().filter(|rows| rows.granularity == mark.granularity).map(|rows| rows.samples);
            rolled = replaced(Samples::beside(held.collect()), rolled, dropped);
        }
        written.extend(pack_blocks(level, mark.granularity, month.start, &rolled)?);
    }
    Ok(written)
}

/// Gives up to roll a month: what it is made of cannot be read. It keeps the figures that it has.
///
/// # Errors
/// What the database says.
pub async fn give_up_month(db: &Db, mark: MonthMark) -> Result<(), PerformanceError> {
    let mut tx = db.write().await?;
    drop_month_mark(&mut tx, mark).await?;
    Ok(tx.commit().await?)
}

/// Drops a little of what is older than it is kept; `true` if there may be more. What goes as it was measured must be
/// rolled up by then: the months that began before [`Kept::measured_until`].
///
/// # Errors
/// What the database says.
pub async fn drop_old(db: &Db, kept: Kept, now: Time) -> Result<bool, PerformanceError> {
    let before = |days: i64| now.plus_s(-days * DAY_S);
    let mut levels = vec![(Level::Measured, before(kept.measured_days)), (Level::Hour, before(kept.hour_days))];
    if let Some(days) = kept.day_days {
        levels.extend([(Level::Day, before(days)), (Level::Month, before(days))]);
    }
    for (level, before) in levels {
        let mut tx = db.write().await?;
        let more = drop_blocks(&mut tx, level, before, DROP).await?;
        tx.commit().await?;
        if more {
            return Ok(true);
        }
    }
    let mut tx = db.write().await?;
    let files = drop_files(&mut tx, before(kept.measured_days), DROP_FILES).await?;
    tx.commit().await?;
    Ok(files > 0)
}
