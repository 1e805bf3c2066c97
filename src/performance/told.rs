//! A crossing in the words of an alarm. It is one of our own, about the circuit: the manager's list of active alarms
//! does not have it, so it must not be cleared by that. Without a row of `ALARM_KNOWLEDGE` it does nothing to service;
//! by one (`nativeCause` = `TCA <parameter>`, or `probableCause` = `thresholdCrossed`) it does what that says.

use std::sync::Arc;

use model::alarm::{AlarmEnd, AlarmFact, AlarmRecord, AlarmStatus, ClearType, ObjectType, ServiceAffecting, Specialty};
use model::source::SourceKind;
use model::text::Text;
use model::threshold::{Direction, Threshold};
use model::time::Time;
use store::performance::crossing::{CrossingRow, Waits};
use store::performance::subject::Subject;

/// What an alarm about a crossing says beside it.
pub struct About<'a> {
    /// The threshold.
    pub threshold: &'a Threshold,
    /// Who was measured, and by whom.
    pub subject: &'a Subject,
    /// For which circuit.
    pub circuit: &'a str,
    /// What kind of peer measures.
    pub kind: SourceKind,
}

/// What the writer is to be told of a crossing. Of one whose threshold is gone nothing can be raised any more: what
/// may have been raised is taken back.
pub fn facts(row: &CrossingRow, about: Option<&About<'_>>) -> Vec<AlarmFact> {
    let end = |at: Time| {
        AlarmFact::End(AlarmEnd {
            alarm_id: alarm_id(row),
            clear_time: Some(at),
            clear_type: ClearType::System,
            clear_user: String::new(),
        })
    };
    let ended = row.crossing.cleared_at;
    match (row.waits, about) {
        (Waits::No, _) => Vec::new(),
        (Waits::Raise, Some(about)) => {
            let raise = AlarmFact::Record(Arc::new(record(row, about)));
            std::iter::once(raise).chain(ended.map(end)).collect()
        }
        (Waits::Raise, None) => vec![end(row.crossing.raised_at)],
        (Waits::End, _) => ended.map(end).into_iter().collect(),
    }
}

/// Each crossing is an identity of its own, so what is taken back can be found anew.
fn alarm_id(row: &CrossingRow) -> String {
    format!("TCA-{}", row.id)
}

fn record(row: &CrossingRow, about: &About<'_>) -> AlarmRecord {
    let About { threshold, subject, circuit, kind } = about;
    let (param, sign, back) = match threshold.key.direction {
        Direction::Above => (&threshold.key.param, '≥', '≤'),
        Direction::Below => (&threshold.key.param, '≤', '≥'),
    };
    let text = format!(
        "{param} was {} in the period of {} that ended at {}; threshold {}: {sign} {} in {} of {} periods, over at {back} {}; \
         measured by {} at {} {}",
        row.crossing.value,
        threshold.key.granularity.word(),
        row.crossing.raised_at,
        threshold.id,
        threshold.set,
        threshold.needed,
        threshold.of,
        threshold.reset,
        subject.source,
        subject.object_id,
        subject.location,
    );
    AlarmRecord {
        alarm_id: alarm_id(row).into(),
        circuit_codes: vec![(*circuit).to_owned()],
        specialty: Some(specialty(*kind)),
        ems_name: subject.source.as_str().into(),
        object_id: Text::from(*circuit),
        object_type: Some(ObjectType::Circuit),
        layer_rate: Text::from(&*subject.layer_rate),
        location: format!("{} {}", subject.object_id, subject.location).into(),
        alarm_title: format!("TCA {param} {sign} {}", threshold.set).into(),
        native_cause: format!("TCA {param}").into(),
        probable_cause: "thresholdCrossed".into(),
        event_type: "qualityOfServiceAlarm".into(),
        severity: threshold.severity,
        service_affecting: Some(ServiceAffecting::No),
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(row.crossing.raised_at),
        additional_text: text.into(),
        ..AlarmRecord::default()
    }
}

/// The network that a peer manages.
fn specialty(kind: SourceKind) -> Specialty {
    match kind {
        SourceKind::Transport | SourceKind::Omc | SourceKind::Snmp | SourceKind::Resource | SourceKind::Eoms => {
            Specialty::Transport
        }
        SourceKind::Ip => Specialty::Ip,
        SourceKind::Atm => Specialty::Atm,
    }
}
