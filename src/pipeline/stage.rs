//! What one group gathers while it is worked on: rows to write, things to show, bells to ring.

use std::collections::BTreeSet;

use model::source::SourceId;
use model::time::Time;
use web::board::Change;

use super::alarms::Telling;
use super::deps::{ResourceErrand, Resync};

/// One group's working state.
pub(super) struct Stage {
    pub now: Time,
    pub tellings: Vec<Telling>,
    /// What lists name; most of it is no news, and only what refutes an end is kept.
    pub listed: Vec<Telling>,
    /// Alarms whose row must be written.
    pub alarms: BTreeSet<i64>,
    /// Alarms that are no more.
    pub gone: Vec<i64>,
    /// Interfaces whose notification numbers are to be written.
    pub numbers: BTreeSet<(SourceId, &'static str)>,
    /// Sources that must be shown anew.
    pub sources: BTreeSet<SourceId>,
    pub changes: Vec<Change>,
    pub resyncs: Vec<Resync>,
    pub resources: Vec<ResourceErrand>,
    pub ring_dispatch: bool,
    pub ring_inventory: bool,
    pub ring_performance: bool,
    /// Something of this group is in the database.
    pub wrote: bool,
}

impl Stage {
    pub(super) fn new(now: Time) -> Self {
        Stage {
            now,
            tellings: Vec::new(),
            listed: Vec::new(),
            alarms: BTreeSet::new(),
            gone: Vec::new(),
            numbers: BTreeSet::new(),
            sources: BTreeSet::new(),
            changes: Vec::new(),
            resyncs: Vec::new(),
            resources: Vec::new(),
            ring_dispatch: false,
            ring_inventory: false,
            ring_performance: false,
            wrote: false,
        }
    }
}
