//! From what a source told to events: which time of a record counts, and what a clear proves.
//! The writer, the figure of a daemon and every re-evaluation go through here, so that one fact
//! always means the same.

use std::sync::Arc;

use model::alarm::{AlarmEnd, AlarmListed, AlarmRecord, AlarmStatus, ClearType};
use model::time::Time;

use crate::episode::{Event, TimeRule};

/// One thing that was told of an identity.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// Which of its times are believed.
    pub rule: TimeRule,
    /// What it says.
    pub said: Said<'a>,
}

/// What was said.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// A record: a raise, or a clear that repeats it.
    Record(&'a Arc<AlarmRecord>),
    /// An end without a record.
    End(&'a AlarmEnd),
    /// An end that we inferred: a list of active alarms lacked it.
    Unlisted(&'a AlarmEnd),
    /// A list of active alarms names it.
    Listed(&'a AlarmListed),
}

/// Raise times by `neTime`, as chosen at the first receipt of each.
#[derive(Default)]
struct Chosen(Vec<(Time, Time)>);

/// The raise that each telling states or proves, if it does: which alarm it speaks of.
pub fn raises<'a>(tellings: impl IntoIterator<Item = Telling<'a>>) -> Vec<Option<Time>> {
    let mut chosen = Chosen::default();
    let raise = |telling: Telling<'a>| match telling.said {
        Said::End(_) | Said::Unlisted(_) | Said::Listed(_) => None,
        Said::Record(record) if record.alarm_status == Some(AlarmStatus::Cleared) => {
            chosen.proved(telling.rule, record)
        }
        Said::Record(record) => chosen.raise_time(telling.rule, [record.ne_time, record.ems_time]),
    };
    tellings.into_iter().map(raise).collect()
}

/// The tellings of one identity, in order of receipt, as events; `value` makes what is kept of a
/// raise. For one `neTime` the raise time chosen at the first receipt stands (semantics §1). A
/// historic record without any time tells nothing.
pub fn events<'a, V>(
    tellings: impl IntoIterator<Item = Telling<'a>>,
    value: impl Fn(&'a Arc<AlarmRecord>) -> V,
) -> Vec<Event<V>> {
    let mut chosen = Chosen::default();
    let event = |telling: Telling<'a>| {
        let rule = telling.rule;
        match telling.said {
            Said::End(end) => {
                let at = rule.end_time(end.clear_time)?;
                Some(Event::End { at, kind: end.clear_type, by: end.clear_user.clone() })
            }
            Said::Unlisted(end) => Some(Event::Unlisted { at: rule.end_time(end.clear_time)? }),
            Said::Listed(listed) => {
                let raised = chosen.raise_time(rule, [listed.ne_time, listed.ems_time])?;
                Some(Event::Listed { raised, at: rule.end_time(Some(listed.listed_at))? })
            }
            Said::Record(record) if record.alarm_status == Some(AlarmStatus::Cleared) => {
                let at = rule.clear_time(record)?;
                let raised = chosen.proved(rule, record);
                let proves = raised.map(|raised| (raised, record.ems_time, value(record)));
                Some(Event::Clear { at, proves, kind: record.clear_type.unwrap_or(ClearType::Ems), by: String::new() })
            }
            Said::Record(record) => {
                let at = chosen.raise_time(rule, [record.ne_time, record.ems_time])?;
                Some(Event::Raise { at, ems: record.ems_time, value: value(record) })
            }
        }
    };
    tellings.into_iter().filter_map(event).collect()
}

// === impl Said ===

impl Said<'_> {
    /// As [`model::alarm::AlarmFact::own_time`].
    pub fn own_time(&self) -> Option<Time> {
        match self {
            Said::End(end) | Said::Unlisted(end) => end.clear_time,
            Said::Listed(listed) => Some(listed.listed_at),
            Said::Record(record) => record.own_time(),
        }
    }
}

// === impl Chosen ===

impl Chosen {
    /// Of a raise with this `neTime` and `emsTime`.
    fn raise_time(&mut self, rule: TimeRule, [ne, ems]: [Option<Time>; 2]) -> Option<Time> {
        let at = rule.first_believed([ne, ems])?;
        let Some(ne) = ne else { return Some(at) };
        if let Some((_, first)) = self.0.iter().find(|(known, _)| *known == ne) {
            return Some(*first);
        }
        self.0.push((ne, at));
        Some(at)
    }

    /// A clear proves the raise whose time it repeats.
    fn proved(&mut self, rule: TimeRule, record: &AlarmRecord) -> Option<Time> {
        record.ne_time.and_then(|_| self.raise_time(rule, [record.ne_time, record.ems_time]))
    }
}
