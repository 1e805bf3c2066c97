//! What network managers measure for us, and asking them again for a stretch of the past.

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use intake::Command;
use model::pm::{HistoryState, TaskStatus, task_id};
use model::source::SourceId;
use model::text::Text;
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::peer::peer_states;
use store::performance::task::{History, PmTask, newest_history, tasks_of_source};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Body, Segment};
use crate::problem::Problem;

/// Stretches of the past that are shown.
const HISTORY_SHOWN: u32 = 20;
/// Longest stretch that is asked for at once.
const STRETCH_MS_MAX: i64 = 31 * 86_400_000;

/// A performance task at a network manager.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PmTask)]
pub(crate) struct PmTaskView {
    /// `pmTaskId`.
    pm_task_id: String,
    /// Name in the configuration.
    name: String,
    /// What is measured.
    #[schema(value_type = Vec<String>)]
    params: Vec<Text>,
    /// `15M` or `24H`.
    granularity: String,
    /// How many objects are wanted.
    objects: u32,
    /// `ACTIVE`, `SUSPENDED`, `FAILED` or `DELETED` (it is not there); null = not known yet.
    #[schema(value_type = Option<String>)]
    status: Option<TaskStatus>,
    /// Why it stands so or could not be brought to stand as it should; may be empty.
    reason: String,
    /// When its manager said last by itself how it stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    told_at: Option<Time>,
    /// When it was last compared with what is wanted.
    #[schema(value_type = Option<String>, format = DateTime)]
    checked_at: Option<Time>,
}

/// A stretch of the past that was asked for again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PmHistory)]
pub(crate) struct PmHistoryView {
    /// Task whose objects and parameters are asked for.
    pm_task_id: String,
    /// Begin.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// End.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// Login, or `files` where files went away before they were fetched.
    asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    asked_at: Time,
    /// `WAITING`, `ASKED` (its files come as any others) or `FAILED`.
    #[schema(value_type = String)]
    state: HistoryState,
    /// `syncReqId` of the request; may be empty.
    sync_req_id: String,
    /// Why it could not be asked; may be empty.
    reason: String,
}

/// A stretch of the past.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PastBody {
    /// Begin, RFC 3339.
    from: String,
    /// End, RFC 3339.
    to: String,
}

/// Asks a network manager again for what its performance tasks measured in a stretch of the past, at most 31 days.
#[utoipa::path(post, path = "/sources/{id}/pm-history", tag = "sources", params(("id" = String, Path)),
    request_body = PastBody, responses((status = 202), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn ask_history(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<String>,
    Body(body): Body<PastBody>,
) -> Result<StatusCode, Problem> {
    let time = |field: &str, text: &str| {
        Time::parse(text).map_err(|_| Problem::bad_field(field, "must be a time such as 2026-11-07T08:00:00Z"))
    };
    let window = Window::new(time("from", &body.from)?, time("to", &body.to)?);
    if window.start >= window.end || window.end > app.clock.now() {
        return Err(Problem::bad_field("to", "must be after from and not in the future"));
    }
    if window.length_ms() > STRETCH_MS_MAX {
        return Err(Problem::bad_field("from", "may be 31 days before to at most"));
    }
    let source = SourceId::new(&id);
    if !app.board.read().lists.sources.contains_key(&source) {
        return Err(Problem::not_found());
    }
    app.command(Command::PmHistory { source, window }, &staff.login).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The tasks of a source, and what was asked for of the past.
pub(crate) async fn of_source(app: &App, id: &SourceId) -> Result<(Vec<PmTaskView>, Vec<PmHistoryView>), Problem> {
    let mut tx = app.db.read().await?;
    let state = peer_states(&mut tx).await?.into_iter().find(|state| state.source == *id);
    let Some(state) = state else { return Ok((Vec::new(), Vec::new())) };
    let own = &app.settings.sys_code;
    let tasks = tasks_of_source(&mut tx, state.source_no).await?;
    let history = newest_history(&mut tx, state.source_no, HISTORY_SHOWN).await?;
    Ok((
        tasks.into_iter().map(|task| PmTaskView::of(own, task)).collect(),
        history.into_iter().map(|history| PmHistoryView::of(own, history)).collect(),
    ))
}

// === impl PmTaskView ===

impl PmTaskView {
    fn of(own: &SourceId, task: PmTask) -> Self {
        PmTaskView {
            pm_task_id: task_id(own, task.id),
            name: task.name,
            params: task.params,
            granularity: task.granularity.word(),
            objects: task.objects,
            status: task.status,
            reason: task.reason,
            told_at: task.told_at,
            checked_at: task.checked_at,
        }
    }
}

// === impl PmHistoryView ===

impl PmHistoryView {
    fn of(own: &SourceId, history: History) -> Self {
        PmHistoryView {
            pm_task_id: task_id(own, history.task_id),
            from: history.window.start,
            to: history.window.end,
            asked_by: history.asked_by,
            asked_at: history.asked_at,
            state: history.state,
            sync_req_id: history.sync_req_id,
            reason: history.reason,
        }
    }
}
