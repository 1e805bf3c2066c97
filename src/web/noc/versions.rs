//! Versions of a circuit's figure: what changed it, when, and what counts otherwise since.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use figures::versions::{figure_json, is_closed};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::version::{Version, version_by_number, versions_of_period, versions_page};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use super::sla::{BACK_MAX_S, PeriodQuery};
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::BadCursor;
use crate::extract::{Params, Segment, page_limit};
use crate::problem::Problem;

/// Which versions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// Of one circuit; default all.
    circuit: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A version of a figure.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FigureVersion)]
pub(crate) struct VersionView {
    /// Circuit.
    circuit_code: String,
    /// The period.
    #[schema(value_type = Object)]
    period: Window,
    /// 1, 2, … inside the period.
    version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// What made it: `closed`, `correction:12`, `alarm:…`, `cutover:…`.
    cause: String,
    /// Who; empty = a fact did.
    by: String,
    /// Name of the plan.
    plan: String,
    /// The figure covers the period up to here.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// The numbers that it replaced; null = it is the first.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// Its numbers.
    #[schema(value_type = Object)]
    after: Value,
    /// The period is over and the figure final until something is told late.
    pinned: bool,
}

/// A version with its whole figure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureVersionDetail)]
pub(crate) struct VersionDetail {
    /// The version.
    version: VersionView,
    /// The figure of interfaces §9 as it was.
    #[schema(value_type = Object)]
    figure: Value,
    /// Stretches of time that count otherwise than in the version before: `start`, `end`, `was`, `is`.
    #[schema(value_type = Vec<Object>)]
    changes: Value,
}

/// Versions of a period, newest first.
#[utoipa::path(get, path = "/circuits/{code}/sla/versions", tag = "sla",
    params(("code" = String, Path), PeriodQuery), responses((status = 200, body = Vec<VersionView>), (status = 404)))]
pub(crate) async fn list_versions(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<Vec<VersionView>>, Problem> {
    let period = app.period_of(&code, query.period.as_deref()).await?;
    let mut tx = app.db.read().await?;
    let versions = versions_of_period(&mut tx, &code, period).await?;
    Ok(Json(versions.into_iter().map(VersionView::of).collect::<Result<_, _>>()?))
}

/// One version with its figure.
#[utoipa::path(get, path = "/circuits/{code}/sla/versions/{version}", tag = "sla",
    params(("code" = String, Path), ("version" = i64, Path), PeriodQuery),
    responses((status = 200, body = VersionDetail), (status = 404)))]
pub(crate) async fn show_version(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment((code, number)): Segment<(String, i64)>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<VersionDetail>, Problem> {
    let period = app.period_of(&code, query.period.as_deref()).await?;
    let mut tx = app.db.read().await?;
    let version = version_by_number(&mut tx, &code, period, number).await?.ok_or_else(Problem::not_found)?;
    let (figure, changes) = (value(&figure_json(&version)?)?, value(&version.changes)?);
    Ok(Json(VersionDetail { version: VersionView::of(version)?, figure, changes }))
}

/// What changed figures, newest first: versions that replaced another figure.
#[utoipa::path(get, path = "/sla/versions", tag = "sla", params(VersionQuery),
    responses((status = 200, body = Listing<VersionView>)))]
pub(crate) async fn list_changes(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<VersionQuery>,
) -> Result<Json<Listing<VersionView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let circuit = query.circuit.as_deref().filter(|code| !code.is_empty());
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut tx = app.db.read().await?;
    let versions = versions_page(&mut tx, circuit, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = versions.last().filter(|_| versions.len() == limit).map(|last| last.id.to_string());
    let items = versions.into_iter().map(VersionView::of).collect::<Result<_, _>>()?;
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

impl App {
    /// The period of a circuit that a text names; the running one by default.
    async fn period_of(&self, code: &str, period: Option<&str>) -> Result<Window, Problem> {
        let now = self.clock.now();
        // Which plan acted when is all that is asked of the dossier.
        let mut dossier = self.known_dossier(code, now.plus_s(-BACK_MAX_S)).await?;
        Ok(dossier.enter(period, now)?)
    }
}

// === impl VersionView ===

impl VersionView {
    fn of(version: Version) -> Result<Self, Problem> {
        Ok(VersionView {
            pinned: is_closed(&version),
            before: version.before.as_deref().map(value).transpose()?,
            after: value(&version.after)?,
            circuit_code: version.circuit_code,
            period: version.period,
            version: version.version,
            at: version.made_at,
            cause: version.cause,
            by: version.made_by,
            plan: version.plan,
            as_of: version.as_of,
        })
    }
}

fn value(json: &str) -> Result<Value, Problem> {
    serde_json::from_str(json).map_err(|error| Problem::internal(&error))
}
