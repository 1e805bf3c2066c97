//! What was measured of a circuit.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::threshold::in_force_for;
use figures::performance::Series;
use model::pm::Location;
use serde::Serialize;
use store::performance::threshold::thresholds;
use utoipa::ToSchema;

use super::thresholds::ThresholdView;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Params, Segment};
use crate::figure::beside::BesideView;
use crate::noc::sla::PeriodQuery;
use crate::performance::{Columns, Head, PerformanceQuery};
use crate::problem::Problem;

/// What was measured of a circuit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Performance)]
pub(crate) struct PerformanceView {
    #[serde(flatten)]
    head: Head,
    /// One for each measured object, place on it and length of periods.
    series: Vec<SeriesView>,
    /// The thresholds that hold for the circuit.
    thresholds: Vec<ThresholdView>,
}

/// What was measured of one object.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PerformanceSeries)]
pub(crate) struct SeriesView {
    /// Who measured it.
    source: String,
    /// The object, in its words.
    object_id: String,
    /// Its type, in its words.
    object_type: String,
    /// Layer rate.
    layer_rate: String,
    /// Where on the object.
    #[schema(value_type = String)]
    location: Location,
    #[serde(flatten)]
    columns: Columns,
}

/// What was measured of a circuit from one time to another, as measured or rolled up.
#[utoipa::path(get, path = "/circuits/{code}/performance", tag = "circuits",
    params(("code" = String, Path), PerformanceQuery),
    responses((status = 200, body = PerformanceView), (status = 404)))]
pub(crate) async fn show_performance(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<PerformanceQuery>,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let wish = query.wish(now)?;
    if app.board.network().inventory.circuit_ix(&code).is_none() {
        return Err(Problem::not_found());
    }
    let series = wish.series(&app, &code).await?;
    if wish.csv {
        let names = ["source", "objectId", "location"];
        return Ok(wish.download(&code, &series, about, &names));
    }
    let series = series.into_iter().map(|(series, columns)| SeriesView::of(series, columns)).collect();
    let all = thresholds(&mut app.db.read().await?).await?;
    let own = in_force_for(&all, &app.board.inventory(), &code);
    let thresholds = own.into_iter().map(|threshold| ThresholdView::of(threshold.clone(), &app)).collect();
    Ok(Json(PerformanceView { head: wish.head(&code, now), series, thresholds }).into_response())
}

/// Unavailable seconds as measured beside the down time by alarms, and what makes the difference.
#[utoipa::path(get, path = "/circuits/{code}/sla/performance", tag = "circuits",
    params(("code" = String, Path), PeriodQuery),
    responses((status = 200, body = BesideView), (status = 404)))]
pub(crate) async fn compare_performance(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<BesideView>, Problem> {
    app.beside(&code, query.period.as_deref()).await.map(Json)
}

fn about(series: &Series) -> Vec<String> {
    let subject = &series.subject;
    vec![subject.source.to_string(), subject.object_id.clone(), subject.location.to_string()]
}

// === impl SeriesView ===

impl SeriesView {
    fn of(series: Series, columns: Columns) -> Self {
        let subject = series.subject;
        SeriesView {
            source: subject.source.to_string(),
            object_id: subject.object_id,
            object_type: subject.object_type,
            layer_rate: subject.layer_rate,
            location: subject.location,
            columns,
        }
    }
}
