//! The present, and how one change moves it.

use std::sync::Arc;

use engine::inventory::{CircuitIx, Inventory, Subject};
use engine::knowledge::Knowledge;
use engine::live::CircuitChange;
use model::alarm::Alarm;
use model::time::Time;

use super::alarms::{Alarms, Entry, Reach};
use super::change::{Change, CircuitState};
use super::circuits::{Budget, Circuits, Left};
use super::lists::{HeldFault, Lists};
use super::ring::{Mark, Ring};

/// Everything the board knows.
pub(crate) struct State {
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) knowledge: Arc<Knowledge>,
    pub(crate) ring: Ring,
    pub(crate) alarms: Alarms,
    pub(crate) circuits: Circuits,
    pub(crate) lists: Lists,
}

/// What a new state is made of: cheap to take under the lock, dear to count anew without it.
pub(crate) struct Facts {
    inventory: Arc<Inventory>,
    ring: Ring,
    alarms: Vec<Arc<Alarm>>,
    budgets: Vec<(CircuitIx, Budget)>,
    lists: Lists,
}

// === impl State ===

impl State {
    pub(crate) fn new(inventory: Arc<Inventory>, knowledge: Arc<Knowledge>, seq: u64) -> Self {
        State {
            circuits: Circuits::of(&inventory),
            inventory,
            knowledge,
            ring: Ring::starting_at(seq),
            alarms: Alarms::default(),
            lists: Lists::default(),
        }
    }

    /// What does not depend on the inventory's numbers.
    pub(crate) fn facts(&self) -> Facts {
        Facts {
            inventory: Arc::clone(&self.inventory),
            ring: self.ring.clone(),
            alarms: self.alarms.iter().map(|entry| Arc::clone(&entry.alarm)).collect(),
            budgets: self.circuits.budgets().collect(),
            lists: self.lists.clone(),
        }
    }

    /// The same facts over another inventory. Circuit states come anew from the writer.
    pub(crate) fn rebuilt(facts: Facts, inventory: Arc<Inventory>, knowledge: Arc<Knowledge>) -> Self {
        let circuits = Circuits::of(&inventory);
        let Facts { inventory: old, ring, alarms, budgets, lists } = facts;
        let mut state = State { inventory, knowledge, ring, alarms: Alarms::default(), circuits, lists };
        state.lists.renumber(&old, &state.inventory);
        for (ix, budget) in budgets {
            if let Some(now) = state.inventory.circuit_ix(old.circuit_code(ix)) {
                state.circuits.set_budget(now, Some(budget));
            }
        }
        for alarm in alarms {
            let reach = Reach::of(&state.inventory, &alarm);
            state.list_alarm(alarm, reach);
        }
        state
    }

    pub(crate) fn apply(&mut self, seq: u64, changes: Vec<Change>) {
        for change in changes {
            self.apply_one(seq, change);
        }
        self.circuits.settle();
    }

    fn apply_one(&mut self, seq: u64, change: Change) {
        let mark = match change {
            Change::Alarm(alarm) => {
                let id = alarm.id;
                self.put_alarm(alarm);
                Mark::Alarm(id)
            }
            Change::AlarmGone(id) => {
                self.drop_alarm(id);
                self.lists.forget_cleared(id);
                Mark::Alarm(id)
            }
            Change::Circuits(changes) => {
                changes.iter().for_each(|change| self.put_circuit(change));
                return self.ring.push(seq, changes.iter().map(|change| Mark::Circuit(change.circuit)));
            }
            Change::Fault(fault, impact) => self.lists.put_fault(HeldFault { fault, impact }),
            Change::Ticket(ticket) => self.lists.put_ticket(ticket),
            Change::Source(source) => self.lists.put_source(*source),
            Change::Silence { source, circuits } => {
                self.circuits.set_silent(source.clone(), circuits);
                Mark::Source(source)
            }
            Change::Load(load) => self.lists.put_load(*load),
            Change::Cutover(work) => self.lists.put_work(work),
            Change::Inventory(inventory, knowledge) => {
                *self = State::rebuilt(self.facts(), inventory, knowledge);
                Mark::Inventory
            }
        };
        self.ring.push(seq, [mark]);
    }

