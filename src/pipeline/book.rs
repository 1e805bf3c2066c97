//! The alarm book: what was told of each identity, and the episodes that follow from it.
//!
//! An identity is a source and the peer's alarm id. The book holds the identities that are active
//! or were touched lately; others are read from the store when something is told of them again.
//! Episodes are always computed from the whole set of facts, so order and repetition cannot matter.

use std::collections::HashMap;
use std::sync::Arc;

use engine::episode::{Episode, Event, TimeRule, episodes};
use engine::telling::{self, Telling};
use model::alarm::{Alarm, AlarmEnd, AlarmRecord, AlarmStatus, Effect};
use model::source::SourceId;
use model::time::Time;

/// Quiet identities that are kept in memory, so that a flapping alarm is not read again each time.
const QUIET: usize = 20_000;

/// Source and alarm id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey {
    /// The peer.
    pub source: SourceId,
    /// Its id of the alarm.
    pub alarm_key: Arc<str>,
}

/// One recorded fact.
#[derive(Clone, Debug)]
pub struct Told {
    /// Number of the fact in the store; facts with lower numbers were received first.
    pub event_id: i64,
    /// Digest of what was said, without the receipt.
    pub digest: i64,
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
#[derive(Clone, Debug)]
pub enum Said {
    /// A record: a raise, or a clear that repeats it.
    Record(Arc<AlarmRecord>),
    /// An end without a record.
    End(Arc<AlarmEnd>),
}

/// An episode with the fact whose values are in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The episode.
    pub alarm: Alarm,
    /// [`Told::event_id`] of the fact.
    pub event_id: i64,
}

/// Everything known of one identity.
#[derive(Debug, Default)]
pub struct Identity {
    told: Vec<Told>,
    entries: Vec<Entry>,
    touched: u64,
}

/// What became of an identity's episodes.
#[derive(Debug, Default, PartialEq)]
pub struct Change {
    /// New or changed episodes.
    pub put: Vec<Entry>,
    /// Episodes that late facts made disappear.
    pub gone: Vec<i64>,
}

/// All identities in memory.
#[derive(Debug, Default)]
pub struct Book {
    identities: HashMap<IdentityKey, Identity>,
    by_alarm: HashMap<i64, IdentityKey>,
    generation: u64,
}

// === impl Book ===

impl Book {
    /// The identity is in memory.
    pub fn holds(&self, key: &IdentityKey) -> bool {
        self.identities.contains_key(key)
    }

    /// Puts an identity as the store knows it (both may be empty: nothing was ever told of it).
    pub fn load(&mut self, key: IdentityKey, told: Vec<Told>, entries: Vec<Entry>) {
        for entry in &entries {
            self.by_alarm.insert(entry.alarm.id, key.clone());
        }
        self.identities.insert(key, Identity { told, entries, touched: self.generation });
    }

    /// Adds a fact; `false` if it was told before.
    pub fn tell(&mut self, key: &IdentityKey, told: Told) -> bool {
        let touched = self.generation;
        let identity = self.identities.entry(key.clone()).or_default();
        identity.touched = touched;
        identity.tell(told)
    }

    /// Computes the episodes of an identity anew. `next_id` numbers new ones.
    pub fn recompute(&mut self, key: &IdentityKey, next_id: impl FnMut() -> i64) -> Change {
        let Some(identity) = self.identities.get_mut(key) else { return Change::default() };
        let change = identity.recompute(&key.source, next_id);
        for id in &change.gone {
            self.by_alarm.remove(id);
        }
        for entry in &change.put {
            self.by_alarm.insert(entry.alarm.id, key.clone());
        }
        change
    }

    /// Gives a fact the number under which it was stored.
    pub fn number(&mut self, key: &IdentityKey, digest: i64, event_id: i64) {
        let told = self.identities.get_mut(key).and_then(|i| i.told.iter_mut().rev().find(|t| t.digest == digest));
        if let Some(told) = told {
            told.event_id = event_id;
        }
    }

    /// The episode with a number and its identity, if that is in memory.
    pub fn entry_mut(&mut self, id: i64) -> Option<(&IdentityKey, &mut Entry)> {
        let key = self.by_alarm.get(&id)?;
        let entry = self.identities.get_mut(key)?.entries.iter_mut().find(|entry| entry.alarm.id == id)?;
        Some((key, entry))
    }

    /// Active episodes of one source, with when each was last told.
    pub fn active_of(&self, source: &SourceId) -> Vec<(&IdentityKey, &Alarm, Time)> {
        let mine = self.identities.iter().filter(|(key, _)| key.source == *source);
        mine.filter_map(|(key, identity)| {
            let open = identity.entries.iter().map(|entry| &entry.alarm).find(|alarm| alarm.cleared_at.is_none())?;
            Some((key, open, identity.last_told_at(open)))
        })
        .collect()
    }

    /// The identity has an open episode.
    pub fn is_active(&self, key: &IdentityKey) -> bool {
        self.identities.get(key).is_some_and(Identity::is_active)
    }

    /// Identities in memory.
    pub fn len(&self) -> usize {
        self.identities.len()
    }

    /// Lets quiet identities go that were not touched lately. Called once a group.
    pub fn forget_quiet(&mut self, active: usize) {
        self.generation += 1;
        if self.identities.len() < active + 2 * QUIET {
            return;
        }
        let mut quiet: Vec<u64> = self.identities.values().filter(|i| !i.is_active()).map(|i| i.touched).collect();
        if quiet.len() < 2 * QUIET {
            return;
        }
        quiet.sort_unstable();
        let oldest_kept = quiet.get(quiet.len() - QUIET).copied().unwrap_or(0);
        self.identities.retain(|_, identity| identity.is_active() || identity.touched >= oldest_kept);
        let identities = &self.identities;
        self.by_alarm.retain(|_, key| identities.contains_key(key));
    }
}

