//! How alarms enter, change and leave the live state, and what time does to them.

use std::sync::Arc;

use model::alarm::{Effect, ObjectType};
use model::fault::{Category, FaultNo};
use model::time::{Time, Window};

use super::episode::{Episode, Key, LiveAlarm, Rule, Signature, Slot};
use super::states::{CircuitState, InventoryEdge, States};
use super::{AlarmPlacement, Live, reversed};
use crate::fault::forest::Forest;
use crate::fault::index::links;
use crate::impact::Footprint;
use crate::inventory::touch::Reach;
use crate::inventory::{CircuitIx, Inventory, Subject};
use crate::knowledge::{Knowledge, categories};

/// Ended episodes looked at in one tick, so that a tick stays short.
const FORGET_MAX: usize = 2_000;

/// What an alarm means in the inventory and knowledge in force.
struct Meaning {
    object: Key,
    element: Option<Key>,
    signature: Signature,
    effect: Effect,
    category: Category,
    order: Option<u8>,
}

// === impl Live ===

impl Live {
    pub(super) fn add(&mut self, alarm: LiveAlarm, fault: Option<FaultNo>) {
        let meaning = self.meaning(&alarm);
        let reach = self.inventory.reach(&Subject::of(&alarm.record));
        let circuits = reach.circuits_ever(&self.inventory);
        let (id, raised, cleared) = (alarm.id, alarm.raised, alarm.cleared);
        let toggling = self.toggles.note(&alarm, self.now);
        let mut episode = Episode {
            alarm,
            object: meaning.object,
            element: meaning.element,
            signature: meaning.signature,
            effect: meaning.effect,
            category: meaning.category,
            order: meaning.order,
            counted_at: None,
            matters: matters(&reach, meaning.effect, raised, cleared),
            touched: Box::default(),
            parent: None,
            children: std::collections::BTreeSet::new(),
            fault,
            is_cause: false,
            toggling,
            unreported: true,
        };
        if cleared.is_none() {
            self.count_in(&mut episode, &reach, raised);
        }
        let slot = self.forest.insert(&self.inventory, episode, &circuits);
        self.ended.extend(cleared.map(|at| (at, id)));
        self.unreported.push(slot);
    }

    pub(super) fn change(&mut self, slot: Slot, alarm: LiveAlarm) {
        let meaning = self.meaning(&alarm);
        let Some(old) = self.forest.get(slot) else { return };
        let same_place = old.alarm.raised == alarm.raised
            && old.alarm.record.circuit_codes == alarm.record.circuit_codes
            && (old.object, old.element, old.signature) == (meaning.object, meaning.element, meaning.signature)
            && (old.category, old.order) == (meaning.category, meaning.order)
            && old.alarm.record.ems_name == alarm.record.ems_name;
        if !same_place {
            let fault = old.fault;
            self.take_out(slot);
            return self.add(alarm, fault);
        }
        let recount = old.effect != meaning.effect || old.alarm.cleared != alarm.cleared;
        if !recount && old.alarm.record == alarm.record {
            return;
        }
        let (id, before, cleared) = (old.alarm.id, old.alarm.cleared, alarm.cleared);
        if recount {
            self.recount(slot, meaning.effect, cleared);
        }
        if before != cleared {
            self.ended.extend(cleared.map(|at| (at, id)));
            if let Some(before) = before {
                self.ended.remove(&(before, id));
            }
            self.forest.retime(&self.inventory, slot, cleared);
        }
        if let Some(episode) = self.forest.get_mut(slot) {
            episode.alarm.record = alarm.record;
        }
        self.forest.touch(slot);
    }

    pub(super) fn take_out(&mut self, slot: Slot) {
        self.recount(slot, Effect::None, Some(self.now));
        if let Some(episode) = self.forest.remove(&self.inventory, slot) {
            if let Some(cleared) = episode.alarm.cleared {
                self.ended.remove(&(cleared, episode.alarm.id));
            }
            if let Some(fault) = episode.fault {
                self.desk.mark(fault);
            }
        }
    }

