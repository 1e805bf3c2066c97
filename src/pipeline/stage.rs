//! What one group gathers while it is worked on: rows to write, things to show, bells to ring.

use std::collections::{BTreeMap, BTreeSet};

use model::source::SourceId;
use model::time::Time;
use web::board::Change;

use super::alarms::Telling;
use super::book::IdentityKey;
use super::deps::{ResourceErrand, Resync};

/// One group's working state.
pub(super) struct Stage {
    pub now: Time,
    pub tellings: Vec<Telling>,
    /// Identities whose episodes must be computed anew.
    pub dirty: BTreeSet<IdentityKey>,
    /// Alarms whose row must be written.
    pub alarms: BTreeSet<i64>,
    /// Alarms that are no more.
    pub gone: Vec<i64>,
    /// Sources that were heard, with the manager's time of their latest alarm.
    pub heard: BTreeMap<SourceId, Option<Time>>,
    /// Sources that must be shown anew.
    pub sources: BTreeSet<SourceId>,
    pub changes: Vec<Change>,
    pub resyncs: Vec<Resync>,
    pub resources: Vec<ResourceErrand>,
    pub ring_dispatch: bool,
    pub ring_inventory: bool,
    /// Something of this group is in the database.
    pub wrote: bool,
}

impl Stage {
    pub(super) fn new(now: Time) -> Self {
        Stage {
            now,
            tellings: Vec::new(),
            dirty: BTreeSet::new(),
            alarms: BTreeSet::new(),
            gone: Vec::new(),
            heard: BTreeMap::new(),
            sources: BTreeSet::new(),
            changes: Vec::new(),
            resyncs: Vec::new(),
            resources: Vec::new(),
            ring_dispatch: false,
            ring_inventory: false,
            wrote: false,
        }
    }
}
