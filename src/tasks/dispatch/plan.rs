//! What goes first: the rows of one ticket in order, its dispatch before everything else.

use std::collections::{BTreeMap, HashSet};

use model::ticket::{OutboxKind, OutboxRow, OutboxState};
use store::outbox::outbox_by_key;
use store::{StoreError, Tx};

/// Longest pause before something is tried again, in seconds.
const LATER_S_MAX: i64 = 300;
/// Longest pause between two look-ups, in seconds.
const ASK_S_MAX: i64 = 60;
/// First pause, in seconds.
const FIRST_S: i64 = 5;

/// Our key of the ticket that a row is about. Rows that follow the dispatch add `#…` to it.
pub(super) fn ticket_of(row: &OutboxRow) -> String {
    row.key.split('#').next().unwrap_or_default().to_owned()
}

/// The first row of each ticket that is not busy, oldest ticket first.
pub(super) fn first_of_each(due: Vec<OutboxRow>, busy: &HashSet<String>) -> Vec<OutboxRow> {
    let mut first: BTreeMap<String, OutboxRow> = BTreeMap::new();
    for row in due {
        let ticket = ticket_of(&row);
        if busy.contains(&ticket) {
            continue;
        }
        let is_earlier = first.get(&ticket).is_none_or(|held| row.id < held.id);
        if is_earlier {
            first.insert(ticket, row);
        }
    }
    let mut rows: Vec<OutboxRow> = first.into_values().collect();
    rows.sort_by_key(|row| row.id);
    rows
}

/// May this row go out now? What follows a dispatch waits until the dispatch is settled.
pub(super) async fn is_ready(tx: &mut Tx, row: &OutboxRow) -> Result<bool, StoreError> {
    if row.kind == OutboxKind::NewAlarm {
        return Ok(true);
    }
    let dispatch = outbox_by_key(tx, OutboxKind::NewAlarm, &ticket_of(row)).await?;
    Ok(dispatch.is_none_or(|dispatch| !matches!(dispatch.state, OutboxState::Queued | OutboxState::Unknown)))
}

/// Seconds until something that was not sent is tried again.
pub(super) fn later_s(tries: u32) -> i64 {
    (FIRST_S << (tries / 2).min(10)).min(LATER_S_MAX)
}

/// Seconds until the peer is asked again.
pub(super) fn ask_s(tries: u32) -> i64 {
    (FIRST_S << (tries / 2).min(10)).min(ASK_S_MAX)
}

#[cfg(test)]
mod tests;
