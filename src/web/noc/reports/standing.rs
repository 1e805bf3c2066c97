//! Standing reports: a month over all customers, and the indicator file for headquarters. Asked for, watched,
//! stopped, and their files fetched. A task of the root makes them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use model::report::StandingState;
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::report::standing::{
    Standing, StandingFile, add_standing, files_of_standing, standing_by_id, standings_page,
};
use utoipa::ToSchema;

use super::run::{RunQuery, month};
use crate::access::{audit, audit_of};
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::BadCursor;
use crate::download::attachment;
use crate::extract::{Body, Params, Segment, page_limit};
use crate::noc::Listing;
use crate::problem::{Problem, ProblemCode};

/// The month that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StandingReportBody)]
pub(crate) struct StandingBody {
    /// `2026-10`. One that is not over gives figures up to now.
    label: String,
}

/// A standing report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StandingReport)]
pub(crate) struct StandingView {
    /// Number.
    id: String,
    /// The month.
    label: String,
    /// The month as a window; a contract's may have another zone or start day.
    #[schema(value_type = Object)]
    period: Window,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    #[schema(value_type = String)]
    state: StandingState,
    /// Why it failed; empty otherwise.
    error: String,
    /// Circuits that it looks at; 0 until it begins.
    circuits: u32,
    /// Of them, those that it has looked at.
    done: u32,
    /// Who asked for it; empty = the schedule.
    requested_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Time,
    /// When it was done, failed or cancelled.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    /// The schedule asked for it.
    scheduled: bool,
    /// Its files, once it is done.
    files: Vec<StandingFileView>,
}

/// A file of a standing report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StandingReportFile)]
pub(crate) struct StandingFileView {
    /// Name.
    name: String,
    /// Length.
    bytes: u64,
    /// SHA-256 in hex.
    sha256: String,
}

/// Standing reports, newest first.
#[utoipa::path(get, path = "/reports/standing", tag = "reports", params(RunQuery),
    responses((status = 200, body = Listing<StandingView>)))]
pub(crate) async fn list_standing(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<RunQuery>,
) -> Result<Json<Listing<StandingView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut tx = app.db.read().await?;
    let page = standings_page(&mut tx, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = page.last().filter(|_| page.len() == limit).map(|last| last.id.to_string());
    let mut items = Vec::with_capacity(page.len());
    for standing in page {
        items.push(StandingView::read(&mut tx, standing).await?);
    }
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// One standing report.
#[utoipa::path(get, path = "/reports/standing/{id}", tag = "reports", params(("id" = i64, Path)),
    responses((status = 200, body = StandingView), (status = 404)))]
pub(crate) async fn show_standing(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<StandingView>, Problem> {
    let mut tx = app.db.read().await?;
    let standing = standing_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    StandingView::read(&mut tx, standing).await.map(Json)
}

/// Asks for the standing report of a month.
#[utoipa::path(post, path = "/reports/standing", tag = "reports", request_body = StandingBody,
    responses((status = 201, body = StandingView), (status = 400)))]
pub(crate) async fn make_standing(
    State(app): State<Arc<App>>,
    staff: Staff,
    Body(body): Body<StandingBody>,
) -> Result<(StatusCode, Json<StandingView>), Problem> {
    let now = app.clock.now();
    let period = month(&body.label, now).map_err(|reason| Problem::bad_field("label", reason))?;
    let standing = Standing {
        id: 0,
        label: body.label,
        period,
        state: StandingState::Queued,
        error: String::new(),
        scheduled: false,
        requested_by: staff.login.clone(),
        requested_at: now,
        circuits: 0,
        done: 0,
        ended_at: None,
    };
    let mut tx = app.db.write().await?;
    let id = add_standing(&mut tx, &standing).await?;
    let view = StandingView::read(&mut tx, Standing { id, ..standing }).await?;
    audit_of(&app, &mut tx, &staff.login, "report.standing", &view.id, &view).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Stops one that is queued or being made.
#[utoipa::path(post, path = "/reports/standing/{id}/cancel", tag = "reports", params(("id" = i64, Path)),
    responses((status = 200, body = StandingView), (status = 404), (status = 409)))]
pub(crate) async fn cancel_standing(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<StandingView>, Problem> {
    let mut tx = app.db.write().await?;
    standing_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if !store::report::standing::cancel_standing(&mut tx, id, app.clock.now()).await? {
        return Err(Problem::of(ProblemCode::StateForbids, "the report is made or over already"));
    }
    let standing = standing_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let view = StandingView::read(&mut tx, standing).await?;
    audit_of(&app, &mut tx, &staff.login, "report.standing.cancel", &view.id, &view).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// A file of a standing report, as a download. Who fetched it is noted.
#[utoipa::path(get, path = "/reports/standing/{id}/files/{name}", tag = "reports",
    params(("id" = i64, Path), ("name" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)))]
pub(crate) async fn fetch_standing_file(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment((id, name)): Segment<(i64, String)>,
) -> Result<Response, Problem> {
    let mut tx = app.db.read().await?;
    let files = files_of_standing(&mut tx, id).await?;
    drop(tx);
    let file = files.into_iter().find(|file| file.name == name).ok_or_else(Problem::not_found)?;
    let content = app.report_content(&file.path, &file.sha256).await?;
    let mut tx = app.db.write().await?;
    audit(&app, &mut tx, &staff.login, "report.standing.fetch", &format!("{id}/{name}")).await?;
    tx.commit().await?;
    Ok(attachment(content, &file.name, media_type(&file.name)))
}

/// By the ending of its name.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("xlsx") => model::report::Format::Xlsx.media_type(),
        Some("csv") => model::report::Format::Csv.media_type(),
        _ => "text/plain; charset=utf-8",
    }
}

// === impl StandingView ===

impl StandingView {
    async fn read(tx: &mut Tx, standing: Standing) -> Result<Self, Problem> {
        let files = files_of_standing(tx, standing.id).await?;
        let view = |file: StandingFile| StandingFileView { name: file.name, bytes: file.bytes, sha256: file.sha256 };
        Ok(StandingView {
            id: standing.id.to_string(),
            label: standing.label,
            period: standing.period,
            state: standing.state,
            error: standing.error,
            circuits: standing.circuits,
            done: standing.done,
            requested_by: standing.requested_by,
            requested_at: standing.requested_at,
            ended_at: standing.ended_at,
            scheduled: standing.scheduled,
            files: files.into_iter().map(view).collect(),
        })
    }
}
