//! The live side of the engine: the same arithmetic as the figure, kept incrementally by the single
//! writer. Alarms, planned work, a new inventory and time go in; [`Live::drain`] gives what changed:
//! circuit states, the place of each alarm, faults, and dispatch decisions.
//!
//! Order of calls: [`Live::new`], [`Live::restore`] once, then [`Live::put`], [`Live::remove`],
//! [`Live::put_cutover`], … as facts come, each with the receive time `now`, [`Live::tick`] at least
//! every second, and [`Live::drain`] at the end of each transaction. `now` never goes back: an
//! earlier one counts as the latest seen.

mod alarms;
pub(crate) mod effects;
pub(crate) mod episode;
pub(crate) mod states;
mod toggle;

use std::collections::BTreeSet;
use std::sync::Arc;

use model::fault::FaultNo;
use model::time::Time;
use model::work::{Cutover, KeyProtection};

use crate::fault::desk::{Desk, View, World};
use crate::fault::forest::Forest;
use crate::inventory::{CircuitIx, Inventory};
use crate::knowledge::Knowledge;
use episode::Slot;
use states::{InventoryEdge, States};
use toggle::Toggles;

pub use effects::{
    Action, AlarmPlacement, CircuitChange, Decision, Effects, FaultChange, Impact, Settings, StoredFault,
};
pub use episode::LiveAlarm;
pub use states::CircuitState;

/// Names of unknown objects may take this much before everything is indexed anew.
const NAMES_BYTES_MAX: usize = 64 << 20;

/// The live state.
pub struct Live {
    inventory: Arc<Inventory>,
    knowledge: Arc<Knowledge>,
    settings: Settings,
    now: Time,
    states: States,
    /// Timed edges of the inventory, the next one last.
    edges: Vec<(Time, InventoryEdge)>,
    /// When the routes under an alarm change next.
    touch_edges: BTreeSet<(Time, i64)>,
    forest: Forest,
    /// Ended episodes by their end.
    ended: BTreeSet<(Time, i64)>,
    toggles: Toggles,
    desk: Desk,
    unreported: Vec<Slot>,
    changed: Vec<CircuitIx>,
}

// === impl Live ===

impl Live {
    /// No alarms yet.
    pub fn new(inventory: Arc<Inventory>, knowledge: Arc<Knowledge>, settings: Settings) -> Self {
        Live {
            now: Time::MIN,
            states: States::new(&inventory, Time::MIN),
            edges: reversed(inventory.edges_after(Time::MIN)),
            touch_edges: BTreeSet::new(),
            forest: Forest::new(settings.window_s * 1000),
            ended: BTreeSet::new(),
            toggles: Toggles::new(settings.toggle_raises, settings.toggle_s * 1000),
            desk: Desk::new(&settings),
            unreported: Vec::new(),
            changed: Vec::new(),
            inventory,
            knowledge,
            settings,
        }
    }

    /// At start-up: faults as they were stored, then every episode that is active or ended within
    /// the horizon. What differs from what was stored (time went on meanwhile) comes out of the next
    /// [`Live::drain`]; circuit states are read with [`Live::circuit_state`].
    pub fn restore(&mut self, faults: Vec<StoredFault>, alarms: impl IntoIterator<Item = LiveAlarm>, now: Time) {
        self.advance(now);
        let members = self.desk.restore(faults);
        let mut alarms: Vec<LiveAlarm> = alarms.into_iter().collect();
        alarms.sort_by(|a, b| a.identity().cmp(&b.identity()));
        for alarm in alarms {
            let fault = members.get(&alarm.id).copied();
            self.add(alarm, fault);
        }
        self.settle();
        self.unreported.append(&mut self.forest.moved);
        for slot in &self.unreported {
            if let Some(episode) = self.forest.get_mut(*slot) {
                // Where the fault is as it was stored, so is the rest.
                episode.unreported = episode.fault != members.get(&episode.alarm.id).copied();
            }
        }
        self.changed.clear();
    }

    /// Takes a new, changed or cleared episode. The same again changes nothing. An episode that ended
    /// before the horizon is passed over.
    pub fn put(&mut self, alarm: LiveAlarm, now: Time) {
        self.advance(now);
        match self.forest.slot_of(alarm.id) {
            Some(slot) => self.change(slot, alarm),
            None => {
                let horizon = self.now.plus_s(-self.settings.horizon_s);
                if alarm.cleared.is_none_or(|cleared| cleared >= horizon) {
                    self.add(alarm, None);
                }
            }
        }
    }

    /// Takes an episode out that a re-evaluation no longer finds.
    pub fn remove(&mut self, id: i64, now: Time) {
        self.advance(now);
        if let Some(slot) = self.forest.slot_of(id) {
            self.take_out(slot);
        }
    }

    /// After a load: counts and groups everything anew over the new inventory and knowledge. Circuit
    /// numbers in effects are the new inventory's from here on.
    pub fn swap(&mut self, inventory: Arc<Inventory>, knowledge: Arc<Knowledge>, now: Time) {
        self.advance(now);
        self.rebuild(inventory, knowledge);
    }

    /// Takes a revision of planned work; of one number the highest revision wins, in any order.
    pub fn put_cutover(&mut self, cutover: Cutover, now: Time) {
        self.advance(now);
        self.desk.work.put_cutover(cutover);
        self.desk.wake();
    }

