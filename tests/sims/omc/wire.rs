//! An alarm in an OMC's spelling.

use model::alarm::{AlarmRecord, AlarmStatus};
use model::time::Zone;
use serde_json::json;

/// A message of the socket, or a line of a list.
pub(super) fn alarm(record: &AlarmRecord, seq: u32) -> Vec<u8> {
    let is_over = record.alarm_status == Some(AlarmStatus::Cleared);
    let at = if is_over { record.clear_time } else { record.ne_time };
    let value = json!({
        "alarmSeq": seq,
        "alarmTitle": &*record.alarm_title,
        "alarmStatus": u8::from(!is_over),
        "alarmType": &*record.event_type,
        "origSeverity": record.severity.number(),
        "eventTime": at.map(|at| Zone::china().write_local(at)).unwrap_or_default(),
        "alarmId": &*record.alarm_id,
        "specificProblemID": "",
        "specificProblem": &*record.native_cause,
        "neUID": &*record.ne_id,
        "neName": &*record.ne_name,
        "neType": &*record.ne_type,
        "objectUID": &*record.object_id,
        "objectName": "",
        "objectType": record.object_type.map(|kind| kind.word()).unwrap_or_default(),
        "locationInfo": &*record.location,
        "addInfo": &*record.additional_text,
        "holderType": "",
    });
    value.to_string().into_bytes()
}
