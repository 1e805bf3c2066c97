//! The state of every circuit, kept by counting (semantics §2): an alternative counts the outage
//! alarms on it, a segment its alternatives that exist and that are down, a circuit its segments
//! that are down and the outages that name it. An edge costs what it touches, nothing more.

use model::time::{Time, Window};

use crate::inventory::routes::AltIx;
use crate::inventory::{CircuitIx, Inventory};

/// How a circuit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CircuitState {
    /// No service.
    Down,
    /// Service, but impaired or without redundancy.
    Degraded,
    /// Service.
    Up,
    /// Not in service: before or after its service time, suspended or terminated.
    NotInService,
}

/// Counters of all circuits of one inventory.
#[derive(Default)]
pub(crate) struct States {
    alternatives: Vec<AltCount>,
    segments: Vec<SegmentCount>,
    circuits: Vec<CircuitCount>,
    changed: Vec<CircuitIx>,
}

#[derive(Clone, Copy)]
struct AltCount {
    segment: u32,
    outages: u32,
    exists: bool,
}

#[derive(Clone, Copy)]
struct SegmentCount {
    circuit: u32,
    existing: u16,
    down: u16,
}

#[derive(Clone, Copy)]
struct CircuitCount {
    segments_down: u32,
    alternatives_down: u32,
    outages: u32,
    degradations: u32,
    since: Time,
    state: CircuitState,
    in_service: bool,
    reported: bool,
}

/// One more or one less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Up,
    Down,
}

// === impl CircuitState ===

impl CircuitState {
    /// The word of the interfaces.
    pub const fn word(self) -> &'static str {
        match self {
            CircuitState::Down => "down",
            CircuitState::Degraded => "degraded",
            CircuitState::Up => "up",
            CircuitState::NotInService => "not_in_service",
        }
    }
}

// === impl Step ===

impl Step {
    fn apply(self, count: &mut u32) {
        match self {
            Step::Up => *count = count.saturating_add(1),
            Step::Down => {
                debug_assert!(*count > 0, "a counter went below zero");
                *count = count.saturating_sub(1);
            }
        }
    }
}

// === impl SegmentCount ===

impl SegmentCount {
    fn is_down(self) -> bool {
        self.existing > 0 && self.existing == self.down
    }
}

// === impl States ===

impl States {
    /// All counters at zero, with the alternatives that exist and the circuits in service at `now`.
    pub(crate) fn new(inventory: &Inventory, now: Time) -> Self {
        let mut states = States::default();
        let mut last = None;
        for alt in (0u32..).take(inventory.routes.len()).map(AltIx) {
            let Some(head) = inventory.routes.head(alt) else { continue };
            if last != Some((head.circuit, head.segment)) {
                last = Some((head.circuit, head.segment));
                states.segments.push(SegmentCount { circuit: head.circuit, existing: 0, down: 0 });
            }
            let segment = u32::try_from(states.segments.len() - 1).unwrap_or(u32::MAX);
            let exists = inventory.alternative_exists(alt, now);
            if let Some(count) = states.segments.last_mut() {
                count.existing += u16::from(exists);
            }
            states.alternatives.push(AltCount { segment, outages: 0, exists });
        }
        states.circuits = (0u32..)
            .take(inventory.circuits_total())
            .map(|ix| CircuitCount::new(inventory.is_in_service(CircuitIx(ix), now), now))
            .collect();
        states
    }

    /// An outage alarm begins or ceases to touch an alternative.
    pub(crate) fn count_outage(&mut self, alt: AltIx, step: Step, at: Time) {
        self.change_alternative(alt, at, |count| step.apply(&mut count.outages));
    }

    /// A route version begins or ends.
    pub(crate) fn set_exists(&mut self, alt: AltIx, exists: bool, at: Time) {
        self.change_alternative(alt, at, |count| count.exists = exists);
    }

    /// An outage alarm begins or ceases to name the circuit as a whole.
    pub(crate) fn count_whole_outage(&mut self, circuit: CircuitIx, step: Step, at: Time) {
        self.change_circuit(circuit.0, at, |count| step.apply(&mut count.outages));
    }

    /// A degrading alarm begins or ceases to touch the circuit anywhere.
    pub(crate) fn count_degradation(&mut self, circuit: CircuitIx, step: Step, at: Time) {
        self.change_circuit(circuit.0, at, |count| step.apply(&mut count.degradations));
    }

    /// Service begins or ends.
    pub(crate) fn set_in_service(&mut self, circuit: CircuitIx, in_service: bool, at: Time) {
        self.change_circuit(circuit.0, at, |count| count.in_service = in_service);
    }

    pub(crate) fn state(&self, circuit: CircuitIx) -> CircuitState {
        self.circuits.get(circuit.0 as usize).map_or(CircuitState::NotInService, |count| count.state)
    }

