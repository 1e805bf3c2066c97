//! Numbers of notifications: which came twice, which are missing, when the peer began to count anew.
//!
//! Notifications are at-least-once and overtake each other on parallel connections, so a missing
//! number is a gap only after it stayed missing for 30 s. What a notification says is processed
//! whatever its number: facts are idempotent, and the number decides only about asking for a sync.
//!
//! After a restart the missing numbers and the last ones with their content are known. Another number that
//! was heard before cannot be told from one of a counter that began anew: it asks for a sync.

use std::collections::{BTreeMap, BTreeSet};

use model::time::Time;

/// How long a missing number may still be on its way.
pub const GAP_MS: i64 = 30_000;
/// Numbers whose content is remembered, for recognising a counter that began anew.
const REMEMBERED: usize = 10_000;
/// Numbers whose content is still known after a restart: more are not on their way at once.
const KEPT: usize = 32;
/// Missing numbers that are tracked one by one; more is a gap at once.
const MISSING: u64 = 1_000;

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Not seen before.
    New,
    /// Seen before with the same content.
    Repeat,
    /// Seen before with other content, or far below the last: the peer counts anew; a sync must follow.
    CounterReset,
}

/// The numbers of one (source, interface).
#[derive(Debug, Default)]
pub struct Notices {
    last: Option<u64>,
    known: BTreeMap<u64, u64>,
    missing: BTreeSet<u64>,
    gap_since: Option<Time>,
    far_gap: bool,
    /// What came up to here came before a restart.
    heard_to: Option<u64>,
}

/// What is committed of the numbers with the facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The highest number.
    pub last: u64,
    /// Missing ones: first and last of each gap.
    pub gaps: Vec<(u64, u64)>,
    /// Since when some are missing.
    pub gap_since: Option<Time>,
    /// The last ones with the digest of their content.
    pub recent: Vec<(u64, u64)>,
}

impl Notices {
    /// Continues after what was committed before.
    pub fn after(kept: Kept) -> Self {
        Notices {
            last: Some(kept.last),
            known: kept.recent.into_iter().collect(),
            missing: kept.gaps.iter().flat_map(|(first, last)| *first..=*last).take(REMEMBERED).collect(),
            gap_since: kept.gap_since,
            far_gap: kept.gap_since.is_some() && kept.gaps.is_empty(),
            heard_to: Some(kept.last),
        }
    }

    /// What is to be committed with the facts.
    pub fn kept(&self) -> Kept {
        let mut gaps: Vec<(u64, u64)> = Vec::new();
        for id in &self.missing {
            match gaps.last_mut() {
                Some((_, last)) if last.saturating_add(1) == *id => *last = *id,
                _ => gaps.push((*id, *id)),
            }
        }
        let recent = self.known.iter().rev().take(KEPT).map(|(id, digest)| (*id, *digest)).collect();
        Kept { last: self.last.unwrap_or_default(), gaps, gap_since: self.gap_since, recent }
    }

    /// Notes a number and the digest of what came with it.
    pub fn note(&mut self, id: u64, digest: u64, now: Time) -> Notice {
        match self.known.get(&id) {
            Some(known) if *known == digest => return Notice::Repeat,
            Some(_) => {
                self.begin_anew(id, digest);
                return Notice::CounterReset;
            }
            None if self.is_past(id) => {
                self.begin_anew(id, digest);
                return Notice::CounterReset;
            }
            None => {}
        }
        self.remember(id, digest);
        if self.missing.remove(&id) && self.missing.is_empty() && !self.far_gap {
            self.gap_since = None;
        }
        match self.last {
            Some(last) if id > last => {
                self.note_missing(last.saturating_add(1), id, now);
                self.last = Some(id);
            }
            None => self.last = Some(id),
            Some(_) => {}
        }
        Notice::New
    }

    /// A number without known content that cannot have been overtaken: it lies too far back, or was heard
    /// before a restart.
    fn is_past(&self, id: u64) -> bool {
        let is_far = self.last.is_some_and(|last| id.saturating_add(REMEMBERED as u64) < last);
        is_far || (self.heard_to.is_some_and(|heard_to| id <= heard_to) && !self.far_gap && !self.missing.contains(&id))
    }

    /// What came with a number was refused: the same content may come again under it and is news then.
    pub fn forget(&mut self, id: u64) {
        self.known.remove(&id);
    }

    /// `true` once, when a gap stayed open long enough: ask for a sync.
    pub fn take_gap(&mut self, now: Time) -> bool {
        let due = self.gap_since.is_some_and(|since| now.since(since) >= GAP_MS);
        if due {
            self.missing.clear();
            self.gap_since = None;
            self.far_gap = false;
        }
        due
    }

    fn note_missing(&mut self, from: u64, before: u64, now: Time) {
        if from >= before {
            return;
        }
        self.gap_since.get_or_insert(now);
        if before - from > MISSING || self.missing.len() as u64 > MISSING {
            self.far_gap = true;
        } else {
            self.missing.extend(from..before);
        }
    }

    fn remember(&mut self, id: u64, digest: u64) {
        self.known.insert(id, digest);
        if self.known.len() > REMEMBERED {
            self.known.pop_first();
        }
    }

    /// The peer counts anew from this number.
    pub fn begin_anew(&mut self, id: u64, digest: u64) {
        *self = Notices { last: Some(id), ..Notices::default() };
        self.remember(id, digest);
    }
}

#[cfg(test)]
mod tests;
