//! Files as they came: the rows of one file, granularity and day are a slot, cut into pages. A slot is seen when
//! its whole file is there, and goes when its pages have become blocks.

use model::pm::Granularity;
use model::sample::Samples;
use model::time::Time;

use super::columns::{Effort, Packed, Unpacker, pack};
use super::{page_of, read_names, write_names};
use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

const INSERT: &str =
    "insert into pm_slot (id, file_id, granularity, day, params, head) values ($1, $2, $3, $4, $5, $6)";
static ADD_PAGES: Multi = Multi::new("insert into pm_page (slot, page, rows_total, body) values ", 4, "");
const SHOW: &str = "update pm_slot set ready_at = $2 where file_id = $1";
const DROP_PAGES_OF_FILE: &str = "delete from pm_page where slot in (select id from pm_slot where file_id = $1)";
const DROP_OF_FILE: &str = "delete from pm_slot where file_id = $1";
const DAYS: &str = "select granularity, day, count(*) as slots, min(ready_at) as since from pm_slot
    where ready_at is not null and judged_at is not null group by granularity, day order by granularity, day";
const PAGES: &str = "select distinct p.page from pm_slot s join pm_page p on p.slot = s.id
    where s.granularity = $1 and s.day = $2 and s.ready_at is not null and s.judged_at is not null order by p.page";
const SAMPLES: &str = "select s.id, s.granularity, s.day, s.judged_at is not null as judged, s.params, s.head, p.page,
    p.rows_total, p.body
    from pm_slot s join pm_page p on p.slot = s.id and p.page = $1
    where s.day >= $2 and s.day <= $3 and s.ready_at is not null order by s.id";
const TO_JUDGE: &str = "select id, granularity from pm_slot where judged_at is null and ready_at is not null
    order by id limit $1";
const COUNT_TO_JUDGE: &str = "select count(*) from pm_slot where judged_at is null and ready_at is not null";
const PAGES_OF_SLOT: &str =
    "select s.id, s.granularity, s.day, s.judged_at is not null as judged, s.params, s.head, p.page,
    p.rows_total, p.body from pm_slot s join pm_page p on p.slot = s.id
    where s.id = $1 and p.page > $2 order by p.page limit $3";
const JUDGED: &str = "update pm_slot set judged_at = $2 where id = $1";
const DROP_PAGE: &str = "delete from pm_page where slot = $1 and page = $2";
const DROP_EMPTY: &str = "delete from pm_slot where granularity = $1 and day = $2 and ready_at is not null
    and not exists (select 1 from pm_page where slot = pm_slot.id)";

/// Rows of one granularity and day of a file, compressed.
#[derive(Debug)]
pub struct Slot {
    granularity: Granularity,
    day: i64,
    params: String,
    packed: Packed,
}

/// Slots that wait to become blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingDay {
    /// Granularity of their rows.
    pub granularity: Granularity,
    /// Days since 1970 in UTC.
    pub day: i64,
    /// How many slots.
    pub slots: i64,
    /// When the first of them came.
    pub since: Time,
}

/// What a slot has on one page.
#[derive(Debug)]
pub struct SlotRows {
    /// Slot.
    pub slot: i64,
    /// Granularity of the rows.
    pub granularity: Granularity,
    /// Their day.
    pub day: i64,
    /// Their page.
    pub page: i64,
    /// They were judged by the thresholds.
    pub judged: bool,
    /// The rows.
    pub samples: Samples,
}

/// A slot whose rows were not judged yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotToJudge {
    /// Slot.
    pub slot: i64,
    /// Granularity of its rows.
    pub granularity: Granularity,
}

crate::value::row!(DayRow { granularity: i64, day: i64, slots: i64, since: i64 });
crate::value::row!(PageRow {
    id: i64,
    granularity: i64,
    day: i64,
    judged: bool,
    params: String,
    head: Vec<u8>,
    page: i64,
    rows_total: i64,
    body: Vec<u8>,
});

/// Compresses rows of one granularity and day; a row that is superseded among them is left out.
///
/// # Errors
/// [`StoreError::Corrupt`] if the library refuses them.
pub fn pack_slot(granularity: Granularity, day: i64, samples: Samples) -> Result<Slot, StoreError> {
    let sorted = samples.rows.is_sorted_by(|left, right| (left.subject, left.start) < (right.subject, right.start));
    let samples = if sorted { samples } else { Samples::merged(vec![samples]) };
    let packed = pack(&samples, page_of, |page| page << 8, Effort::Quick)?;
    Ok(Slot { granularity, day, params: write_names(&samples.params), packed })
}

// === impl Slot ===

impl Slot {
    /// Pages.
    pub fn pages(&self) -> usize {
        self.packed.pages.len()
    }
}

/// Begins to write a slot; its number. Nobody sees it yet.
///
/// # Errors
/// What the database says.
pub async fn begin_slot(tx: &mut Tx, file: i64, slot: &Slot) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::PmSlot, 1).await?;
    let head = slot.packed.head.as_slice();
    tx.execute(INSERT, args![id, file, slot.granularity.0, slot.day, &slot.params, head]).await?;
    Ok(id)
}

