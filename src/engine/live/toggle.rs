//! Alarms that come and go: at least N raises of one identity in T.

use std::collections::HashMap;
use std::sync::Arc;

use model::source::SourceId;
use model::time::Time;

use super::episode::LiveAlarm;

/// The latest raises of each identity that was raised lately.
pub(crate) struct Toggles {
    recent: HashMap<(SourceId, Arc<str>), Recent>,
    raises: usize,
    span_ms: i64,
    swept: Time,
}

struct Recent {
    raises: Vec<Time>,
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
        let key = (alarm.source.clone(), alarm.alarm_key.clone());
        let recent = self.recent.entry(key).or_insert_with(|| Recent { raises: Vec::new(), toggling: Vec::new() });
        if let Err(place) = recent.raises.binary_search(&alarm.raised) {
            recent.raises.insert(place, alarm.raised);
        }
        if recent.raises.len() > self.raises {
            recent.raises.remove(0);
        }
        let (first, last) = (recent.raises.first(), recent.raises.last());
        let close = first.zip(last).is_some_and(|(first, last)| last.since(*first) <= self.span_ms);
        let toggling = recent.raises.len() >= self.raises && close;
        if toggling && !recent.toggling.contains(&alarm.id) {
            recent.toggling.push(alarm.id);
        }
        toggling
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
            let keep = recent.raises.last().is_some_and(|last| last.plus_ms(span_ms) > now);
            if !keep {
                quiet.append(&mut recent.toggling);
            }
            keep
        });
        quiet.sort_unstable();
        quiet
    }
}
