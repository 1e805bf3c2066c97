//! The live side of every circuit, by its number: state, SLA time left, its active alarms.

use std::collections::{BTreeSet, HashMap};

use engine::inventory::{Alternative, CircuitIx, Inventory};
use model::source::SourceId;
use model::time::Time;

use super::change::CircuitState;
use super::order::CircuitPlace;
use super::urgent::{Urgent, UrgentPlace};

/// The SLA budget of a circuit as the lists show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Milliseconds of down time left in the period; negative = breached.
    pub left_ms: i64,
    /// Milliseconds of down time that the whole period allows.
    pub allowed_ms: i64,
    /// When the open outage will have used it up.
    pub breach_at: Option<Time>,
    /// What the availability so far is a share of.
    pub base_ms: i64,
    /// That share.
    pub up_ms: i64,
}

/// What is left at least among some circuits, and when the first of them will have used it up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) ms: Option<i64>,
    pub(crate) breach_at: Option<Time>,
}

/// One circuit.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveCircuit {
    pub(crate) state: CircuitState,
    /// Every segment has more than one alternative.
    pub(crate) protected: bool,
    pub(crate) since: Option<Time>,
    pub(crate) budget: Option<Budget>,
    /// Slots of its active alarms.
    pub(crate) alarms: Vec<u32>,
}

/// All circuits, with their order in the list.
#[derive(Debug, Default)]
pub(crate) struct Circuits {
    all: Vec<LiveCircuit>,
    order: BTreeSet<CircuitPlace>,
    silent: HashMap<SourceId, Vec<CircuitIx>>,
    urgent: Urgent,
}

/// How many circuits are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) total: u32,
    pub(crate) down: u32,
    pub(crate) degraded: u32,
    /// Little SLA time left, or breached.
    pub(crate) at_risk: u32,
}

/// A circuit with less than this left is at risk…
const AT_RISK_MS: i64 = 10 * 60 * 1000;
/// …and with less than this share of what its period allows: some are allowed little from the start.
const AT_RISK_PERCENT: i64 = 30;

// === impl Left ===

impl Left {
    /// With one circuit more.
    pub(crate) fn with(self, budget: Option<Budget>) -> Self {
        let Some(budget) = budget else { return self };
        let earlier = |at: Time| self.breach_at.map_or(at, |held| held.min(at));
        Left {
            ms: Some(self.ms.map_or(budget.left_ms, |left| left.min(budget.left_ms))),
            breach_at: budget.breach_at.map(earlier).or(self.breach_at),
        }
    }
}

// === impl LiveCircuit ===

impl LiveCircuit {
    fn place(&self, circuit: u32) -> CircuitPlace {
        CircuitPlace::new(self.state.rank(), self.budget.map(|budget| budget.left_ms), circuit)
    }

    pub(crate) fn at_risk(&self) -> bool {
        self.budget.is_some_and(|budget| budget.left_ms < AT_RISK_MS.min(budget.allowed_ms * AT_RISK_PERCENT / 100))
    }
}

// === impl Circuits ===

