//! The writer's memory. All of it is a function of the database: when a commit fails it is thrown
//! away and read again.

use std::collections::HashMap;
use std::sync::Arc;

use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use engine::live::Live;
use model::source::SourceId;
use model::time::Time;
use store::peer::SourceNo;

use super::book::Book;
use super::notices::Notices;
use super::snapshots::Listing;
use super::sources::Sources;
use crate::aside::Heap;

/// What the writer holds in memory.
pub(super) struct State {
    pub book: Book,
    pub live: Live,
    pub sources: Sources,
    pub numbers: HashMap<SourceId, SourceNo>,
    pub notices: HashMap<(SourceId, &'static str), Notices>,
    /// Lists of which parts are still to come.
    pub listings: HashMap<SourceId, Listing>,
    /// What was refused and is not written yet.
    pub heap: Heap,
    /// When the last heard of a source was written.
    pub heard_at: HashMap<SourceId, Time>,
    /// Faults that are numbered in the database: the next number.
    pub next_fault: i64,
    /// When time itself was last looked at.
    pub looked_at: Time,
    pub inventory: Arc<Inventory>,
    pub knowledge: Arc<Knowledge>,
}

impl State {
    /// The short number of a source; `None` for one that is not configured.
    pub(super) fn number(&self, source: &SourceId) -> Option<SourceNo> {
        self.numbers.get(source).copied()
    }
}
