//! One alarm with everything about it: text, advice, raw message, impact, what happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::CustomerIx;
use model::alarm::Alarm;
use model::time::Time;
use serde::Serialize;
use store::Tx;
use store::alarm::{AlarmEvent, IdentityNo, alarm_by_id, events_of, raw_by_place};
use utoipa::ToSchema;

use super::timeline::Happening;
use crate::app::App;
use crate::auth::Staff;
use crate::board::CircuitState;
use crate::board::alarms::Reach;
use crate::board::state::State as BoardState;
use crate::board::view::AlarmView;
use crate::extract::Segment;
use crate::problem::Problem;

/// Bytes of the raw message that are shown.
const RAW_MAX: usize = 64 * 1024;
/// Customers and circuits of the impact that are listed.
const CUSTOMERS_SHOWN: usize = 50;
const CIRCUITS_SHOWN: usize = 100;
/// Reports in the timeline.
const TIMELINE_MAX: usize = 200;

/// An alarm with everything about it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlarmDetail {
    /// The alarm.
    #[serde(flatten)]
    alarm: AlarmView,
    /// Free text of the peer.
    additional_text: String,
    /// What to do.
    advice: String,
    /// The message as it was received, its password blanked.
    raw: String,
    /// Whom it hits, best level first.
    impact: Vec<ImpactView>,
    /// What happened, oldest first.
    timeline: Vec<Happening>,
    /// A circuit on whose path it can be shown.
    path: Option<PathRef>,
}

/// A customer that an alarm hits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImpactView {
    /// Number.
    customer_no: String,
    /// Name.
    name: String,
    /// Level.
    level: String,
    /// Circuits hit in all.
    circuits_total: u32,
    /// Its circuits, most urgent first.
    circuits: Vec<ImpactCircuit>,
}

/// A circuit that an alarm hits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImpactCircuit {
    /// Code.
    code: String,
    /// Name.
    name: String,
    /// State.
    state: CircuitState,
    /// SLA time left.
    sla_left_ms: Option<i64>,
    /// When the open outage will have used it up.
    #[schema(value_type = Option<String>, format = DateTime)]
    breach_at: Option<Time>,
}

/// Where the alarm can be seen on a path.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PathRef {
    /// Circuit.
    circuit_code: String,
}

/// One alarm.
#[utoipa::path(get, path = "/alarms/{id}", tag = "alarms", params(("id" = i64, Path)),
    responses((status = 200, body = AlarmDetail), (status = 404)))]
