//! The log of who did what, for administrators: its entries, and whether the chain is whole.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::audit::{AuditEntry, AuditFilter, Break, BreakKind, audit_page, verify};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Admin;
use crate::board::query::BadCursor;
use crate::extract::{Params, page_limit};
use crate::figure::aside;
use crate::noc::Listing;
use crate::problem::Problem;

/// Which entries; what is absent or empty lets all through.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogQuery {
    /// Login or token.
    #[serde(default)]
    who: String,
    /// How the act's word begins: `report.` for all about reports.
    #[serde(default)]
    what: String,
    /// The object's id.
    #[serde(default)]
    object: String,
    /// From this instant on (RFC 3339).
    from: Option<String>,
    /// Before this instant.
    to: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// One thing that somebody did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct EntryView {
    /// Number, without gaps.
    id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Login, token name, or `system`.
    who: String,
    /// What, as a dotted word: `alarm.acknowledge`.
    what: String,
    /// On what: an id.
    object: String,
    /// How it is since, as JSON, or a note.
    detail: String,
}

/// Whether the log is whole.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditChain)]
pub(crate) struct ChainView {
    /// When it was looked at.
    #[schema(value_type = String, format = DateTime)]
    checked_at: Time,
    /// Entries.
    entries: u64,
    /// Digest of the last, in hex; to be compared with one that was kept elsewhere.
    head: String,
    /// Ends of the chain that were kept outside the database and looked at; absent = they cannot be read.
    checkpoints: Option<usize>,
    /// What does not fit, oldest first, the first twenty; empty = the log is whole.
    breaks: Vec<BreakView>,
}

/// One thing that does not fit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditBreak)]
pub(crate) struct BreakView {
    /// The entry; of what is missing at the end, the last that there is.
    id: String,
    /// `doesNotFit`, `cutOff`, `notAsChecked` or `falseCheckpoint`.
    kind: &'static str,
}

/// Entries, newest first.
#[utoipa::path(get, path = "/audit", tag = "users", params(LogQuery),
    responses((status = 200, body = Listing<EntryView>), (status = 400)))]
pub(crate) async fn list_entries(
    State(app): State<Arc<App>>,
    _admin: Admin,
    Params(query): Params<LogQuery>,
) -> Result<Json<Listing<EntryView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let during = during(query.from.as_deref(), query.to.as_deref())?;
    let filter = AuditFilter { who: query.who, what: query.what, object: query.object, during };
    let mut tx = app.db.read().await?;
    let found = audit_page(&mut tx, &filter, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = found.last().filter(|_| found.len() == limit).map(|last| last.id.to_string());
    let items = found.into_iter().map(EntryView::of).collect();
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// Looks at the whole log, as `linesman audit verify` does. It takes some seconds for millions of entries.
#[utoipa::path(get, path = "/audit/chain", tag = "users", responses((status = 200, body = ChainView)))]
pub(crate) async fn show_chain(State(app): State<Arc<App>>, _admin: Admin) -> Result<Json<ChainView>, Problem> {
    // One at a time: each reads the whole log.
    let _turn = app.audit_looks.lock().await;
    let kept = Arc::clone(&app.kept_ends);
    let kept = aside(move || kept()).await?.inspect_err(|error| tracing::error!(error, "checkpoints: {error}"));
    let ends = kept.as_deref().unwrap_or_default();
    let mut tx = app.db.read().await?;
    let chain = verify(&mut tx, ends).await?;
    Ok(Json(ChainView {
        checked_at: app.clock.now(),
        entries: chain.end.count,
        head: chain.end.head,
        checkpoints: kept.as_ref().ok().map(Vec::len),
        breaks: chain.breaks.iter().map(BreakView::of).collect(),
    }))
}

// === impl EntryView ===

impl EntryView {
    fn of(entry: AuditEntry) -> Self {
        let AuditEntry { id, at, who, what, object, detail } = entry;
        EntryView { id: id.to_string(), at, who, what, object, detail }
    }
}

// === impl BreakView ===

impl BreakView {
    fn of(found: &Break) -> Self {
        let kind = match found.kind {
            BreakKind::DoesNotFit => "doesNotFit",
            BreakKind::CutOff => "cutOff",
            BreakKind::NotAsChecked => "notAsChecked",
            BreakKind::FalseCheckpoint => "falseCheckpoint",
        };
        BreakView { id: found.id.to_string(), kind }
    }
}

fn during(from: Option<&str>, to: Option<&str>) -> Result<Option<Window>, Problem> {
    let read = |field: &'static str, text: Option<&str>, usual: i64| match text.filter(|text| !text.is_empty()) {
        Some(text) => {
            Time::parse(text).map_err(|_| Problem::bad_field(field, "is an instant such as 2026-10-01T00:00:00Z"))
        }
        None => Ok(Time::from_ms(usual)),
    };
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let window = Window { start: read("from", from, i64::MIN)?, end: read("to", to, i64::MAX)? };
    Ok(Some(window))
}
