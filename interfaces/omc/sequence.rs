//! What the numbers of alarms say. An OMC numbers its alarms 1, 2, … 2³¹−1 and then 1 again. A *gap* is how far
//! a number is from the newest before it, so 1 is the next one. What comes once more says nothing new. After a
//! small gap the missing alarms are asked for one by one; after a large one, or when the counter began anew,
//! only a list tells what is active.
//!
//! Numbers are counted on over every turn of the counter, so that a [`Place`] only grows and can be kept with
//! the facts.

use std::collections::BTreeMap;

/// The largest number.
pub const SEQ_MAX: u32 = i32::MAX.unsigned_abs();
/// From this gap on the missing alarms are not asked for one by one.
pub const FAR: u64 = 1000;
/// With so many alarms after a hole it is given up, however soon they came.
const BEYOND_MAX: u64 = 10_000;
/// Alarms before the first hole of which it is remembered what they said.
const REMEMBERED: usize = 2_000;
const TURN: u64 = SEQ_MAX as u64;

/// Where an alarm stands among all that its OMC ever sent: its number, and how often the counter turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u64);

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is new, and nothing new is missing before it.
    New,
    /// It is new, and fewer than [`FAR`] before it have not come: ask for them.
    Gap,
    /// It came before and said the same.
    Repeat,
    /// What lies between is not known: the first of all, a large gap, or a counter that began anew.
    Anew,
}

/// The numbers of one OMC.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    /// All up to here came, or are given up.
    covered: Option<u64>,
    newest: u64,
    /// What came lately, with the digest of what it said.
    recent: BTreeMap<u64, u64>,
}

// === impl Place ===

impl Place {
    /// The number on the wire.
    pub fn seq(self) -> u32 {
        u32::try_from(self.0 % TURN).map_or(SEQ_MAX, |rest| rest + 1)
    }
}

// === impl Sequence ===

impl Sequence {
    /// Goes on after what was kept: all up to `covered` came.
    pub fn after(covered: Place) -> Self {
        Sequence { covered: Some(covered.0), newest: covered.0, recent: BTreeMap::new() }
    }

    /// Notes a number and the digest of what came with it; `None` if it is no number.
    pub fn note(&mut self, seq: u32, digest: u64) -> Option<(Place, Step)> {
        if !(1..=SEQ_MAX).contains(&seq) {
            return None;
        }
        let rest = u64::from(seq - 1);
        let Some(covered) = self.covered else { return Some(self.begin(rest, digest)) };
        let place = nearest(rest, self.newest);
        let known = self.recent.get(&place);
        if known == Some(&digest) {
            return Some((Place(place), Step::Repeat));
        }
        // Another alarm under a number that was used, or one from before all that is remembered.
        if known.is_some() || place <= covered {
            return Some(self.begin(place + TURN, digest));
        }
        let gap = place.saturating_sub(self.newest);
        if gap >= FAR || place - covered > BEYOND_MAX {
            return Some(self.begin(place, digest));
        }
        self.recent.insert(place, digest);
        self.newest = self.newest.max(place);
        self.advance(covered);
        Some((Place(place), if gap > 1 { Step::Gap } else { Step::New }))
    }

    /// The number from which on alarms are missing or to come; `None` before the first.
    pub fn ask_from(&self) -> Option<u32> {
        self.covered.map(|covered| Place(covered + 1).seq())
    }

    /// Has a number come while one before it has not?
    pub fn is_missing(&self) -> bool {
        self.covered.is_some_and(|covered| covered < self.newest)
    }

    /// What is missing will not come.
    pub fn give_up(&mut self) {
        self.covered = self.covered.map(|_| self.newest);
        self.forget();
    }

    fn begin(&mut self, place: u64, digest: u64) -> (Place, Step) {
        *self = Sequence::after(Place(place));
        self.recent.insert(place, digest);
        (Place(place), Step::Anew)
    }

    fn advance(&mut self, mut covered: u64) {
        while self.recent.contains_key(&(covered + 1)) {
            covered += 1;
        }
        self.covered = Some(covered);
        self.forget();
    }

    /// What lies before the first hole is forgotten when it is much.
    fn forget(&mut self) {
        let covered = self.covered.unwrap_or_default();
        while self.recent.len() > REMEMBERED
            && self.recent.first_key_value().is_some_and(|(first, _)| *first <= covered)
        {
            self.recent.pop_first();
        }
    }
}

/// The place with this rest that is nearest to another one.
fn nearest(rest: u64, newest: u64) -> u64 {
    let same_turn = newest - newest % TURN + rest;
    let others = [same_turn.checked_sub(TURN), Some(same_turn + TURN)];
    others
        .into_iter()
        .flatten()
        .fold(same_turn, |best, place| if place.abs_diff(newest) < best.abs_diff(newest) { place } else { best })
}

#[cfg(test)]
mod tests;
