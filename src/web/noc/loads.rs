//! Resource loads: how far they are, approving what they would delete, giving one up.

use intake::Command;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::resource::Class;
use model::source::{RunState, SourceId};
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::load::{Load, LoadIssue};
use utoipa::ToSchema;

use super::Listing;
use crate::app::App;
use crate::auth::{Admin, Staff};
use crate::extract::{Body, Segment};
use crate::problem::{Problem, ProblemCode};

/// A resource load.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ResourceLoad)]
pub(crate) struct LoadView {
    /// Our number.
    id: i64,
    /// Class.
    class: String,
    /// FULL or INC.
    mode: String,
    /// Where it stands.
    #[schema(value_type = String)]
    state: RunState,
    /// Where it comes from.
    #[schema(value_type = String)]
    source: SourceId,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    started_at: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    /// Rows read.
    rows_read: u64,
    /// Rows there are, where known.
    rows_total: Option<u64>,
    /// New rows.
    added: u64,
    /// Changed rows.
    changed: u64,
    /// Deleted rows.
    deleted: u64,
    /// Rows that wait for their parent.
    held: u64,
    /// Rows that cannot be taken.
    refused: u64,
    /// Seconds it will still take, where known.
    eta_s: Option<u64>,
    /// Who approved what it deletes; null if nobody had to.
    approved_by: Option<String>,
    /// What ended it; empty if nothing did.
    error: String,
    /// The first issues.
    issues: Vec<IssueView>,
}

/// Something wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoadIssue)]
pub(crate) struct IssueView {
    /// Row in its file; 0 = no single row.
    row: u64,
    /// Key.
    key: String,
    /// What is wrong.
    reason: String,
}

/// What to load.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoadBody {
    /// Source.
    source: String,
    /// Class; absent = every class.
    class: Option<String>,
    /// FULL or INC.
    mode: String,
}

/// Loads, newest first.
#[utoipa::path(get, path = "/resource-loads", tag = "resources", responses((status = 200, body = Listing<LoadView>)))]
pub(crate) async fn list_loads(State(app): State<Arc<App>>, _staff: Staff) -> Json<Listing<LoadView>> {
    let board = app.board.read();
    let now = app.clock.now();
    let items = board.lists.loads.values().rev().map(|load| LoadView::of(load, now)).collect();
    Json(Listing::whole(items, now))
}

/// One load.
#[utoipa::path(get, path = "/resource-loads/{id}", tag = "resources", params(("id" = i64, Path)),
    responses((status = 200, body = LoadView), (status = 404)))]
pub(crate) async fn show_load(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<LoadView>, Problem> {
    let board = app.board.read();
    board.lists.loads.get(&id).map(|load| Json(LoadView::of(load, app.clock.now()))).ok_or_else(Problem::not_found)
}

/// Asks a source for resources.
#[utoipa::path(post, path = "/resource-loads", tag = "resources", request_body = LoadBody,
    responses((status = 202), (status = 400), (status = 409)))]
pub(crate) async fn start_load(
    State(app): State<Arc<App>>,
    staff: Staff,
    Body(body): Body<LoadBody>,
) -> Result<StatusCode, Problem> {
    let full = match body.mode.as_str() {
        "FULL" => true,
        "INC" => false,
        _ => return Err(Problem::bad_field("mode", "must be FULL or INC")),
    };
    let read =
        |word: &str| Class::from_word(word).ok_or_else(|| Problem::bad_field("class", "is no class of resource"));
    let class = body.class.as_deref().map(read).transpose()?;
    let source = SourceId::new(&body.source);
    if !app.board.read().lists.sources.contains_key(&source) {
        return Err(Problem::bad_field("source", "is not a configured source"));
    }
    let classes = class.map_or_else(|| Class::ALL.to_vec(), |class| vec![class]);
    if classes.iter().all(|class| is_under_way(&app, &source, *class, full)) {
        let reason = "a load of this is under way, or waits for a person: let it end, or give it up";
        return Err(Problem::of(ProblemCode::StateForbids, reason));
    }
    app.command(Command::Load { source, class, full }, &staff.login).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Applies a load that waits because it would delete much.
#[utoipa::path(post, path = "/resource-loads/{id}/approve", tag = "resources", params(("id" = i64, Path)),
    responses((status = 202), (status = 404), (status = 409)))]
pub(crate) async fn approve_load(
    State(app): State<Arc<App>>,
    admin: Admin,
    Segment(id): Segment<i64>,
) -> Result<StatusCode, Problem> {
    let waits = |load: &Load| load.state == RunState::Waiting;
    give(&app, (id, waits), Command::ApproveLoad(id), &admin.login).await
}

/// Gives a load up.
#[utoipa::path(post, path = "/resource-loads/{id}/cancel", tag = "resources", params(("id" = i64, Path)),
    responses((status = 202), (status = 404), (status = 409)))]
pub(crate) async fn cancel_load(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<StatusCode, Problem> {
    let goes_on = |load: &Load| load.ended_at.is_none();
    give(&app, (id, goes_on), Command::CancelLoad(id), &staff.login).await
}

/// A load of the class has not ended. A FULL takes the place of one that waits for a person.
fn is_under_way(app: &App, source: &SourceId, class: Class, full: bool) -> bool {
    let board = app.board.read();
    let mut loads = board.lists.loads.values().filter(|load| load.source == *source && load.class == class);
    loads.any(|load| load.ended_at.is_none() && !(full && load.state == RunState::Waiting))
}

/// Hands a command about a load to the task, if its state allows it.
async fn give(
    app: &App,
    (id, allows): (i64, impl Fn(&Load) -> bool),
    command: Command,
    by: &str,
) -> Result<StatusCode, Problem> {
    let found = app.board.read().lists.loads.get(&id).map(|load| (allows(load), load.state));
    let (allowed, state) = found.ok_or_else(Problem::not_found)?;
    if !allowed {
        return Err(Problem::of(ProblemCode::StateForbids, format!("load {id} is {state}")));
    }
    app.command(command, by).await?;
    Ok(StatusCode::ACCEPTED)
}

// === impl LoadView ===

impl LoadView {
    pub(crate) fn of(load: &Load, now: Time) -> Self {
        let issue =
            |issue: &LoadIssue| IssueView { row: issue.row, key: issue.key.clone(), reason: issue.reason.clone() };
        let progress = &load.progress;
        LoadView {
            id: load.id,
            class: load.class.word().to_owned(),
            mode: if load.full { "FULL" } else { "INC" }.to_owned(),
            state: load.state,
            source: load.source.clone(),
            started_at: load.started_at,
            ended_at: load.ended_at,
            rows_read: progress.rows_read,
            rows_total: Some(progress.rows_total).filter(|total| *total > 0),
            added: progress.added,
            changed: progress.changed,
            deleted: progress.deleted,
            held: progress.held,
            refused: progress.refused,
            eta_s: eta_s(load, now),
            approved_by: Some(progress.approved_by.clone()).filter(|by| !by.is_empty()),
            error: progress.error.clone(),
            issues: progress.issues.iter().map(issue).collect(),
        }
    }
}

/// Seconds until all rows are read, at the pace so far.
fn eta_s(load: &Load, now: Time) -> Option<u64> {
    let (read, total) = (load.progress.rows_read, load.progress.rows_total);
    if load.state != RunState::Loading || read == 0 || total < read {
        return None;
    }
    let elapsed_ms = u64::try_from(now.since(load.started_at)).ok()?;
    Some(elapsed_ms.saturating_mul(total - read) / read / 1000)
}
