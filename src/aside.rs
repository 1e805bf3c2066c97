//! What was refused, on its way into quarantine: counted where it repeats, limited by where it came
//! from, bounded in all. So a flood of bad input costs a little memory and a row now and then.

use std::collections::HashMap;
use std::net::IpAddr;

use model::source::SourceId;
use model::time::Time;
use store::quarantine::{Kind, Likeness, Quarantined};

/// Things that wait to be written.
const WAITING_MAX: usize = 256;
/// Things that are known, so that they are only counted.
const KNOWN_MAX: usize = 8192;
const KNOWN_MS: i64 = 600_000;
/// Addresses and sources whose new things are counted.
const HANDS_MAX: usize = 4096;
const MINUTE_MS: i64 = 60_000;
/// New things of all hands in a minute.
const NEW_MAX: u32 = 1200;

/// One thing to be put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// What.
    pub what: Quarantined,
    /// Its bytes, as far as they are kept; none of a repetition.
    pub content: Vec<u8>,
}

/// Whose hand a thing came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Hand {
    /// Anybody at an address; of IPv6 the network, since one host has as many addresses as it likes.
    Address(IpAddr),
    /// A known peer, by what it leaves: many unknown circuits shall not keep its bad rows out.
    Source(SourceId, Kind),
}

/// What becomes of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It will be kept.
    Kept,
    /// It is like one that is kept, and counted there.
    Counted,
    /// Too many came from its hand, or in all.
    Dropped,
}

/// What waits to be written, and what is known of what came before.
#[derive(Debug, Default)]
pub struct Heap {
    waiting: HashMap<Likeness, Aside>,
    known: HashMap<Likeness, Time>,
    hands: HashMap<Hand, Minute>,
    all: Minute,
}

/// New things within a minute.
#[derive(Clone, Copy, Debug)]
struct Minute {
    began: Time,
    new: u32,
}

// === impl Hand ===

impl Hand {
    /// Anybody at an address.
    pub fn of_address(address: IpAddr) -> Self {
        let network = |address: std::net::Ipv6Addr| {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        };
        match address.to_canonical() {
            IpAddr::V6(address) => Hand::Address(network(address)),
            address => Hand::Address(address),
        }
    }

    /// New things in a minute: strangers may leave less than those we know.
    const fn limit(&self) -> u32 {
        match self {
            Hand::Address(_) => 60,
            Hand::Source(..) => 600,
        }
    }
}

// === impl Heap ===

impl Heap {
    /// Takes a thing; `content` is only made where it is kept.
    pub fn put(&mut self, hand: Hand, what: Quarantined, content: impl FnOnce() -> Vec<u8>) -> Fate {
        let (likeness, now) = (what.likeness(), what.at);
        if let Some(waiting) = self.waiting.get_mut(&likeness) {
            waiting.what.repeats += what.repeats + 1;
            waiting.what.last_at = waiting.what.last_at.max(now);
            return Fate::Counted;
        }
        if self.waiting.len() >= WAITING_MAX {
            return Fate::Dropped;
        }
        if self.known.get(&likeness).is_some_and(|until| *until > now) {
            self.waiting.insert(likeness, Aside { what, content: Vec::new() });
            return Fate::Counted;
        }
        if !self.admit(hand, now) || !self.learn(likeness, now) {
            return Fate::Dropped;
        }
        self.waiting.insert(likeness, Aside { what, content: content() });
        Fate::Kept
    }

    /// Takes what waits, oldest first.
    pub fn take(&mut self) -> Vec<Aside> {
        let mut taken: Vec<Aside> = self.waiting.drain().map(|(_, aside)| aside).collect();
        taken.sort_by(|a, b| (a.what.at, &a.what.reason).cmp(&(b.what.at, &b.what.reason)));
        taken
    }

    /// Does nothing wait?
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// May this hand leave one more new thing?
    fn admit(&mut self, hand: Hand, now: Time) -> bool {
        if self.hands.len() >= HANDS_MAX && !self.hands.contains_key(&hand) {
            self.hands.retain(|_, minute| !minute.is_over(now));
        }
        if self.hands.len() >= HANDS_MAX && !self.hands.contains_key(&hand) {
            return false;
        }
        let limit = hand.limit();
        self.hands.entry(hand).or_default().admits(now, limit) && self.all.admits(now, NEW_MAX)
    }

    fn learn(&mut self, likeness: Likeness, now: Time) -> bool {
        if self.known.len() >= KNOWN_MAX {
            self.known.retain(|_, until| *until > now);
        }
        if self.known.len() >= KNOWN_MAX {
            return false;
        }
        self.known.insert(likeness, now.plus_ms(KNOWN_MS));
        true
    }
}

// === impl Minute ===

impl Minute {
    fn is_over(&self, now: Time) -> bool {
        now.since(self.began) >= MINUTE_MS
    }

    fn admits(&mut self, now: Time, limit: u32) -> bool {
        if self.is_over(now) {
            *self = Minute { began: now, new: 0 };
        }
        let admits = self.new < limit;
        self.new += u32::from(admits);
        admits
    }
}

impl Default for Minute {
    fn default() -> Self {
        Minute { began: Time::MIN, new: 0 }
    }
}

#[cfg(test)]
mod tests;
