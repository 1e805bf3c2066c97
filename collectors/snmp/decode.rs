//! A notification of a device, read by its group's maps. Pure and total: it is an alarm fact, or the reason
//! why it is none.

use std::sync::Arc;

use model::alarm::{AlarmEnd, AlarmFact, AlarmRecord, AlarmStatus, ClearType};
use model::text::shared;
use model::time::Time;
use sha2::{Digest, Sha256};
use snmp::{Notification, shown};

use crate::network::alarms::ALARM_ID_MAX;
use crate::snmp::map::Rule;
use crate::snmp::rules::{Device, Group};
use crate::snmp::terms::Values;

/// Characters of a title or an object.
const NAME_MAX: usize = 400;
/// Characters of everything that a notification carries, as text of its alarm.
const STORY_MAX: usize = 4000;

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something about an alarm.
    Fact(AlarmFact),
    /// Nothing about an alarm, and a map says so.
    Nothing,
    /// No map has it.
    Unknown,
    /// A map has it, but it lacks what tells this alarm from another.
    Nameless,
}

/// Reads a notification; `at` is when it happened.
pub fn decode(notification: &Notification, device: &Device, group: &Group, at: Time) -> Told {
    let (trap, values) = (&notification.trap, Values(&notification.values));
    if let Some(rule) = group.raised_by(trap).find(|rule| rule.raise_when.iter().all(|when| when.holds(values))) {
        return named(rule, device, values, |alarm_id| raised((rule, alarm_id), notification, (device, group), at));
    }
    if let Some(rule) = group.cleared_by(trap).find(|rule| rule.clear_when.iter().all(|when| when.holds(values))) {
        return named(rule, device, values, |alarm_id| ended(alarm_id, at));
    }
    let known = group.ignores(trap) || group.raised_by(trap).chain(group.cleared_by(trap)).next().is_some();
    if known { Told::Nothing } else { Told::Unknown }
}

fn named(rule: &Rule, device: &Device, values: Values<'_>, fact: impl FnOnce(String) -> AlarmFact) -> Told {
    match rule.key.iter().map(|term| term.of(values)).collect::<Option<Vec<String>>>() {
        Some(key) => Told::Fact(fact(alarm_id(&device.ne, &rule.id, &key))),
        None => Told::Nameless,
    }
}

/// The alarm's id: element, rule and key. What is too long for one is its digest.
fn alarm_id(ne: &str, rule: &str, key: &[String]) -> String {
    let id = [ne, rule].into_iter().chain(key.iter().map(String::as_str)).collect::<Vec<_>>().join("|");
    if id.chars().count() <= ALARM_ID_MAX {
        return id;
    }
    hex::encode(Sha256::digest(id.as_bytes()))
}

fn raised(
    (rule, alarm_id): (&Rule, String),
    notification: &Notification,
    (device, group): (&Device, &Group),
    at: Time,
) -> AlarmFact {
    let values = Values(&notification.values);
    let object = cut(&rule.object.fill(values), NAME_MAX);
    AlarmFact::Record(Arc::new(AlarmRecord {
        alarm_id: alarm_id.as_str().into(),
        specialty: Some(group.specialty),
        ems_name: shared(&group.ems_name),
        ne_id: shared(&device.ne),
        vendor: shared(&group.vendor),
        object_id: shared(&group.object_id(rule.object_type, &device.ne, &object)),
        object_type: Some(rule.object_type),
        alarm_title: shared(&cut(&rule.title.fill(values), NAME_MAX)),
        native_cause: shared(&rule.native_cause),
        probable_cause: shared(&rule.probable_cause),
        event_type: shared(&rule.event_type),
        severity: rule.severity,
        service_affecting: Some(rule.service_affecting),
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(at),
        additional_text: shared(&story(notification, group)),
        ..AlarmRecord::default()
    }))
}

fn ended(alarm_id: String, at: Time) -> AlarmFact {
    let (clear_type, clear_user) = (ClearType::Ems, String::new());
    AlarmFact::End(AlarmEnd { alarm_id, clear_time: Some(at), clear_type, clear_user })
}

/// Everything that it carries, by its names where there are some.
fn story(notification: &Notification, group: &Group) -> String {
    let name = |oid: &snmp::Oid| {
        let known = group.names.iter().find(|(_, prefix)| oid.starts_with(prefix));
        known.map_or_else(|| oid.to_string(), |(name, _)| name.clone())
    };
    let told = notification.values.iter().map(|(oid, value)| format!("{}={}", name(oid), shown(value)));
    cut(&told.collect::<Vec<_>>().join("; "), STORY_MAX)
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests;
