//! The desk that keeps the faults: gives groups of alarms their numbers, merges and links, and asks
//! `dispatch` what to send.

use std::collections::{BTreeSet, HashMap};

use model::fault::{DispatchReason, FaultNo, FaultState};
use model::time::Time;

use super::cell::Cell;
use super::cells::Cells;
use super::forest::Forest;
use super::group::{Group, groups, identity};
use crate::dispatch::work::Work;
use crate::inventory::Inventory;
use crate::live::episode::Slot;
use crate::live::states::States;
use crate::live::{Action, Decision, FaultChange, Settings, StoredFault};

/// Between two looks for faults that are over.
const SWEEP_MS: i64 = 60_000;

/// What the desk sees of the live state.
pub(crate) struct World<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) forest: &'a mut Forest,
    pub(crate) states: &'a States,
    pub(crate) now: Time,
    pub(crate) unreported: &'a mut Vec<Slot>,
}

/// The same, to read.
pub(crate) struct View<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) forest: &'a Forest,
    pub(crate) states: &'a States,
    pub(crate) work: &'a Work,
    pub(crate) now: Time,
}

/// Rules of time and dispatch.
pub(crate) struct Rules {
    pub(crate) reopen_ms: i64,
    pub(crate) persistence_ms: [i64; 3],
    pub(crate) has_peer: bool,
}

/// All faults in memory.
pub(crate) struct Desk {
    cells: Cells,
    /// Faults that went into another one, by that one.
    merged: BTreeSet<(FaultNo, FaultNo)>,
    next: i64,
    rules: Rules,
    /// Planned work and key protection.
    pub(crate) work: Work,
    /// Faults to look at when next settled.
    marked: BTreeSet<FaultNo>,
    /// When a fault must be looked at though nothing happens: due, or over for good.
    checks: BTreeSet<(Time, FaultNo)>,
    changed: BTreeSet<FaultNo>,
    decisions: Vec<Decision>,
    now: Time,
    /// The horizon at which faults were last let go.
    swept: Time,
}

// === impl World ===

impl World<'_> {
    fn view<'a>(&'a self, work: &'a Work) -> View<'a> {
        View { inventory: self.inventory, forest: self.forest, states: self.states, work, now: self.now }
    }
}

// === impl Desk ===

impl Desk {
    pub(crate) fn new(settings: &Settings) -> Self {
        let rules = Rules {
            reopen_ms: settings.reopen_s * 1000,
            persistence_ms: settings.persistence_s.map(|s| s * 1000),
            has_peer: settings.has_peer,
        };
        Desk {
            cells: Cells::default(),
            merged: BTreeSet::new(),
            next: settings.next_fault,
            rules,
            work: Work::default(),
            marked: BTreeSet::new(),
            checks: BTreeSet::new(),
            changed: BTreeSet::new(),
            decisions: Vec::new(),
            now: Time::MIN,
            swept: Time::MIN,
        }
    }

    pub(crate) fn next_fault(&self) -> i64 {
        self.next
    }

    /// Faults as they were stored; answers which alarm belongs to which.
    pub(crate) fn restore(&mut self, mut stored: Vec<StoredFault>) -> HashMap<i64, FaultNo> {
        stored.sort_unstable_by_key(|fault| fault.fault.fault_no);
        let mut members = HashMap::new();
        for fault in stored {
            let no = fault.fault.fault_no;
            self.next = self.next.max(no.0 + 1);
            self.merged.extend(fault.fault.merged_into.map(|into| (into, no)));
            members.extend(fault.members.iter().map(|alarm| (*alarm, no)));
            self.cells.insert(no, Cell::restore(fault, &self.rules));
            self.marked.insert(no);
        }
        members
    }

    /// The fault must be looked at.
    pub(crate) fn mark(&mut self, fault: FaultNo) {
        self.marked.insert(fault);
    }

    /// Every fault that may yet be dispatched must be looked at.
    pub(crate) fn wake(&mut self) {
        let waiting = self.cells.iter().filter(|cell| cell.fault.state == FaultState::Open && !cell.has_ticket());
        self.marked.extend(waiting.map(|cell| cell.fault.fault_no));
    }

