//! One fault as the desk keeps it: its alarms, whom it hits, its states and its ticket.
//!
//! | state \ event      | an alarm is active        | none is active | sheet archived          | reopen window over |
//! |--------------------|---------------------------|----------------|-------------------------|--------------------|
//! | open               | open                      | cleared        | closed but still down   | –                  |
//! | closed, still down | closed but still down     | cleared        | closed but still down   | –                  |
//! | cleared            | open (same sheet, or next episode if archived) | cleared | closed, archived | closed      |
//! | closed             | as cleared                | closed         | closed, archived        | closed             |
//! | merged             | merged                    | merged         | merged, archived        | merged             |

use std::sync::Arc;

use model::alarm::{ObjectType, Severity};
use model::fault::{Category, DispatchReason, Fault, FaultNo, FaultState};
use model::time::Time;

use super::desk::{Rules, World};
use super::group::Group;
use super::index::kind;
use crate::dispatch::work::Work;
use crate::dispatch::{Case, impact_of, judge, priority};
use crate::inventory::CircuitIx;
use crate::live::episode::{Rule, Slot};
use crate::live::{Action, Decision, FaultChange, Impact, StoredFault};

/// A fault as the desk keeps it.
pub(crate) struct Cell {
    /// Without circuits and customers: they are in `impact`.
    pub(crate) fault: Fault,
    pub(crate) members: Vec<Slot>,
    /// Alarms that are no longer in memory.
    pub(crate) forgotten: u32,
    pub(crate) archived: bool,
    /// Since when it could be dispatched, in receive time.
    ready_since: Option<Time>,
    impact: Arc<Impact>,
    reported: Option<(Fault, Arc<Impact>, bool)>,
}

// === impl Cell ===

impl Cell {
    pub(crate) fn new(fault_no: FaultNo) -> Self {
        let fault = Fault {
            fault_no,
            episode: 1,
            state: FaultState::Open,
            cause_object_type: ObjectType::Ne,
            cause_object_id: String::new(),
            cause: String::new(),
            native_cause: String::new(),
            title: String::new(),
            root_alarm: 0,
            severity: Severity::Indeterminate,
            alarms: 0,
            alarms_active: 0,
            circuits: Vec::new(),
            customers: Vec::new(),
            customer_level: String::new(),
            service_level: String::new(),
            key_protected: false,
            priority: 3,
            first_at: Time::MAX,
            last_at: Time::MIN,
            cleared_at: None,
            due_at: None,
            dispatch: DispatchReason::Persisting,
            merged_into: None,
        };
        Cell {
            fault,
            members: Vec::new(),
            forgotten: 0,
            archived: false,
            ready_since: None,
            impact: Arc::default(),
            reported: None,
        }
    }

    pub(crate) fn restore(stored: StoredFault, rules: &Rules) -> Self {
        let StoredFault { mut fault, archived, .. } = stored;
        let impact = Arc::new(Impact {
            down: count(fault.circuits.iter().filter(|circuit| circuit.down).count()),
            circuits: std::mem::take(&mut fault.circuits),
            customers: std::mem::take(&mut fault.customers),
            customer_level: fault.customer_level.clone(),
            service_level: fault.service_level.clone(),
            key_protected: fault.key_protected,
            planned: fault.dispatch == DispatchReason::PlannedWork,
        });
        let persistence = if fault.key_protected { 0 } else { persistence_ms(rules, fault.priority) };
        Cell {
            ready_since: fault.due_at.map(|due| due.plus_ms(-persistence)),
            reported: Some((fault.clone(), impact.clone(), archived)),
            archived,
            impact,
            ..Cell { fault, ..Cell::new(FaultNo(0)) }
        }
    }

    /// EOMS has, or is getting, a sheet for the present episode.
    pub(crate) fn has_ticket(&self) -> bool {
        matches!(self.fault.dispatch, DispatchReason::Persisted | DispatchReason::KeyProtected | DispatchReason::Manual)
    }

    pub(crate) fn is_over(&self, horizon: Time) -> bool {
        matches!(self.fault.state, FaultState::Closed | FaultState::Merged) && self.fault.last_at < horizon
    }

