//! The alarm log of `linesman sla`: one row per event, in any order, repeated as it may be.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use engine::episode::{self, Event, TimeRule};
use engine::hits::EvidencedEpisode;
use engine::inventory::{Inventory, Subject};
use hashbrown::HashMap;
use model::alarm::{
    ALARM_COLUMNS, AlarmRecord, AlarmStatus, ClearType, ObjectType, ServiceAffecting, Severity, Specialty,
};
use model::text::{Text, shared};
use model::time::{Time, Zone};

use super::error::SlaError;
use super::issues::Issues;
use super::table::{Cells, Table, Wanted, read_time};

/// Columns without which a log says nothing.
const MANDATORY: [&str; 5] = ["alarmId", "objectId", "objectType", "alarmStatus", "neTime"];
/// Longest `alarmId`, in characters.
const ALARM_ID_CHARS_MAX: usize = 64;

/// The columns of a row that are its own; the others say what alarm it is about.
const OWN: [usize; 6] = [ALARM_ID, STATUS, NE_TIME, EMS_TIME, CLEAR_TIME, CLEAR_TYPE];
const ALARM_ID: usize = 0;
const STATUS: usize = 18;
const NE_TIME: usize = 19;
const EMS_TIME: usize = 20;
const CLEAR_TIME: usize = 21;
const CLEAR_TYPE: usize = 22;

/// A log as it is read: small facts, with what they are about kept once.
#[derive(Default)]
struct Log {
    facts: Vec<Fact>,
    identities: HashMap<Text, u32>,
    /// Records without what is a row's own, and where the cells that they were read from lead.
    records: Vec<Arc<AlarmRecord>>,
    record_of: HashMap<Box<str>, u32>,
    /// The cells of the row at hand.
    key: String,
}

/// One row.
#[derive(Clone, Copy)]
struct Fact {
    identity: u32,
    record: u32,
    ems: Option<Time>,
    said: Said,
}

/// What a row says of its alarm.
#[derive(Clone, Copy)]
enum Said {
    Raise { at: Time },
    Clear { at: Time, raised: Option<Time>, kind: ClearType },
}

// === impl Log ===

impl Log {
    fn take(&mut self, cells: &Cells<'_>, zone: &Zone) -> Result<(), String> {
        let record = self.record(cells)?;
        let identity = self.identity(cells.get(ALARM_ID), record)?;
        let time = |column: usize| read_time(zone, name(column), cells.get(column));
        let (named, ems, cleared) = (time(NE_TIME)?, time(EMS_TIME)?, time(CLEAR_TIME)?);
        let kind = word(name(CLEAR_TYPE), cells.get(CLEAR_TYPE), ClearType::from_word)?.unwrap_or(ClearType::Ems);
        let rule = TimeRule::History;
        let said = match word(name(STATUS), cells.get(STATUS), AlarmStatus::from_word)? {
            Some(AlarmStatus::Active) => {
                Said::Raise { at: rule.first_believed([named, ems]).ok_or("has neither neTime nor emsTime")? }
            }
            Some(AlarmStatus::Cleared) => {
                let at = rule.first_believed([cleared, ems]).ok_or("is CLEARED without clearTime or emsTime")?;
                Said::Clear { at, raised: named, kind }
            }
            None => return Err("alarmStatus is empty".to_owned()),
        };
        self.facts.push(Fact { identity, record, ems, said });
        Ok(())
    }

    /// The number of what a row is about. Most rows of a log say what others said before.
    fn record(&mut self, cells: &Cells<'_>) -> Result<u32, String> {
        self.key.clear();
        // Columns that the file does not have say nothing.
        for column in (0..ALARM_COLUMNS.len()).filter(|column| !OWN.contains(column) && cells.has(*column)) {
            self.key.push_str(cells.get(column));
            self.key.push('\u{1f}');
        }
        if let Some(known) = self.record_of.get(self.key.as_str()) {
            return Ok(*known);
        }
        let number = number(self.records.len())?;
        self.records.push(Arc::new(record(cells)?));
        self.record_of.insert(self.key.as_str().into(), number);
        Ok(number)
    }