    pub(crate) fn advance(&mut self, now: Time) {
        self.now = now;
        if self.work.edge_passed(now) {
            self.wake();
        }
        while self.checks.first().is_some_and(|(at, _)| *at <= now) {
            self.marked.extend(self.checks.pop_first().map(|(_, fault)| fault));
        }
    }

    pub(crate) fn sheet_closed(&mut self, fault: FaultNo, episode: u32) {
        if let Some(cell) = self.cells.get_mut(fault) {
            self.decisions.extend(cell.sheet_closed(episode));
            self.marked.insert(fault);
        }
    }

    pub(crate) fn sheet_reopened(&mut self, fault: FaultNo, episode: u32) {
        if let Some(cell) = self.cells.get_mut(fault) {
            cell.sheet_reopened(episode);
            self.marked.insert(fault);
        }
    }

    pub(crate) fn dispatch(&mut self, fault: FaultNo) -> bool {
        let Some(cell) = self.cells.get_mut(fault) else { return false };
        let decision = cell.dispatch_manually();
        let done = decision.is_some();
        self.decisions.extend(decision);
        self.marked.insert(fault);
        done
    }

    /// Brings faults up to date with the forest and the circuits.
    pub(crate) fn settle(&mut self, world: &mut World<'_>) {
        let dirty = std::mem::take(&mut world.forest.dirty);
        let mut found: Vec<Group> =
            dirty.into_iter().flat_map(|signature| groups(world.forest, signature, self.rules.reopen_ms)).collect();
        found.sort_by(|a, b| {
            let first = |group: &Group| group.roots.first().and_then(|root| identity(world.forest, *root));
            first(a).cmp(&first(b))
        });
        for group in found {
            self.assign(world, group);
        }
        for fault in std::mem::take(&mut self.marked) {
            self.refresh(world, fault);
        }
    }

    pub(crate) fn drain(&mut self, world: &World<'_>) -> (Vec<FaultChange>, Vec<Decision>) {
        let view = world.view(&self.work);
        let changed = std::mem::take(&mut self.changed);
        let faults = changed.into_iter().filter_map(|no| self.cells.get_mut(no)?.report(&view)).collect();
        (faults, std::mem::take(&mut self.decisions))
    }

    pub(crate) fn faults(&self, view: &View<'_>) -> Vec<FaultChange> {
        self.cells.iter().map(|cell| cell.read(view)).collect()
    }

    pub(crate) fn fault(&self, view: &View<'_>, fault: FaultNo) -> Option<FaultChange> {
        self.cells.get(fault).map(|cell| cell.read(view))
    }

    /// The fault ended before the horizon and cannot reopen.
    pub(crate) fn is_over(&self, fault: FaultNo, horizon: Time) -> bool {
        self.cells.get(fault).is_none_or(|cell| cell.is_over(horizon))
    }

    /// One of the fault's alarms is no longer held, but it still counts.
    pub(crate) fn forget(&mut self, fault: FaultNo) {
        if let Some(cell) = self.cells.get_mut(fault) {
            cell.forgotten += 1;
        }
    }

    /// Lets go of faults that ended before the horizon. Looks at most once a minute: it looks at all.
    pub(crate) fn forget_over(&mut self, horizon: Time) {
        if horizon.since(self.swept) < SWEEP_MS {
            return;
        }
        self.swept = horizon;
        let merged = &mut self.merged;
        self.cells.retain(|cell| {
            let gone = cell.members.is_empty() && cell.is_over(horizon);
            if let Some(into) = cell.fault.merged_into.filter(|_| gone) {
                merged.remove(&(into, cell.fault.fault_no));
            }
            !gone
        });
    }

