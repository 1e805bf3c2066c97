//! What an alarm does to the circuits: its footprint on the network is counted into and out of the
//! [`States`]. A footprint is a function of inventory, alarm and time, so it is computed again when
//! it is taken back rather than kept.

use model::alarm::Effect;
use model::time::{Time, Window};

use crate::inventory::touch::Reach;
use crate::inventory::{CircuitIx, Inventory};
use crate::live::states::{States, Step};

/// An alarm's footprint: where it touches and what it does there.
pub(crate) struct Footprint<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) reach: &'a Reach,
    pub(crate) effect: Effect,
}

// === impl Footprint ===

impl Footprint<'_> {
    /// Counts the alarm in, as its routes run at `now`; the states change as of `at`.
    pub(crate) fn add(&self, states: &mut States, now: Time, at: Time) {
        self.step_whole(states, Step::Up, at);
        self.step_alternatives(states, Step::Up, |valid| valid.holds(now), at);
    }

    /// Takes back what [`Footprint::add`] (or a later [`Footprint::move_to`]) counted at `counted_at`.
    pub(crate) fn take_back(&self, states: &mut States, counted_at: Time, at: Time) {
        self.step_whole(states, Step::Down, at);
        self.step_alternatives(states, Step::Down, |valid| valid.holds(counted_at), at);
    }

    /// Time went on: counts only the route versions that began or ended since.
    pub(crate) fn move_to(&self, states: &mut States, counted_at: Time, now: Time) {
        self.step_alternatives(states, Step::Up, |valid| valid.holds(now) && !valid.holds(counted_at), now);
        self.step_alternatives(states, Step::Down, |valid| !valid.holds(now) && valid.holds(counted_at), now);
    }

    fn step_whole(&self, states: &mut States, step: Step, at: Time) {
        for circuit in &self.reach.whole {
            match self.effect {
                Effect::Outage => states.count_whole_outage(*circuit, step, at),
                Effect::Degraded => states.count_degradation(*circuit, step, at),
                Effect::None => {}
            }
        }
    }

    fn step_alternatives(&self, states: &mut States, step: Step, chosen: impl Fn(Window) -> bool, at: Time) {
        if self.effect == Effect::None {
            return;
        }
        for (alt, valid) in &self.reach.alternatives {
            if !chosen(*valid) {
                continue;
            }
            match self.effect {
                Effect::Outage => states.count_outage(*alt, step, at),
                _ => {
                    if let Some(head) = self.inventory.routes.head(*alt) {
                        states.count_degradation(CircuitIx(head.circuit), step, at);
                    }
                }
            }
        }
    }
}

// === impl Reach ===

impl Reach {
    /// Circuits touched while `chosen` says so of the route's validity, sorted.
    pub(crate) fn circuits(&self, inventory: &Inventory, chosen: impl Fn(Window) -> bool) -> Vec<CircuitIx> {
        let on_routes = self.alternatives.iter().filter(|(_, valid)| chosen(*valid));
        let mut circuits: Vec<CircuitIx> =
            on_routes.filter_map(|(alt, _)| inventory.routes.head(*alt)).map(|head| CircuitIx(head.circuit)).collect();
        circuits.dedup();
        if !self.whole.is_empty() {
            circuits.extend_from_slice(&self.whole);
            circuits.sort_unstable();
            circuits.dedup();
        }
        circuits
    }

    /// Circuits touched at `now`, sorted.
    pub(crate) fn circuits_at(&self, inventory: &Inventory, now: Time) -> Vec<CircuitIx> {
        self.circuits(inventory, |valid| valid.holds(now))
    }

    /// Circuits touched at any time, sorted.
    pub(crate) fn circuits_ever(&self, inventory: &Inventory) -> Vec<CircuitIx> {
        self.circuits(inventory, |_| true)
    }

    /// A circuit is touched at some time inside the window (or at its start, if it is empty).
    pub(crate) fn touches_during(&self, window: Window) -> bool {
        let meets = |valid: &Window| valid.holds(window.start) || valid.cut(window).is_some();
        !self.whole.is_empty() || self.alternatives.iter().any(|(_, valid)| meets(valid))
    }

    /// The next time after `now` at which what is touched changes.
    pub(crate) fn next_edge(&self, now: Time) -> Option<Time> {
        let edges = self.alternatives.iter().flat_map(|(_, valid)| [valid.start, valid.end]);
        edges.filter(|at| *at > now && *at < Time::MAX).min()
    }
}