    /// Counts an episode out as it was and in as it is to be.
    fn recount(&mut self, slot: Slot, effect: Effect, cleared: Option<Time>) {
        let Some(episode) = self.forest.get_mut(slot) else { return };
        let reach = self.inventory.reach(&Subject::of(&episode.alarm.record));
        if let Some(counted_at) = episode.counted_at.take() {
            let at = cleared.map_or(self.now, |cleared| cleared.min(self.now));
            let footprint = Footprint { inventory: &self.inventory, reach: &reach, effect: episode.effect };
            footprint.take_back(&mut self.states, counted_at, at);
        }
        episode.effect = effect;
        episode.matters = matters(&reach, effect, episode.alarm.raised, cleared);
        episode.touched = Box::default();
        if cleared.is_none() {
            let footprint = Footprint { inventory: &self.inventory, reach: &reach, effect };
            footprint.add(&mut self.states, self.now, self.now);
            episode.touched = reach.circuits_at(&self.inventory, self.now).into_boxed_slice();
            episode.counted_at = Some(self.now);
            self.touch_edges.extend(reach.next_edge(self.now).map(|at| (at, episode.alarm.id)));
        }
        mark_unreported(episode, slot, &mut self.unreported);
    }

    fn count_in(&mut self, episode: &mut Episode, reach: &Reach, raised: Time) {
        let footprint = Footprint { inventory: &self.inventory, reach, effect: episode.effect };
        footprint.add(&mut self.states, self.now, raised.min(self.now));
        episode.touched = reach.circuits_at(&self.inventory, self.now).into_boxed_slice();
        episode.counted_at = Some(self.now);
        self.touch_edges.extend(reach.next_edge(self.now).map(|at| (at, episode.alarm.id)));
    }

    fn meaning(&mut self, alarm: &LiveAlarm) -> Meaning {
        let record = &alarm.record;
        let subject = Subject::of(record);
        let kind = subject.object_type.unwrap_or(ObjectType::Shelf);
        let index = &mut self.forest.index;
        let object = index.key(&self.inventory, kind, subject.object_id);
        let apart = matches!(kind, ObjectType::Ems | ObjectType::Circuit | ObjectType::Vpn | ObjectType::Ne);
        let known = self.inventory.object_ix(kind, subject.object_id).is_some() && kind != ObjectType::Ctp;
        let element = (!apart && !known && !record.ne_id.is_empty())
            .then(|| index.key(&self.inventory, ObjectType::Ne, &record.ne_id));
        let category = self.knowledge.category(record);
        let native = if category == Category::Other { index.word(&record.native_cause) } else { 0 };
        let line = match links(&self.inventory, object).as_slice() {
            [link] if category == Category::Los => *link,
            _ => object,
        };
        Meaning {
            object,
            element,
            signature: Signature { object: line, category, native },
            effect: self.knowledge.effect(record),
            category,
            order: categories::order(&record.native_cause, category),
        }
    }

    /// Lets time go on to `now`, edge by edge.
    pub(super) fn advance(&mut self, now: Time) {
        if self.now == Time::MIN && now > Time::MIN {
            // The first time we learn the time: start from it instead of replaying the past.
            self.states = States::new(&self.inventory, now);
            self.states.forget_since();
            self.edges = reversed(self.inventory.edges_after(now));
        }
        while let Some(at) = self.next_edge().filter(|at| *at <= now) {
            self.now = self.now.max(at);
            while self.edges.last().is_some_and(|(edge, _)| *edge <= at) {
                if let Some((_, edge)) = self.edges.pop() {
                    self.pass(edge, at);
                }
            }
            while self.touch_edges.first().is_some_and(|(edge, _)| *edge <= at) {
                if let Some((_, id)) = self.touch_edges.pop_first() {
                    self.move_touch(id, at);
                }
            }
        }
        self.now = self.now.max(now);
        self.desk.advance(self.now);
    }

    fn next_edge(&self) -> Option<Time> {
        let inventory = self.edges.last().map(|(at, _)| *at);
        let touch = self.touch_edges.first().map(|(at, _)| *at);
        inventory.into_iter().chain(touch).min()
    }

