//! One alarm of an OMC, a JSON object on the socket or a line of a file, to the common alarm record.
//!
//! Pure and total: any bytes become an alarm, or a code and a sentence, with the number of the alarm wherever it
//! can be read. An OMC knows one time: of a raise when it began, of a clear when it ended.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use model::alarm::{AlarmFact, AlarmStatus, ObjectType};
use model::code::ResultCode;
use serde::Deserialize;
use serde_json::Value;

use crate::fields::Wrong;
use crate::habits::Habits;
use crate::network::alarms::{Cells, record_of_cells};

/// One alarm that was told.
#[derive(Debug)]
pub struct Told {
    /// `alarmSeq`; `None` if there is none that can be read.
    pub seq: Option<u32>,
    /// Tells two alarms under one number apart: which alarm, how it is, and since when.
    pub digest: u64,
    /// What it says.
    pub fact: Result<AlarmFact, Wrong>,
}

/// `fields.toml`.
#[derive(Debug, Default, Deserialize)]
struct Tables {
    field: HashMap<String, String>,
    object_type: HashMap<String, String>,
}

// It is part of the program; a test reads it, so the default is never taken.
static TABLES: LazyLock<Tables> = LazyLock::new(|| toml::from_str(include_str!("fields.toml")).unwrap_or_default());

/// Reads one alarm.
pub fn read(body: &[u8], habits: &Habits) -> Told {
    let fields: BTreeMap<String, String> = match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, value)| (name, text_of(value))).collect(),
        Ok(_) => return unreadable(body, "it is no JSON object".to_owned()),
        Err(error) => return unreadable(body, format!("it is no JSON: {error}")),
    };
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (our_name(name, habits), text.trim())).collect();
    let value = |ours: &str| {
        let found = fields.iter().find(|(name, text)| name.eq_ignore_ascii_case(ours) && !text.is_empty());
        found.map_or("", |(_, text)| *text)
    };
    let [seq, status, time] = ["alarmSeq", "alarmStatus", "eventTime"].map(value);
    let digest = digest_of(&(value("alarmId"), status, time));
    Told { seq: seq.parse().ok(), digest, fact: fact_of(&fields, (status, time), habits) }
}

fn fact_of(fields: &[(&str, &str)], (status, time): (&str, &str), habits: &Habits) -> Result<AlarmFact, Wrong> {
    let status = match status {
        "1" => AlarmStatus::Active,
        "0" => AlarmStatus::Cleared,
        "" => return Err(Wrong::missing("alarmStatus")),
        other => return Err(Wrong::bad("alarmStatus", other, "it must be 1 (active) or 0 (cleared)")),
    };
    let at = crate::fields::time("eventTime", time, &habits.zone)?;
    let mut cells = Cells::default();
    let mut put = |name: &str, text| habits.column(name).into_iter().for_each(|column| cells.put(column, text));
    put("alarmStatus", status.word());
    for (name, text) in fields {
        match *name {
            "alarmStatus" | "eventTime" => {}
            "objectType" => put(name, object_type(text)),
            name => put(name, text),
        }
    }
    let mut record = record_of_cells(&cells, habits)?;
    match record.alarm_status {
        Some(AlarmStatus::Cleared) => record.clear_time = at,
        _ => record.ne_time = at,
    }
    if record.ems_name.is_empty() {
        record.ems_name = habits.ems_name.clone();
    }
    if record.object_id.is_empty() && !record.ne_id.is_empty() {
        (record.object_id, record.object_type) = (record.ne_id.clone(), Some(ObjectType::Ne));
    }
    Ok(AlarmFact::Record(Arc::new(record)))
}

/// Our name for a field: by the peer's aliases, then by what all OMCs say.
fn our_name<'a>(name: &'a str, habits: &'a Habits) -> &'a str {
    let ours = habits.our_name(name);
    if ours != name {
        return ours;
    }
    let known = ["alarmSeq", "alarmStatus", "eventTime", "objectType"];
    let known = known.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    known.or_else(|| TABLES.field.get(&name.to_lowercase()).map(String::as_str)).unwrap_or(name)
}

/// Our word for a kind of object; empty for one that we have no word for.
fn object_type(text: &str) -> &str {
    TABLES.object_type.get(&text.to_lowercase()).map_or("", String::as_str)
}

/// A value as a cell: texts as they are, numbers in digits, anything deeper as its JSON.
fn text_of(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn unreadable(body: &[u8], reason: String) -> Told {
    Told { seq: None, digest: digest_of(body), fact: Err(Wrong { code: ResultCode::BadValue, reason }) }
}

fn digest_of(what: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
