//! What the NOC sees of alarms and circuits. Staff only: the portal has types of its own.

use engine::inventory::{CircuitIx, Inventory};
use engine::sla::Share;
use model::alarm::{Acknowledgement, Alarm, ClearType, Effect, ObjectType, Severity, Specialty};
use model::fault::FaultNo;
use model::source::{SourceId, SourceState};
use model::ticket::{Ticket, TicketState};
use model::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::alarms::{Entry, Reach};
use super::change::CircuitState;
use super::circuits::Left;
use super::state::State;

/// Customers that a row names; the rest is a number.
const CUSTOMERS_SHOWN: usize = 3;

/// An alarm as a row of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Alarm)]
pub struct AlarmView {
    /// Our number of the episode.
    pub id: i64,
    /// The peer that reported it.
    #[schema(value_type = String)]
    pub source: SourceId,
    /// The peer's id.
    pub alarm_id: String,
    /// 1 critical, 2 major, 3 minor, 4 warning, 0 indeterminate.
    #[schema(value_type = u8)]
    pub severity: Severity,
    /// What it does to the circuits it touches.
    #[schema(value_type = String)]
    pub effect: Effect,
    /// Title.
    pub title: String,
    /// The maker's cause.
    pub native_cause: String,
    /// The standard's cause.
    pub probable_cause: String,
    /// Type of the object.
    #[schema(value_type = Option<String>)]
    pub object_type: Option<ObjectType>,
    /// Its id.
    pub object_id: String,
    /// Its name.
    pub object_name: String,
    /// Element id.
    pub ne_id: String,
    /// Element name.
    pub ne_name: String,
    /// Location text.
    pub location: String,
    /// Manager.
    pub ems_name: String,
    /// Maker.
    pub vendor: String,
    /// Network.
    #[schema(value_type = Option<String>)]
    pub specialty: Option<Specialty>,
    /// Raise time.
    #[schema(value_type = String, format = DateTime)]
    pub raised_at: Time,
    /// When the element saw it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ne_time: Option<Time>,
    /// When the manager saw it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ems_time: Option<Time>,
    /// When we received it.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cleared_at: Option<Time>,
    /// What ended it.
    #[schema(value_type = Option<String>)]
    pub clear_type: Option<ClearType>,
    /// Raises received.
    pub raises: u32,
    /// A resync told us of it.
    pub found_by_sync: bool,
    /// It comes and goes.
    pub toggling: bool,
    /// Its source is silent: this is how it was.
    pub stale: bool,
    /// Its fault.
    #[schema(value_type = Option<String>)]
    pub fault_no: Option<FaultNo>,
    /// It is the cause of its fault.
    pub is_cause: bool,
    /// Why it hangs below its parent.
    pub explained_by: String,
    /// Active alarms folded below it.
    pub symptoms: u32,
    /// Circuits it touches.
    pub circuits: u32,
    /// Of these, down.
    pub circuits_down: u32,
    /// Of these, without a second way.
    pub circuits_unprotected: u32,
    /// The first customers, best level first.
    pub customers: Vec<CustomerRef>,
    /// All customers.
    pub customers_total: u32,
    /// Least SLA time left among its circuits; null = not known yet.
    pub sla_left_ms: Option<i64>,
    /// When the first of its circuits that are down will have used up what is left.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub breach_at: Option<Time>,
    /// Who has seen it.
    pub acknowledged: Option<AcknowledgedView>,
    /// The ticket of its fault.
    pub ticket: Option<TicketRef>,
}

/// A customer in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerRef {
    /// Number.
    pub customer_no: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: String,
}

/// An acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AcknowledgedView {
    /// Login.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Note.
    pub note: String,
}

/// A ticket in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketRef {
    /// Our key with EOMS.
    pub alarm_id: String,
    /// EOMS's number; empty until known.
    pub sheet_no: String,
    /// State.
    #[schema(value_type = String)]
    pub state: TicketState,
}

/// A circuit as a row of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Circuit)]
pub struct CircuitView {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Customer.
    pub customer_no: String,
    /// Its name.
    pub customer_name: String,
    /// End A.
    pub a_end: String,
    /// End Z.
    pub z_end: String,
    /// Service type.
    pub service_type: String,
    /// Rate; 0 = not stated.
    pub rate_kbps: u32,
    /// Service level.
    pub service_level: String,
    /// State.
    pub state: CircuitState,
    /// Since when; null = since before we watched.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Time>,
    /// Every segment has a second way.
    pub protected: bool,
    /// SLA time left; null = not known yet.
    pub sla_left_ms: Option<i64>,
    /// Down time that the whole period allows; null = not known yet.
    pub sla_allowed_ms: Option<i64>,
    /// When the open outage will have used it up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub breach_at: Option<Time>,
    /// Share of the running period's time in service in which it was measured, in percent, cut off towards worse;
    /// null = not known yet, or there was none.
    pub completeness: Option<String>,
    /// A source that observes it is silent.
    pub stale: bool,
}

// === impl State ===

impl State {
    /// An active alarm.
    pub(crate) fn alarm_view(&self, entry: &Entry) -> AlarmView {
        let mut view = self.alarm_facts(&entry.alarm, &entry.reach);
        view.circuits_down = entry.down;
        view.circuits_unprotected = entry.unprotected;
        view.with_left(entry.left)
    }

    /// An alarm that is not on the board: over, or of the past.
    pub(crate) fn past_alarm_view(&self, alarm: &Alarm) -> AlarmView {
        let reach = Reach::of(&self.inventory, alarm);
        let mut view = self.alarm_facts(alarm, &reach);
        let mut left = Left::default();
        for circuit in reach.circuits().filter_map(|ix| self.circuits.get(ix)) {
            view.circuits_down += u32::from(circuit.state == CircuitState::Down);
            view.circuits_unprotected += u32::from(!circuit.protected);
            left = left.with(circuit.budget);
        }
        view.with_left(left)
    }

