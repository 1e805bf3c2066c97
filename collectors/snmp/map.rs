//! Trap maps: which notifications raise which alarm, which end it, and what of them says what it is about.
//! They are data: ours are part of the program, an operator's lie in a folder.

use std::collections::BTreeMap;
use std::path::Path;

use model::alarm::{ObjectType, ServiceAffecting, Severity};
use serde::Deserialize;
use snmp::Oid;

use crate::snmp::terms::{Names, Template, Term, Values};

/// Maps of the program.
const OURS: [&str; 4] = [
    include_str!("maps/snmpv2.toml"),
    include_str!("maps/if.toml"),
    include_str!("maps/entity.toml"),
    include_str!("maps/cisco.toml"),
];
/// Largest map file.
const FILE_MAX: u64 = 1 << 20;

/// A map, ready to be used.
#[derive(Clone, Debug)]
pub struct Map {
    /// Names of its values, for people.
    pub names: Names,
    /// Notifications that are heard and say nothing about an alarm.
    pub ignore: Vec<Oid>,
    /// Its alarms.
    pub alarms: Vec<Rule>,
}

/// What one alarm is and how it is told.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The notification that raises it.
    pub raise: Oid,
    /// What must hold in it.
    pub raise_when: Vec<Condition>,
    /// The notification that ends it; `None`: nothing does.
    pub clear: Option<Oid>,
    /// What must hold in that one.
    pub clear_when: Vec<Condition>,
    /// What it is called in the identity: rules with one `id` are one alarm in different lights.
    pub id: String,
    /// What tells one alarm of a device from another.
    pub key: Vec<Term>,
    /// Type of the object.
    pub object_type: ObjectType,
    /// The object within its device.
    pub object: Template,
    /// Severity.
    pub severity: Severity,
    /// Title.
    pub title: Template,
    /// The maker's own cause.
    pub native_cause: String,
    /// Probable cause.
    pub probable_cause: String,
    /// Event type.
    pub event_type: String,
    /// Service affecting.
    pub service_affecting: ServiceAffecting,
}

/// A value that must be one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    term: Term,
    any_of: Vec<String>,
}

/// A map as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    ignore: Vec<String>,
    #[serde(default)]
    alarm: Vec<WrittenAlarm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAlarm {
    id: String,
    raise: String,
    #[serde(default)]
    raise_when: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    clear: Option<String>,
    #[serde(default)]
    clear_when: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    key: Vec<String>,
    object_type: ObjectType,
    #[serde(default)]
    object: String,
    severity: Severity,
    title: String,
    native_cause: String,
    #[serde(default)]
    probable_cause: String,
    #[serde(default)]
    event_type: String,
    #[serde(default = "unknown")]
    service_affecting: ServiceAffecting,
}

fn unknown() -> ServiceAffecting {
    ServiceAffecting::Unknown
}

// === impl Condition ===

impl Condition {
    /// Does it hold? What is absent is the empty text.
    pub fn holds(&self, values: Values<'_>) -> bool {
        let value = self.term.of(values).unwrap_or_default();
        self.any_of.contains(&value)
    }
}

/// Our maps and those of a folder, by name; one of the folder takes the place of ours with its name. Every
/// fault of every file is added to `faults`.
pub fn maps(folder: Option<&Path>, faults: &mut Vec<String>) -> BTreeMap<String, Map> {
    let mut maps = BTreeMap::new();
    for text in OURS {
        read(text, "a map of the program", faults, &mut maps);
    }
    let Some(folder) = folder else { return maps };
    let mut files: Vec<_> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
        Err(error) => {
            faults.push(format!("snmp.maps: cannot read the folder {}: {error}", folder.display()));
            return maps;
        }
    };
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    for file in files {
        match read_file(&file) {
            Ok(text) => read(&text, &file.display().to_string(), faults, &mut maps),
            Err(error) => faults.push(format!("{}: {error}", file.display())),
        }
    }
    maps
}

fn read_file(file: &Path) -> Result<String, String> {
    let size = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if size > FILE_MAX {
        return Err(format!("a trap map may have at most {FILE_MAX} bytes"));
    }
    std::fs::read_to_string(file).map_err(|error| error.to_string())
}

