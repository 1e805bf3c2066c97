//! One fault as the desk keeps it: its alarms, whom it hits, its states and its ticket.
//!
//! | state \ event         | an alarm is active                                | none is active              | sheet archived                  | reopen window over |
//! |-----------------------|---------------------------------------------------|-----------------------------|---------------------------------|--------------------|
//! | open                  | open                                              | cleared                     | closed but still down, archived | –                  |
//! | closed but still down | the same; open if the sheet is taken up again     | cleared                     | the same                        | –                  |
//! | cleared               | open: same sheet, or the next episode if archived | cleared; closed if archived | closed, archived                | closed             |
//! | closed                | as cleared                                        | closed                      | closed, archived                | closed             |
//! | merged                | merged                                            | merged                      | merged, archived                | merged             |

use std::sync::Arc;

use model::alarm::{ObjectType, Severity};
use model::fault::{Category, DispatchReason, Fault, FaultNo, FaultState};
use model::text::{Text, shared};
use model::time::Time;

use super::desk::{Rules, View};
use super::group::Group;
use super::index::kind;
use crate::dispatch::{Case, Weight, impact_of, judge, priority, weigh};
use crate::inventory::CircuitIx;
use crate::live::episode::{Rule, Slot};
use crate::live::{Action, Decision, FaultChange, StoredFault};

/// A fault as the desk keeps it.
pub(crate) struct Cell {
    /// Shared with whom it was reported to.
    pub(crate) fault: Arc<Fault>,
    pub(crate) members: Vec<Slot>,
    /// Alarms that are no longer in memory.
    pub(crate) forgotten: u32,
    pub(crate) archived: bool,
    /// Since when it could be dispatched, in receive time.
    ready_since: Option<Time>,
    /// Whom it hits, in short; the names are looked up when they are reported.
    weight: Weight,
    /// Alarms that the sheet knows of.
    told_alarms: u32,
    /// Something changed since the last report.
    changed: bool,
}

// === impl Cell ===

impl Cell {
    pub(crate) fn new(fault_no: FaultNo) -> Self {
        let fault = Fault {
            fault_no,
            episode: 1,
            state: FaultState::Open,
            cause_object_type: ObjectType::Ne,
            cause_object_id: Text::new(),
            cause: Text::new(),
            native_cause: Text::new(),
            title: Text::new(),
            root_alarm: 0,
            severity: Severity::Indeterminate,
            alarms: 0,
            alarms_active: 0,
            circuits: 0,
            circuits_down: 0,
            customers: 0,
            impact_digest: 0,
            circuits_peak: 0,
            customers_peak: 0,
            customer_level: Text::new(),
            service_level: Text::new(),
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
            fault: Arc::new(fault),
            members: Vec::new(),
            forgotten: 0,
            archived: false,
            ready_since: None,
            weight: Weight::default(),
            told_alarms: 0,
            changed: true,
        }
    }