    fn alarm_facts(&self, alarm: &Alarm, reach: &Reach) -> AlarmView {
        let record = &alarm.record;
        let inventory = &self.inventory;
        let object_name = record.object_type.map_or("", |kind| inventory.name_of(kind, &record.object_id));
        let ne_name =
            if record.ne_name.is_empty() { inventory.name_of(ObjectType::Ne, &record.ne_id) } else { &record.ne_name };
        let customers = reach.customers().take(CUSTOMERS_SHOWN);
        AlarmView {
            id: alarm.id,
            source: alarm.source.clone(),
            alarm_id: record.alarm_id.to_string(),
            severity: record.severity,
            effect: alarm.effect,
            title: record.alarm_title.to_string(),
            native_cause: record.native_cause.to_string(),
            probable_cause: record.probable_cause.to_string(),
            object_type: record.object_type,
            object_id: record.object_id.to_string(),
            object_name: object_name.to_owned(),
            ne_id: record.ne_id.to_string(),
            ne_name: ne_name.to_owned(),
            location: record.location.to_string(),
            ems_name: record.ems_name.to_string(),
            vendor: record.vendor.to_string(),
            specialty: record.specialty,
            raised_at: alarm.raised_at,
            ne_time: record.ne_time,
            ems_time: record.ems_time,
            received_at: alarm.received_at,
            cleared_at: alarm.cleared_at,
            clear_type: alarm.clear_type,
            raises: alarm.raises,
            found_by_sync: alarm.found_by_sync,
            toggling: alarm.toggling,
            stale: alarm.cleared_at.is_none() && self.source_stale(&alarm.source),
            fault_no: alarm.fault,
            is_cause: alarm.is_cause,
            explained_by: alarm.explained_by.to_string(),
            symptoms: self.symptoms(alarm),
            circuits: count(reach.circuits().len()),
            circuits_down: 0,
            circuits_unprotected: 0,
            customers: customers.filter_map(|ix| CustomerRef::of(inventory, ix)).collect(),
            customers_total: count(reach.customers().len()),
            sla_left_ms: None,
            breach_at: None,
            acknowledged: alarm.acknowledged.as_deref().map(AcknowledgedView::of),
            ticket: alarm.fault.and_then(|fault| self.lists.ticket_of(fault)).map(|ticket| TicketRef::of(ticket)),
        }
    }

    fn symptoms(&self, alarm: &Alarm) -> u32 {
        if !alarm.is_cause {
            return 0;
        }
        let fault = alarm.fault.and_then(|fault| self.lists.faults.get(&fault));
        let own = u32::from(alarm.cleared_at.is_none());
        fault.map_or(0, |held| held.fault.alarms_active.saturating_sub(own))
    }

    pub(crate) fn source_stale(&self, source: &SourceId) -> bool {
        self.lists.sources.get(source).is_some_and(|source| source.state == SourceState::Stale)
    }

    pub(crate) fn circuit_view(&self, ix: CircuitIx) -> Option<CircuitView> {
        let circuit = self.inventory.circuit(ix)?;
        let live = self.circuits.get(ix)?;
        let customer = circuit.customer.and_then(|customer| self.inventory.customer(customer));
        Some(CircuitView {
            code: circuit.code.to_owned(),
            name: circuit.name.to_owned(),
            customer_no: customer.map_or("", |customer| customer.no).to_owned(),
            customer_name: customer.map_or("", |customer| customer.name).to_owned(),
            a_end: end(circuit.a_address, circuit.a_region).to_owned(),
            z_end: end(circuit.z_address, circuit.z_region).to_owned(),
            service_type: circuit.service_type.to_owned(),
            rate_kbps: circuit.rate_kbps,
            service_level: circuit.service_level.to_owned(),
            state: live.state,
            since: live.since,
            protected: live.protected,
            sla_left_ms: live.budget.map(|budget| budget.left_ms),
            sla_allowed_ms: live.budget.map(|budget| budget.allowed_ms),
            breach_at: live.budget.and_then(|budget| budget.breach_at),
            completeness: live.budget.and_then(|budget| budget.completeness.share()).map(Share::worse),
            stale: self.circuits.stale(ix),
        })
    }
}

// === impl AlarmView ===

impl AlarmView {
    fn with_left(self, left: Left) -> Self {
        AlarmView { sla_left_ms: left.ms, breach_at: left.breach_at, ..self }
    }
}

// === impl CustomerRef ===

impl CustomerRef {
    pub(crate) fn of(inventory: &Inventory, ix: engine::inventory::CustomerIx) -> Option<Self> {
        let customer = inventory.customer(ix)?;
        Some(CustomerRef {
            customer_no: customer.no.to_owned(),
            name: customer.name.to_owned(),
            level: customer.level.to_owned(),
        })
    }
}

// === impl AcknowledgedView ===

impl AcknowledgedView {
    fn of(ack: &Acknowledgement) -> Self {
        AcknowledgedView { by: ack.by.clone(), at: ack.at, note: ack.note.clone() }
    }
}

// === impl TicketRef ===

impl TicketRef {
    pub(crate) fn of(ticket: &Ticket) -> Self {
        TicketRef { alarm_id: ticket.alarm_id.clone(), sheet_no: ticket.sheet_no.clone(), state: ticket.state }
    }
}

/// How an end is called: its address, else its region.
pub(crate) fn end<'a>(address: &'a str, region: &'a str) -> &'a str {
    if address.is_empty() { region } else { address }
}

pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
