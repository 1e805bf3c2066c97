//! The present, and how one change moves it.

use std::sync::Arc;

use engine::inventory::{CircuitIx, Inventory, Subject};
use engine::knowledge::Knowledge;
use model::alarm::Alarm;
use model::time::Time;

use super::alarms::{Alarms, Entry, Reach, place};
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
        let mut marks = Vec::with_capacity(changes.len());
        for change in changes {
            marks.push(self.apply_one(change));
        }
        self.ring.push(seq, marks);
    }

    fn apply_one(&mut self, change: Change) -> Mark {
        match change {
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
            Change::Circuit { circuit, state, since } => {
                self.put_circuit(circuit, state, since);
                Mark::Circuit(circuit)
            }
            Change::Fault(fault, impact) => self.lists.put_fault(HeldFault { fault, impact }),
            Change::Ticket(ticket) => self.lists.put_ticket(ticket),
            Change::Source(source) => self.lists.put_source(source),
            Change::Silence { source, circuits } => {
                self.circuits.set_silent(source.clone(), circuits);
                Mark::Source(source)
            }
            Change::Load(load) => self.lists.put_load(load),
            Change::Cutover(work) => self.lists.put_work(work),
            Change::Inventory(inventory, knowledge) => {
                *self = State::rebuilt(self.facts(), inventory, knowledge);
                Mark::Inventory
            }
        }
    }

    fn put_alarm(&mut self, alarm: Arc<Alarm>) {
        let before = self.drop_alarm(alarm.id);
        if alarm.cleared_at.is_some() {
            self.lists.put_cleared(alarm);
            return;
        }
        self.lists.count_arrival(&self.knowledge, &alarm, before.as_ref().map(|entry| entry.alarm.as_ref()));
        if before.is_none() {
            self.lists.forget_cleared(alarm.id);
        }
        // Most changes (a repeat, an acknowledgement) leave what the alarm touches as it was.
        let reach = match before {
            Some(entry) if same_subject(&entry.alarm, &alarm) => entry.reach,
            _ => Reach::of(&self.inventory, &alarm),
        };
        self.list_alarm(alarm, reach);
    }

    fn list_alarm(&mut self, alarm: Arc<Alarm>, reach: Reach) {
        let slot = self.alarms.reserve();
        let (mut down, mut unprotected, mut left) = (0, 0, Left::default());
        for ix in &reach.circuits {
            self.circuits.link(*ix, slot);
            let Some(circuit) = self.circuits.get(*ix) else { continue };
            down += u32::from(circuit.state == CircuitState::Down);
            unprotected += u32::from(!circuit.protected);
            left = left.with(circuit.budget);
        }
        let place = place(&alarm, left.ms, slot);
        self.alarms.insert(&self.inventory, Entry { alarm, place, reach, down, unprotected, left });
    }

    fn drop_alarm(&mut self, id: i64) -> Option<Entry> {
        let (slot, entry) = self.alarms.remove(&self.inventory, id)?;
        for ix in &entry.reach.circuits {
            self.circuits.unlink(*ix, slot);
        }
        Some(entry)
    }

    fn put_circuit(&mut self, ix: CircuitIx, state: CircuitState, since: Time) {
        let Some(before) = self.circuits.set_state(ix, state, since) else { return };
        let (was, is) = (before == CircuitState::Down, state == CircuitState::Down);
        if was != is {
            let slots = self.circuits.get(ix).map(|circuit| circuit.alarms.as_slice()).unwrap_or_default();
            for slot in slots {
                self.alarms.count_down(*slot, is);
            }
        }
    }

    pub(crate) fn put_budgets(&mut self, budgets: &[(String, Option<Budget>)]) {
        let mut moved = Vec::new();
        for (code, budget) in budgets {
            let Some(ix) = self.inventory.circuit_ix(code) else { continue };
            self.circuits.set_budget(ix, *budget);
            moved.extend_from_slice(self.circuits.get(ix).map(|c| c.alarms.as_slice()).unwrap_or_default());
        }
        moved.sort_unstable();
        moved.dedup();
        for slot in moved {
            let Some(entry) = self.alarms.get(slot) else { continue };
            let budgets = entry.reach.circuits.iter().filter_map(|ix| self.circuits.get(*ix));
            let left = budgets.fold(Left::default(), |left, circuit| left.with(circuit.budget));
            self.alarms.set_left(&self.inventory, slot, left);
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
