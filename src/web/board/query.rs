//! Pages of active alarms and of circuits, filtered. A walk that finds little is cut into
//! helpings, so that it never keeps the pipeline from publishing.

use engine::inventory::{CircuitIx, CustomerIx};
use model::alarm::Severity;
use model::fault::FaultNo;
use model::source::SourceId;
use model::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::Board;
use super::alarms::{Entry, List};
use super::change::CircuitState;
use super::order::{AlarmPlace, CircuitPlace};
use super::search::Needle;
use super::sift::{AlarmSift, CircuitSift};
use super::state::State;
use super::view::{AlarmView, CircuitView};

/// Rows looked at under one lock.
const HELPING: usize = 4_096;

/// Which active alarms. The default is all of them.
#[derive(Clone, Debug, Default)]
pub struct AlarmFilter {
    /// Severities; empty = all.
    pub severities: Vec<Severity>,
    /// Customer, its children included.
    pub customer: Option<String>,
    /// Source.
    pub source: Option<SourceId>,
    /// Circuit.
    pub circuit: Option<String>,
    /// Fault.
    pub fault: Option<FaultNo>,
    /// Only those that no other alarm explains.
    pub causes: bool,
    /// Acknowledged or not.
    pub acknowledged: Option<bool>,
    /// Text in title, cause, object, element, location or id.
    pub q: Option<String>,
    /// Finer conditions.
    pub sift: AlarmSift,
}

