//! From what a source told to events: which time of a record counts, and what a clear proves.
//! The writer, the figure of a daemon and every re-evaluation go through here, so that one fact
//! always means the same.

use std::sync::Arc;

use model::alarm::{AlarmEnd, AlarmRecord, AlarmStatus, ClearType};
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
}

/// The tellings of one identity, in order of receipt, as events; `value` makes what is kept of a
/// raise. For one `neTime` the raise time chosen at the first receipt stands (semantics §1). A
/// historic record without any time tells nothing.
pub fn events<'a, V>(
    tellings: impl IntoIterator<Item = Telling<'a>>,
    value: impl Fn(&'a Arc<AlarmRecord>) -> V,
) -> Vec<Event<V>> {
    let mut chosen: Vec<(Time, Time)> = Vec::new();
    let mut raise_time = |rule: TimeRule, record: &AlarmRecord| {
        let at = rule.raise_time(record)?;
        let Some(ne) = record.ne_time else { return Some(at) };
        if let Some((_, first)) = chosen.iter().find(|(known, _)| *known == ne) {
            return Some(*first);
        }
        chosen.push((ne, at));
        Some(at)
    };
    let event = |telling: Telling<'a>| {
        let rule = telling.rule;
        match telling.said {
            Said::End(end) => {
                let at = rule.end_time(end.clear_time)?;
                Some(Event::End { at, kind: end.clear_type, by: end.clear_user.clone() })
            }
            Said::Record(record) if record.alarm_status == Some(AlarmStatus::Cleared) => {
                let at = rule.clear_time(record)?;
                let raised = record.ne_time.and_then(|_| raise_time(rule, record));
                let proves = raised.map(|raised| (raised, record.ems_time, value(record)));
                Some(Event::Clear { at, proves, kind: record.clear_type.unwrap_or(ClearType::Ems), by: String::new() })
            }
            Said::Record(record) => {
                Some(Event::Raise { at: raise_time(rule, record)?, ems: record.ems_time, value: value(record) })
            }
        }
    };
    tellings.into_iter().filter_map(event).collect()
}