fn read(text: &str, place: &str, faults: &mut Vec<String>, maps: &mut BTreeMap<String, Map>) {
    match toml::from_str::<Written>(text) {
        Ok(written) => {
            let name = written.name.clone();
            let mut fault = |fault: String| faults.push(format!("{place}: map {name:?}: {fault}"));
            let map = written.map(&mut fault);
            maps.insert(name, map);
        }
        Err(error) => faults.push(format!("{place}: {}", error.to_string().trim())),
    }
}

// === impl Written ===

impl Written {
    /// What of it can be used; the rest is faults.
    fn map(self, fault: &mut impl FnMut(String)) -> Map {
        let mut names = Names::new();
        for (name, text) in &self.values {
            match oid(text) {
                Ok(oid) => drop(names.insert(name.clone(), oid)),
                Err(wrong) => fault(format!("values.{name}: {wrong}")),
            }
        }
        let mut ignore = Vec::new();
        for text in &self.ignore {
            match oid(text) {
                Ok(oid) => ignore.push(oid),
                Err(wrong) => fault(format!("ignore: {wrong}")),
            }
        }
        let mut alarms = Vec::new();
        for alarm in &self.alarm {
            let mut wrong = Vec::new();
            alarms.extend(alarm.rule(&names, &mut wrong));
            wrong.into_iter().for_each(|wrong| fault(format!("alarm {:?}: {wrong}", alarm.id)));
        }
        Map { names, ignore, alarms }
    }
}

// === impl WrittenAlarm ===

impl WrittenAlarm {
    fn rule(&self, names: &Names, faults: &mut Vec<String>) -> Option<Rule> {
        if self.id.is_empty() || self.native_cause.is_empty() || self.title.is_empty() {
            faults.push("id, native_cause and title must say something".to_owned());
        }
        if self.clear.as_ref() == Some(&self.raise) && self.clear_when.is_empty() {
            faults.push("raise and clear are one notification: say with clear_when which of them ends it".to_owned());
        }
        let raise = note(oid(&self.raise), "raise", faults);
        let clear = self.clear.as_ref().map(|text| note(oid(text), "clear", faults));
        let terms =
            self.key.iter().map(|text| note(Term::parse(text, names), "key", faults)).collect::<Option<Vec<_>>>();
        let object = note(Template::parse(&self.object, names), "object", faults);
        let title = note(Template::parse(&self.title, names), "title", faults);
        let raise_when = conditions(&self.raise_when, names, "raise_when", faults);
        let clear_when = conditions(&self.clear_when, names, "clear_when", faults);
        Some(Rule {
            raise: raise?,
            raise_when: raise_when?,
            clear: clear.map_or(Some(None), |clear| clear.map(Some))?,
            clear_when: clear_when?,
            id: self.id.clone(),
            key: terms?,
            object_type: self.object_type,
            object: object?,
            severity: self.severity,
            title: title?,
            native_cause: self.native_cause.clone(),
            probable_cause: self.probable_cause.clone(),
            event_type: self.event_type.clone(),
            service_affecting: self.service_affecting,
        })
    }
}

fn conditions(
    written: &BTreeMap<String, Vec<String>>,
    names: &Names,
    place: &str,
    faults: &mut Vec<String>,
) -> Option<Vec<Condition>> {
    let condition = |(text, any_of): (&String, &Vec<String>)| {
        let term = note(Term::parse(text, names), place, faults)?;
        Some(Condition { term, any_of: any_of.clone() })
    };
    written.iter().map(condition).collect()
}

fn note<T>(read: Result<T, String>, place: &str, faults: &mut Vec<String>) -> Option<T> {
    read.map_err(|wrong| faults.push(format!("{place}: {wrong}"))).ok()
}

/// An OID as people write it: `1.3.6.1.6.3.1.1.5.3`, with or without a dot before it.
fn oid(text: &str) -> Result<Oid, String> {
    let digits = text.strip_prefix('.').unwrap_or(text);
    let wrong = || format!("{text:?} is no OID such as 1.3.6.1.6.3.1.1.5.3");
    let oid = Oid::parse(digits).map_err(|_| wrong())?;
    if oid.len() < 2 { Err(wrong()) } else { Ok(oid) }
}

#[cfg(test)]
mod tests;
