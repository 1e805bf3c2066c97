//! Circuits that the e-ops system protects for a time: their faults are dispatched at once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use model::time::Time;
use model::work::{KeyProtection, OpType, ProtectLevel};
use serde::{Deserialize, Serialize};
use store::work::key_protections_page;
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Params, page_limit};
use crate::problem::Problem;

/// Which tasks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProtectionQuery {
    /// `open` (default): those whose time is not over; `all`.
    state: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A task that protects circuits for a time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KeyProtection)]
pub(crate) struct ProtectionView {
    /// Number of the task.
    task_no: String,
    /// A, B or C; `null` where a cancellation does not say.
    #[schema(value_type = Option<String>)]
    level: Option<ProtectLevel>,
    /// From when.
    #[schema(value_type = Option<String>, format = DateTime)]
    start: Option<Time>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    end: Option<Time>,
    /// Circuits.
    circuit_codes: Vec<String>,
    /// It was withdrawn.
    cancelled: bool,
    /// It protects its circuits now.
    in_force: bool,
    /// When it was told.
    #[schema(value_type = Option<String>, format = DateTime)]
    told_at: Option<Time>,
}

/// Tasks that protect circuits, by number.
#[utoipa::path(get, path = "/key-protections", tag = "tickets", params(ProtectionQuery),
    responses((status = 200, body = Listing<ProtectionView>), (status = 400)))]
pub(crate) async fn list_key_protections(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<ProtectionQuery>,
) -> Result<Json<Listing<ProtectionView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let now = app.clock.now();
    let ends_after = match query.state.as_deref() {
        None | Some("" | "open") => now,
        Some("all") => Time::MIN,
        Some(_) => return Err(Problem::bad_field("state", "must be open or all")),
    };
    let after = query.cursor.unwrap_or_default();
    let mut tx = app.db.read().await?;
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let tasks = key_protections_page(&mut tx, ends_after, &after, limit).await?;
    let full = u32::try_from(tasks.len()).is_ok_and(|count| count >= limit);
    let next = tasks.last().filter(|_| full).map(|task| task.task_no.clone());
    let items = tasks.into_iter().map(|task| ProtectionView::of(task, now)).collect();
    Ok(Json(Listing { items, next, total: None, as_of: now }))
}

// === impl ProtectionView ===

impl ProtectionView {
    fn of(task: KeyProtection, now: Time) -> Self {
        ProtectionView {
            in_force: task.holds(now),
            cancelled: task.op_type == OpType::Cancel,
            start: task.window.map(|window| window.start),
            end: task.window.map(|window| window.end),
            task_no: task.task_no,
            level: task.level,
            circuit_codes: task.circuit_codes,
            told_at: task.told_at,
        }
    }
}