    fn identity(&mut self, alarm_id: &str, record: u32) -> Result<u32, String> {
        if alarm_id.chars().count() > ALARM_ID_CHARS_MAX {
            return Err(format!("alarmId is longer than {ALARM_ID_CHARS_MAX} characters"));
        }
        let composed;
        let identity = match self.records.get(index(record)) {
            Some(record) if alarm_id.is_empty() => {
                composed = episode::identity(record);
                composed.as_str()
            }
            _ => alarm_id,
        };
        if let Some(known) = self.identities.get(identity) {
            return Ok(*known);
        }
        let number = number(self.identities.len())?;
        self.identities.insert(Text::from(identity), number);
        Ok(number)
    }

    /// The episodes, by identity.
    fn episodes(self) -> Vec<EvidencedEpisode> {
        let Log { facts, identities, records, record_of, .. } = self;
        drop(record_of);
        let mut identities: Vec<(Text, u32)> = identities.into_iter().collect();
        identities.sort_unstable();
        let (starts, order) = by_identity(&facts, identities.len());
        let mut found = Vec::with_capacity(identities.len());
        let mut events = Vec::new();
        for (identity, number) in &identities {
            let range = starts.get(index(*number)).zip(starts.get(index(*number) + 1));
            let mine = range.and_then(|(from, to)| order.get(*from..*to)).unwrap_or_default();
            events.clear();
            events.extend(mine.iter().filter_map(|fact| facts.get(index(*fact))?.event(&records)));
            let episodes = episode::episodes(&events).into_iter();
            found.extend(episodes.map(|episode| EvidencedEpisode::new(identity, episode)));
        }
        found
    }
}

// === impl Fact ===

impl Fact {
    fn event(&self, records: &[Arc<AlarmRecord>]) -> Option<Event<Arc<AlarmRecord>>> {
        let record = records.get(index(self.record))?.clone();
        Some(match self.said {
            Said::Raise { at } => Event::Raise { at, ems: self.ems, value: record },
            Said::Clear { at, raised, kind } => {
                let proves = raised.map(|raised| (raised, self.ems, record));
                Event::Clear { at, proves, kind, by: String::new() }
            }
        })
    }
}

/// The facts of each identity one after another: where each begins, and the numbers of facts.
fn by_identity(facts: &[Fact], identities: usize) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0; identities + 1];
    for fact in facts {
        starts.get_mut(index(fact.identity) + 1).into_iter().for_each(|count| *count += 1);
    }
    let mut total = 0;
    for start in &mut starts {
        total += *start;
        *start = total;
    }
    let (mut next, mut order) = (starts.clone(), vec![0; facts.len()]);
    for (fact, number) in facts.iter().zip(0u32..) {
        let Some(place) = next.get_mut(index(fact.identity)) else { continue };
        order.get_mut(*place).into_iter().for_each(|slot| *slot = number);
        *place += 1;
    }
    (starts, order)
}

fn number(count: usize) -> Result<u32, String> {
    u32::try_from(count).map_err(|_| "comes after more alarms than can be counted".to_owned())
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn name(column: usize) -> &'static str {
    ALARM_COLUMNS.get(column).copied().unwrap_or_default()
}

/// Reads a log into the episodes that it tells of.
///
/// # Errors
/// [`SlaError`] if the file cannot be used at all.
pub fn read(path: &Path, zone: &Zone, issues: &mut Issues) -> Result<Vec<EvidencedEpisode>, SlaError> {
    let wanted = ALARM_COLUMNS.map(|name| Wanted { name, mandatory: MANDATORY.contains(&name) });
    let mut log = Log::default();
    Table::open(path, &wanted, issues)?.read(issues, |cells| log.take(cells, zone))?;
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

/// What a row is about as a record without what is its own, or why it is none. The cells are numbered
/// as in [`ALARM_COLUMNS`].
fn record(cells: &Cells<'_>) -> Result<AlarmRecord, String> {
    let text = |column: usize| shared(cells.get(column));
    Ok(AlarmRecord {
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
        additional_text: text(23),
        is_root: text(24),
        parent_alarm_id: text(25),
        repair_advice: text(26),
        ..AlarmRecord::default()
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
