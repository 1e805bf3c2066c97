//! Faults. Which alarms belong to one, and which hangs below which, is told by the alarms.

use std::sync::Arc;

use model::fault::{Fault, FaultNo, FaultState};
use model::time::Time;

use crate::error::{StoreError, expect_rows};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Most faults of one page.
const LIMIT_MAX: i64 = 1000;
/// Faults of one page of [`each_open_fault`].
const PAGE: i64 = 1000;

static PUT: Multi = Multi::new(
    "insert into fault (fault_no, state, last_at, content) values ",
    4,
    " on conflict (fault_no) do update set state = excluded.state, last_at = excluded.last_at,
        content = excluded.content",
);
static BY_NOS: Multi = Multi::new(
    "with k(fault_no) as (values ",
    1,
    ") select f.content from k cross join fault f where f.fault_no = k.fault_no",
);
const BY_NO: &str = "select content from fault where fault_no = $1";
const OPEN_AFTER: &str = "select fault_no, content from fault
    where state in ('open', 'cleared', 'closed_still_down') and fault_no > $1 order by fault_no limit $2";
const PAGE_BEFORE: &str = "select content from fault
    where (last_at, fault_no) < ($1, $2) and ($3 = '' or state = $3)
    order by last_at desc, fault_no desc limit $4";

/// Stores faults, new or changed, by number.
///
/// # Errors
/// What the database says.
pub async fn put_faults(tx: &mut Tx, faults: &[Arc<Fault>]) -> Result<(), StoreError> {
    // One statement may not touch a row twice: of faults with one number the last stands.
    let last: std::collections::BTreeMap<FaultNo, &Fault> =
        faults.iter().map(|fault| (fault.fault_no, fault.as_ref())).collect();
    let contents = last.values().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
    let contents = contents.map_err(|error| StoreError::corrupt("fault", error))?;
    let rows: Vec<[Value<'_>; 4]> = last
        .values()
        .zip(&contents)
        .map(|(fault, content)| {
            [fault.fault_no.0.into(), fault.state.word().into(), fault.last_at.into(), content.into()]
        })
        .collect();
    let touched = tx.execute_many(&PUT, &rows).await?;
    expect_rows("put faults", rows.len() as u64, touched)
}

/// One fault.
///
/// # Errors
/// What the database says.
pub async fn fault_by_no(tx: &mut Tx, fault: FaultNo) -> Result<Option<Fault>, StoreError> {
    let row: Option<(String,)> = tx.fetch_optional(BY_NO, args![fault.0]).await?;
    row.map(|(content,)| read(&content)).transpose()
}

/// Those of these faults that exist, by number.
///
/// # Errors
/// What the database says.
pub async fn faults_by_nos(tx: &mut Tx, faults: &[FaultNo]) -> Result<Vec<Fault>, StoreError> {
    let keys: Vec<[Value<'_>; 1]> = faults.iter().map(|fault| [fault.0.into()]).collect();
    let rows: Vec<(String,)> = tx.fetch_many(&BY_NOS, &keys).await?;
    let mut found = rows.iter().map(|(content,)| read(content)).collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable_by_key(|fault: &Fault| fault.fault_no);
    Ok(found)
}

/// Visits every fault that may still change (open, cleared, closed but still down), by number.
///
/// # Errors
/// What the database says.
pub async fn each_open_fault(tx: &mut Tx, mut visit: impl FnMut(Fault) + Send) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let page: Vec<(i64, String)> = tx.fetch_all(OPEN_AFTER, args![after, PAGE]).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (_, content) in &page {
            visit(read(content)?);
        }
    }
}

/// Faults of a state (`None` = any) by last change, newest first, after the given fault; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn faults_page(
    tx: &mut Tx,
    state: Option<FaultState>,
    after: Option<(Time, FaultNo)>,
    limit: u32,
) -> Result<Vec<Fault>, StoreError> {
    let (at, fault) = after.map_or((Time::MAX, i64::MAX), |(at, fault)| (at, fault.0));
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let page: Vec<(String,)> =
        tx.fetch_all(PAGE_BEFORE, args![at, fault, state.map_or("", FaultState::word), limit]).await?;
    page.iter().map(|(content,)| read(content)).collect()
}

fn read(content: &str) -> Result<Fault, StoreError> {
    serde_json::from_str(content).map_err(|error| StoreError::corrupt("fault", error))
}

#[cfg(test)]
pub(crate) mod tests;
