//! Tickets: at most one for each fault episode, by our key with EOMS. Several may share a sheet: EOMS
//! merges what it takes for one thing.

use model::fault::FaultNo;
use model::ticket::Ticket;
use model::time::Time;

use crate::error::{StoreError, expect_rows};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Most tickets of one page.
const LIMIT_MAX: i64 = 1000;

const PUT: &str = "insert into ticket (alarm_id, fault_no, sheet_no, state, changed_at, content)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (alarm_id) do update set sheet_no = excluded.sheet_no, state = excluded.state,
        changed_at = excluded.changed_at, content = excluded.content
    where ticket.fault_no = excluded.fault_no";
const BY_KEY: &str = "select content from ticket where alarm_id = $1";
const BY_SHEET: &str =
    "select content from ticket where sheet_no = $1 order by changed_at desc, alarm_id desc limit $2";
static OF_FAULTS: Multi = Multi::new(
    "with q(fault_no) as (values ",
    1,
    ") select t.content from q cross join ticket t where t.fault_no = q.fault_no",
);
const OF_OPEN_FAULTS: &str = "select t.fault_no, t.alarm_id, t.content from fault f cross join ticket t
    where f.state in ('open', 'cleared', 'closed_still_down') and f.fault_no >= $1 and t.fault_no = f.fault_no
    and (f.fault_no > $1 or t.alarm_id > $2) order by f.fault_no, t.alarm_id limit $3";
const PAGE: &str = "select content from ticket where (changed_at, alarm_id) < ($1, $2)
    order by changed_at desc, alarm_id desc limit $3";

/// Stores a ticket, new or changed, by its `alarm_id`.
///
/// # Errors
/// [`StoreError::RowCount`] if it belongs to another fault.
pub async fn put_ticket(tx: &mut Tx, ticket: &Ticket) -> Result<(), StoreError> {
    let content = serde_json::to_string(ticket).map_err(|error| StoreError::corrupt("ticket", error))?;
    let sheet_no = (!ticket.sheet_no.is_empty()).then_some(ticket.sheet_no.as_str());
    let args = args![&ticket.alarm_id, ticket.fault_no.0, sheet_no, ticket.state.word(), ticket.changed_at, &content];
    let touched = tx.execute(PUT, args).await?;
    expect_rows("put ticket", 1, touched)
}

/// The ticket with our key.
///
/// # Errors
/// What the database says.
pub async fn ticket_by_key(tx: &mut Tx, alarm_id: &str) -> Result<Option<Ticket>, StoreError> {
    tx.fetch_optional(BY_KEY, args![alarm_id]).await?.map(read).transpose()
}

/// The tickets with EOMS's number, newest change first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn tickets_by_sheet(tx: &mut Tx, sheet_no: &str) -> Result<Vec<Ticket>, StoreError> {
    tx.fetch_all(BY_SHEET, args![sheet_no, LIMIT_MAX]).await?.into_iter().map(read).collect()
}

/// The tickets of these faults' episodes, oldest change first.
///
/// # Errors
/// What the database says.
pub async fn tickets_of_faults(tx: &mut Tx, faults: &[FaultNo]) -> Result<Vec<Ticket>, StoreError> {
    let keys: Vec<[Value<'_>; 1]> = faults.iter().map(|fault| [fault.0.into()]).collect();
    let rows: Vec<(String,)> = tx.fetch_many(&OF_FAULTS, &keys).await?;
    let mut tickets = rows.into_iter().map(read).collect::<Result<Vec<Ticket>, _>>()?;
    tickets.sort_by(|a, b| (a.changed_at, &a.alarm_id).cmp(&(b.changed_at, &b.alarm_id)));
    Ok(tickets)
}

/// Visits every ticket of the faults that may still change, by fault.
///
/// # Errors
/// What the database says.
pub async fn each_ticket_of_open_faults(tx: &mut Tx, mut visit: impl FnMut(Ticket) + Send) -> Result<(), StoreError> {
    let mut after = (0, String::new());
    loop {
        let page: Vec<(i64, String, String)> =
            tx.fetch_all(OF_OPEN_FAULTS, args![after.0, &after.1, LIMIT_MAX]).await?;
        let Some((fault, key, _)) = page.last() else { return Ok(()) };
        after = (*fault, key.clone());
        for (_, _, content) in page {
            visit(read((content,))?);
        }
    }
}

/// Tickets by last change, newest first, after the given ticket; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn tickets_page(tx: &mut Tx, after: Option<(Time, &str)>, limit: u32) -> Result<Vec<Ticket>, StoreError> {
    let (at, key) = after.unwrap_or((Time::MAX, ""));
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PAGE, args![at, key, limit]).await?.into_iter().map(read).collect()
}

fn read((content,): (String,)) -> Result<Ticket, StoreError> {
    serde_json::from_str(&content).map_err(|error| StoreError::corrupt("ticket", error))
}

#[cfg(test)]
mod tests;
