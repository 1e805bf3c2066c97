//! What differs between two ledgers of one circuit: the stretches of time that count otherwise.

use model::time::Time;
use serde::{Deserialize, Serialize};

use crate::ledger::{Class, Interval};
use crate::plan::words::ExclusionCode;

/// What a stretch of time counts as; evidence aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Class.
    pub class: Class,
    /// Why it is excluded.
    pub code: Option<ExclusionCode>,
    /// The circuit was down.
    pub down: bool,
    /// The circuit was degraded.
    pub degraded: bool,
}

/// A stretch that counts otherwise than before. `None` = that ledger does not reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// First instant inside.
    pub start: Time,
    /// First instant after.
    pub end: Time,
    /// What it counted as.
    pub was: Option<Kind>,
    /// What it counts as.
    pub is: Option<Kind>,
}

// === impl Kind ===

impl Kind {
    fn of(interval: &Interval) -> Self {
        Kind {
            class: interval.class,
            code: interval.code,
            down: interval.is_down(),
            degraded: interval.degraded == Some(true),
        }
    }
}

/// The stretches that differ, in order of time; neighbours that differ alike are one. Both ledgers
/// are sorted and disjoint.
pub fn changes(was: &[Interval], is: &[Interval]) -> Vec<Change> {
    let mut edges: Vec<Time> = was.iter().chain(is).flat_map(|interval| [interval.start, interval.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let (mut was, mut is) = (was, is);
    let mut changes: Vec<Change> = Vec::new();
    for (start, end) in edges.iter().zip(edges.iter().skip(1)) {
        let change = Change { start: *start, end: *end, was: kind_at(&mut was, *start), is: kind_at(&mut is, *start) };
        match changes.last_mut() {
            _ if change.was == change.is => {}
            Some(last) if (last.end, last.was, last.is) == (change.start, change.was, change.is) => last.end = *end,
            _ => changes.push(change),
        }
    }
    changes
}

/// What a ledger says of an instant; what ended before it is left behind.
fn kind_at(ledger: &mut &[Interval], at: Time) -> Option<Kind> {
    while let Some((first, rest)) = ledger.split_first() {
        if first.end > at {
            return (first.start <= at).then(|| Kind::of(first));
        }
        *ledger = rest;
    }
    None
}

#[cfg(test)]
mod tests;
