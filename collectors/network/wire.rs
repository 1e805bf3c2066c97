//! The manager's words: alarms in a message, and the arguments of what we ask.

use model::alarm::AlarmRecord;
use model::time::{Time, Zone};
use soap::{Element, XmlWriter};

use crate::fields::Wrong;
use crate::habits::Habits;
use crate::network::alarms::{Cells, record_of_cells};

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

/// Argument of `cancelFilter`.
pub fn write_filter_id(w: &mut XmlWriter, filter_id: &str) {
    w.text("filterId", filter_id);
}

/// The answer of `getFilter`; `None` if no filter is set.
pub fn read_filter(result: Element<'_>) -> Option<Filter> {
    let inner = result.child("filter").unwrap_or(result);
    let filter_id = inner.value("filterId")?.to_owned();
    Some(Filter { filter_id, filter_expr: inner.value("filterExpr").unwrap_or_default().to_owned() })
}
