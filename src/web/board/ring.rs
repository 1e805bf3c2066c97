//! What changed lately, as marks: which thing, not what it became. A live stream renders the
//! present value of each marked thing, so changes coalesce, a stream needs no queue of its own,
//! and what it shows is decided by the rights of the moment.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use engine::inventory::CircuitIx;
use model::fault::FaultNo;
use model::source::SourceId;

/// Marks kept; a stream that is further behind reloads.
const MARKS_MAX: usize = 20_000;

/// Marks that one stream takes at once; with more a reload is cheaper for everybody.
const BATCH_MAX: usize = 4_000;

/// A thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// An alarm, by id.
    Alarm(i64),
    /// A circuit, by its number in the present inventory.
    Circuit(CircuitIx),
    /// A fault.
    Fault(FaultNo),
    /// A ticket, by our key.
    Ticket(Arc<str>),
    /// A source.
    Source(SourceId),
    /// A resource load, by id.
    Load(i64),
    /// Planned work.
    Work(Arc<str>),
    /// The inventory as a whole; numbers of circuits before and after it differ.
    Inventory,
}

/// What a stream missed.
#[derive(Debug, PartialEq, Eq)]
pub enum Missed {
    /// These things changed, each named once, up to and including the sequence number.
    Marks(Vec<Mark>, u64),
    /// Too much to tell: reload, then go on from the sequence number.
    Reload(u64),
}

/// The latest marks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ring {
    marks: VecDeque<(u64, Mark)>,
    /// Everything after this is in `marks`.
    floor: u64,
    latest: u64,
}

// === impl Ring ===

impl Ring {
    /// History begins at `seq`.
    pub(crate) fn starting_at(seq: u64) -> Self {
        Ring { marks: VecDeque::new(), floor: seq, latest: seq }
    }

    pub(crate) fn push(&mut self, seq: u64, marks: impl IntoIterator<Item = Mark>) {
        self.latest = self.latest.max(seq);
        for mark in marks {
            if self.marks.len() >= MARKS_MAX
                && let Some((dropped, _)) = self.marks.pop_front()
            {
                self.floor = dropped;
            }
            self.marks.push_back((seq, mark));
        }
    }

    /// What changed after `seq`, as far as it is to be `shown`: what others see neither fills nor
    /// delays this stream.
    pub(crate) fn since(&self, seq: u64, shown: impl Fn(&Mark) -> bool) -> Missed {
        // A number from the future is another history (a restored backup): reload.
        if seq < self.floor || seq > self.latest {
            return Missed::Reload(self.latest);
        }
        let start = self.marks.partition_point(|(at, _)| *at <= seq);
        let mut seen = HashSet::new();
        let mut fresh = Vec::new();
        for (_, mark) in self.marks.range(start..) {
            if *mark == Mark::Inventory || fresh.len() >= BATCH_MAX {
                return Missed::Reload(self.latest);
            }
            if shown(mark) && seen.insert(mark) {
                fresh.push(mark.clone());
            }
        }
        Missed::Marks(fresh, self.latest)
    }
}
