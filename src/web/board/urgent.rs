//! Circuits whose promise is broken or nearly so, the least time left first. The order is kept as
//! budgets arrive, so that a page costs its rows and not a walk over every circuit.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Included, Unbounded};

use engine::inventory::CircuitIx;

use super::Board;
use super::circuits::LiveCircuit;
use super::query::{BadCursor, Page};
use super::state::State;
use super::view::{CircuitView, count};

/// Which of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Urgency {
    /// All, the broken ones first.
    #[default]
    All,
    /// The promise is broken.
    Breached,
    /// Little time is left.
    AtRisk,
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UrgentCounts {
    /// Broken promises.
    pub breached: u32,
    /// Promises with little time left.
    pub at_risk: u32,
}

/// A place in the list: least time left, then code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UrgentPlace {
    left_ms: i64,
    circuit: u32,
}

/// The list.
#[derive(Debug, Default)]
pub(super) struct Urgent {
    order: BTreeSet<UrgentPlace>,
    breached: usize,
}

// === impl UrgentPlace ===

impl UrgentPlace {
    /// The first place that is no broken promise.
    const MIDDLE: UrgentPlace = UrgentPlace { left_ms: 0, circuit: 0 };

    /// `None` = nothing presses.
    pub(super) fn of(live: &LiveCircuit, circuit: u32) -> Option<Self> {
        let budget = live.budget.filter(|_| live.at_risk())?;
        Some(UrgentPlace { left_ms: budget.left_ms, circuit })
    }

    fn breached(self) -> bool {
        self < Self::MIDDLE
    }

    fn cursor(self) -> String {
        format!("{}.{:x}", self.left_ms, self.circuit)
    }

    fn read(cursor: &str) -> Option<Self> {
        let (left_ms, circuit) = cursor.split_once('.')?;
        Some(UrgentPlace { left_ms: left_ms.parse().ok()?, circuit: u32::from_str_radix(circuit, 16).ok()? })
    }
}

// === impl Urgency ===

impl Urgency {
    fn holds(self, place: UrgentPlace) -> bool {
        match self {
            Urgency::All => true,
            Urgency::Breached => place.breached(),
            Urgency::AtRisk => !place.breached(),
        }
    }
}

// === impl Urgent ===

impl Urgent {
    /// A circuit has another place than before.
    pub(super) fn put(&mut self, before: Option<UrgentPlace>, after: Option<UrgentPlace>) {
        if before == after {
            return;
        }
        if let Some(before) = before.filter(|place| self.order.remove(place)) {
            self.breached -= usize::from(before.breached());
        }
        if let Some(after) = after.filter(|place| self.order.insert(*place)) {
            self.breached += usize::from(after.breached());
        }
    }

    fn after(&self, place: Option<UrgentPlace>, which: Urgency) -> impl Iterator<Item = UrgentPlace> + '_ {
        let low = match (place, which) {
            (Some(place), Urgency::AtRisk) if place < UrgentPlace::MIDDLE => Included(UrgentPlace::MIDDLE),
            (Some(place), _) => Excluded(place),
            (None, Urgency::AtRisk) => Included(UrgentPlace::MIDDLE),
            (None, _) => Unbounded,
        };
        self.order.range((low, Unbounded)).copied().take_while(move |place| which.holds(*place))
    }

    fn counts(&self) -> UrgentCounts {
        UrgentCounts { breached: count(self.breached), at_risk: count(self.order.len() - self.breached) }
    }

    pub(super) fn bytes(&self) -> usize {
        self.order.len() * size_of::<UrgentPlace>() * 3 / 2
    }
}

// === impl Board ===

impl Board {
    /// A page of urgent circuits, of all customers or of one and its children, and how many there are
    /// of each kind. An unknown customer has none.
    ///
    /// # Errors
    /// [`BadCursor`].
    pub fn urgent(
        &self,
        which: Urgency,
        customer: Option<&str>,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<(Page<CircuitView>, UrgentCounts), BadCursor> {
        let after = cursor.map(|text| UrgentPlace::read(text).ok_or(BadCursor)).transpose()?;
        let state = self.read();
        let (places, counts): (Vec<UrgentPlace>, UrgentCounts) = match customer {
            None => {
                let urgent = state.circuits.urgent();
                (urgent.after(after, which).take(limit + 1).collect(), urgent.counts())
            }
            Some(no) => {
                let own = state.urgent_of(no);
                let counts = UrgentCounts::of(&own);
                let wanted = own.into_iter().filter(|place| which.holds(*place) && Some(*place) > after);
                (wanted.take(limit + 1).collect(), counts)
            }
        };
        let total = match which {
            Urgency::All => counts.breached + counts.at_risk,
            Urgency::Breached => counts.breached,
            Urgency::AtRisk => counts.at_risk,
        };
        let page = places.get(..limit).unwrap_or(&places);
        let next = page.last().filter(|_| places.len() > limit).map(|place| place.cursor());
        let items = page.iter().filter_map(|place| state.circuit_view(CircuitIx(place.circuit))).collect();
        Ok((Page { items, next, total: Some(total) }, counts))
    }
}

// === impl State ===

impl State {
    /// The urgent circuits of a customer and its children, in order.
    fn urgent_of(&self, customer_no: &str) -> Vec<UrgentPlace> {
        let Some(customer) = self.inventory.customer_ix(customer_no) else { return Vec::new() };
        let family = self.inventory.family_of_customer(customer);
        let all = family.iter().flat_map(|customer| self.inventory.circuits_of_customer(*customer));
        let mut places: Vec<UrgentPlace> =
            all.filter_map(|ix| UrgentPlace::of(self.circuits.get(*ix)?, ix.0)).collect();
        places.sort_unstable();
        places
    }
}

// === impl UrgentCounts ===

impl UrgentCounts {
    fn of(places: &[UrgentPlace]) -> Self {
        let breached = places.iter().filter(|place| place.breached()).count();
        UrgentCounts { breached: count(breached), at_risk: count(places.len() - breached) }
    }
}
