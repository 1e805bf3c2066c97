//! What a snapshot of active alarms raises and clears (semantics §1, "Sync"). Pure.

use std::collections::HashSet;

use model::time::Time;

/// More clears than this, and more than half of what is active, need a second sync to confirm.
const CLEARS_FREE: usize = 10;

/// One alarm that we hold active for the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The peer's id.
    pub alarm_id: String,
    /// Its last `emsTime`, else its `neTime`, else its raise time.
    pub last_told_at: Time,
}

/// What to do with a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Clear these alarm ids at the snapshot's time.
    Clear(Vec<String>),
    /// It would clear too much: ask again, and clear only what the second one confirms.
    Confirm {
        /// Alarms it would clear.
        clears: usize,
        /// Alarms that are active.
        active: usize,
    },
}

/// Which held alarms a complete snapshot taken at `sync_start` clears. `confirmed` says that the
/// snapshot before, too, would have cleared that much.
pub fn judge(held: &[Held], listed: &HashSet<&str>, sync_start: Time, confirmed: Confirmed) -> Verdict {
    let gone: Vec<String> = held
        .iter()
        .filter(|alarm| alarm.last_told_at < sync_start && !listed.contains(alarm.alarm_id.as_str()))
        .map(|alarm| alarm.alarm_id.clone())
        .collect();
    let (clears, active) = (gone.len(), held.len());
    let everything = clears == active && clears > 0;
    let too_much = everything || (clears > CLEARS_FREE && clears * 2 > active);
    if too_much && confirmed == Confirmed::No { Verdict::Confirm { clears, active } } else { Verdict::Clear(gone) }
}

/// Has a sync before already shown the same?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// This is the first.
    No,
    /// This is the second.
    Yes,
}

#[cfg(test)]
mod tests;