/// Which circuits. The default is all of them.
#[derive(Clone, Debug, Default)]
pub struct CircuitFilter {
    /// State.
    pub state: Option<CircuitState>,
    /// Customer, its children included.
    pub customer: Option<String>,
    /// Text in code, name, customer or address.
    pub q: Option<String>,
    /// Finer conditions.
    pub sift: CircuitSift,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None` = this is the last.
    pub next: Option<String>,
    /// Rows in all, where that is known without counting them.
    pub total: Option<u32>,
}

/// The cursor is none of ours.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this list gave")]
pub struct BadCursor;

/// Counts over the active alarms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Critical.
    pub critical: u32,
    /// Major.
    pub major: u32,
    /// Minor.
    pub minor: u32,
    /// Warning.
    pub warning: u32,
    /// Indeterminate.
    pub indeterminate: u32,
    /// Not acknowledged.
    pub unacknowledged: u32,
    /// Of a silent source.
    pub stale: u32,
    /// Coming and going.
    pub toggling: u32,
    /// Explained by no other.
    pub causes: u32,
    /// All.
    pub total: u32,
    /// Received in the last ten minutes.
    pub per_ten_minutes: u32,
    /// Of these, explained by no other: what a person has to answer.
    pub causes_per_ten_minutes: u32,
}

/// A filter with its names looked up.
struct Resolved {
    list: List,
    severities: Vec<Severity>,
    circuit: Option<CircuitIx>,
    needle: Option<Needle>,
}

// === impl Board ===

impl Board {
    /// A page of active alarms: severity, unacknowledged first, least SLA time left, newest.
    ///
    /// # Errors
    /// [`BadCursor`].
    pub fn alarms(
        &self,
        filter: &AlarmFilter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page<AlarmView>, BadCursor> {
        let mut after = cursor.map(|text| AlarmPlace::read(text).ok_or(BadCursor)).transpose()?;
        let mut items = Vec::with_capacity(limit.min(1000));
        loop {
            let state = self.read();
            let Some(resolved) = Resolved::of(&state, filter) else {
                return Ok(Page { items, next: None, total: Some(0) });
            };
            let mut walked = 0;
            let mut places = resolved.places(&state, after);
            for place in places.by_ref().take(HELPING) {
                walked += 1;
                let Some(entry) = state.alarms.get(place.slot()) else { continue };
                if resolved.fits(filter, entry) && filter.sift.fits(&state, entry) {
                    if items.len() == limit {
                        let next = after.map(AlarmPlace::cursor);
                        return Ok(Page { items, next, total: resolved.total(&state, filter) });
                    }
                    items.push(state.alarm_view(entry));
                }
                after = Some(place);
            }
            if walked < HELPING {
                return Ok(Page { items, next: None, total: resolved.total(&state, filter) });
            }
        }
    }

    /// One alarm that is active or ended a short while ago.
    pub fn alarm(&self, id: i64) -> Option<AlarmView> {
        let state = self.read();
        match state.alarms.by_id(id) {
            Some(entry) => Some(state.alarm_view(entry)),
            None => state.lists.cleared(id).map(|alarm| state.past_alarm_view(alarm)),
        }
    }

    /// Counts over the active alarms.
    pub fn summary(&self, now: Time) -> Summary {
        let state = self.read();
        let of = |severity| state.alarms.total(&[severity], None, None);
        let stale = state.lists.sources.keys().filter(|id| state.source_stale(id));
        let arrivals = state.lists.arrivals(now);
        Summary {
            critical: of(Severity::Critical),
            major: of(Severity::Major),
            minor: of(Severity::Minor),
            warning: of(Severity::Warning),
            indeterminate: of(Severity::Indeterminate),
            unacknowledged: state.alarms.total(&Severity::ALL, Some(false), None),
            stale: stale.map(|id| state.alarms.total_of_source(id)).sum(),
            toggling: state.alarms.toggling(),
            causes: state.alarms.total(&Severity::ALL, None, Some(true)),
            total: state.alarms.total(&Severity::ALL, None, None),
            per_ten_minutes: arrivals.all,
            causes_per_ten_minutes: arrivals.causes,
        }
    }

    /// A page of circuits: down first, then degraded, least SLA time left, then code.
    ///
    /// # Errors
    /// [`BadCursor`].
    pub fn circuits(
        &self,
        filter: &CircuitFilter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page<CircuitView>, BadCursor> {
        let mut after = cursor.map(|text| CircuitPlace::read(text).ok_or(BadCursor)).transpose()?;
        let needle = filter.q.as_deref().and_then(Needle::new);
        let mut items = Vec::with_capacity(limit.min(1000));
        loop {
            let state = self.read();
            let Some(places) = state.circuit_places(filter, after) else {
                return Ok(Page { items, next: None, total: Some(0) });
            };
            let total = |state: &State| state.circuits_total(filter).filter(|_| needle.is_none());
            let mut walked = 0;
            for place in places.take(HELPING) {
                walked += 1;
                let ix = CircuitIx(place.circuit);
                let named = needle.as_ref().is_none_or(|needle| needle.in_circuit(&state.inventory, ix));
                if named && filter.sift.fits(&state, ix) {
                    if items.len() == limit {
                        let next = after.map(CircuitPlace::cursor);
                        return Ok(Page { items, next, total: total(&state) });
                    }
                    items.extend(state.circuit_view(ix));
                }
                after = Some(place);
            }
            if walked < HELPING {
                return Ok(Page { items, next: None, total: total(&state) });
            }
        }
    }
}

// === impl State ===

impl State {
    /// Circuits after a place in the order of the list; `None` if the customer is unknown.
    fn circuit_places(
        &self,
        filter: &CircuitFilter,
        after: Option<CircuitPlace>,
    ) -> Option<Box<dyn Iterator<Item = CircuitPlace> + '_>> {
        let Some(no) = filter.customer.as_deref() else {
            return Some(Box::new(self.circuits.after(after, filter.state)));
        };
        let family = self.inventory.family_of_customer(self.inventory.customer_ix(no)?);
        Some(Box::new(self.circuits_of(&family, filter.state, after).into_iter()))
    }

    /// How many circuits there are of a customer and a state; `None` where each would have to be asked.
    fn circuits_total(&self, filter: &CircuitFilter) -> Option<u32> {
        if !filter.sift.is_open() {
            return None;
        }
        let Some(no) = filter.customer.as_deref() else { return Some(self.circuits.total(filter.state)) };
        let family = self.inventory.family_of_customer(self.inventory.customer_ix(no)?);
        Some(super::view::count(self.circuits_of(&family, filter.state, None).len()))
    }

    /// Circuits of some customers in the order of the list.
    pub(crate) fn circuits_of(
        &self,
        customers: &[CustomerIx],
        state: Option<CircuitState>,
        after: Option<CircuitPlace>,
    ) -> Vec<CircuitPlace> {
        let all = customers.iter().flat_map(|customer| self.inventory.circuits_of_customer(*customer));
        let of_state = all.filter(|ix| {
            state.is_none_or(|wanted| self.circuits.get(**ix).is_some_and(|circuit| circuit.state == wanted))
        });
        let mut places: Vec<CircuitPlace> = of_state.filter_map(|ix| self.circuits.place_of(*ix)).collect();
        places.retain(|place| after.is_none_or(|after| *place > after));
        places.sort_unstable();
        places
    }
}

// === impl Resolved ===

impl Resolved {
    /// Looks the filter's names up; `None` if one is unknown, so that nothing can fit.
    fn of(state: &State, filter: &AlarmFilter) -> Option<Self> {
        let circuit = match filter.circuit.as_deref() {
            Some(code) => Some(state.inventory.circuit_ix(code)?),
            None => None,
        };
        let list = match filter.customer.as_deref() {
            Some(no) => List::Customer(state.inventory.customer_ix(no)?),
            None if filter.causes => List::Causes,
            None => List::All,
        };
        // A list by circuit does not look at the customer again.
        if let (Some(ix), List::Customer(customer)) = (circuit, list) {
            let owner = state.inventory.circuit(ix)?.customer?;
            state.inventory.family_of_customer(customer).binary_search(&owner).ok()?;
        }
        let mut severities = filter.severities.clone();
        severities.sort_unstable();
        severities.dedup();
        if severities.is_empty() {
            severities = Severity::ALL.to_vec();
        }
        Some(Resolved { list, severities, circuit, needle: filter.q.as_deref().and_then(Needle::new) })
    }

    fn places<'a>(&'a self, state: &'a State, after: Option<AlarmPlace>) -> Box<dyn Iterator<Item = AlarmPlace> + 'a> {
        let Some(circuit) = self.circuit else {
            return Box::new(state.alarms.walk(self.list, &self.severities, after));
        };
        let entries = state.circuits.alarms(circuit).filter_map(|slot| state.alarms.get(slot));
        let wanted = entries.filter(|entry| self.severities.contains(&entry.alarm.record.severity));
        let mut places: Vec<AlarmPlace> =
            wanted.map(Entry::place).filter(|place| after.is_none_or(|after| *place > after)).collect();
        places.sort_unstable();
        Box::new(places.into_iter())
    }

    fn fits(&self, filter: &AlarmFilter, entry: &Entry) -> bool {
        let alarm = &entry.alarm;
        (!filter.causes || entry.unexplained())
            && filter.acknowledged.is_none_or(|wanted| alarm.acknowledged.is_some() == wanted)
            && filter.source.as_ref().is_none_or(|source| alarm.source == *source)
            && filter.fault.is_none_or(|fault| alarm.fault == Some(fault))
            && self.needle.as_ref().is_none_or(|needle| needle.in_alarm(alarm))
    }

    fn total(&self, state: &State, filter: &AlarmFilter) -> Option<u32> {
        let plain = filter.source.is_none()
            && filter.circuit.is_none()
            && filter.fault.is_none()
            && self.needle.is_none()
            && filter.sift.is_open();
        match self.list {
            _ if !plain => None,
            List::Customer(customer) => (!filter.causes && filter.acknowledged.is_none())
                .then(|| state.alarms.total_of_customer(customer, &self.severities)),
            List::All | List::Causes => {
                Some(state.alarms.total(&self.severities, filter.acknowledged, filter.causes.then_some(true)))
            }
        }
    }
}