    pub(crate) fn restore(stored: StoredFault, rules: &Rules) -> Self {
        let StoredFault { fault, archived, members } = stored;
        let weight = Weight {
            digest: fault.impact_digest,
            hits: fault.circuits > 0,
            planned: fault.dispatch == DispatchReason::PlannedWork,
        };
        let persistence = if fault.key_protected { 0 } else { persistence_ms(rules, fault.priority) };
        Cell {
            ready_since: fault.due_at.map(|due| due.plus_ms(-persistence)),
            told_alarms: fault.alarms,
            forgotten: fault.alarms.saturating_sub(count(members.len())),
            archived,
            weight,
            changed: false,
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
    pub(crate) fn take(&mut self, world: &View<'_>, group: Group) {
        let before = Arc::clone(&self.fault);
        self.members = group.members;
        let Some(root) = group.roots.first().copied() else { return };
        let Some(episode) = world.forest.get(root) else { return };
        let fault = Arc::make_mut(&mut self.fault);
        fault.root_alarm = episode.alarm.id;
        let is_cut = group.roots.iter().any(|root| is_fibre_cut(world, *root));
        let cause = if is_cut { episode.signature.object } else { episode.object };
        let told = episode.alarm.record.object_type.unwrap_or(ObjectType::Ne);
        fault.cause_object_type = kind(world.inventory, cause).filter(|_| is_cut).unwrap_or(told);
        let id = world.forest.index.id(world.inventory, cause);
        // Most often the alarm has that very text, and a hundred thousand ports are more than the pool holds.
        let told_id = &episode.alarm.record.object_id;
        fault.cause_object_id = if told_id == id { told_id.clone() } else { shared(id) };
        fault.cause = shared(if is_cut { "fibre_cut" } else { episode.category.word() });
        fault.native_cause.clone_from(&episode.alarm.record.native_cause);
        fault.title.clone_from(&episode.alarm.record.alarm_title);
        self.note_change(before);
    }

    /// Looks at the fault again: its members, its state, and what to send.
    pub(crate) fn refresh(&mut self, world: &View<'_>, rules: &Rules) -> Vec<Decision> {
        let no = self.fault.fault_no;
        let (before, archived) = (Arc::clone(&self.fault), self.archived);
        self.members.retain(|slot| world.forest.get(*slot).is_some_and(|member| member.fault == Some(no)));
        if self.members.is_empty() && self.forgotten == 0 && !self.has_ticket() {
            // Facts that came late took all its alarms elsewhere: told in order it would never have been.
            self.merge_into(None);
            return Vec::new();
        }
        self.measure(world);
        let decisions = self.decide(rules, world.now, before.cleared_at);
        self.told_alarms = self.fault.alarms;
        self.changed |= self.archived != archived;
        self.note_change(before);
        decisions
    }

    fn edit(&mut self) -> &mut Fault {
        Arc::make_mut(&mut self.fault)
    }

    /// Was it changed? If not, it stays the one that others share.
    fn note_change(&mut self, before: Arc<Fault>) {
        if self.fault == before {
            self.fault = before;
        } else {
            self.changed = true;
        }
    }

    /// Reads off the members what the fault shows of them.
    fn measure(&mut self, world: &View<'_>) {
        let members = || self.members.iter().filter_map(|slot| world.forest.get(*slot));
        let active = members().filter(|member| member.is_active()).count();
        let worst = members().map(|member| member.alarm.record.severity).min();
        let first = members().map(|member| member.alarm.raised).min();
        let last = members().map(|member| member.alarm.cleared.unwrap_or(member.alarm.raised)).max();
        let cleared = members().filter_map(|member| member.alarm.cleared).max();
        let impact = weigh(world, &self.touched(world));
        let members_total = self.members.len();
        let fault = Arc::make_mut(&mut self.fault);
        fault.alarms = count(members_total).saturating_add(self.forgotten);
        fault.alarms_active = count(active);
        fault.severity = worst.unwrap_or(fault.severity);
        // What is forgotten still counts; otherwise the members alone say it.
        let held = (self.forgotten > 0 || self.members.is_empty()).then_some((fault.first_at, fault.last_at));
        fault.first_at = first.into_iter().chain(held.map(|(first, _)| first)).min().unwrap_or(fault.first_at);
        fault.last_at = last.into_iter().chain(held.map(|(_, last)| last)).max().unwrap_or(fault.last_at);
        let held_end = fault.cleared_at.filter(|_| held.is_some());
        fault.cleared_at = (active == 0).then(|| cleared.max(held_end).unwrap_or(world.now));
        fault.customer_level = shared(impact.customer_level);
        fault.service_level = shared(impact.service_level);
        fault.key_protected = impact.key_protected;
        fault.circuits_peak = fault.circuits_peak.max(impact.circuits);
        fault.customers_peak = fault.customers_peak.max(impact.customers);
        fault.priority = priority(fault);
        (fault.circuits, fault.circuits_down, fault.customers) = (impact.circuits, impact.down, impact.customers);
        fault.impact_digest = impact.weight.digest;
        self.weight = impact.weight;
    }

    /// Circuits that its active alarms touch, sorted.
    fn touched(&self, world: &View<'_>) -> Vec<CircuitIx> {
        let members = self.members.iter().filter_map(|slot| world.forest.get(*slot));
        let hitting = members.filter(|member| member.hits());
        let mut touched: Vec<CircuitIx> = hitting.flat_map(|member| member.touched.iter().copied()).collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// Moves the state on and decides what to send. `was_cleared` is when it was over at the last look.
    fn decide(&mut self, rules: &Rules, now: Time, was_cleared: Option<Time>) -> Vec<Decision> {
        let mut decisions = Vec::new();
        match (self.fault.state, self.fault.cleared_at) {
            (FaultState::Open | FaultState::ClosedStillDown, Some(cleared)) => {
                self.edit().state = FaultState::Cleared;
                // Also where the sheet was archived too early: it was sent back, and may be worked on.
                if self.has_ticket() {
                    decisions.push(self.decision(Action::SyncCleared(cleared)));
                }
            }
            (FaultState::Cleared | FaultState::Closed, None) => decisions.extend(self.reopen(was_cleared)),
            (FaultState::Open, None) => decisions.extend(self.joined()),
            _ => {}
        }
        if let (FaultState::Cleared | FaultState::Closed, Some(cleared)) = (self.fault.state, self.fault.cleared_at) {
            // A late clear may move the end, and with it the window.
            let over = self.archived || cleared.plus_ms(rules.reopen_ms) <= now;
            self.edit().state = if over { FaultState::Closed } else { FaultState::Cleared };
        }
        if !self.has_ticket() {
            decisions.extend(self.judge_dispatch(rules, now));
        }
        decisions
    }

    /// The alarm that came back: on the same sheet, or as the next episode.
    fn reopen(&mut self, was_cleared: Option<Time>) -> Option<Decision> {
        self.edit().state = FaultState::Open;
        if self.archived {
            self.archived = false;
            self.edit().episode += 1;
            self.edit().dispatch = DispatchReason::Persisting;
            self.ready_since = None;
            return None;
        }
        self.has_ticket().then(|| self.decision(was_cleared.map_or(Action::Join, Action::Reopened)))
    }

    /// More alarms than were told before, on a fault that has its sheet.
    fn joined(&self) -> Option<Decision> {
        (self.has_ticket() && self.fault.alarms > self.told_alarms).then(|| self.decision(Action::Join))
    }

    fn judge_dispatch(&mut self, rules: &Rules, now: Time) -> Option<Decision> {
        let case = Case {
            has_peer: rules.has_peer,
            cleared: self.fault.cleared_at.is_some(),
            hits: self.weight.hits,
            planned: self.weight.planned,
            key_protected: self.fault.key_protected,
            due: None,
            now,
        };
        // Whether it could be sent at all decides from when its persistence time runs.
        if matches!(judge(&case), DispatchReason::Persisting | DispatchReason::KeyProtected) {
            let ready = *self.ready_since.get_or_insert(now);
            let wait = if case.key_protected { 0 } else { persistence_ms(rules, self.fault.priority) };
            self.edit().due_at = Some(ready.plus_ms(wait));
        } else {
            self.ready_since = None;
            self.edit().due_at = None;
        }
        self.edit().dispatch = judge(&Case { due: self.fault.due_at, ..case });
        self.has_ticket().then(|| self.decision(Action::NewTicket))
    }

    /// The sheet of an episode is archived. What is said of an earlier episode's sheet moves nothing.
    pub(crate) fn sheet_closed(&mut self, episode: u32) -> Option<Decision> {
        if episode != self.fault.episode {
            return None;
        }
        (self.archived, self.changed) = (true, true);
        match self.fault.state {
            FaultState::Open | FaultState::ClosedStillDown => {
                self.edit().state = FaultState::ClosedStillDown;
                Some(self.decision(Action::SendBack))
            }
            FaultState::Cleared => {
                self.edit().state = FaultState::Closed;
                None
            }
            FaultState::Closed | FaultState::Merged => None,
        }
    }

    /// EOMS has taken the sheet of an episode up again.
    pub(crate) fn sheet_reopened(&mut self, episode: u32) {
        if episode != self.fault.episode {
            return;
        }
        (self.archived, self.changed) = (false, true);
        if self.fault.state == FaultState::ClosedStillDown {
            self.edit().state = FaultState::Open;
        }
    }

    pub(crate) fn dispatch_manually(&mut self) -> Option<Decision> {
        if self.has_ticket() || self.fault.state != FaultState::Open {
            return None;
        }
        self.edit().dispatch = DispatchReason::Manual;
        self.changed = true;
        Some(self.decision(Action::NewTicket))
    }

    pub(crate) fn merge_into(&mut self, into: Option<FaultNo>) {
        self.edit().state = FaultState::Merged;
        self.edit().merged_into = into;
        self.members.clear();
        let fault = self.edit();
        (fault.alarms, fault.alarms_active) = (0, 0);
        (fault.circuits, fault.circuits_down, fault.customers, fault.impact_digest) = (0, 0, 0, 0);
        self.weight = Weight::default();
        self.changed = true;
        self.edit().due_at = None;
        if !self.has_ticket() {
            self.edit().dispatch = DispatchReason::Linked;
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

    /// The fault, if it changed since the last report.
    pub(crate) fn report(&mut self, world: &View<'_>) -> Option<FaultChange> {
        let change = self.changed.then(|| self.read(world));
        self.changed = false;
        change
    }

    pub(crate) fn read(&self, world: &View<'_>) -> FaultChange {
        FaultChange {
            fault: Arc::clone(&self.fault),
            impact: Arc::new(impact_of(world, &self.touched(world))),
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
fn is_fibre_cut(world: &View<'_>, root: Slot) -> bool {
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