    /// Gives a group its fault: the one it has, the elder of two, or a new one. A group that no longer
    /// qualifies keeps its fault only if that has a ticket.
    fn assign(&mut self, world: &mut World<'_>, group: Group) {
        let claims = self.claims(world, &group);
        let ticketed = claims.iter().copied().find(|no| self.cells.get(*no).is_some_and(Cell::has_ticket));
        let qualifies = qualifies(world.forest, &group);
        let survivor = ticketed.or(claims.first().copied().filter(|_| qualifies));
        let fault = survivor.or_else(|| qualifies.then(|| self.open()));
        for other in claims.iter().filter(|claim| fault.is_some_and(|fault| fault != **claim)) {
            self.merge(*other, fault);
        }
        for slot in &group.members {
            let Some(member) = world.forest.get_mut(*slot) else { continue };
            let is_cause = fault.is_some() && member.parent.is_none();
            if (member.fault, member.is_cause) == (fault, is_cause) {
                continue;
            }
            if let Some(left) = member.fault.filter(|before| Some(*before) != fault) {
                self.marked.insert(left);
            }
            (member.fault, member.is_cause, member.unreported) = (fault, is_cause, true);
            world.unreported.push(*slot);
        }
        if let Some(cell) = fault.and_then(|no| self.cells.get_mut(no)) {
            cell.take(&world.view(&self.work), group);
            self.marked.insert(cell.fault.fault_no);
        }
    }

    /// Faults that the group's alarms belonged to and that it may keep, oldest first. A fault goes
    /// where its root alarm goes.
    fn claims(&self, world: &World<'_>, group: &Group) -> Vec<FaultNo> {
        let mut claims: Vec<FaultNo> = group.members.iter().filter_map(|slot| world.forest.get(*slot)?.fault).collect();
        claims.sort_unstable();
        claims.dedup();
        claims.retain(|no| {
            let Some(cell) = self.cells.get(*no).filter(|cell| cell.fault.state != FaultState::Merged) else {
                return false;
            };
            let root = world.forest.slot_of(cell.fault.root_alarm);
            root.is_none_or(|slot| group.roots.contains(&world.forest.root(slot)))
        });
        claims
    }

    fn open(&mut self) -> FaultNo {
        let no = FaultNo(self.next);
        self.next += 1;
        self.cells.insert(no, Cell::new(no));
        no
    }

    /// Two faults turned out to be one. Without a ticket the younger is gone; with one its sheet
    /// stays linked, and is closed together with the elder's.
    fn merge(&mut self, gone: FaultNo, into: Option<FaultNo>) {
        if let Some(cell) = self.cells.get_mut(gone) {
            cell.merge_into(into);
            self.merged.extend(into.map(|into| (into, gone)));
            self.changed.insert(gone);
        }
    }

    fn refresh(&mut self, world: &mut World<'_>, no: FaultNo) {
        let linked = self.linked(no);
        let Some(cell) = self.cells.get_mut(no) else { return };
        if cell.fault.state == FaultState::Merged {
            self.changed.insert(no);
            return;
        }
        let decisions = cell.refresh(&world.view(&self.work), &self.rules);
        for decision in &decisions {
            if let Action::SyncCleared(_) | Action::Reopened(_) = decision.what {
                let sheets = linked.iter().map(|(fault_no, episode)| Decision {
                    fault_no: *fault_no,
                    episode: *episode,
                    reason: DispatchReason::Linked,
                    what: decision.what,
                });
                self.decisions.extend(sheets);
            }
        }
        self.checks.extend(cell.next_check(&self.rules).filter(|at| *at > world.now).map(|at| (at, no)));
        self.decisions.extend(decisions);
        self.changed.insert(no);
    }

    /// Faults that were linked to this one while they had a sheet of their own.
    fn linked(&self, no: FaultNo) -> Vec<(FaultNo, u32)> {
        let merged = self.merged.range((no, FaultNo(i64::MIN))..=(no, FaultNo(i64::MAX)));
        let cells = merged.filter_map(|(_, gone)| self.cells.get(*gone));
        let linked = cells.filter(|cell| cell.has_ticket() && !cell.archived);
        linked.map(|cell| (cell.fault.fault_no, cell.fault.episode)).collect()
    }
}

/// A fault needs an alarm that hits a circuit, or two alarms.
fn qualifies(forest: &Forest, group: &Group) -> bool {
    let matters = |slot: &Slot| forest.get(*slot).is_some_and(|member| member.matters);
    group.members.len() > 1 || group.members.iter().any(matters)
}