    /// Takes the protection of important circuits as it is in force for a task from now on.
    pub fn put_key_protect(&mut self, task: KeyProtection, now: Time) {
        self.advance(now);
        self.desk.work.put_key_protect(task);
        self.desk.wake();
    }

    /// EOMS archived the sheet of a fault's episode. While an alarm is active this clears nothing: the
    /// fault is "closed but still down" and goes back. Later the same trouble opens another episode.
    pub fn sheet_closed(&mut self, fault_no: FaultNo, episode: u32, now: Time) {
        self.advance(now);
        self.desk.sheet_closed(fault_no, episode);
    }

    /// EOMS took a sheet up again, because it was sent back or by itself.
    pub fn sheet_reopened(&mut self, fault_no: FaultNo, episode: u32, now: Time) {
        self.advance(now);
        self.desk.sheet_reopened(fault_no, episode);
    }

    /// A person dispatches a fault now; false if it is not open or has its sheet already.
    pub fn dispatch(&mut self, fault_no: FaultNo, now: Time) -> bool {
        self.advance(now);
        self.settle();
        self.desk.dispatch(fault_no)
    }

    /// Time goes on: route versions, service times, cutover windows, due dispatches, faults that can
    /// no longer reopen, alarms that no longer toggle, and what is older than the horizon.
    pub fn tick(&mut self, now: Time) {
        self.advance(now);
        for id in self.toggles.sweep(self.now) {
            self.end_toggle(id);
        }
        self.forget_ended();
        if self.forest.index.names_bytes() > NAMES_BYTES_MAX {
            self.rebuild(self.inventory.clone(), self.knowledge.clone());
        }
        self.settle();
        self.desk.forget_over(self.now.plus_s(-self.settings.horizon_s));
    }

    /// What changed since the last call.
    pub fn drain(&mut self) -> Effects {
        self.settle();
        let mut circuits = std::mem::take(&mut self.changed);
        circuits.sort_unstable();
        circuits.dedup();
        let mut placed = std::mem::take(&mut self.unreported);
        placed.append(&mut self.forest.moved);
        placed.sort_unstable();
        placed.dedup();
        let mut alarms: Vec<AlarmPlacement> = placed.into_iter().filter_map(|slot| self.report(slot)).collect();
        alarms.sort_unstable_by_key(|alarm| alarm.id);
        let (desk, world) = self.split();
        let (faults, dispatch) = desk.drain(&world);
        let circuits = circuits.into_iter().map(|circuit| self.circuit_change(circuit)).collect();
        Effects { circuits, alarms, faults, dispatch }
    }

    /// The number the next fault will get; to be stored with the transaction.
    pub fn next_fault(&self) -> i64 {
        self.desk.next_fault()
    }

    /// The inventory in force.
    pub fn inventory(&self) -> &Arc<Inventory> {
        &self.inventory
    }

    /// A circuit's state, and since when; [`Time::MIN`] if no change of it was seen.
    pub fn circuit_state(&self, circuit: CircuitIx) -> (CircuitState, Time) {
        (self.states.state(circuit), self.states.since(circuit))
    }

    /// Every circuit that is not up, by code.
    pub fn not_up(&self) -> Vec<CircuitChange> {
        let all = (0u32..).take(self.inventory.circuits_total()).map(CircuitIx);
        all.filter(|ix| self.states.state(*ix) != CircuitState::Up).map(|ix| self.circuit_change(ix)).collect()
    }

    /// Where an alarm stands now.
    pub fn placement(&self, id: i64) -> Option<AlarmPlacement> {
        self.forest.slot_of(id).and_then(|slot| self.read_placement(slot))
    }

    /// Faults in memory as they are now, by number (open ones, and ended ones within the horizon).
    pub fn faults(&self) -> Vec<FaultChange> {
        let (inventory, forest, states) = (&*self.inventory, &self.forest, &self.states);
        self.desk.faults(&View { inventory, forest, states, work: &self.desk.work, now: self.now })
    }

    /// One fault as it is now, if it is in memory.
    pub fn fault(&self, fault_no: FaultNo) -> Option<FaultChange> {
        let (inventory, forest, states) = (&*self.inventory, &self.forest, &self.states);
        self.desk.fault(&View { inventory, forest, states, work: &self.desk.work, now: self.now }, fault_no)
    }

    fn circuit_change(&self, circuit: CircuitIx) -> CircuitChange {
        let (state, since) = self.circuit_state(circuit);
        CircuitChange { circuit, state, since }
    }

    /// Brings faults up to date with all that happened.
    fn settle(&mut self) {
        let changed = self.states.take_changed();
        for circuit in &changed {
            for slot in self.forest.index.on_circuit(*circuit) {
                if let Some(fault) = self.forest.get(slot).and_then(|episode| episode.fault) {
                    self.desk.mark(fault);
                }
            }
        }
        self.changed.extend(changed);
        let (desk, mut world) = self.split();
        desk.settle(&mut world);
    }

    fn split(&mut self) -> (&mut Desk, World<'_>) {
        let world = World {
            inventory: &self.inventory,
            forest: &mut self.forest,
            states: &self.states,
            now: self.now,
            unreported: &mut self.unreported,
        };
        (&mut self.desk, world)
    }
}

fn reversed(mut edges: Vec<(Time, InventoryEdge)>) -> Vec<(Time, InventoryEdge)> {
    edges.reverse();
    edges
}

#[cfg(test)]
mod tests;
