//! The promises that are broken or nearly so, for whoever has to decide what is repaired first.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::board::urgent::Urgency;
use crate::board::view::CircuitView;
use crate::extract::{Params, page_limit};
use crate::problem::Problem;

/// Which of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UrgentQuery {
    /// `breached`, `at_risk` or `all` (default).
    state: Option<String>,
    /// Customer number; its children count.
    customer: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A page of circuits, and how many there are of each kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UrgentListing {
    /// The page.
    #[serde(flatten)]
    list: Listing<CircuitView>,
    /// Circuits of the same customer whose promise is broken.
    breached: u32,
    /// Circuits of the same customer with little time left.
    at_risk: u32,
}

/// Circuits whose promise of the current period is broken or at risk (less than ten minutes and less
/// than 30 % of its SLA time are left), the least time left first.
#[utoipa::path(get, path = "/sla/urgent", tag = "circuits", params(UrgentQuery),
    responses((status = 200, body = UrgentListing), (status = 400)))]
pub(crate) async fn list_urgent(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<UrgentQuery>,
) -> Result<Json<UrgentListing>, Problem> {
    let limit = page_limit(query.limit)?;
    let which = match query.state.as_deref() {
        None | Some("" | "all") => Urgency::All,
        Some("breached") => Urgency::Breached,
        Some("at_risk") => Urgency::AtRisk,
        Some(_) => return Err(Problem::bad_field("state", "must be breached, at_risk or all")),
    };
    let customer = query.customer.as_deref().filter(|no| !no.is_empty());
    let (page, counts) = app.board.urgent(which, customer, query.cursor.as_deref(), limit)?;
    let list = Listing::of(page, app.clock.now());
    Ok(Json(UrgentListing { list, breached: counts.breached, at_risk: counts.at_risk }))
}
