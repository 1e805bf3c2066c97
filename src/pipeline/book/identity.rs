//! One identity: its facts in order of receipt, and the episodes that are a function of their set.

use std::sync::Arc;

use engine::episode::{Episode, TimeRule, episodes, refutes};
use engine::telling::{self, Telling};
use model::alarm::{Alarm, AlarmListed, AlarmRecord, AlarmStatus, Effect};
use model::time::Time;
use store::alarm::IdentityNo;

use super::{Change, Entry, IdentityKey, Origin, Said, Told};

/// Everything known of one identity.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) key: IdentityKey,
    pub(super) no: IdentityNo,
    /// All its facts, or `None`: they are in the store only.
    pub(super) told: Option<Vec<Told>>,
    /// All its episodes with the facts, else those that are active.
    pub(super) entries: Vec<Entry>,
    pub(super) touched: u64,
}

// === impl Identity ===

impl Identity {
    /// Open episodes.
    pub(super) fn active(&self) -> usize {
        self.entries.iter().filter(|entry| entry.alarm.cleared_at.is_none()).count()
    }

    /// The number of a new fact; `None` if it was told before, or the identity has no room for more.
    pub(super) fn tell(&mut self, received_at: Time, origin: Origin, said: Said) -> Option<i64> {
        let told = self.told.as_mut()?;
        let event_id = self.no.event_id(told.len());
        let new = Told { event_id: event_id.unwrap_or_default(), received_at, origin, said };
        if told.iter().any(|known| known.is_same(&new)) {
            return None;
        }
        if event_id.is_none() {
            tracing::error!(source.id = %self.key.source, "{} of {} has had all the events that one identity can have: a fact is passed over",
                self.key.alarm_key, self.key.source);
            return None;
        }
        if told.is_empty() {
            // Most identities are told of once: a vector's usual room for four would be wasted.
            told.reserve_exact(1);
        }
        told.push(new);
        event_id
    }

    /// Is it this list, and no other that is known, that refutes that the alarm ended?
    pub(super) fn is_refuted_by(&self, received_at: Time, listed: &AlarmListed) -> bool {
        let told = self.told.as_deref().unwrap_or_default();
        if !told.iter().any(Told::is_unlisted) {
            return false;
        }
        let rule = TimeRule::Live { received: received_at };
        let list = Telling { rule, said: telling::Said::Listed(listed) };
        let mut events = telling::events(tellings(told).chain([list]), drop);
        events.pop().is_some_and(|list| refutes(&list, &events))
    }

    /// The episodes of all facts, and how they differ from those before. What the live state said of an
    /// episode stays with it.
    pub(super) fn recompute(&mut self) -> Change {
        let was_active = self.active();
        let old = std::mem::take(&mut self.entries);
        let mut change = Change::default();
        let told = self.told.as_deref().unwrap_or_default();
        let episodes = episodes(&telling::events(tellings(told), raise_of));
        let raises = telling::raises(tellings(told));
        let mut entries = Vec::with_capacity(episodes.len());
        for (place, episode) in episodes.iter().enumerate() {
            // The first fact of any raise inside it names it: a raise that is told later, but was earlier,
            // must not make another alarm of it.
            let next = episodes.get(place + 1).map_or(Time::MAX, |next| next.raised);
            let inside = |raise: &Option<Time>| raise.is_some_and(|at| episode.raised <= at && at < next);
            let first = raises.iter().position(inside);
            let Some(id) = first.and_then(|first| told.get(first)).map(|told| told.event_id) else { continue };
            let before = old.iter().find(|entry| entry.alarm.id == id);
            let alarm = self.alarm_of(id, episode, before.map(|entry| entry.alarm.as_ref()));
            let event_id = event_of(told, &alarm.record);
            match before.filter(|before| before.event_id == event_id && *before.alarm == alarm) {
                Some(same) => entries.push(same.clone()),
                None => {
                    let entry = Entry { alarm: Arc::new(alarm), event_id };
                    change.put.push(entry.clone());
                    entries.push(entry);
                }
            }
        }
        self.entries = entries;
        let kept = |id: i64| self.entries.iter().any(|entry| entry.alarm.id == id);
        change.gone = old.iter().map(|entry| entry.alarm.id).filter(|id| !kept(*id)).collect();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        change.active = count(self.active()) - count(was_active);
        change
    }