    fn pass(&mut self, edge: InventoryEdge, at: Time) {
        match edge {
            InventoryEdge::Route(alt) => {
                self.states.set_exists(alt, self.inventory.alternative_exists(alt, at), at);
            }
            InventoryEdge::Service(circuit) => {
                self.states.set_in_service(circuit, self.inventory.is_in_service(circuit, at), at);
            }
        }
    }

    /// The routes under an alarm changed.
    fn move_touch(&mut self, id: i64, at: Time) {
        let Some(slot) = self.forest.slot_of(id) else { return };
        let Some(episode) = self.forest.get_mut(slot) else { return };
        let Some(counted_at) = episode.counted_at else { return };
        let reach = self.inventory.reach(&Subject::of(&episode.alarm.record));
        let footprint = Footprint { inventory: &self.inventory, reach: &reach, effect: episode.effect };
        footprint.move_to(&mut self.states, counted_at, at);
        episode.counted_at = Some(at);
        episode.touched = reach.circuits_at(&self.inventory, at).into_boxed_slice();
        self.touch_edges.extend(reach.next_edge(at).map(|next| (next, id)));
        mark_unreported(episode, slot, &mut self.unreported);
        self.forest.touch(slot);
    }

    /// Everything anew over another inventory; states keep their `since` where they did not change.
    pub(super) fn rebuild(&mut self, inventory: Arc<Inventory>, knowledge: Arc<Knowledge>) {
        self.settle();
        let old_inventory = std::mem::replace(&mut self.inventory, inventory);
        self.knowledge = knowledge;
        let old_states = std::mem::replace(&mut self.states, States::new(&self.inventory, self.now));
        self.edges = reversed(self.inventory.edges_after(self.now));
        self.touch_edges.clear();
        let empty = Forest::new(self.settings.window_s * 1000);
        let mut episodes = std::mem::replace(&mut self.forest, empty).into_episodes();
        episodes.sort_by(|a, b| a.alarm.identity().cmp(&b.alarm.identity()));
        let unreported: Vec<i64> =
            episodes.iter().filter(|episode| episode.unreported).map(|episode| episode.alarm.id).collect();
        self.unreported.clear();
        for old in episodes {
            self.add_again(old);
        }
        for slot in unreported.iter().filter_map(|id| self.forest.slot_of(*id)).collect::<Vec<_>>() {
            if let Some(episode) = self.forest.get_mut(slot) {
                mark_unreported(episode, slot, &mut self.unreported);
            }
        }
        self.states.take_changed();
        self.changed = compare(&old_inventory, &old_states, &self.inventory, &mut self.states, &self.changed);
        self.desk.wake();
    }

    /// Adds an episode again; it is reported only if its own values changed.
    fn add_again(&mut self, old: Episode) {
        let (id, effect, touched, is_cause) = (old.alarm.id, old.effect, old.touched.len(), old.is_cause);
        self.add(old.alarm, old.fault);
        let added = self.unreported.pop();
        let Some((slot, episode)) = added.and_then(|slot| Some((slot, self.forest.get_mut(slot)?))) else { return };
        debug_assert_eq!(episode.alarm.id, id);
        episode.is_cause = is_cause;
        episode.toggling = old.toggling;
        episode.unreported = false;
        if episode.effect != effect || episode.touched.len() != touched {
            mark_unreported(episode, slot, &mut self.unreported);
        }
    }

    pub(super) fn end_toggle(&mut self, id: i64) {
        let Some(slot) = self.forest.slot_of(id) else { return };
        if let Some(episode) = self.forest.get_mut(slot) {
            episode.toggling = false;
            mark_unreported(episode, slot, &mut self.unreported);
        }
    }

    /// Lets go of ended episodes that nothing needs: older than the horizon, or too many.
    pub(super) fn forget_ended(&mut self) {
        let horizon = self.now.plus_s(-self.settings.horizon_s);
        let surplus = self.ended.len().saturating_sub(self.settings.ended_max);
        if surplus == 0 && self.ended.first().is_none_or(|(cleared, _)| *cleared >= horizon) {
            return;
        }
        let oldest: Vec<(Time, i64)> = self.ended.iter().take(FORGET_MAX).copied().collect();
        for (n, (cleared, id)) in oldest.into_iter().enumerate() {
            if n >= surplus && cleared >= horizon {
                break;
            }
            let Some(slot) = self.forest.slot_of(id) else { continue };
            let Some(episode) = self.forest.get(slot) else { continue };
            let leaf = episode.children.is_empty();
            let over = episode.fault.is_none_or(|fault| self.desk.is_over(fault, horizon));
            if leaf && (n < surplus || (cleared < horizon && over)) {
                let fault = episode.fault;
                self.take_out(slot);
                if let Some(fault) = fault {
                    self.desk.forget(fault);
                }
            }
        }
    }