pub(crate) async fn show_alarm(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<AlarmDetail>, Problem> {
    let mut tx = app.db.read().await?;
    let row = alarm_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let (told, raw) = told_of(&mut tx, &row.alarm).await?;
    drop(tx);
    let mut timeline: Vec<Happening> = told.iter().take(TIMELINE_MAX).map(received).collect();
    let board = app.board.read();
    // What the board holds is newer than what was read a moment ago.
    let alarm = board.alarms.by_id(id).map_or(row.alarm.as_ref(), |entry| entry.alarm.as_ref());
    let view = match board.alarms.by_id(id) {
        Some(entry) => board.alarm_view(entry),
        None => board.past_alarm_view(alarm),
    };
    lived(alarm, &mut timeline);
    timeline.sort_by_key(|happening| happening.at);
    let impact = board.impact(alarm);
    let path = impact.first().and_then(|customer| customer.circuits.first());
    let path = path.map(|circuit| PathRef { circuit_code: circuit.code.clone() });
    Ok(Json(AlarmDetail {
        additional_text: alarm.record.additional_text.to_string(),
        advice: board.knowledge.advice(&alarm.record).to_owned(),
        raw,
        alarm: view,
        impact,
        timeline,
        path,
    }))
}

/// What was told of an alarm while it lasted, in order, and the first message of it as text.
pub(super) async fn told_of(tx: &mut Tx, alarm: &Alarm) -> Result<(Vec<AlarmEvent>, String), Problem> {
    let mut events = events_of(tx, &[IdentityNo::of(alarm.id)]).await?;
    events.sort_by_key(|event| event.id);
    let in_episode = |at: Time| at >= alarm.received_at && alarm.cleared_at.is_none_or(|end| at <= end.plus_s(3600));
    let first = events.iter().find(|event| in_episode(event.received_at)).or(events.first());
    let raw = match first.and_then(|event| event.raw) {
        Some(place) => raw_by_place(tx, place).await?.unwrap_or_default(),
        None => Vec::new(),
    };
    events.retain(|event| in_episode(event.received_at));
    let shown = raw.get(..raw.len().min(RAW_MAX)).unwrap_or_default();
    Ok((events, String::from_utf8_lossy(shown).into_owned()))
}

fn received(event: &AlarmEvent) -> Happening {
    let what = match &event.told {
        store::alarm::Told::Record(record) if record.alarm_status == Some(model::alarm::AlarmStatus::Cleared) => {
            "cleared"
        }
        store::alarm::Told::Record(_) => "received",
        store::alarm::Told::End(_) => "ended",
        store::alarm::Told::Listed(_) => "listed",
    };
    let by = if event.by_sync { "sync" } else { "" };
    Happening { at: event.received_at, what: what.to_owned(), by: by.to_owned(), text: String::new() }
}

fn lived(alarm: &Alarm, timeline: &mut Vec<Happening>) {
    let mut add = |at: Time, what: &str, by: &str, text: &str| {
        timeline.push(Happening { at, what: what.to_owned(), by: by.to_owned(), text: text.to_owned() });
    };
    add(alarm.raised_at, "raised", alarm.source.as_str(), &alarm.record.alarm_title);
    if let Some(ack) = &alarm.acknowledged {
        add(ack.at, "acknowledged", &ack.by, &ack.note);
    }
    if let Some(at) = alarm.cleared_at {
        add(at, "restored", alarm.clear_type.map_or("", |kind| kind.word()), "");
    }
}

// === impl BoardState ===

impl BoardState {
    fn impact(&self, alarm: &Alarm) -> Vec<ImpactView> {
        let reach = match self.alarms.by_id(alarm.id) {
            Some(entry) => entry.reach.clone(),
            None => Reach::of(&self.inventory, alarm),
        };
        let mut by_customer: BTreeMap<Option<CustomerIx>, Vec<ImpactCircuit>> = BTreeMap::new();
        for ix in reach.circuits() {
            let (Some(row), Some(live)) = (self.inventory.circuit(ix), self.circuits.get(ix)) else { continue };
            by_customer.entry(row.customer).or_default().push(ImpactCircuit {
                code: row.code.to_owned(),
                name: row.name.to_owned(),
                state: live.state,
                sla_left_ms: live.budget.map(|budget| budget.left_ms),
                breach_at: live.budget.and_then(|budget| budget.breach_at),
            });
        }
        let order = reach.customers().map(Some).chain([None]).take(CUSTOMERS_SHOWN);
        let view = |customer: Option<CustomerIx>| {
            let mut circuits = by_customer.remove(&customer)?;
            circuits.sort_by(|a, b| {
                let urgency = |circuit: &ImpactCircuit| (circuit.state, circuit.sla_left_ms.unwrap_or(i64::MAX));
                urgency(a).cmp(&urgency(b)).then_with(|| a.code.cmp(&b.code))
            });
            let circuits_total = crate::board::view::count(circuits.len());
            circuits.truncate(CIRCUITS_SHOWN);
            let row = customer.and_then(|customer| self.inventory.customer(customer));
            Some(ImpactView {
                customer_no: row.map_or("", |row| row.no).to_owned(),
                name: row.map_or("", |row| row.name).to_owned(),
                level: row.map_or("", |row| row.level).to_owned(),
                circuits_total,
                circuits,
            })
        };
        order.filter_map(view).collect()
    }
}
