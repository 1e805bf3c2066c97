//! The manager's words: alarms as XML in both directions, and the arguments of what we ask.

use model::alarm::{ALARM_COLUMNS, AlarmRecord};
use model::time::{Time, Zone};
use soap::{Element, XmlWriter};

use crate::fields::Wrong;
use crate::habits::Habits;
use crate::transport::alarms::{Cells, record_of_cells};

/// What a resync asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRequest {
    /// Our number of the request.
    pub sync_req_id: String,
    /// A filter that was set before; empty for all alarms. Only an unfiltered list may clear.
    pub filter_id: String,
    /// Only alarms since then.
    pub start_time: Option<Time>,
}

/// A filter at the peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its number.
    pub filter_id: String,
    /// Its text, passed on as it is.
    pub filter_expr: String,
}

/// The alarms of a batch, whether they stand alone or inside `alarms` or `alarmList`.
pub fn alarm_elements<'a>(arguments: Element<'a>) -> Vec<Element<'a>> {
    let mut found = Vec::new();
    for child in arguments.children() {
        match child.name() {
            "alarm" if child.child("alarm").is_none() => found.push(child),
            "alarm" | "alarms" | "alarmList" => found.extend(child.children_named("alarm")),
            _ => {}
        }
    }
    found
}

/// Reads one alarm.
///
/// # Errors
/// [`Wrong`] with the field.
pub fn read_alarm(element: Element<'_>, habits: &Habits) -> Result<AlarmRecord, Wrong> {
    let mut cells = Cells::default();
    for child in element.children().filter(|child| !child.is_nil()) {
        let Some(column) = habits.column(child.name()) else { continue };
        if child.is_leaf() {
            cells.put(column, child.text());
        } else {
            // A list with one element for each item.
            child.children().for_each(|item| cells.put(column, item.text()));
        }
    }
    record_of_cells(&cells, habits)
}

/// Writes one alarm with our own names; absent fields are left out.
pub fn write_alarm(w: &mut XmlWriter, record: &AlarmRecord, zone: &Zone) {
    w.nest("alarm", |w| {
        for (name, text) in ALARM_COLUMNS.iter().zip(cells_of(record, zone)) {
            match *name {
                "circuitCodes" => {
                    record.circuit_codes.iter().for_each(|code| {
                        w.text(name, code);
                    });
                }
                _ => {
                    w.optional(name, Some(&text));
                }
            }
        }
    });
}

/// A record as the cells of a file, in the order of [`ALARM_COLUMNS`].
pub fn cells_of(record: &AlarmRecord, zone: &Zone) -> [String; ALARM_COLUMNS.len()] {
    let time = |at: Option<Time>| at.map(|at| zone.write_local(at)).unwrap_or_default();
    [
        record.alarm_id.clone(),
        record.circuit_codes.join(";"),
        record.specialty.map(|word| word.to_string()).unwrap_or_default(),
        record.ems_name.clone(),
        record.ne_id.clone(),
        record.ne_name.clone(),
        record.ne_type.clone(),
        record.vendor.clone(),
        record.object_id.clone(),
        record.object_type.map(|word| word.to_string()).unwrap_or_default(),
        record.layer_rate.clone(),
        record.location.clone(),
        record.alarm_title.clone(),
        record.native_cause.clone(),
        record.probable_cause.clone(),
        record.event_type.clone(),
        record.severity.number().to_string(),
        record.service_affecting.map(|word| word.to_string()).unwrap_or_default(),
        record.alarm_status.map(|word| word.to_string()).unwrap_or_default(),
        time(record.ne_time),
        time(record.ems_time),
        time(record.clear_time),
        record.clear_type.map(|word| word.to_string()).unwrap_or_default(),
        record.additional_text.clone(),
        record.is_root.clone(),
        record.parent_alarm_id.clone(),
        record.repair_advice.clone(),
    ]
}

/// Arguments of `requestAlarmSync`.
pub fn write_sync_request(w: &mut XmlWriter, request: &SyncRequest, zone: &Zone) {
    let start = request.start_time.map(|at| zone.write_local(at));
    w.text("syncReqId", &request.sync_req_id);
    w.optional("filterId", Some(&request.filter_id)).optional("startTime", start.as_deref());
}

/// Arguments of `setFilter`.
pub fn write_filter(w: &mut XmlWriter, filter: &Filter) {
    w.text("filterId", &filter.filter_id).text("filterExpr", &filter.filter_expr);
}

/// The answer of `getFilter`; `None` if no filter is set.
pub fn read_filter(result: Element<'_>) -> Option<Filter> {
    let inner = result.child("filter").unwrap_or(result);
    let filter_id = inner.value("filterId")?.to_owned();
    Some(Filter { filter_id, filter_expr: inner.value("filterExpr").unwrap_or_default().to_owned() })
}
