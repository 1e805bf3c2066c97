//! The alarm book: what was told of each identity, and the episodes that follow from it.
//!
//! An identity is a source and the peer's alarm id. The book holds the episodes of identities that
//! are active, and the facts of those that were told of lately; the facts of others are read from the
//! store when something is told of them again. Episodes are always computed from the whole set of
//! facts, so order and repetition cannot matter.

mod identity;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;
use model::alarm::{Alarm, AlarmEnd, AlarmListed, AlarmRecord};
use model::source::SourceId;
use model::text::Text;
use model::time::Time;
use store::alarm::IdentityNo;

use self::identity::Identity;

/// Identities whose facts are kept in memory, so that a flapping alarm is not read again each time.
const TOLD: usize = 20_000;

/// Source and alarm id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey {
    /// The peer.
    pub source: SourceId,
    /// Its id of the alarm.
    pub alarm_key: Text,
}

/// One recorded fact.
#[derive(Clone, Debug)]
pub struct Told {
    /// Number of the fact in the store; facts with lower numbers were received first.
    pub event_id: i64,
    /// When it was received.
    pub received_at: Time,
    /// How it came.
    pub origin: Origin,
    /// What was said.
    pub said: Said,
}

/// How a fact came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Reported live.
    Live,
    /// Listed by a resync.
    Sync,
    /// Loaded on purpose from the past.
    History,
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A record: a raise, or a clear that repeats it.
    Record(Arc<AlarmRecord>),
    /// An end without a record; told by a resync, its list lacked the alarm.
    End(Arc<AlarmEnd>),
    /// The list of a resync names it.
    Listed(Arc<AlarmListed>),
}

/// An episode with the fact whose values are in force. Readers share the alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The episode; its number is that of the first fact received of a raise inside it.
    pub alarm: Arc<Alarm>,
    /// [`Told::event_id`] of the fact.
    pub event_id: i64,
}

/// What became of an identity's episodes.
#[derive(Debug, Default, PartialEq)]
pub struct Change {
    /// New or changed episodes.
    pub put: Vec<Entry>,
    /// Episodes that late facts made disappear.
    pub gone: Vec<i64>,
    /// Active episodes more (or less) than before.
    pub active: i64,
}

/// All identities in memory.
#[derive(Debug, Default)]
pub struct Book {
    slots: Vec<Option<Identity>>,
    free: Vec<u32>,
    by_key: HashTable<u32>,
    by_no: HashTable<u32>,
    hasher: RandomState,
    generation: u64,
    /// Identities with their facts.
    told: usize,
    active: usize,
}

// === impl Book ===

impl Book {
    /// All facts of the identity are in memory: it can be told of.
    pub fn knows(&self, key: &IdentityKey) -> bool {
        self.find(key).is_some_and(|identity| identity.told.is_some())
    }

    /// Facts of the identity that are in memory.
    pub fn events(&self, key: &IdentityKey) -> usize {
        self.find(key).and_then(|identity| identity.told.as_ref()).map_or(0, Vec::len)
    }

    /// The number of an identity in memory.
    pub fn number(&self, key: &IdentityKey) -> Option<IdentityNo> {
        self.find(key).map(|identity| identity.no)
    }

