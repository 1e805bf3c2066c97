//! The counters of a file (or of a part of it) as our parameters: which value goes where, times what.

use std::collections::{HashMap, HashSet};

use model::pm::Location;
use model::text::{Text, shared};

use crate::pm::issue::{Issues, shown};
use crate::pm::manner::{Manner, is_param};

/// Counters of one list.
pub(super) const COUNTERS_MAX: usize = 2000;

/// Counters as parameters.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) params: Vec<Text>,
    pub(super) groups: Vec<Group>,
    /// Counters that were added, wanted or not.
    added: usize,
    places: HashMap<Text, usize>,
    taken: HashSet<(Option<Location>, usize)>,
}

/// The counters of one place: they become a row of their own.
#[derive(Debug)]
pub(super) struct Group {
    /// `None`: where the row says.
    pub(super) location: Option<Location>,
    pub(super) slots: Vec<Slot>,
}

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Position among the file's counters.
    pub(super) from: usize,
    /// Position among the parameters.
    pub(super) to: usize,
    pub(super) scale: f64,
}

// === impl Columns ===

impl Columns {
    /// Adds the names beyond those it has; what cannot be used is an issue of `line`.
    pub(super) fn grow<'n>(
        &mut self,
        names: impl Iterator<Item = &'n str>,
        manner: &Manner,
        (line, issues): (u64, &mut Issues),
    ) {
        for name in names.skip(self.added) {
            if let Err(reason) = self.add(name, manner) {
                issues.add(line, name, reason);
            }
        }
        if self.groups.is_empty() {
            issues.add(line, "", "none of its counters is wanted: see counters in the peer's pm settings");
        }
    }

    /// Counters that it knows.
    pub(super) fn len(&self) -> usize {
        self.added
    }

    /// The next counter.
    ///
    /// # Errors
    /// A sentence if it cannot be used, or means what another one means already.
    fn add(&mut self, name: &str, manner: &Manner) -> Result<(), String> {
        let from = self.added;
        self.added += 1;
        if !manner.wants(name) {
            return Ok(());
        }
        if from >= COUNTERS_MAX {
            return Err(format!("more than {COUNTERS_MAX} counters; this one is left out"));
        }
        let known = manner.counters.get(name);
        let param = known.map_or(name, |counter| &counter.param);
        if !is_param(param) {
            return Err("no name for a parameter; the counter is left out".to_owned());
        }
        let param = shared(param);
        let to = *self.places.entry(param.clone()).or_insert_with(|| {
            self.params.push(param.clone());
            self.params.len() - 1
        });
        let location = known.and_then(|counter| counter.location);
        if !self.taken.insert((location, to)) {
            return Err(format!("{:?} has a counter already; this one is left out", shown(&param)));
        }
        let slot = Slot { from, to, scale: known.map_or(1.0, |counter| counter.scale) };
        match self.groups.iter_mut().find(|group| group.location == location) {
            Some(group) => group.slots.push(slot),
            None => self.groups.push(Group { location, slots: vec![slot] }),
        }
        Ok(())
    }
}