    /// The group is this fault's from now on.
    pub(crate) fn take(&mut self, world: &World<'_>, group: Group) {
        self.members = group.members;
        let Some(root) = group.roots.first().copied() else { return };
        let Some(episode) = world.forest.get(root) else { return };
        let fault = &mut self.fault;
        fault.root_alarm = episode.alarm.id;
        let is_cut = group.roots.iter().any(|root| is_fibre_cut(world, *root));
        let cause = if is_cut { episode.signature.object } else { episode.object };
        let told = episode.alarm.record.object_type.unwrap_or(ObjectType::Ne);
        fault.cause_object_type = kind(world.inventory, cause).filter(|_| is_cut).unwrap_or(told);
        fault.cause_object_id = world.forest.index.id(world.inventory, cause).to_owned();
        fault.cause = if is_cut { "fibre_cut".to_owned() } else { episode.category.word().to_owned() };
        fault.native_cause.clone_from(&episode.alarm.record.native_cause);
        fault.title.clone_from(&episode.alarm.record.alarm_title);
    }

    /// Reads off the members what the fault shows of them.
    pub(crate) fn measure(&mut self, world: &World<'_>, work: &Work) {
        let members = || self.members.iter().filter_map(|slot| world.forest.get(*slot));
        let active = members().filter(|member| member.is_active()).count();
        let worst = members().map(|member| member.alarm.record.severity).min();
        let first = members().map(|member| member.alarm.raised).min();
        let last = members().map(|member| member.alarm.cleared.unwrap_or(member.alarm.raised)).max();
        let cleared = members().filter_map(|member| member.alarm.cleared).max();
        let mut hit: Vec<CircuitIx> =
            members().filter(|member| member.hits()).flat_map(|member| member.touched.iter().copied()).collect();
        hit.sort_unstable();
        hit.dedup();
        let impact = impact_of(world.inventory, world.states, work, &hit);
        let fault = &mut self.fault;
        fault.alarms = count(self.members.len()).saturating_add(self.forgotten);
        fault.alarms_active = count(active);
        fault.severity = worst.unwrap_or(fault.severity);
        // What is forgotten still counts; otherwise the members alone say it.
        let held = (self.forgotten > 0 || self.members.is_empty()).then_some((fault.first_at, fault.last_at));
        fault.first_at = first.into_iter().chain(held.map(|(first, _)| first)).min().unwrap_or(fault.first_at);
        fault.last_at = last.into_iter().chain(held.map(|(_, last)| last)).max().unwrap_or(fault.last_at);
        let held_end = fault.cleared_at.filter(|_| held.is_some());
        fault.cleared_at = (active == 0).then(|| cleared.max(held_end).unwrap_or(world.now));
        fault.customer_level.clone_from(&impact.customer_level);
        fault.service_level.clone_from(&impact.service_level);
        fault.key_protected = impact.key_protected;
        fault.priority = priority(fault);
        if *self.impact != impact {
            self.impact = Arc::new(impact);
        }
    }

    /// Moves the state on and decides what to send.
    pub(crate) fn decide(&mut self, rules: &Rules, now: Time) -> Vec<Decision> {
        let mut decisions = Vec::new();
        match (self.fault.state, self.fault.cleared_at) {
            (FaultState::Open | FaultState::ClosedStillDown, Some(cleared)) => {
                self.fault.state = FaultState::Cleared;
                if self.has_ticket() && !self.archived {
                    decisions.push(self.decision(Action::SyncCleared(cleared)));
                }
            }
            (FaultState::Cleared | FaultState::Closed, None) => decisions.extend(self.reopen()),
            (FaultState::Open, None) => decisions.extend(self.joined()),
            _ => {}
        }
        if let (FaultState::Cleared | FaultState::Closed, Some(cleared)) = (self.fault.state, self.fault.cleared_at) {
            // A late clear may move the end, and with it the window.
            let over = self.archived || cleared.plus_ms(rules.reopen_ms) <= now;
            self.fault.state = if over { FaultState::Closed } else { FaultState::Cleared };
        }
        if !self.has_ticket() {
            decisions.extend(self.judge_dispatch(rules, now));
        }
        decisions
    }

    /// The alarm that came back: on the same sheet, or as the next episode.
    fn reopen(&mut self) -> Option<Decision> {
        self.fault.state = FaultState::Open;
        if self.archived {
            self.archived = false;
            self.fault.episode += 1;
            self.fault.dispatch = DispatchReason::Persisting;
            self.ready_since = None;
            return None;
        }
        self.has_ticket().then(|| self.decision(Action::Join))
    }

    /// More alarms than were told before, on a fault that has its sheet.
    fn joined(&self) -> Option<Decision> {
        let told = self.reported.as_ref().map_or(0, |(fault, ..)| fault.alarms);
        (self.has_ticket() && self.fault.alarms > told).then(|| self.decision(Action::Join))
    }

