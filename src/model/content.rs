//! The order of alarm records by content: which of two records of one instant is the first
//! (semantics §1). It is the order of their cells as a file writes them, column by column as text, so
//! that whoever checks a figure can sort the same rows with any tool and finds the same first.

use std::cmp::Ordering;

use crate::alarm::AlarmRecord;
use crate::time::Time;

impl PartialOrd for AlarmRecord {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AlarmRecord {
    fn cmp(&self, other: &Self) -> Ordering {
        let codes = |record: &AlarmRecord| record.circuit_codes.join(";");
        let differs = self.circuit_codes != other.circuit_codes;
        self.alarm_id
            .cmp(&other.alarm_id)
            .then_with(|| if differs { codes(self).cmp(&codes(other)) } else { Ordering::Equal })
            .then_with(|| object(self).cmp(&object(other)))
            .then_with(|| cause(self).cmp(&cause(other)))
            .then_with(|| life(self).cmp(&life(other)))
            .then_with(|| remarks(self).cmp(&remarks(other)))
    }
}

/// Columns `specialty` to `location`; an absent word is empty text, as in a file.
fn object(record: &AlarmRecord) -> [&str; 10] {
    [
        record.specialty.map_or("", |word| word.word()),
        &record.ems_name,
        &record.ne_id,
        &record.ne_name,
        &record.ne_type,
        &record.vendor,
        &record.object_id,
        record.object_type.map_or("", |word| word.word()),
        &record.layer_rate,
        &record.location,
    ]
}

/// Columns `alarmTitle` to `serviceAffecting`.
fn cause(record: &AlarmRecord) -> ([&str; 4], u8, &str) {
    let texts = [&*record.alarm_title, &record.native_cause, &record.probable_cause, &record.event_type];
    (texts, record.severity.number(), record.service_affecting.map_or("", |word| word.word()))
}

/// Columns `alarmStatus` to `clearType`. Instants sort as their texts do.
fn life(record: &AlarmRecord) -> (&str, [Option<Time>; 3], &str) {
    let times = [record.ne_time, record.ems_time, record.clear_time];
    (record.alarm_status.map_or("", |word| word.word()), times, record.clear_type.map_or("", |word| word.word()))
}

/// Columns `additionalText` to `repairAdvice`.
fn remarks(record: &AlarmRecord) -> [&str; 4] {
    [&record.additional_text, &record.is_root, &record.parent_alarm_id, &record.repair_advice]
}

#[cfg(test)]
mod tests;
