//! What was measured of an own circuit, without the names of our objects and systems.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use model::pm::Location;
use serde::Serialize;
use utoipa::ToSchema;

use super::own_circuit;
use crate::app::App;
use crate::auth::Customer;
use crate::extract::{Params, Segment};
use crate::figure::beside::BesideView;
use crate::noc::sla::PeriodQuery;
use crate::performance::{Columns, Head, PerformanceQuery};
use crate::problem::Problem;

/// What was measured of a circuit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PortalPerformance {
    #[serde(flatten)]
    head: Head,
    /// One for each measuring point.
    series: Vec<PortalSeries>,
}

/// What was measured at one point.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalSeries {
    /// Which way was measured: received or sent, here or at the far end, or both.
    #[schema(value_type = String)]
    location: Location,
    #[serde(flatten)]
    columns: Columns,
}

/// What was measured of a circuit from one time to another, as measured or rolled up.
#[utoipa::path(get, path = "/portal/circuits/{code}/performance", tag = "portal",
    params(("code" = String, Path), PerformanceQuery),
    responses((status = 200, body = PortalPerformance), (status = 404)))]
pub(crate) async fn show_performance(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(code): Segment<String>,
    Params(query): Params<PerformanceQuery>,
) -> Result<Response, Problem> {
    own_circuit(&app, &customer, &code)?;
    let now = app.clock.now();
    let wish = query.wish(now)?;
    let series = wish.series(&app, &code).await?;
    if wish.csv {
        let about = |series: &figures::performance::Series| vec![series.subject.location.to_string()];
        return Ok(wish.download(&code, &series, about, &["location"]));
    }
    let point = |(series, columns): (figures::performance::Series, Columns)| PortalSeries {
        location: series.subject.location,
        columns,
    };
    let series = series.into_iter().map(point).collect();
    Ok(Json(PortalPerformance { head: wish.head(&code, now), series }).into_response())
}

/// Unavailable seconds of an own circuit as measured beside the down time by alarms.
#[utoipa::path(get, path = "/portal/circuits/{code}/sla/performance", tag = "portal",
    params(("code" = String, Path), PeriodQuery),
    responses((status = 200, body = BesideView), (status = 404)))]
pub(crate) async fn compare_performance(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(code): Segment<String>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<BesideView>, Problem> {
    own_circuit(&app, &customer, &code)?;
    app.beside(&code, query.period.as_deref()).await.map(Json)
}