/// Writes some of its pages, from the `first` on.
///
/// # Errors
/// What the database says.
pub async fn put_pages(tx: &mut Tx, id: i64, slot: &Slot, first: usize, count: usize) -> Result<(), StoreError> {
    let pages = slot.packed.pages.iter().skip(first).take(count);
    let row = |page: &super::columns::Page| i64::try_from(page.rows).unwrap_or(i64::MAX);
    let rows: Vec<[Value<'_>; 4]> =
        pages.map(|page| [id.into(), page.number.into(), row(page).into(), Value::Bytes(&page.body)]).collect();
    tx.execute_many(&ADD_PAGES, &rows).await.map(drop)
}

/// Shows all slots of a file.
///
/// # Errors
/// What the database says.
pub async fn show_slots(tx: &mut Tx, file: i64, at: Time) -> Result<(), StoreError> {
    tx.execute(SHOW, args![file, at]).await.map(drop)
}

/// Drops what an interrupted reading of a file left.
///
/// # Errors
/// What the database says.
pub async fn drop_slots(tx: &mut Tx, file: i64) -> Result<(), StoreError> {
    tx.execute(DROP_PAGES_OF_FILE, args![file]).await?;
    tx.execute(DROP_OF_FILE, args![file]).await.map(drop)
}

/// Days with slots that have not become blocks.
///
/// # Errors
/// What the database says.
pub async fn waiting_days(tx: &mut Tx) -> Result<Vec<WaitingDay>, StoreError> {
    let rows: Vec<DayRow> = tx.fetch_all(DAYS, &[]).await?;
    let day = |row: DayRow| WaitingDay {
        granularity: granularity(row.granularity),
        day: row.day,
        slots: row.slots,
        since: Time::from_ms(row.since),
    };
    Ok(rows.into_iter().map(day).collect())
}

/// Pages that the waiting slots of a day have, in order.
///
/// # Errors
/// What the database says.
pub async fn pages_of_day(tx: &mut Tx, granularity: Granularity, day: i64) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> = tx.fetch_all(PAGES, args![granularity.0, day]).await?;
    Ok(rows.into_iter().map(|(page,)| page).collect())
}

/// What the slots from one day to another (inclusive) have on a page.
///
/// # Errors
/// What the database says; [`StoreError::Corrupt`] if a page cannot be read.
pub async fn slot_samples(tx: &mut Tx, page: i64, first: i64, last: i64) -> Result<Vec<SlotRows>, StoreError> {
    let mut found = Vec::new();
    tx.each(SAMPLES, args![page, first, last], |row: PageRow| {
        found.push(SlotRows::read(row)?);
        Ok(())
    })
    .await?;
    Ok(found)
}

/// Slots that are there as a whole and were not judged yet, oldest first.
///
/// # Errors
/// What the database says.
pub async fn slots_to_judge(tx: &mut Tx, limit: u32) -> Result<Vec<SlotToJudge>, StoreError> {
    let rows: Vec<(i64, i64)> = tx.fetch_all(TO_JUDGE, args![limit]).await?;
    let slot = |(slot, seconds)| SlotToJudge { slot, granularity: granularity(seconds) };
    Ok(rows.into_iter().map(slot).collect())
}

/// How many these are.
///
/// # Errors
/// What the database says.
pub async fn count_slots_to_judge(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT_TO_JUDGE, &[]).await?;
    Ok(count)
}

/// Pages of a slot after `after`, in order.
///
/// # Errors
/// What the database says; [`StoreError::Corrupt`] if a page cannot be read.
pub async fn pages_of_slot(tx: &mut Tx, slot: i64, after: i64, limit: u32) -> Result<Vec<SlotRows>, StoreError> {
    let rows: Vec<PageRow> = tx.fetch_all(PAGES_OF_SLOT, args![slot, after, limit]).await?;
    rows.into_iter().map(SlotRows::read).collect()
}

/// A slot was judged by the thresholds.
///
/// # Errors
/// What the database says.
pub async fn put_judged(tx: &mut Tx, slot: i64, at: Time) -> Result<(), StoreError> {
    tx.execute(JUDGED, args![slot, at]).await.map(drop)
}

/// Drops the pages of slots that have become blocks.
///
/// # Errors
/// What the database says.
pub async fn drop_pages(tx: &mut Tx, page: i64, slots: &[i64]) -> Result<(), StoreError> {
    for slot in slots {
        tx.execute(DROP_PAGE, args![*slot, page]).await?;
    }
    Ok(())
}

/// Drops the slots of a day that have no page any more.
///
/// # Errors
/// What the database says.
pub async fn drop_empty_slots(tx: &mut Tx, granularity: Granularity, day: i64) -> Result<(), StoreError> {
    tx.execute(DROP_EMPTY, args![granularity.0, day]).await.map(drop)
}

// === impl SlotRows ===

impl SlotRows {
    fn read(row: PageRow) -> Result<Self, StoreError> {
        let mut unpacker = Unpacker::new(read_names(&row.params), &row.head)?;
        let rows = usize::try_from(row.rows_total).unwrap_or(usize::MAX);
        let samples = unpacker.read(row.page << 8, rows, &row.body)?;
        Ok(SlotRows {
            slot: row.id,
            granularity: granularity(row.granularity),
            day: row.day,
            page: row.page,
            judged: row.judged,
            samples,
        })
    }
}

pub(super) fn granularity(seconds: i64) -> Granularity {
    Granularity(u32::try_from(seconds).unwrap_or(u32::MAX))
}
