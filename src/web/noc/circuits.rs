//! Circuits: the list by urgency, and one circuit with its contract, alarms, fault and ticket.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::plan::DEFAULT_PLAN;
use model::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use super::faults::FaultView;
use crate::app::App;
use crate::auth::Staff;
use crate::board::CircuitState;
use crate::board::query::{AlarmFilter, CircuitFilter};
use crate::board::sift::CircuitSift;
use crate::board::view::{AlarmView, CircuitView, TicketRef};
use crate::extract::{Params, Segment, page_limit};
use crate::figure::words::{self, Words};
use crate::problem::Problem;

/// Alarms that a circuit shows.
const ALARMS_SHOWN: usize = 200;

/// Which circuits.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CircuitQuery {
    /// `down`, `degraded`, `up` or `not_in_service`.
    state: Option<String>,
    /// Customer number; its children count.
    customer: Option<String>,
    /// Service type.
    service_type: Option<String>,
    /// Service level: `AAA`.
    service_level: Option<String>,
    /// It has a second way.
    protected: Option<bool>,
    /// A source that observes it is silent: it is not measured.
    stale: Option<bool>,
    /// Less than ten minutes and less than 30 % of its SLA time are left, or it is breached.
    at_risk: Option<bool>,
    /// Text in code, name, address or customer.
    q: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// The promise of a circuit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    /// Name of the plan.
    name: String,
    /// Promised availability in percent.
    target: String,
    /// Zone of its calendar.
    zone: String,
    /// The accounting method in words.
    sentence: Words,
}

/// A circuit with everything about it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CircuitDetail {
    /// The circuit.
    #[serde(flatten)]
    circuit: CircuitView,
    /// Its promise.
    plan: PlanView,
    /// Contract.
    contract_no: String,
    /// Customer level.
    customer_level: String,
    /// Account manager of the customer.
    manager_name: String,
    /// Status in the resource system.
    status: String,
    /// In service from.
    #[schema(value_type = String, format = DateTime)]
    in_service_time: Time,
    /// In service to; null = for good.
    #[schema(value_type = Option<String>, format = DateTime)]
    out_of_service_time: Option<Time>,
    /// Its active alarms.
    alarms: Vec<AlarmView>,
    /// The fault that has it down or degraded.
    fault: Option<FaultView>,
    /// The ticket of that fault.
    ticket: Option<TicketRef>,
    /// What is wrong with its data.
    issues: Vec<String>,
}

/// Circuits: down first, then degraded, up, not in service; of these least SLA time left, then code.
#[utoipa::path(get, path = "/circuits", tag = "circuits", params(CircuitQuery),
    responses((status = 200, body = Listing<CircuitView>)))]
pub(crate) async fn list_circuits(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<CircuitQuery>,
) -> Result<Json<Listing<CircuitView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let read = |word: &str| {
        CircuitState::from_word(word)
            .ok_or_else(|| Problem::bad_field("state", "must be down, degraded, up or not_in_service"))
    };
    let state = query.state.as_deref().filter(|word| !word.is_empty()).map(read).transpose()?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let sift = CircuitSift {
        service_type: some(query.service_type),
        service_level: some(query.service_level),
        protected: query.protected,
        stale: query.stale,
        at_risk: query.at_risk,
    };
    let filter = CircuitFilter { state, customer: some(query.customer), q: query.q, sift };
    let page = app.board.circuits(&filter, query.cursor.as_deref(), limit)?;
    Ok(Json(Listing::of(page, app.clock.now())))
}

/// One circuit.
#[utoipa::path(get, path = "/circuits/{code}", tag = "circuits", params(("code" = String, Path)),
    responses((status = 200, body = CircuitDetail), (status = 404)))]
pub(crate) async fn show_circuit(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
) -> Result<Json<CircuitDetail>, Problem> {
    let filter = AlarmFilter { circuit: Some(code.clone()), ..AlarmFilter::default() };
    let alarms = app.board.alarms(&filter, None, ALARMS_SHOWN)?.items;
    let board = app.board.read();
    let ix = board.inventory.circuit_ix(&code).ok_or_else(Problem::not_found)?;
    let row = board.inventory.circuit(ix).ok_or_else(Problem::not_found)?;
    let circuit = board.circuit_view(ix).ok_or_else(Problem::not_found)?;
    let customer = row.customer.and_then(|customer| board.inventory.customer(customer));
    let cause = alarms.iter().filter(|alarm| circuit.state.is_hurt() && alarm.fault_no.is_some());
    let cause = cause.min_by_key(|alarm| (!alarm.is_cause, alarm.raised_at));
    let fault = cause.and_then(|alarm| board.lists.faults.get(&alarm.fault_no?));

    let (plan_name, plan) = app.figures.plan(row.sla_plan);
    let mut issues = Vec::new();
    if plan_name == DEFAULT_PLAN {
        issues.push(format!("no SLA plan {:?} is known; the built-in plan applies", row.sla_plan));
    }
    if board.inventory.routes(ix).is_empty() {
        issues.push("the route is unknown: the resource system has no hops for it".to_owned());
    }
    Ok(Json(CircuitDetail {
        plan: PlanView {
            name: plan_name.to_owned(),
            target: plan.target.to_string(),
            zone: plan.zone.to_string(),
            sentence: words::method(plan),
        },
        contract_no: row.contract_no.to_owned(),
        customer_level: customer.map_or("", |customer| customer.level).to_owned(),
        manager_name: customer.map_or("", |customer| customer.manager_name).to_owned(),
        status: row.status.to_owned(),
        in_service_time: row.in_service.start,
        out_of_service_time: Some(row.in_service.end).filter(|end| *end < Time::MAX),
        ticket: fault.and_then(|held| board.lists.ticket_of(held.fault.fault_no)).map(|ticket| TicketRef::of(ticket)),
        fault: fault.map(|held| board.fault_view(held)),
        circuit,
        alarms,
        issues,
    }))
}
