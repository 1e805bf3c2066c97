//! The clock of a ticket: `suspendWorkSheet` stops it for a reason, `resumeWorkSheet` lets it run. What
//! was said is kept with the ticket; its holds are a function of the set (`engine::hold`).

use engine::hold::{Hold, holds};
use engine::plan::words::ExclusionCode;
use intake::Refusal;
use intake::submission::ClockWord;
use model::ticket::{ClockEvent, Ticket, TicketState};
use model::time::Time;

/// Words about the clock of one ticket.
const WORDS_MAX: usize = 400;

/// Keeps what was said of a ticket's clock, once, and moves the ticket's state.
pub(super) fn tell(found: &mut Ticket, word: &ClockWord, by: &str, at: Time) -> Result<(), Refusal> {
    let reason = match word {
        ClockWord::Runs => None,
        ClockWord::Stops(reason) if ExclusionCode::from_word(reason).is_some() => Some(reason.clone()),
        ClockWord::Stops(reason) => {
            let codes = ExclusionCode::ALL.map(ExclusionCode::word).join(", ");
            return Err(Refusal::BadValue(format!("reasonCode {reason:?} stops no clock; send one of {codes}")));
        }
    };
    let event = ClockEvent { at, reason, by: by.to_owned() };
    if !found.clock.contains(&event) {
        if found.clock.len() >= WORDS_MAX {
            let reason = format!("the clock of {} was stopped and started {WORDS_MAX} times", found.alarm_id);
            return Err(Refusal::StateForbids(reason));
        }
        found.clock.push(event);
    }
    found.state = state_of(found);
    Ok(())
}

/// A ticket is held while its clock stands; one that is repaired or over stays what it is.
fn state_of(found: &Ticket) -> TicketState {
    let stands = holds(&found.clock).last().is_some_and(Hold::is_open);
    match (found.state, stands) {
        (TicketState::Resolved | TicketState::Closed | TicketState::Cancelled | TicketState::Rejected, _) => {
            found.state
        }
        (_, true) => TicketState::Held,
        (TicketState::Held, false) => TicketState::InProgress,
        (state, false) => state,
    }
}