    fn judge_dispatch(&mut self, rules: &Rules, now: Time) -> Option<Decision> {
        let case = Case {
            has_peer: rules.has_peer,
            cleared: self.fault.cleared_at.is_some(),
            hits: !self.impact.circuits.is_empty(),
            planned: self.impact.planned,
            key_protected: self.fault.key_protected,
            due: None,
            now,
        };
        // Whether it could be sent at all decides from when its persistence time runs.
        if matches!(judge(&case), DispatchReason::Persisting | DispatchReason::KeyProtected) {
            let ready = *self.ready_since.get_or_insert(now);
            let wait = if case.key_protected { 0 } else { persistence_ms(rules, self.fault.priority) };
            self.fault.due_at = Some(ready.plus_ms(wait));
        } else {
            self.ready_since = None;
            self.fault.due_at = None;
        }
        self.fault.dispatch = judge(&Case { due: self.fault.due_at, ..case });
        self.has_ticket().then(|| self.decision(Action::NewTicket))
    }

    pub(crate) fn sheet_closed(&mut self) -> Option<Decision> {
        match self.fault.state {
            FaultState::Open | FaultState::ClosedStillDown => {
                self.fault.state = FaultState::ClosedStillDown;
                Some(self.decision(Action::SendBack))
            }
            FaultState::Cleared => {
                self.archived = true;
                self.fault.state = FaultState::Closed;
                None
            }
            FaultState::Closed | FaultState::Merged => {
                self.archived = true;
                None
            }
        }
    }

    pub(crate) fn dispatch_manually(&mut self) -> Option<Decision> {
        if self.has_ticket() || self.fault.state != FaultState::Open {
            return None;
        }
        self.fault.dispatch = DispatchReason::Manual;
        Some(self.decision(Action::NewTicket))
    }

    pub(crate) fn merge_into(&mut self, into: Option<FaultNo>) {
        self.fault.state = FaultState::Merged;
        self.fault.merged_into = into;
        self.members.clear();
        (self.fault.alarms, self.fault.alarms_active) = (0, 0);
        self.impact = Arc::default();
        self.fault.due_at = None;
        if !self.has_ticket() {
            self.fault.dispatch = DispatchReason::Linked;
        }
    }

    /// When it must be looked at though nothing happens.
    pub(crate) fn next_check(&self, rules: &Rules) -> Option<Time> {
        match self.fault.state {
            FaultState::Open if !self.has_ticket() => self.fault.due_at,
            FaultState::Cleared => self.fault.cleared_at.map(|cleared| cleared.plus_ms(rules.reopen_ms)),
            _ => None,
        }
    }

    /// What changed since the last report, if anything did.
    pub(crate) fn report(&mut self) -> Option<FaultChange> {
        let change = self.read();
        let now = (change.fault.clone(), change.impact.clone(), change.archived);
        if self.reported.as_ref() == Some(&now) {
            return None;
        }
        self.reported = Some(now);
        Some(change)
    }

    pub(crate) fn read(&self) -> FaultChange {
        let told = self.reported.as_ref().map(|(_, impact, _)| impact);
        FaultChange {
            fault: self.fault.clone(),
            impact: self.impact.clone(),
            impact_changed: told.is_none_or(|told| !Arc::ptr_eq(told, &self.impact)),
            archived: self.archived,
        }
    }

    fn decision(&self, what: Action) -> Decision {
        Decision { fault_no: self.fault.fault_no, episode: self.fault.episode, reason: self.fault.dispatch, what }
    }
}

fn persistence_ms(rules: &Rules, priority: u8) -> i64 {
    let index = usize::from(priority).saturating_sub(1);
    rules.persistence_ms.get(index).copied().unwrap_or(0)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The signal was lost at both ends of the link that this root stands for.
fn is_fibre_cut(world: &World<'_>, root: Slot) -> bool {
    let Some(episode) = world.forest.get(root).filter(|root| root.category == Category::Los) else { return false };
    let below = || episode.children.iter().filter_map(|child| world.forest.get(*child));
    let lost = |rule| {
        let ends = below().filter(|child| child.category == Category::Los);
        let ends = ends.filter(|child| child.parent.is_some_and(|parent| parent.rule == rule));
        let mut ports: Vec<_> = ends.map(|child| child.object).collect();
        ports.sort_unstable();
        ports.dedup();
        ports.len()
    };
    lost(Rule::FibreCut) > 0 || lost(Rule::Rides) > 1
}