impl Circuits {
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let live = |ix: u32| {
            let protected = protected(&inventory.routes(CircuitIx(ix)));
            LiveCircuit { protected, ..LiveCircuit::default() }
        };
        let all: Vec<LiveCircuit> = (0u32..).take(inventory.circuits_total()).map(live).collect();
        let order = (0u32..).zip(&all).map(|(ix, circuit)| circuit.place(ix)).collect();
        Circuits { all, order, silent: HashMap::new(), urgent: Urgent::default() }
    }

    pub(crate) fn get(&self, ix: CircuitIx) -> Option<&LiveCircuit> {
        self.all.get(ix.0 as usize)
    }

    /// Its state now, and whether that is a change.
    pub(crate) fn set_state(&mut self, ix: CircuitIx, state: CircuitState, since: Time) -> Option<CircuitState> {
        let before = self.get(ix)?.state;
        self.change(ix, |circuit| {
            circuit.state = state;
            circuit.since = Some(since);
        });
        Some(before)
    }

    pub(crate) fn set_budget(&mut self, ix: CircuitIx, budget: Option<Budget>) {
        let place = |circuits: &Self| UrgentPlace::of(circuits.get(ix)?, ix.0);
        let before = place(self);
        self.change(ix, |circuit| circuit.budget = budget);
        let after = place(self);
        self.urgent.put(before, after);
    }

    /// Those whose promise is broken or nearly so.
    pub(super) fn urgent(&self) -> &Urgent {
        &self.urgent
    }

    fn change(&mut self, ix: CircuitIx, change: impl FnOnce(&mut LiveCircuit)) {
        if let Some(circuit) = self.all.get_mut(ix.0 as usize) {
            let before = circuit.place(ix.0);
            change(circuit);
            let after = circuit.place(ix.0);
            if before != after {
                self.order.remove(&before);
                self.order.insert(after);
            }
        }
    }

    pub(crate) fn budgets(&self) -> impl Iterator<Item = (CircuitIx, Budget)> + '_ {
        (0u32..).zip(&self.all).filter_map(|(ix, circuit)| circuit.budget.map(|budget| (CircuitIx(ix), budget)))
    }

    pub(crate) fn link(&mut self, ix: CircuitIx, slot: u32) {
        if let Some(circuit) = self.all.get_mut(ix.0 as usize) {
            circuit.alarms.push(slot);
        }
    }

    pub(crate) fn unlink(&mut self, ix: CircuitIx, slot: u32) {
        if let Some(circuit) = self.all.get_mut(ix.0 as usize) {
            circuit.alarms.retain(|held| *held != slot);
        }
    }

    /// Circuits after a place, in the order of the list, of one state or all.
    pub(crate) fn after(
        &self,
        place: Option<CircuitPlace>,
        state: Option<CircuitState>,
    ) -> impl Iterator<Item = CircuitPlace> + '_ {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let (low, high) = match state.map(|state| CircuitPlace::bounds(state.rank())) {
            Some((low, high)) => (Included(low), Excluded(high)),
            None => (Unbounded, Unbounded),
        };
        let low = match (place, low) {
            (Some(place), Included(low)) if place < low => Included(low),
            (Some(place), _) => Excluded(place),
            (None, low) => low,
        };
        // A cursor beyond the state's range has nothing after it.
        let empty = matches!((low, high), (Excluded(low), Excluded(high)) if low >= high);
        let range = (!empty).then(|| self.order.range((low, high)));
        range.into_iter().flatten().copied()
    }

    /// How many circuits there are, of one state or all.
    pub(crate) fn total(&self, state: Option<CircuitState>) -> u32 {
        let of = |state| self.after(None, Some(state)).count();
        super::view::count(match state {
            None => self.all.len(),
            // Nearly all are up: the others are counted.
            Some(CircuitState::Up) => self.all.len() - of(CircuitState::Down) - of(CircuitState::Degraded),
            Some(state) => of(state),
        })
    }

    /// The place of one circuit in the list.
    pub(crate) fn place_of(&self, ix: CircuitIx) -> Option<CircuitPlace> {
        self.get(ix).map(|circuit| circuit.place(ix.0))
    }

    pub(crate) fn set_silent(&mut self, source: SourceId, mut circuits: Vec<CircuitIx>) {
        circuits.sort_unstable();
        if circuits.is_empty() {
            self.silent.remove(&source);
        } else {
            self.silent.insert(source, circuits);
        }
    }

    /// A source that observes it is silent.
    pub(crate) fn stale(&self, ix: CircuitIx) -> bool {
        self.silent.values().any(|circuits| circuits.binary_search(&ix).is_ok())
    }

    pub(crate) fn tally<'a>(&self, circuits: impl IntoIterator<Item = &'a CircuitIx>) -> Tally {
        let mut tally = Tally::default();
        for circuit in circuits.into_iter().filter_map(|ix| self.get(*ix)) {
            tally.total += 1;
            tally.down += u32::from(circuit.state == CircuitState::Down);
            tally.degraded += u32::from(circuit.state == CircuitState::Degraded);
            tally.at_risk += u32::from(circuit.at_risk());
        }
        tally
    }

    pub(crate) fn bytes(&self) -> usize {
        let alarms: usize = self.all.iter().map(|circuit| circuit.alarms.capacity() * 4).sum();
        self.all.capacity() * size_of::<LiveCircuit>()
            + alarms
            + self.order.len() * size_of::<CircuitPlace>() * 3 / 2
            + self.urgent.bytes()
    }
}

/// Some segment has a spare way. (The access at either end hardly ever has; people call a circuit
/// protected when its backbone is.)
fn protected(route: &[Alternative<'_>]) -> bool {
    route.iter().any(|alternative| alternative.alternative > 1)
}
