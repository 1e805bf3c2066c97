//! A circuit's tickets, for plans whose clock looks at them, and their holds: those of the faults that
//! its alarms belong to.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use engine::clock::TicketLife;
use engine::exclusion::Suspend;
use engine::hold::{holds, suspends};
use model::fault::FaultNo;
use model::ticket::{Ticket, TicketState};
use store::ticket::tickets_of_faults;
use store::{StoreError, Tx};

use crate::Cited;

/// From when to when they ran, and what of their holds excludes time.
#[derive(Default)]
pub(crate) struct Sheets {
    pub(crate) lives: Vec<TicketLife>,
    pub(crate) suspends: Vec<Suspend>,
    /// Who held which, by the hold's id.
    pub(crate) held_by: HashMap<String, String>,
}

/// Reads them.
pub(crate) async fn load(tx: &mut Tx, cited: &HashMap<Arc<str>, Cited>) -> Result<Sheets, StoreError> {
    let faults: BTreeSet<FaultNo> = cited.values().filter_map(|cited| cited.fault).collect();
    let faults: Vec<FaultNo> = faults.into_iter().collect();
    if faults.is_empty() {
        return Ok(Sheets::default());
    }
    let mut sheets = Sheets::default();
    for ticket in tickets_of_faults(tx, &faults).await? {
        let Some(life) = life(&ticket) else { continue };
        for hold in holds(&ticket.clock) {
            for suspend in suspends(&ticket.alarm_id, &life, [(hold.window, hold.code)]) {
                sheets.held_by.insert(suspend.id.clone(), hold.by.clone());
                sheets.suspends.push(suspend);
            }
        }
        sheets.lives.push(life);
    }
    Ok(sheets)
}

/// From when to when it ran. A ticket that EOMS never worked on is none; one that was archived without
/// a reported repair ended with its archiving.
fn life(ticket: &Ticket) -> Option<TicketLife> {
    let ended = match ticket.state {
        TicketState::Cancelled | TicketState::Rejected | TicketState::Refused => Some(ticket.restored_at?),
        TicketState::Closed => Some(ticket.restored_at.unwrap_or(ticket.changed_at)),
        _ => ticket.restored_at,
    };
    Some(TicketLife::new(&ticket.alarm_id, ticket.opened_at, ended))
}

#[cfg(test)]
mod tests;
