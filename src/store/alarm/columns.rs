//! An event's columns: what of a fact varies, and how a record is put together again from its
//! columns and its subject.

use model::alarm::{AlarmFact, AlarmRecord, AlarmStatus, ClearType, ServiceAffecting, Severity};
use model::text::Text;
use model::time::Time;

use crate::alarm::subject::Subject;
use crate::error::StoreError;

pub(super) const HISTORY: i64 = 1;
pub(super) const BY_SYNC: i64 = 2;
pub(super) const NO_ALARM_ID: i64 = 4;

pub(super) const KIND_PLAIN: i64 = 0;
pub(super) const KIND_ACTIVE: i64 = 1;
pub(super) const KIND_CLEARED: i64 = 2;
pub(super) const KIND_END: i64 = 3;
pub(super) const KIND_LISTED: i64 = 4;

/// The columns of an event that make its record, as other families select them.
pub(super) struct RecordColumns<'a> {
    pub(super) kind: i64,
    pub(super) flags: i64,
    pub(super) alarm_key: &'a str,
    pub(super) ne_at: Option<i64>,
    pub(super) ems_at: Option<i64>,
    pub(super) cleared_at: Option<i64>,
    pub(super) severity: i64,
    pub(super) service_affecting: Option<i64>,
    pub(super) clear_type: Option<i64>,
    pub(super) extra: &'a str,
}

/// What varies between events of one subject, as columns.
pub(super) struct Varying {
    pub(super) kind: i64,
    pub(super) ne_at: Option<Time>,
    pub(super) ems_at: Option<Time>,
    pub(super) cleared_at: Option<Time>,
    pub(super) severity: i64,
    pub(super) service_affecting: Option<i64>,
    pub(super) clear_type: Option<i64>,
    pub(super) extra: String,
}

// === impl RecordColumns ===

impl RecordColumns<'_> {
    /// The record, its static part from `subject`.
    pub(super) fn record(&self, subject: Option<&Subject>) -> Result<AlarmRecord, StoreError> {
        let bad = |what: &str| StoreError::corrupt("alarm_event", what);
        let [additional_text, is_root, parent_alarm_id, _] = read_extra(self.extra)?;
        let severity = u8::try_from(self.severity).ok().and_then(Severity::from_number);
        let service_affecting = word_at(ServiceAffecting::ALL, self.service_affecting);
        let mut record = AlarmRecord {
            alarm_id: if self.flags & NO_ALARM_ID == 0 { self.alarm_key.into() } else { Text::new() },
            severity: severity.ok_or_else(|| bad("severity"))?,
            service_affecting: service_affecting.ok_or_else(|| bad("service_affecting"))?,
            alarm_status: match self.kind {
                KIND_ACTIVE => Some(AlarmStatus::Active),
                KIND_CLEARED => Some(AlarmStatus::Cleared),
                _ => None,
            },
            ne_time: self.ne_at.map(Time::from_ms),
            ems_time: self.ems_at.map(Time::from_ms),
            clear_time: self.cleared_at.map(Time::from_ms),
            clear_type: clear_type_of(self.clear_type)?,
            additional_text: additional_text.into(),
            is_root: is_root.into(),
            parent_alarm_id: parent_alarm_id.into(),
            ..AlarmRecord::default()
        };
        subject.ok_or_else(|| bad("subject"))?.fill(&mut record);
        Ok(record)
    }
}

// === impl Varying ===

impl Varying {
    pub(super) fn of(fact: &AlarmFact) -> Self {
        match fact {
            AlarmFact::Record(record) => Varying {
                kind: match record.alarm_status {
                    None => KIND_PLAIN,
                    Some(AlarmStatus::Active) => KIND_ACTIVE,
                    Some(AlarmStatus::Cleared) => KIND_CLEARED,
                },
                ne_at: record.ne_time,
                ems_at: record.ems_time,
                cleared_at: record.clear_time,
                severity: record.severity.number().into(),
                service_affecting: record.service_affecting.map(|value| place_of(ServiceAffecting::ALL, value)),
                clear_type: record.clear_type.map(clear_type_number),
                extra: write_extra([&record.additional_text, &record.is_root, &record.parent_alarm_id, ""]),
            },
            AlarmFact::End(end) => Varying {
                cleared_at: end.clear_time,
                clear_type: Some(clear_type_number(end.clear_type)),
                extra: write_extra(["", "", "", &end.clear_user]),
                ..Varying::bare(KIND_END)
            },
            AlarmFact::Listed(listed) => Varying {
                ne_at: listed.ne_time,
                ems_at: listed.ems_time,
                cleared_at: Some(listed.listed_at),
                ..Varying::bare(KIND_LISTED)
            },
        }
    }

    /// Of a fact without a record.
    fn bare(kind: i64) -> Self {
        Varying {
            kind,
            ne_at: None,
            ems_at: None,
            cleared_at: None,
            severity: 0,
            service_affecting: None,
            clear_type: None,
            extra: String::new(),
        }
    }
}

/// The texts that are mostly absent, as one JSON array; nothing if all are.
fn write_extra(texts: [&str; 4]) -> String {
    if texts.iter().all(|text| text.is_empty()) {
        String::new()
    } else {
        serde_json::to_string(&texts).unwrap_or_default()
    }
}

pub(super) fn read_extra(extra: &str) -> Result<[String; 4], StoreError> {
    if extra.is_empty() {
        return Ok(Default::default());
    }
    serde_json::from_str(extra).map_err(|error| StoreError::corrupt("alarm_event", error))
}

/// A closed list of words is stored as places in it; the list only ever grows at its end.
pub(super) fn place_of<T: PartialEq>(all: &[T], value: T) -> i64 {
    all.iter().position(|each| *each == value).and_then(|place| i64::try_from(place).ok()).unwrap_or_default()
}

/// Outer `None`: no such place.
#[expect(clippy::option_option, reason = "absent is fine, unknown is not")]
pub(super) fn word_at<T: Copy>(all: &[T], place: Option<i64>) -> Option<Option<T>> {
    match place {
        None => Some(None),
        Some(place) => usize::try_from(place).ok().and_then(|place| all.get(place)).map(|value| Some(*value)),
    }
}

pub(super) fn clear_type_number(value: ClearType) -> i64 {
    place_of(ClearType::ALL, value)
}

pub(super) fn clear_type_of(place: Option<i64>) -> Result<Option<ClearType>, StoreError> {
    word_at(ClearType::ALL, place).ok_or_else(|| StoreError::corrupt("alarm_event", "clear_type"))
}
