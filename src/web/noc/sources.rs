//! The peers we listen to, and asking one for its active alarms.

use intake::Command;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::source::{RunState, Source, SourceId, SourceKind, SourceState};
use model::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::Segment;
use crate::noc::measuring::{self, PmHistoryView, PmTaskView};
use crate::problem::Problem;

/// A source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Source)]
pub(crate) struct SourceView {
    /// System code.
    #[schema(value_type = String)]
    id: SourceId,
    /// `transport`, `ip`, `atm`, `resource`, `eoms`, `omc` or `snmp`.
    #[schema(value_type = String)]
    kind: SourceKind,
    /// `live`, `stale` or `waiting`.
    #[schema(value_type = String)]
    state: SourceState,
    /// When it was heard last.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_heard: Option<Time>,
    /// Seconds of silence after which it is stale; 0 = its silence means nothing.
    silence_s: i64,
    /// How long it has been silent; null = never heard.
    silent_for_ms: Option<i64>,
    /// How late its latest alarm came.
    lag_ms: Option<i64>,
    /// Alarm facts in the last ten minutes.
    alarms_10min: u32,
    /// Circuits with a hop it observes.
    circuits: u32,
    /// Active alarms it reported.
    active_alarms: u32,
    /// Number of the newest alarm of an OMC; null for others.
    alarm_seq: Option<u32>,
    /// The last resync.
    last_sync: Option<SyncView>,
}

/// A resync.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sync)]
pub(crate) struct SyncView {
    /// Number of the request.
    sync_req_id: String,
    /// Why it was asked.
    reason: String,
    /// Where it stands.
    #[schema(value_type = String)]
    state: RunState,
    /// When it was asked.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    /// Alarms it raised.
    raised: u32,
    /// Alarms it cleared.
    cleared: u32,
    /// What went wrong; may be empty.
    error: String,
}

/// A source with what it measures for us.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SourceDetail)]
pub(crate) struct SourceDetail {
    #[serde(flatten)]
    source: SourceView,
    /// Performance tasks at a network manager.
    pm_tasks: Vec<PmTaskView>,
    /// What was asked for of the past, newest first.
    pm_history: Vec<PmHistoryView>,
}

/// All sources: stale first, then by code.
#[utoipa::path(get, path = "/sources", tag = "sources", responses((status = 200, body = Listing<SourceView>)))]
pub(crate) async fn list_sources(State(app): State<Arc<App>>, _staff: Staff) -> Json<Listing<SourceView>> {
    let now = app.clock.now();
    let board = app.board.read();
    let mut sources: Vec<&Source> = board.lists.sources.values().collect();
    sources.sort_by_key(|source| (source.state != SourceState::Stale, source.state != SourceState::Waiting));
    let items = sources.into_iter().map(|source| SourceView::of(source, now)).collect();
    Json(Listing::whole(items, now))
}

/// One source.
#[utoipa::path(get, path = "/sources/{id}", tag = "sources", params(("id" = String, Path)),
    responses((status = 200, body = SourceDetail), (status = 404)))]
pub(crate) async fn show_source(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<String>,
) -> Result<Json<SourceDetail>, Problem> {
    let id = SourceId::new(&id);
    let source = app.board.read().lists.sources.get(&id).map(|source| SourceView::of(source, app.clock.now()));
    let source = source.ok_or_else(Problem::not_found)?;
    let (pm_tasks, pm_history) = measuring::of_source(&app, &id).await?;
    Ok(Json(SourceDetail { source, pm_tasks, pm_history }))
}

/// Asks a source for its active alarms.
#[utoipa::path(post, path = "/sources/{id}/resync", tag = "sources", params(("id" = String, Path)),
    responses((status = 202), (status = 404), (status = 409)))]
pub(crate) async fn resync_source(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<String>,
) -> Result<StatusCode, Problem> {
    let id = SourceId::new(&id);
    if !app.board.read().lists.sources.contains_key(&id) {
        return Err(Problem::not_found());
    }
    app.command(Command::Resync(id), &staff.login).await?;
    Ok(StatusCode::ACCEPTED)
}

// === impl SourceView ===

impl SourceView {
    pub(crate) fn of(source: &Source, now: Time) -> Self {
        SourceView {
            id: source.id.clone(),
            kind: source.kind,
            state: source.state,
            last_heard: source.last_heard,
            silence_s: source.silence_s,
            silent_for_ms: source.last_heard.map(|at| now.since(at).max(0)),
            lag_ms: source.lag_ms,
            alarms_10min: source.alarms_10min,
            circuits: source.circuits,
            active_alarms: source.active_alarms,
            alarm_seq: source.alarm_seq,
            last_sync: source.last_sync.as_ref().map(|sync| SyncView {
                sync_req_id: sync.sync_req_id.clone(),
                reason: sync.reason.clone(),
                state: sync.state,
                requested_at: sync.requested_at,
                ended_at: sync.ended_at,
                raised: sync.raised,
                cleared: sync.cleared,
                error: sync.error.clone(),
            }),
        }
    }
}