    /// Puts an identity as the store knows it; without facts (`None`) it is read again before it is
    /// told of.
    pub fn put(&mut self, key: IdentityKey, no: IdentityNo, told: Option<Vec<Told>>, entries: Vec<Entry>) {
        let identity = Identity { key, no, told, entries, touched: self.generation };
        self.told += usize::from(identity.told.is_some());
        self.active += identity.active();
        if let Some(slot) = self.slot_of(&identity.key) {
            let before = self.slots.get_mut(slot as usize).and_then(|place| place.replace(identity));
            self.told -= before.as_ref().map_or(0, |before| usize::from(before.told.is_some()));
            self.active -= before.as_ref().map_or(0, Identity::active);
            return;
        }
        let hashes = (self.hasher.hash_one(&identity.key), self.hasher.hash_one(no));
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(identity);
        }
        let (slots, hasher) = (&self.slots, &self.hasher);
        let at = |slot: &u32| slots.get(*slot as usize).and_then(Option::as_ref);
        self.by_key.insert_unique(hashes.0, slot, |slot| at(slot).map_or(0, |i| hasher.hash_one(&i.key)));
        self.by_no.insert_unique(hashes.1, slot, |slot| at(slot).map_or(0, |i| hasher.hash_one(i.no)));
    }

    /// Adds a fact to an identity that the book knows; its number, unless it was told before.
    pub fn tell(&mut self, key: &IdentityKey, received_at: Time, origin: Origin, said: Said) -> Option<i64> {
        let generation = self.generation;
        let identity = self.find_mut(key)?;
        identity.touched = generation;
        identity.tell(received_at, origin, said)
    }

    /// Does it take this list to refute that an earlier one lacked the alarm?
    pub fn is_refuted_by(&self, key: &IdentityKey, received_at: Time, listed: &AlarmListed) -> bool {
        self.find(key).is_some_and(|identity| identity.is_refuted_by(received_at, listed))
    }

    /// Computes the episodes of an identity anew.
    pub fn recompute(&mut self, key: &IdentityKey) -> Change {
        let Some(identity) = self.find_mut(key) else { return Change::default() };
        let change = identity.recompute();
        self.active = self.active.saturating_add_signed(isize::try_from(change.active).unwrap_or(0));
        change
    }

    /// The episode with a number and its identity, if that is in memory.
    pub fn entry_mut(&mut self, id: i64) -> Option<(&IdentityKey, &mut Entry)> {
        let no = IdentityNo::of(id);
        let (slots, hash) = (&self.slots, self.hasher.hash_one(no));
        let is = |slot: &u32| slots.get(*slot as usize).and_then(Option::as_ref).is_some_and(|i| i.no == no);
        let slot = self.by_no.find(hash, is).copied()?;
        let identity = self.slots.get_mut(slot as usize)?.as_mut()?;
        let entry = identity.entries.iter_mut().find(|entry| entry.alarm.id == id)?;
        Some((&identity.key, entry))
    }

    /// Identities of one source that are active.
    pub fn active_of(&self, source: &SourceId) -> impl Iterator<Item = &IdentityKey> {
        let mine = self.slots.iter().flatten().filter(move |identity| identity.key.source == *source);
        mine.filter(|identity| identity.active() > 0).map(|identity| &identity.key)
    }

    /// When the open episode of an identity was last told of.
    pub fn last_told_at(&self, key: &IdentityKey) -> Option<Time> {
        self.find(key).and_then(Identity::last_told_at)
    }

    /// Something was reported live of the identity at or after an instant of our clock.
    pub fn was_told_since(&self, key: &IdentityKey, at: Time) -> bool {
        self.find(key).is_some_and(|identity| identity.was_told_since(at))
    }

    /// The identity has an open episode.
    pub fn is_active(&self, key: &IdentityKey) -> bool {
        self.find(key).is_some_and(|identity| identity.active() > 0)
    }

    /// Open episodes.
    pub fn active(&self) -> usize {
        self.active
    }

    /// Identities in memory.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Lets the facts go of identities that were not told of lately; one that is not active goes
    /// whole. Called once a group.
    pub fn forget_quiet(&mut self) {
        self.generation += 1;
        if self.told < 2 * TOLD {
            return;
        }
        let known = self.slots.iter().flatten().filter(|identity| identity.told.is_some());
        let mut touched: Vec<u64> = known.map(|identity| identity.touched).collect();
        touched.sort_unstable();
        let oldest_kept = touched.len().checked_sub(TOLD).and_then(|n| touched.get(n)).copied().unwrap_or(0);
        for slot in 0..self.slots.len() {
            let Some(Some(identity)) = self.slots.get_mut(slot) else { continue };
            if identity.touched >= oldest_kept || identity.told.is_none() {
                continue;
            }
            self.told -= 1;
            identity.told = None;
            if identity.active() == 0 {
                self.remove(slot);
            }
        }
    }

    fn remove(&mut self, slot: usize) {
        let Some(identity) = self.slots.get(slot).and_then(Option::as_ref) else { return };
        let hashes = (self.hasher.hash_one(&identity.key), self.hasher.hash_one(identity.no));
        let Ok(number) = u32::try_from(slot) else { return };
        for (table, hash) in [(&mut self.by_key, hashes.0), (&mut self.by_no, hashes.1)] {
            if let Ok(found) = table.find_entry(hash, |held| *held == number) {
                found.remove();
            }
        }
        if let Some(place) = self.slots.get_mut(slot) {
            *place = None;
        }
        self.free.push(number);
    }

    fn slot_of(&self, key: &IdentityKey) -> Option<u32> {
        let at = |slot: &u32| self.slots.get(*slot as usize).and_then(Option::as_ref);
        self.by_key.find(self.hasher.hash_one(key), |slot| at(slot).is_some_and(|i| i.key == *key)).copied()
    }

    fn find(&self, key: &IdentityKey) -> Option<&Identity> {
        self.slots.get(self.slot_of(key)? as usize)?.as_ref()
    }

    fn find_mut(&mut self, key: &IdentityKey) -> Option<&mut Identity> {
        let slot = self.slot_of(key)?;
        self.slots.get_mut(slot as usize)?.as_mut()
    }
}

#[cfg(test)]
mod tests;
