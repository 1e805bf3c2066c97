//! A circuit's tickets for plans whose clock looks at them: those of the faults that its alarms
//! belong to.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use engine::clock::TicketLife;
use model::fault::FaultNo;
use model::ticket::{Ticket, TicketState};
use store::ticket::tickets_of_faults;
use store::{StoreError, Tx};

use crate::Cited;

/// Reads them.
pub(crate) async fn load(tx: &mut Tx, cited: &HashMap<Arc<str>, Cited>) -> Result<Vec<TicketLife>, StoreError> {
    let faults: BTreeSet<FaultNo> = cited.values().filter_map(|cited| cited.fault).collect();
    let faults: Vec<FaultNo> = faults.into_iter().collect();
    if faults.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tickets_of_faults(tx, &faults).await?.iter().filter_map(life).collect())
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
