//! The live side of every circuit, by its number: state, SLA time left, its active alarms.

use std::collections::HashMap;

use engine::chains::Chains;
use engine::completeness::Completeness;
use engine::inventory::{CircuitIx, Inventory};
use model::source::SourceId;
use model::time::Time;

use super::change::CircuitState;
use super::order::{CircuitPlace, LeftKey};
use super::ranks::Ranks;
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
    /// How much of the time was measured.
    pub completeness: Completeness,
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
}

/// All circuits, with their order in the list.
#[derive(Debug, Default)]
pub(crate) struct Circuits {
    all: Vec<LiveCircuit>,
    order: Ranks,
    /// Slots of the active alarms of each.
    alarms: Chains,
    silent: HashMap<SourceId, Vec<CircuitIx>>,
    urgent: Urgent,
}

/// How many circuits are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) total: u32,
    /// The rest is not, and neither up nor down.
    pub(crate) in_service: u32,
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

    /// This circuit is, or may be, the one that has the least left: without it others must be asked.
    pub(crate) fn rests_on(self, budget: Option<Budget>) -> bool {
        budget.is_some_and(|budget| {
            self.ms.is_none_or(|least| budget.left_ms <= least)
                || budget.breach_at.is_some_and(|at| self.breach_at.is_none_or(|first| at <= first))
        })
    }
}

// === impl LiveCircuit ===

impl LiveCircuit {
    fn place(&self, circuit: u32) -> CircuitPlace {
        CircuitPlace::new(self.state, LeftKey::of(self.budget.map(|budget| budget.left_ms)), circuit)
    }

    pub(crate) fn at_risk(&self) -> bool {
        self.budget.is_some_and(|budget| budget.left_ms < AT_RISK_MS.min(budget.allowed_ms * AT_RISK_PERCENT / 100))
    }
}

// === impl Circuits ===

impl Circuits {
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let live = |ix: u32| {
            let protected = inventory.is_protected(CircuitIx(ix));
            LiveCircuit { protected, ..LiveCircuit::default() }
        };
        let all: Vec<LiveCircuit> = (0u32..).take(inventory.circuits_total()).map(live).collect();
        let order = Ranks::of((0u32..).zip(&all).map(|(ix, circuit)| circuit.place(ix)));
        Circuits { all, order, alarms: Chains::default(), silent: HashMap::new(), urgent: Urgent::default() }
    }

    pub(crate) fn get(&self, ix: CircuitIx) -> Option<&LiveCircuit> {
        self.all.get(ix.0 as usize)
    }

    /// Its state now; answers the one before. It has its place in the list after [`Circuits::settle`].
    pub(crate) fn set_state(&mut self, ix: CircuitIx, state: CircuitState, since: Time) -> Option<CircuitState> {
        let before = self.get(ix)?.state;
        self.change(ix, |circuit| {
            circuit.state = state;
            circuit.since = (since > Time::MIN).then_some(since);
        });
        Some(before)
    }

    /// Since when it is in a state, if it is.
    pub(super) fn set_since(&mut self, ix: CircuitIx, state: CircuitState, since: Time) {
        if let Some(circuit) = self.all.get_mut(ix.0 as usize).filter(|circuit| circuit.state == state) {
            circuit.since = Some(since);
        }
    }

    /// What is left of its promise. It has its place in the list after [`Circuits::settle`].
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
                self.order.moved(before, after);
            }
        }
    }

    /// Puts those that changed in their place, all at once.
    pub(crate) fn settle(&mut self) {
        self.order.settle();
    }

    pub(crate) fn budgets(&self) -> impl Iterator<Item = (CircuitIx, Budget)> + '_ {
        (0u32..).zip(&self.all).filter_map(|(ix, circuit)| circuit.budget.map(|budget| (CircuitIx(ix), budget)))
    }

    pub(crate) fn link(&mut self, ix: CircuitIx, slot: u32) {
        self.alarms.link(ix.0, slot);
    }

    pub(crate) fn unlink(&mut self, ix: CircuitIx, slot: u32) {
        self.alarms.unlink(ix.0, slot);
    }

    /// Slots of the active alarms of a circuit.
    pub(crate) fn alarms(&self, ix: CircuitIx) -> impl Iterator<Item = u32> + '_ {
        self.alarms.of(ix.0)
    }

    /// Circuits after a place, in the order of the list, of one state or all.
    pub(crate) fn after(
        &self,
        place: Option<CircuitPlace>,
        state: Option<CircuitState>,
    ) -> impl Iterator<Item = CircuitPlace> + '_ {
        let is_up = |ix: u32| self.get(CircuitIx(ix)).is_some_and(|circuit| circuit.state == CircuitState::Up);
        self.order.after(place, state, is_up)
    }

    /// How many circuits there are, of one state or all.
    pub(crate) fn total(&self, state: Option<CircuitState>) -> u32 {
        super::view::count(state.map_or(self.all.len(), |state| self.order.total(state)))
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
            tally.in_service += u32::from(circuit.state != CircuitState::NotInService);
            tally.down += u32::from(circuit.state == CircuitState::Down);
            tally.degraded += u32::from(circuit.state == CircuitState::Degraded);
            tally.at_risk += u32::from(circuit.at_risk());
        }
        tally
    }

    pub(crate) fn bytes(&self) -> usize {
        let orders = self.order.bytes() + self.urgent.bytes();
        self.all.capacity() * size_of::<LiveCircuit>() + self.alarms.bytes() + orders
    }
}