// === impl Identity ===

impl Identity {
    fn is_active(&self) -> bool {
        self.entries.iter().any(|entry| entry.alarm.cleared_at.is_none())
    }

    fn tell(&mut self, told: Told) -> bool {
        let new = self.told.iter().all(|known| known.digest != told.digest);
        if new {
            if self.told.is_empty() {
                // Most identities are told of once: a vector's usual room for four would be wasted.
                self.told.reserve_exact(1);
            }
            self.told.push(told);
        }
        new
    }

    fn recompute(&mut self, source: &SourceId, mut next_id: impl FnMut() -> i64) -> Change {
        let old = std::mem::take(&mut self.entries);
        let mut change = Change::default();
        let episodes = episodes(&self.events());
        self.entries.reserve_exact(episodes.len());
        for episode in episodes {
            let before = old.iter().find(|entry| entry.alarm.raised_at == episode.raised);
            let alarm = self.alarm_of(source, &episode, before.map(|entry| &entry.alarm), &mut next_id);
            let entry = Entry { event_id: self.event_of(&alarm.record), alarm };
            if before != Some(&entry) {
                change.put.push(entry.clone());
            }
            self.entries.push(entry);
        }
        let kept = |id: i64| self.entries.iter().any(|entry| entry.alarm.id == id);
        change.gone = old.iter().map(|entry| entry.alarm.id).filter(|id| !kept(*id)).collect();
        change
    }

    /// The facts as events, in order of receipt.
    fn events(&self) -> Vec<Event<Arc<AlarmRecord>>> {
        let tellings = self.told.iter().map(|told| Telling {
            rule: told.rule(),
            said: match &told.said {
                Said::Record(record) => telling::Said::Record(record),
                Said::End(end) => telling::Said::End(end),
            },
        });
        telling::events(tellings, raise_of)
    }

    fn alarm_of(
        &self,
        source: &SourceId,
        episode: &Episode<Arc<AlarmRecord>>,
        before: Option<&Alarm>,
        next_id: &mut impl FnMut() -> i64,
    ) -> Alarm {
        let raises = self.told.iter().filter(|told| told.raises(episode));
        let record = episode.values.last().map(|(_, record)| record.clone()).unwrap_or_default();
        Alarm {
            id: before.map_or_else(next_id, |alarm| alarm.id),
            source: source.clone(),
            record,
            raised_at: episode.raised,
            received_at: raises.clone().map(|told| told.received_at).min().unwrap_or(episode.raised),
            cleared_at: episode.cleared,
            clear_type: episode.clear_kind,
            raises: episode.raises,
            found_by_sync: raises.clone().count() > 0 && raises.clone().all(|told| told.origin == Origin::Sync),
            toggling: before.is_some_and(|alarm| alarm.toggling),
            effect: before.map_or(Effect::None, |alarm| alarm.effect),
            fault: before.and_then(|alarm| alarm.fault),
            is_cause: before.is_some_and(|alarm| alarm.is_cause),
            explained_by: before.map(|alarm| alarm.explained_by.clone()).unwrap_or_default(),
            circuits: before.map_or(0, |alarm| alarm.circuits),
            acknowledged: before.and_then(|alarm| alarm.acknowledged.clone()),
        }
    }

    /// The fact that says `record`, directly or as the raise that a clear repeats.
    fn event_of(&self, record: &Arc<AlarmRecord>) -> i64 {
        let says = |told: &&Told| match &told.said {
            Said::Record(said) if Arc::ptr_eq(said, record) || said == record => true,
            Said::Record(said) => raise_of(said) == *record,
            Said::End(_) => false,
        };
        self.told.iter().find(says).map_or(0, |told| told.event_id)
    }

    /// The last `emsTime` (else `neTime`, else raise time) told of an open episode.
    fn last_told_at(&self, open: &Alarm) -> Time {
        let told = self.told.iter().filter_map(|told| match &told.said {
            Said::Record(record) => record.ems_time.or(record.ne_time),
            Said::End(_) => None,
        });
        told.max().unwrap_or(open.raised_at)
    }
}

// === impl Told ===

impl Told {
    fn rule(&self) -> TimeRule {
        match self.origin {
            Origin::History => TimeRule::History,
            Origin::Live | Origin::Sync => TimeRule::Live { received: self.received_at },
        }
    }

    /// It is a raise (or proves one) of this episode.
    fn raises(&self, episode: &Episode<Arc<AlarmRecord>>) -> bool {
        let Said::Record(record) = &self.said else { return false };
        let at = self.rule().raise_time(record);
        at.is_some_and(|at| episode.raised <= at && episode.cleared.is_none_or(|end| at <= end))
    }
}

/// What a record says of its raise: a clear says what its raise said.
fn raise_of(record: &Arc<AlarmRecord>) -> Arc<AlarmRecord> {
    let is_raise = record.alarm_status == Some(AlarmStatus::Active) && record.clear_time.is_none();
    if is_raise && record.clear_type.is_none() {
        return Arc::clone(record);
    }
    let raise = AlarmRecord {
        alarm_status: Some(AlarmStatus::Active),
        clear_time: None,
        clear_type: None,
        ..(**record).clone()
    };
    Arc::new(raise)
}

#[cfg(test)]
mod tests;
