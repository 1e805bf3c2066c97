//! Planned work and key protection: which circuits are inside which window now.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use model::time::Time;
use model::work::{Cutover, KeyProtection, OpType};

/// Cutovers and key-protection tasks by number.
#[derive(Default)]
pub(crate) struct Work {
    cutovers: BTreeMap<String, Cutover>,
    tasks: BTreeMap<String, KeyProtection>,
    /// Starts and ends of windows to come.
    edges: BTreeSet<Time>,
    planned: HashSet<String>,
    protected: HashSet<String>,
    counted_at: Option<Time>,
}

// === impl Work ===

impl Work {
    pub(crate) fn put_cutover(&mut self, cutover: Cutover) {
        let newer = self.cutovers.get(&cutover.cutover_no).is_none_or(|held| held.revision <= cutover.revision);
        if newer {
            self.edges.extend(cutover.affect.into_iter().flat_map(|affect| [affect.start, affect.end]));
            self.cutovers.insert(cutover.cutover_no.clone(), cutover);
            self.recount();
        }
    }

    pub(crate) fn put_key_protect(&mut self, task: KeyProtection) {
        self.edges.extend(task.window.into_iter().flat_map(|window| [window.start, window.end]));
        self.tasks.insert(task.task_no.clone(), task);
        self.recount();
    }

    /// Goes on to `now`; true if a window began or ended since.
    pub(crate) fn edge_passed(&mut self, now: Time) -> bool {
        let mut passed = self.counted_at.is_none();
        while self.edges.first().is_some_and(|at| *at <= now) {
            self.edges.pop_first();
            passed = true;
        }
        self.counted_at = Some(now);
        if passed {
            self.forget_over(now);
            self.recount();
        }
        passed
    }

    pub(crate) fn has_cutover(&self) -> bool {
        !self.planned.is_empty()
    }

    pub(crate) fn has_protection(&self) -> bool {
        !self.protected.is_empty()
    }

    pub(crate) fn is_planned(&self, circuit_code: &str) -> bool {
        self.planned.contains(circuit_code)
    }

    pub(crate) fn is_protected(&self, circuit_code: &str) -> bool {
        self.protected.contains(circuit_code)
    }

    /// Circuits inside a window at the time last counted.
    fn recount(&mut self) {
        let Some(now) = self.counted_at else { return };
        let open = self.cutovers.values().filter(|cutover| affects(cutover, now));
        self.planned = open.flat_map(|cutover| cutover.circuit_codes.iter().cloned()).collect();
        let held = self.tasks.values().filter(|task| task.holds(now));
        self.protected = held.flat_map(|task| task.circuit_codes.iter().cloned()).collect();
    }

    /// Work whose windows are over matters to the figure, not here. It is kept for a day, so that a
    /// lower revision that comes late is still recognised.
    fn forget_over(&mut self, now: Time) {
        let day_ago = now.plus_s(-86_400);
        self.cutovers.retain(|_, cutover| cutover.affect.is_none_or(|affect| affect.end > day_ago));
        self.tasks.retain(|_, task| task.window.is_some_and(|window| window.end > day_ago));
    }
}

/// An affecting, notified cutover whose affect window holds `now`.
fn affects(cutover: &Cutover, now: Time) -> bool {
    let told = cutover.notified_at.is_some_and(|notified| notified <= now);
    let affecting = cutover.is_affect && cutover.op_type != OpType::Cancel;
    affecting && told && cutover.affect.is_some_and(|affect| affect.holds(now))
}
