//! The finer conditions on alarms and circuits. None of them has a list of its own: they are asked of
//! each row that a walk passes.

use engine::inventory::CircuitIx;
use model::alarm::Specialty;
use model::time::Time;

use super::alarms::Entry;
use super::state::State;

/// Which of the active alarms. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlarmSift {
    /// Its source is silent, or is not.
    pub stale: Option<bool>,
    /// It comes and goes, or does not.
    pub toggling: Option<bool>,
    /// Network.
    pub specialty: Option<Specialty>,
    /// The maker's or the standard's cause, whole.
    pub cause: Option<String>,
    /// Who acknowledged it.
    pub owner: Option<String>,
    /// Its fault has a ticket, or has none.
    pub ticket: Option<bool>,
    /// It touches a customer's circuit, or none.
    pub impact: Option<bool>,
    /// It touches a circuit without a second way, or none.
    pub unprotected: Option<bool>,
    /// Level of a customer that it touches.
    pub level: Option<String>,
    /// Service level of a circuit that it touches.
    pub service_level: Option<String>,
    /// Raised at this time or later.
    pub from: Option<Time>,
    /// Raised before this time.
    pub to: Option<Time>,
}

/// Which circuits. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CircuitSift {
    /// Service type.
    pub service_type: Option<String>,
    /// Service level.
    pub service_level: Option<String>,
    /// It has a second way, or has none.
    pub protected: Option<bool>,
    /// A source that observes it is silent, or none is.
    pub stale: Option<bool>,
    /// Little or nothing of its SLA time is left, or enough.
    pub at_risk: Option<bool>,
}

// === impl AlarmSift ===

impl AlarmSift {
    /// It lets everything through.
    pub(crate) fn is_open(&self) -> bool {
        *self == AlarmSift::default()
    }

    /// What the alarm alone can answer, also when it is over.
    pub(crate) fn fits_alarm(&self, alarm: &model::alarm::Alarm) -> bool {
        let record = &alarm.record;
        let owner = alarm.acknowledged.as_ref().map(|ack| ack.by.as_str());
        let caused = |cause: &String| record.native_cause == *cause || record.probable_cause == *cause;
        same(self.toggling, alarm.toggling)
            && self.specialty.is_none_or(|wanted| record.specialty == Some(wanted))
            && self.cause.as_ref().is_none_or(caused)
            && self.owner.as_deref().is_none_or(|wanted| owner == Some(wanted))
            && self.from.is_none_or(|from| alarm.raised_at >= from)
            && self.to.is_none_or(|to| alarm.raised_at < to)
    }

    pub(crate) fn fits(&self, state: &State, entry: &Entry) -> bool {
        let has_ticket = || entry.alarm.fault.is_some_and(|fault| state.lists.ticket_of(fault).is_some());
        let has_level = |wanted: &String| {
            let mut customers = entry.reach.customers().filter_map(|ix| state.inventory.customer(ix));
            customers.any(|customer| customer.level == wanted)
        };
        let has_service = |wanted: &String| {
            let mut circuits = entry.reach.circuits().filter_map(|ix| state.inventory.circuit(ix));
            circuits.any(|circuit| circuit.service_level == wanted)
        };
        self.fits_alarm(&entry.alarm)
            && self.stale.is_none_or(|wanted| state.source_stale(&entry.alarm.source) == wanted)
            && same(self.impact, entry.reach.customers().len() > 0)
            && same(self.unprotected, entry.unprotected > 0)
            && self.ticket.is_none_or(|wanted| has_ticket() == wanted)
            && self.level.as_ref().is_none_or(has_level)
            && self.service_level.as_ref().is_none_or(has_service)
    }

    /// It asks something that only an active alarm can answer.
    pub(crate) fn needs_present(&self) -> bool {
        let flags = [self.stale, self.ticket, self.impact, self.unprotected];
        flags.iter().any(Option::is_some) || self.level.is_some() || self.service_level.is_some()
    }
}

// === impl CircuitSift ===

impl CircuitSift {
    /// It lets everything through.
    pub(crate) fn is_open(&self) -> bool {
        *self == CircuitSift::default()
    }

    pub(crate) fn fits(&self, state: &State, ix: CircuitIx) -> bool {
        let (Some(row), Some(live)) = (state.inventory.circuit(ix), state.circuits.get(ix)) else { return false };
        self.service_type.as_deref().is_none_or(|wanted| row.service_type == wanted)
            && self.service_level.as_deref().is_none_or(|wanted| row.service_level == wanted)
            && same(self.protected, live.protected)
            && same(self.at_risk, live.at_risk())
            && self.stale.is_none_or(|wanted| state.circuits.stale(ix) == wanted)
    }
}

fn same(wanted: Option<bool>, is: bool) -> bool {
    wanted.is_none_or(|wanted| wanted == is)
}
