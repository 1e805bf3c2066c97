//! What happened to an alarm or a fault, in the order of time.

use std::collections::BTreeSet;

use model::fault::Fault;
use model::ticket::Ticket;
use model::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::board::view::AlarmView;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Happening {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Time,
    /// What: `raised`, `received`, `acknowledged`, `cleared`, `dispatched`, or an operation of EOMS.
    pub(crate) what: String,
    /// Who; may be empty.
    pub(crate) by: String,
    /// In words; may be empty.
    pub(crate) text: String,
}

/// What happened to a fault, oldest first: to its alarms, in its ticket, in the end.
pub(crate) fn of_fault<'a>(
    fault: &Fault,
    alarms: impl Iterator<Item = &'a AlarmView>,
    ticket: Option<&Ticket>,
) -> Vec<Happening> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    let mut add = |at: Time, what: &str, by: &str, text: &str| {
        if seen.insert((at, what.to_owned(), text.to_owned())) {
            all.push(Happening { at, what: what.to_owned(), by: by.to_owned(), text: text.to_owned() });
        }
    };
    for alarm in alarms {
        add(alarm.raised_at, "raised", alarm.source.as_str(), &alarm.title);
        if let Some(at) = alarm.cleared_at {
            add(at, "cleared", alarm.source.as_str(), &alarm.title);
        }
        if let Some(ack) = &alarm.acknowledged {
            add(ack.at, "acknowledged", &ack.by, &ack.note);
        }
    }
    if let Some(ticket) = ticket {
        add(ticket.opened_at, "dispatched", "", &ticket.alarm_id);
        for note in &ticket.notes {
            add(note.at, &note.operation, &note.by, &note.text);
        }
    }
    if let Some(at) = fault.cleared_at {
        add(at, "restored", "", "");
    }
    all.sort_by_key(|happening| happening.at);
    all
}
