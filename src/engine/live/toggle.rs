//! Alarms that come and go: at least N raises of one identity in T. Most identities are raised once
//! in T, so that they cost a number and a time; the rest is kept apart.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use model::time::Time;

use super::episode::LiveAlarm;

/// The latest raises of each identity that was raised lately, by a digest of the identity.
pub(crate) struct Toggles {
    recent: HashMap<u64, Recent>,
    raises: usize,
    span_ms: i64,
    swept: Time,
}

struct Recent {
    last: Time,
    before: Option<Box<Before>>,
}

/// What an identity leaves that was raised more than once.
struct Before {
    /// Raises in order, the last one included.
    raises: Vec<Time>,
    /// Alarms shown as toggling.
    toggling: Vec<i64>,
}

// === impl Toggles ===

impl Toggles {
    pub(crate) fn new(raises: usize, span_ms: i64) -> Self {
        Toggles { recent: HashMap::new(), raises: raises.max(2), span_ms, swept: Time::MIN }
    }

    /// Notes a raise; true if the identity is toggling with it.
    pub(crate) fn note(&mut self, alarm: &LiveAlarm, now: Time) -> bool {
        if alarm.raised.plus_ms(self.span_ms) <= now {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        (alarm.source.as_str(), &*alarm.alarm_key).hash(&mut hasher);
        let recent = self.recent.entry(hasher.finish()).or_insert(Recent { last: alarm.raised, before: None });
        if recent.before.is_none() && recent.last == alarm.raised {
            return false;
        }
        let first = recent.last;
        let before =
            recent.before.get_or_insert_with(|| Box::new(Before { raises: vec![first], toggling: Vec::new() }));
        recent.last = first.max(alarm.raised);
        before.note(alarm, self.raises, self.span_ms)
    }

    /// Forgets identities that are quiet; answers the alarms that no longer toggle. Looks at most
    /// once a minute.
    pub(crate) fn sweep(&mut self, now: Time) -> Vec<i64> {
        if now.since(self.swept) < 60_000 {
            return Vec::new();
        }
        self.swept = now;
        let mut quiet = Vec::new();
        let span_ms = self.span_ms;
        self.recent.retain(|_, recent| {
            let keep = recent.last.plus_ms(span_ms) > now;
            if !keep {
                quiet.extend(recent.before.take().into_iter().flat_map(|before| before.toggling));
            }
            keep
        });
        quiet.sort_unstable();
        quiet
    }
}

// === impl Before ===

impl Before {
    fn note(&mut self, alarm: &LiveAlarm, raises_min: usize, span_ms: i64) -> bool {
        if let Err(place) = self.raises.binary_search(&alarm.raised) {
            self.raises.insert(place, alarm.raised);
        }
        if self.raises.len() > raises_min {
            self.raises.remove(0);
        }
        let (first, last) = (self.raises.first(), self.raises.last());
        let close = first.zip(last).is_some_and(|(first, last)| last.since(*first) <= span_ms);
        let toggling = self.raises.len() >= raises_min && close;
        if toggling && !self.toggling.contains(&alarm.id) {
            self.toggling.push(alarm.id);
        }
        toggling
    }
}
