//! The outages of a period across all circuits of the customer, some circuits a page: each circuit's
//! figure is computed from its facts, so an answer has as many circuits as it can have in good time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::CircuitIx;
use figures::places::Places;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::outages::{PortalOutage, outages};
use crate::app::App;
use crate::auth::Customer;
use crate::board::query::BadCursor;
use crate::board::view::{count, end};
use crate::extract::Params;
use crate::noc::Listing;
use crate::noc::sla::evaluated;
use crate::problem::Problem;

/// Circuits of one answer.
const CIRCUITS_MAX: usize = 50;

/// Which period, and from which circuit on.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AllOutagesQuery {
    /// `2026-10`, `2026-Q4`, `2026` or a date; default each plan's period that runs now.
    period: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Circuits that are looked at, up to 50.
    limit: Option<usize>,
}

/// An outage and whose it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CircuitOutage {
    /// Circuit.
    code: String,
    /// Its A-end.
    a_end: String,
    /// Its Z-end.
    z_end: String,
    /// The outage.
    #[serde(flatten)]
    outage: PortalOutage,
}

/// A circuit that is looked at.
struct Looked {
    code: String,
    a_end: String,
    z_end: String,
}

/// Outages of a period, by circuit code and then oldest first. An answer looks at some circuits, so it
/// may be empty and still have a next page; `total` is how many circuits there are.
#[utoipa::path(get, path = "/portal/outages", tag = "portal", params(AllOutagesQuery),
    responses((status = 200, body = Listing<CircuitOutage>), (status = 400)))]
pub(crate) async fn list_all_outages(
    State(app): State<Arc<App>>,
    customer: Customer,
    Params(query): Params<AllOutagesQuery>,
) -> Result<Json<Listing<CircuitOutage>>, Problem> {
    let limit = match query.limit {
        None => CIRCUITS_MAX,
        Some(n) if (1..=CIRCUITS_MAX).contains(&n) => n,
        Some(_) => return Err(Problem::bad_field("limit", format!("must be 1 to {CIRCUITS_MAX}"))),
    };
    let start: usize = query.cursor.as_deref().map_or(Ok(0), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let as_of = app.clock.now();
    let (page, total) = circuits(&app, &customer, start, limit);
    let mut items = Vec::new();
    for circuit in &page {
        items.extend(outages_of(&app, circuit, query.period.as_deref()).await?);
    }
    let end = start.saturating_add(page.len());
    let next = (end < total && !page.is_empty()).then(|| end.to_string());
    Ok(Json(Listing { items, next, total: Some(count(total)), as_of }))
}

/// Some of the customer's circuits by code, and how many there are.
fn circuits(app: &App, customer: &Customer, start: usize, limit: usize) -> (Vec<Looked>, usize) {
    let board = app.board.read();
    let visible = board.visible(&customer.scope);
    let mut own: Vec<CircuitIx> = board.circuits_in(&visible).collect();
    own.sort_unstable();
    let rows = own.iter().skip(start).take(limit).filter_map(|ix| board.inventory.circuit(*ix));
    let looked = rows.map(|row| Looked {
        code: row.code.to_owned(),
        a_end: end(row.a_address, row.a_region).to_owned(),
        z_end: end(row.z_address, row.z_region).to_owned(),
    });
    (looked.collect(), own.len())
}

async fn outages_of(app: &App, circuit: &Looked, period: Option<&str>) -> Result<Vec<CircuitOutage>, Problem> {
    let (dossier, figure) = evaluated(app, &circuit.code, period).await?;
    let places = Places::read(&mut app.db.read().await?, &dossier, &figure).await?;
    let of = |outage| CircuitOutage {
        code: circuit.code.clone(),
        a_end: circuit.a_end.clone(),
        z_end: circuit.z_end.clone(),
        outage,
    };
    Ok(outages(&dossier, &places, &figure).into_iter().map(of).collect())
}
