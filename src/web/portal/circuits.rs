//! Own circuits: state, the last days, and what is left of the promise.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::CircuitIx;
use engine::sla::Share;
use model::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::own_circuit;
use crate::app::App;
use crate::auth::Customer;
use crate::board::CircuitState;
use crate::board::query::BadCursor;
use crate::board::view::end;
use crate::extract::{Params, Segment, page_limit};
use crate::figure::ribbon::{Day, RibbonView};
use crate::noc::Listing;
use crate::noc::sla::{DaysQuery, days};
use crate::problem::Problem;

/// Days of the ribbon in the list.
const LIST_DAYS: u32 = 30;
/// Planned work this far ahead is shown on a circuit.
const PLANNED_MS: i64 = 48 * 3600 * 1000;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PortalCircuitQuery {
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A circuit as its customer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalCircuit {
    /// Code.
    code: String,
    /// Name.
    name: String,
    /// End A.
    a_end: String,
    /// End Z.
    z_end: String,
    /// Service type.
    service_type: String,
    /// Rate; null = not stated.
    rate_kbps: Option<u32>,
    /// Service level.
    service_level: String,
    /// State.
    state: CircuitState,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Time>,
    /// The last thirty days.
    days: Vec<Day>,
    /// Promised availability in percent.
    target: String,
    /// Down time that the period allows; null = not known yet.
    allowed_ms: Option<i64>,
    /// What is left of it.
    left_ms: Option<i64>,
    /// Share of the period so far in which it was measured, in percent, cut off towards worse; null = not known yet.
    completeness: Option<String>,
    /// Planned work is on now or within two days.
    planned: bool,
}

/// Own circuits: interrupted, degraded, up, not in service; of these planned work, least time left.
#[utoipa::path(get, path = "/portal/circuits", tag = "portal", params(PortalCircuitQuery),
    responses((status = 200, body = Listing<PortalCircuit>)))]
pub(crate) async fn list_circuits(
    State(app): State<Arc<App>>,
    customer: Customer,
    Params(query): Params<PortalCircuitQuery>,
) -> Result<Json<Listing<PortalCircuit>>, Problem> {
    let limit = page_limit(query.limit)?;
    let start: usize = query.cursor.as_deref().map_or(Ok(0), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let now = app.clock.now();
    let (mut items, total) = {
        let board = app.board.read();
        let visible = board.visible(&customer.scope);
        let places = board.circuits_of(visible.customers(), None, None);
        let mut order: Vec<(CircuitState, bool, usize, CircuitIx)> = places
            .iter()
            .enumerate()
            .filter_map(|(rank, place)| {
                let ix = CircuitIx(place.circuit);
                Some((board.circuits.get(ix)?.state, !board.planned(ix, now, PLANNED_MS), rank, ix))
            })
            .collect();
        order.sort_unstable();
        let page = order.iter().skip(start).take(limit);
        let items: Vec<PortalCircuit> = page.filter_map(|(_, _, _, ix)| row(&app, &board, *ix, now)).collect();
        (items, order.len())
    };
    for item in &mut items {
        item.days = app.ribbon(&item.code, LIST_DAYS).await?.map(|days| days.to_vec()).unwrap_or_default();
    }
    let end = start.saturating_add(items.len());
    let next = (end < total).then(|| end.to_string());
    Ok(Json(Listing { items, next, total: u32::try_from(total).ok(), as_of: now }))
}

/// One own circuit.
#[utoipa::path(get, path = "/portal/circuits/{code}", tag = "portal", params(("code" = String, Path)),
    responses((status = 200, body = PortalCircuit), (status = 404)))]
pub(crate) async fn show_circuit(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(code): Segment<String>,
) -> Result<Json<PortalCircuit>, Problem> {
    own_circuit(&app, &customer, &code)?;
    let found = {
        let board = app.board.read();
        let ix = board.inventory.circuit_ix(&code);
        ix.and_then(|ix| row(&app, &board, ix, app.clock.now()))
    };
    let mut circuit = found.ok_or_else(Problem::not_found)?;
    circuit.days = app.ribbon(&code, LIST_DAYS).await?.map(|days| days.to_vec()).unwrap_or_default();
    Ok(Json(circuit))
}

/// The last days of an own circuit.
#[utoipa::path(get, path = "/portal/circuits/{code}/ribbon", tag = "portal", params(("code" = String, Path), DaysQuery),
    responses((status = 200, body = RibbonView), (status = 404)))]
pub(crate) async fn show_ribbon(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(code): Segment<String>,
    Params(query): Params<DaysQuery>,
) -> Result<Json<RibbonView>, Problem> {
    own_circuit(&app, &customer, &code)?;
    app.ribbon_view(&code, days(query.days)?).await.map(Json)
}

fn row(app: &App, board: &crate::board::state::State, ix: CircuitIx, now: Time) -> Option<PortalCircuit> {
    let circuit = board.inventory.circuit(ix)?;
    let live = board.circuits.get(ix)?;
    let (_, plan) = app.figures.plan(circuit.sla_plan);
    Some(PortalCircuit {
        code: circuit.code.to_owned(),
        name: circuit.name.to_owned(),
        a_end: end(circuit.a_address, circuit.a_region).to_owned(),
        z_end: end(circuit.z_address, circuit.z_region).to_owned(),
        service_type: circuit.service_type.to_owned(),
        rate_kbps: Some(circuit.rate_kbps).filter(|rate| *rate > 0),
        service_level: circuit.service_level.to_owned(),
        state: live.state,
        since: live.since,
        days: Vec::new(),
        target: plan.target.to_string(),
        allowed_ms: live.budget.map(|budget| budget.allowed_ms),
        left_ms: live.budget.map(|budget| budget.left_ms),
        completeness: live.budget.and_then(|budget| budget.completeness.share()).map(Share::worse),
        planned: board.planned(ix, now, PLANNED_MS),
    })
}
