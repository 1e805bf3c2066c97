//! Records in the spelling of the interfaces: CSV cells and XML elements.

use model::alarm::{ALARM_COLUMNS, AlarmRecord};
use model::time::{Time, Zone};
use model::work::Cutover;
use soap::XmlWriter;

/// Columns of a cutover file: the fields of `syncCutover` and when it was notified.
pub const CUTOVER_COLUMNS: [&str; 14] = [
    "cutoverNo",
    "title",
    "cutStartTime",
    "cutEndTime",
    "isAffect",
    "affectStartTime",
    "affectEndTime",
    "affectInfo",
    "manager",
    "phone",
    "circuitCodes",
    "opType",
    "revision",
    "notifiedTime",
];

/// A record's cells in the order of `model::alarm::ALARM_COLUMNS`.
pub fn alarm_cells(record: &AlarmRecord, zone: &Zone) -> Vec<String> {
    let local = |at: Option<Time>| at.map(|at| zone.write_local(at)).unwrap_or_default();
    let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    vec![
        record.alarm_id.to_string(),
        record.circuit_codes.join(";"),
        word(record.specialty.map(|it| it.word())),
        record.ems_name.to_string(),
        record.ne_id.to_string(),
        record.ne_name.to_string(),
        record.ne_type.to_string(),
        record.vendor.to_string(),
        record.object_id.to_string(),
        word(record.object_type.map(|it| it.word())),
        record.layer_rate.to_string(),
        record.location.to_string(),
        record.alarm_title.to_string(),
        record.native_cause.to_string(),
        record.probable_cause.to_string(),
        record.event_type.to_string(),
        record.severity.number().to_string(),
        word(record.service_affecting.map(|it| it.word())),
        word(record.alarm_status.map(|it| it.word())),
        local(record.ne_time),
        local(record.ems_time),
        local(record.clear_time),
        word(record.clear_type.map(|it| it.word())),
        record.additional_text.to_string(),
        record.is_root.to_string(),
        record.parent_alarm_id.to_string(),
        record.repair_advice.to_string(),
    ]
}

/// A cutover's cells in the order of [`CUTOVER_COLUMNS`].
pub fn cutover_cells(cutover: &Cutover, zone: &Zone) -> Vec<String> {
    let local = |at: Option<Time>| at.map(|at| zone.write_local(at)).unwrap_or_default();
    vec![
        cutover.cutover_no.clone(),
        cutover.title.clone(),
        local(cutover.work.map(|window| window.start)),
        local(cutover.work.map(|window| window.end)),
        u8::from(cutover.is_affect).to_string(),
        local(cutover.affect.map(|window| window.start)),
        local(cutover.affect.map(|window| window.end)),
        cutover.affect_info.clone(),
        cutover.manager.clone(),
        cutover.phone.clone(),
        cutover.circuit_codes.join(";"),
        cutover.op_type.word().to_owned(),
        cutover.revision.to_string(),
        local(cutover.notified_at),
    ]
}

/// Writes a record's fields as elements; empty ones are left out.
pub fn write_alarm(w: &mut XmlWriter, record: &AlarmRecord, zone: &Zone) {
    for (name, cell) in ALARM_COLUMNS.iter().zip(alarm_cells(record, zone)) {
        if *name != "circuitCodes" {
            w.optional(name, Some(&cell));
            continue;
        }
        for code in &record.circuit_codes {
            w.text(name, code);
        }
    }
}