    pub(super) fn report(&mut self, slot: Slot) -> Option<AlarmPlacement> {
        let episode = self.forest.get_mut(slot).filter(|episode| episode.unreported)?;
        episode.unreported = false;
        self.read_placement(slot)
    }

    pub(super) fn read_placement(&self, slot: Slot) -> Option<AlarmPlacement> {
        let episode = self.forest.get(slot)?;
        let parent = episode.parent.and_then(|parent| self.forest.get(parent.slot));
        Some(AlarmPlacement {
            id: episode.alarm.id,
            effect: episode.effect,
            fault: episode.fault,
            is_cause: episode.is_cause,
            parent: parent.map(|parent| parent.alarm.id),
            explained_by: self.explain(episode),
            circuits: u32::try_from(episode.touched.len()).unwrap_or(u32::MAX),
            toggling: episode.toggling,
        })
    }

    /// The path from the parent, e.g. `shared_route: LK1 > CIRCUIT7 > NE2-B1-P3`.
    fn explain(&self, episode: &Episode) -> String {
        let Some(link) = episode.parent else { return String::new() };
        let Some(parent) = self.forest.get(link.slot) else { return String::new() };
        let id = |key: Key| self.forest.index.id(&self.inventory, key);
        let (from, to) = (id(parent.object), id(episode.object));
        let mut steps = match link.rule {
            Rule::SameObject => {
                vec![parent.alarm.record.native_cause.as_str(), episode.alarm.record.native_cause.as_str()]
            }
            Rule::FibreCut => vec![from, id(episode.signature.object), to],
            _ => vec![from, link.via.map_or("", |circuit| self.inventory.circuit_code(circuit)), to],
        };
        steps.retain(|step| !step.is_empty());
        steps.dedup();
        format!("{}: {}", link.rule.word(), steps.join(" > "))
    }
}

/// An alarm with an effect that touches a circuit while it stands.
fn matters(reach: &Reach, effect: Effect, raised: Time, cleared: Option<Time>) -> bool {
    effect != Effect::None && reach.touches_during(Window::new(raised, cleared.unwrap_or(Time::MAX)))
}

fn mark_unreported(episode: &mut Episode, slot: Slot, unreported: &mut Vec<Slot>) {
    episode.unreported = true;
    unreported.push(slot);
}

/// Circuits whose state differs between two inventories, in the numbers of the new one. Where it does
/// not, the time of its last change is carried over.
fn compare(
    old_inventory: &Inventory,
    old_states: &States,
    inventory: &Inventory,
    states: &mut States,
    pending: &[CircuitIx],
) -> Vec<CircuitIx> {
    let pending: std::collections::HashSet<CircuitIx> = pending.iter().copied().collect();
    let numbers = |inventory: &Inventory| (0u32..).map(CircuitIx).take(inventory.circuits_total());
    let mut olds = numbers(old_inventory).map(|ix| (old_inventory.circuit_code(ix), ix)).peekable();
    let mut changed = Vec::new();
    for ix in numbers(inventory) {
        let code = inventory.circuit_code(ix);
        while olds.peek().is_some_and(|(old, _)| *old < code) {
            olds.next();
        }
        let old = olds.peek().filter(|(old, _)| *old == code).map(|(_, ix)| *ix);
        let before = old.map_or(CircuitState::Up, |ix| old_states.state(ix));
        if states.state(ix) != before || old.is_some_and(|ix| pending.contains(&ix)) {
            changed.push(ix);
        } else if let Some(old) = old {
            states.set_since(ix, old_states.since(old));
        }
    }
    changed
}