    pub(crate) fn since(&self, circuit: CircuitIx) -> Time {
        self.circuits.get(circuit.0 as usize).map_or(Time::MIN, |count| count.since)
    }

    /// No change was seen yet: what is so now may have been so for long.
    pub(crate) fn forget_since(&mut self) {
        self.circuits.iter_mut().for_each(|count| count.since = Time::MIN);
    }

    pub(crate) fn set_since(&mut self, circuit: CircuitIx, since: Time) {
        if let Some(count) = self.circuits.get_mut(circuit.0 as usize) {
            count.since = since;
        }
    }

    /// Circuits whose state changed since the last call, each once.
    pub(crate) fn take_changed(&mut self) -> Vec<CircuitIx> {
        let changed = std::mem::take(&mut self.changed);
        for circuit in &changed {
            if let Some(count) = self.circuits.get_mut(circuit.0 as usize) {
                count.reported = false;
            }
        }
        changed
    }

    fn change_alternative(&mut self, alt: AltIx, at: Time, change: impl FnOnce(&mut AltCount)) {
        let Some(count) = self.alternatives.get_mut(alt.0 as usize) else { return };
        let before = *count;
        change(count);
        let after = *count;
        if before.exists == after.exists && before.is_down() == after.is_down() {
            return;
        }
        let Some(segment) = self.segments.get_mut(after.segment as usize) else { return };
        let was_down = segment.is_down();
        segment.existing = segment.existing + u16::from(after.exists) - u16::from(before.exists);
        segment.down = segment.down + u16::from(after.is_down()) - u16::from(before.is_down());
        let is_down = segment.is_down();
        let circuit = segment.circuit;
        self.change_circuit(circuit, at, |count| {
            count.segments_down = count.segments_down + u32::from(is_down) - u32::from(was_down);
            count.alternatives_down =
                count.alternatives_down + u32::from(after.is_down()) - u32::from(before.is_down());
        });
    }

    fn change_circuit(&mut self, circuit: u32, at: Time, change: impl FnOnce(&mut CircuitCount)) {
        let Some(count) = self.circuits.get_mut(circuit as usize) else { return };
        change(count);
        let state = count.judge();
        if state == count.state {
            return;
        }
        count.state = state;
        count.since = at;
        if !count.reported {
            count.reported = true;
            self.changed.push(CircuitIx(circuit));
        }
    }
}

// === impl AltCount ===

impl AltCount {
    fn is_down(self) -> bool {
        self.exists && self.outages > 0
    }
}

// === impl CircuitCount ===

impl CircuitCount {
    fn new(in_service: bool, now: Time) -> Self {
        let mut count = CircuitCount {
            segments_down: 0,
            alternatives_down: 0,
            outages: 0,
            degradations: 0,
            since: now,
            state: CircuitState::Up,
            in_service,
            reported: false,
        };
        count.state = count.judge();
        count
    }

    fn judge(&self) -> CircuitState {
        if !self.in_service {
            CircuitState::NotInService
        } else if self.segments_down > 0 || self.outages > 0 {
            CircuitState::Down
        } else if self.alternatives_down > 0 || self.degradations > 0 {
            CircuitState::Degraded
        } else {
            CircuitState::Up
        }
    }
}

// === impl Inventory ===

impl Inventory {
    pub(crate) fn alternative_exists(&self, alt: AltIx, at: Time) -> bool {
        self.routes.hops(alt).iter().any(|hop| self.routes.window(hop.valid).holds(at))
    }

    /// Inside its service time and neither suspended nor terminated, as far as we have learnt.
    pub(crate) fn is_in_service(&self, circuit: CircuitIx, at: Time) -> bool {
        let Some(circuit) = self.circuit_row(circuit) else { return false };
        let status = self.names.get(circuit.status);
        let ended = status == "TERMINATED" && circuit.in_service.end == Time::MAX;
        circuit.in_service.holds(at) && status != "SUSPENDED" && !ended
    }

    /// Times after `now` at which a route version or a service begins or ends, in order.
    pub(crate) fn edges_after(&self, now: Time) -> Vec<(Time, InventoryEdge)> {
        let later =
            |window: Window| [window.start, window.end].into_iter().filter(move |at| *at > now && *at < Time::MAX);
        let mut edges = Vec::new();
        for alt in (0u32..).take(self.routes.len()).map(AltIx) {
            for hop in self.routes.hops(alt).iter().filter(|hop| hop.valid != 0) {
                edges.extend(later(self.routes.window(hop.valid)).map(|at| (at, InventoryEdge::Route(alt))));
            }
        }
        for (ix, circuit) in self.circuit_rows() {
            edges.extend(later(circuit.in_service).map(|at| (at, InventoryEdge::Service(ix))));
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

/// What a timed edge of the inventory changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum InventoryEdge {
    /// A version of an alternative begins or ends.
    Route(AltIx),
    /// Service of a circuit begins or ends.
    Service(CircuitIx),
}