    fn alarm_of(&self, id: i64, episode: &Episode<Arc<AlarmRecord>>, before: Option<&Alarm>) -> Alarm {
        let raises = || self.told.iter().flatten().filter(|told| told.raises(episode));
        let record = episode.values.last().map(|(_, record)| record.clone()).unwrap_or_default();
        Alarm {
            id,
            source: self.key.source.clone(),
            record,
            raised_at: episode.raised,
            received_at: raises().map(|told| told.received_at).min().unwrap_or(episode.raised),
            cleared_at: episode.cleared,
            clear_type: episode.clear_kind,
            raises: episode.raises,
            found_by_sync: raises().count() > 0 && raises().all(|told| told.origin == Origin::Sync),
            toggling: before.is_some_and(|alarm| alarm.toggling),
            effect: before.map_or(Effect::None, |alarm| alarm.effect),
            fault: before.and_then(|alarm| alarm.fault),
            is_cause: before.is_some_and(|alarm| alarm.is_cause),
            parent: before.and_then(|alarm| alarm.parent),
            explained_by: before.map(|alarm| alarm.explained_by.clone()).unwrap_or_default(),
            circuits: before.map_or(0, |alarm| alarm.circuits),
            acknowledged: before.and_then(|alarm| alarm.acknowledged.clone()),
        }
    }

    /// The last `emsTime` (else `neTime`, else raise time) told of the open episode.
    pub(super) fn last_told_at(&self) -> Option<Time> {
        let open = self.entries.iter().find(|entry| entry.alarm.cleared_at.is_none())?;
        let told = self.told.iter().flatten().filter_map(|told| match &told.said {
            Said::Record(record) => record.ems_time.or(record.ne_time),
            Said::Listed(listed) => Some(listed.listed_at),
            Said::End(_) => None,
        });
        told.max().or(Some(open.alarm.raised_at))
    }

    /// Something was reported live at or after an instant of our clock.
    pub(super) fn was_told_since(&self, at: Time) -> bool {
        let told = self.told.as_deref().unwrap_or_default();
        told.iter().any(|told| told.origin == Origin::Live && told.received_at >= at)
    }
}

// === impl Told ===

impl Told {
    fn telling(&self) -> Telling<'_> {
        let said = match &self.said {
            Said::Record(record) => telling::Said::Record(record),
            Said::Listed(listed) => telling::Said::Listed(listed),
            Said::End(end) if self.is_unlisted() => telling::Said::Unlisted(end),
            Said::End(end) => telling::Said::End(end),
        };
        Telling { rule: self.rule(), said }
    }

    /// It is the end that follows from a list without the alarm.
    fn is_unlisted(&self) -> bool {
        self.origin == Origin::Sync && matches!(self.said, Said::End(_))
    }

    fn rule(&self) -> TimeRule {
        match self.origin {
            Origin::History => TimeRule::History,
            Origin::Live | Origin::Sync => TimeRule::Live { received: self.received_at },
        }
    }

    /// The same event, told once more.
    fn is_same(&self, other: &Told) -> bool {
        let (mine, its) = (self.telling().said.own_time(), other.telling().said.own_time());
        mine == its && (mine.is_some() || self.received_at == other.received_at) && self.said == other.said
    }

    /// It is a raise (or proves one) of this episode.
    fn raises(&self, episode: &Episode<Arc<AlarmRecord>>) -> bool {
        let Said::Record(record) = &self.said else { return false };
        let at = self.rule().raise_time(record);
        at.is_some_and(|at| episode.raised <= at && episode.cleared.is_none_or(|end| at <= end))
    }
}

fn tellings(told: &[Told]) -> impl Iterator<Item = Telling<'_>> {
    told.iter().map(Told::telling)
}

/// The fact that says `record`, directly or as the raise that a clear repeats.
fn event_of(told: &[Told], record: &Arc<AlarmRecord>) -> i64 {
    let says = |told: &&Told| match &told.said {
        Said::Record(said) if Arc::ptr_eq(said, record) || said == record => true,
        Said::Record(said) => raise_of(said) == *record,
        Said::End(_) | Said::Listed(_) => false,
    };
    told.iter().find(says).map_or(0, |told| told.event_id)
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
