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
    where ready_at is not null group by granularity, day order by granularity, day";
const PAGES: &str = "select distinct p.page from pm_slot s join pm_page p on p.slot = s.id
    where s.granularity = $1 and s.day = $2 and s.ready_at is not null order by p.page";
const SAMPLES: &str = "select s.id, s.granularity, s.day, s.params, s.head, p.rows_total, p.body
    from pm_slot s join pm_page p on p.slot = s.id and p.page = $1
    where s.day >= $2 and s.day <= $3 and s.ready_at is not null order by s.id";
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
    /// The rows.
    pub samples: Samples,
}

crate::value::row!(DayRow { granularity: i64, day: i64, slots: i64, since: i64 });
crate::value::row!(PageRow {
    id: i64,
    granularity: i64,
    day: i64,
    params: String,
    head: Vec<u8>,
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
        let mut unpacker = Unpacker::new(read_names(&row.params), &row.head)?;
        let rows = usize::try_from(row.rows_total).unwrap_or(usize::MAX);
        let samples = unpacker.read(page << 8, rows, &row.body)?;
        found.push(SlotRows { slot: row.id, granularity: granularity(row.granularity), day: row.day, samples });
        Ok(())
    })
    .await?;
    Ok(found)
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

pub(super) fn granularity(seconds: i64) -> Granularity {
    Granularity(u32::try_from(seconds).unwrap_or(u32::MAX))
}
