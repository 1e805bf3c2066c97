//! The clock of an outage (semantics §4): alarms, tickets, or the earlier or later of their starts.
//!
//! A ticket belongs to the first alarm outage that it overlaps, so that one ticket over a flapping
//! alarm moves one start only. Where there is but one of the two, its start is both.

use std::borrow::Cow;
use std::sync::Arc;

use model::time::{Time, Window};

use crate::plan::OutageClock;
use crate::spans;

/// One ticket of a circuit, from its opening to the reported repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketLife {
    /// `ticket:<number>`.
    pub evidence: Arc<str>,
    /// From its opening to the repair; [`Time::MAX`] while nobody reported one.
    pub window: Window,
}

// === impl TicketLife ===

impl TicketLife {
    /// Names a ticket. A repair before the opening leaves nothing.
    pub fn new(number: &str, opened: Time, restored: Option<Time>) -> Self {
        let window = Window::new(opened, restored.unwrap_or(Time::MAX));
        TicketLife { evidence: format!("ticket:{number}").into(), window }
    }
}

/// When a circuit was down by a plan's clock. `alarms` is sorted and disjoint, as is the answer;
/// tickets come in any order.
pub fn down_by<'a>(clock: OutageClock, alarms: &'a [Window], tickets: &[TicketLife]) -> Cow<'a, [Window]> {
    let ticketed = || tickets.iter().map(|ticket| ticket.window);
    match clock {
        OutageClock::Alarm => Cow::Borrowed(alarms),
        OutageClock::Ticket => Cow::Owned(spans::union(ticketed().collect())),
        OutageClock::Earliest => Cow::Owned(both(alarms, ticketed(), Time::min)),
        OutageClock::Latest => Cow::Owned(both(alarms, ticketed(), Time::max)),
    }
}

/// Each alarm outage with the start that `choose` takes of its own and that of its first ticket, and
/// the tickets that no alarm speaks of.
fn both(alarms: &[Window], tickets: impl Iterator<Item = Window>, choose: impl Fn(Time, Time) -> Time) -> Vec<Window> {
    let mut opened: Vec<Option<Time>> = vec![None; alarms.len()];
    let mut found = Vec::new();
    for ticket in tickets.filter(|ticket| !ticket.is_empty()) {
        let first = alarms.partition_point(|outage| outage.end <= ticket.start);
        match (alarms.get(first), opened.get_mut(first)) {
            (Some(outage), Some(start)) if outage.start < ticket.end => {
                *start = Some(start.map_or(ticket.start, |held| held.min(ticket.start)));
            }
            _ => found.push(ticket),
        }
    }
    found.extend(alarms.iter().zip(opened).map(|(outage, opened)| {
        let start = opened.map_or(outage.start, |opened| choose(outage.start, opened));
        Window::new(start, outage.end)
    }));
    spans::union(found)
}

#[cfg(test)]
mod tests;