    fn put_alarm(&mut self, alarm: Arc<Alarm>) {
        let before = self.alarms.by_id(alarm.id).map(|entry| Arc::clone(&entry.alarm));
        if alarm.cleared_at.is_some() {
            self.drop_alarm(alarm.id);
            self.lists.put_cleared(alarm);
            return;
        }
        self.lists.count_arrival(&self.knowledge, &alarm, before.as_deref());
        match before {
            // Most changes (a repeat, an acknowledgement) leave what the alarm touches as it was.
            Some(before) if same_subject(&before, &alarm) => return self.alarms.replace(&self.inventory, alarm),
            Some(_) => self.drop_alarm(alarm.id),
            None => self.lists.forget_cleared(alarm.id),
        }
        let reach = Reach::of(&self.inventory, &alarm);
        self.list_alarm(alarm, reach);
    }

    fn list_alarm(&mut self, alarm: Arc<Alarm>, reach: Reach) {
        let slot = self.alarms.reserve();
        let (mut down, mut unprotected, mut left) = (0, 0, Left::default());
        for ix in reach.circuits() {
            self.circuits.link(ix, slot);
            let Some(circuit) = self.circuits.get(ix) else { continue };
            down += u32::from(circuit.state == CircuitState::Down);
            unprotected += u32::from(!circuit.protected);
            left = left.with(circuit.budget);
        }
        self.alarms.insert(&self.inventory, Entry { alarm, reach, slot, down, unprotected, left });
    }

    fn drop_alarm(&mut self, id: i64) {
        if let Some(entry) = self.alarms.remove(&self.inventory, id) {
            entry.reach.circuits().for_each(|ix| self.circuits.unlink(ix, entry.slot));
        }
    }

    fn put_circuit(&mut self, change: &CircuitChange) {
        let (ix, state) = (change.circuit, CircuitState::of(change.state));
        let Some(before) = self.circuits.set_state(ix, state, change.since) else { return };
        let (was, is) = (before == CircuitState::Down, state == CircuitState::Down);
        if was != is {
            for slot in self.circuits.alarms(ix) {
                self.alarms.count_down(slot, is);
            }
        }
    }

    pub(crate) fn put_budgets(&mut self, budgets: &[(String, Option<Budget>)]) {
        let mut moved: Vec<(u32, Option<Budget>, Option<Budget>)> = Vec::new();
        for (code, budget) in budgets {
            let Some(ix) = self.inventory.circuit_ix(code) else { continue };
            let before = self.circuits.get(ix).and_then(|circuit| circuit.budget);
            if before == *budget {
                continue;
            }
            self.circuits.set_budget(ix, *budget);
            moved.extend(self.circuits.alarms(ix).map(|slot| (slot, before, *budget)));
        }
        self.circuits.settle();
        moved.sort_by_key(|(slot, ..)| *slot);
        for of_alarm in moved.chunk_by(|(one, ..), (other, ..)| one == other) {
            let Some(entry) = of_alarm.first().and_then(|(slot, ..)| self.alarms.get(*slot)) else { continue };
            let left = if of_alarm.iter().any(|(_, before, _)| entry.left.rests_on(*before)) {
                let circuits = entry.reach.circuits().filter_map(|ix| self.circuits.get(ix));
                circuits.fold(Left::default(), |left, circuit| left.with(circuit.budget))
            } else {
                // An alarm on a cable touches thousands: they are not all looked at for each one.
                of_alarm.iter().fold(entry.left, |left, (.., budget)| left.with(*budget))
            };
            let slot = entry.slot;
            self.alarms.set_left(&self.inventory, slot, left);
        }
    }

    pub(crate) fn put_since(&mut self, lasting: &[(String, CircuitState, Time)]) {
        for (code, state, since) in lasting {
            if let Some(ix) = self.inventory.circuit_ix(code) {
                self.circuits.set_since(ix, *state, *since);
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.alarms.bytes() + self.circuits.bytes()
    }
}

/// They touch the same things: what the alarm is about did not change.
fn same_subject(a: &Alarm, b: &Alarm) -> bool {
    a.raised_at == b.raised_at
        && (Arc::ptr_eq(&a.record, &b.record) || Subject::of(&a.record) == Subject::of(&b.record))
}
