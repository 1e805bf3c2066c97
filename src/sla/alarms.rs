//! The alarm log of `linesman sla`: one row per event, in any order, repeated as it may be.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use engine::episode::{self, Event, TimeRule};
use engine::hits::EvidencedEpisode;
use engine::inventory::{Inventory, Subject};
use model::alarm::{
    ALARM_COLUMNS, AlarmRecord, AlarmStatus, ClearType, ObjectType, ServiceAffecting, Severity, Specialty,
};
use model::text::{Text, shared};
use model::time::Zone;

use super::error::SlaError;
use super::issues::Issues;
use super::table::{Cells, Table, Wanted, read_time};

/// Columns without which a log says nothing.
const MANDATORY: [&str; 5] = ["alarmId", "objectId", "objectType", "alarmStatus", "neTime"];
/// Longest `alarmId`, in characters.
const ALARM_ID_CHARS_MAX: usize = 64;

/// The events of a log by identity. What a record says is kept once, however often it is said.
#[derive(Default)]
struct Log {
    events: BTreeMap<Text, Vec<Event<Arc<AlarmRecord>>>>,
    said: HashSet<Arc<AlarmRecord>>,
}

// === impl Log ===

impl Log {
    fn take(&mut self, mut record: AlarmRecord) -> Result<(), String> {
        let rule = TimeRule::History;
        let status = record.alarm_status.take();
        let kind = record.clear_type.take().unwrap_or(ClearType::Ems);
        let raise_time = rule.raise_time(&record);
        let clear_time = rule.clear_time(&record);
        let (named, ems) = (record.ne_time.take(), record.ems_time.take());
        record.clear_time = None;
        let identity = episode::identity(&record);
        record.alarm_id = Text::new(); // the identity holds it, so that equal alarms share one record
        let event = match status {
            Some(AlarmStatus::Active) => {
                let at = raise_time.ok_or("has neither neTime nor emsTime")?;
                Event::Raise { at, ems, value: self.say(record) }
            }
            Some(AlarmStatus::Cleared) => {
                let at = clear_time.ok_or("is CLEARED without clearTime or emsTime")?;
                let proves = named.map(|raised| (raised, ems, self.say(record)));
                Event::Clear { at, proves, kind, by: String::new() }
            }
            None => return Err("alarmStatus is empty".to_owned()),
        };
        self.events.entry(identity).or_default().push(event);
        Ok(())
    }

    fn say(&mut self, record: AlarmRecord) -> Arc<AlarmRecord> {
        if let Some(said) = self.said.get(&record) {
            return said.clone();
        }
        let record = Arc::new(record);
        self.said.insert(record.clone());
        record
    }

    fn episodes(self) -> Vec<EvidencedEpisode> {
        let lives = self.events.into_iter().flat_map(|(identity, events)| {
            let episodes = episode::episodes(&events).into_iter();
            episodes.map(move |episode| EvidencedEpisode::new(&identity, episode))
        });
        lives.collect()
    }
}

/// Reads a log into the episodes that it tells of.
///
/// # Errors
/// [`SlaError`] if the file cannot be used at all.
pub fn read(path: &Path, zone: &Zone, issues: &mut Issues) -> Result<Vec<EvidencedEpisode>, SlaError> {
    let wanted = ALARM_COLUMNS.map(|name| Wanted { name, mandatory: MANDATORY.contains(&name) });
    let mut log = Log::default();
    Table::open(path, &wanted, issues)?.read(issues, |cells| log.take(record(cells, zone)?))?;
    Ok(log.episodes())
}

/// Writes down what is odd about the episodes: clears before their raise, and objects that the
/// inventory does not have. Both count as the rules say; somebody should know.
pub fn check(episodes: &[EvidencedEpisode], inventory: &Inventory, issues: &mut Issues) {
    let mut unknown = BTreeSet::new();
    for EvidencedEpisode { evidence, episode, .. } in episodes {
        if episode.negative_clear {
            issues.add(evidence.as_ref(), None, "is cleared before it is raised; it has no length");
        }
        for (_, record) in &episode.values {
            let subject = Subject::of(record);
            if !inventory.knows(&subject) && unknown.insert((subject.object_type, subject.object_id.to_owned())) {
                let kind = subject.object_type.map_or("object", ObjectType::word);
                let reason = format!(
                    "{kind} {:?} is not in the inventory; it touches no circuit by its route",
                    subject.object_id
                );
                issues.add(evidence.as_ref(), None, reason);
            }
        }
    }
}

/// One row as a record, or why it is none. The cells are numbered as in [`ALARM_COLUMNS`].
fn record(cells: &Cells<'_>, zone: &Zone) -> Result<AlarmRecord, String> {
    let text = |column: usize| shared(cells.get(column));
    let time =
        |column: usize| read_time(zone, ALARM_COLUMNS.get(column).copied().unwrap_or_default(), cells.get(column));
    if cells.get(0).chars().count() > ALARM_ID_CHARS_MAX {
        return Err(format!("alarmId is longer than {ALARM_ID_CHARS_MAX} characters"));
    }
    Ok(AlarmRecord {
        alarm_id: text(0),
        circuit_codes: codes(cells.get(1)),
        specialty: word("specialty", cells.get(2), Specialty::from_word)?,
        ems_name: text(3),
        ne_id: text(4),
        ne_name: text(5),
        ne_type: text(6),
        vendor: text(7),
        object_id: text(8),
        object_type: word("objectType", cells.get(9), ObjectType::from_word)?,
        layer_rate: text(10),
        location: text(11),
        alarm_title: text(12),
        native_cause: text(13),
        probable_cause: text(14),
        event_type: text(15),
        severity: word("severity", cells.get(16), |w| w.parse().ok().and_then(Severity::from_number))?
            .unwrap_or_default(),
        service_affecting: word("serviceAffecting", cells.get(17), ServiceAffecting::from_word)?,
        alarm_status: word("alarmStatus", cells.get(18), AlarmStatus::from_word)?,
        ne_time: time(19)?,
        ems_time: time(20)?,
        clear_time: time(21)?,
        clear_type: word("clearType", cells.get(22), ClearType::from_word)?,
        additional_text: text(23),
        is_root: text(24),
        parent_alarm_id: text(25),
        repair_advice: text(26),
    })
}

/// Circuit codes joined by `;`.
pub fn codes(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

/// A word of a closed list; empty is absent.
fn word<T>(name: &str, text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some).ok_or_else(|| format!("{name} {text:?} is not a known word"))
}
