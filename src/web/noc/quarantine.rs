//! What was refused, with its reason and bytes, for a person to look at.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use model::source::SourceId;
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::quarantine::{Kind, quarantine_content, quarantine_page};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::BadCursor;
use crate::extract::{Params, Segment, page_limit};
use crate::problem::Problem;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuarantineQuery {
    /// `message`, `caller`, `row`, `file` or `unknown`; absent = all.
    kind: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// Something refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quarantined)]
pub(crate) struct QuarantinedView {
    /// Number.
    id: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Who sent it; of a `message` or `caller` who it said it was.
    #[schema(value_type = String)]
    source: SourceId,
    /// Address it came from; empty if a known peer's.
    address: String,
    /// What it is: a `message` that is none, a `caller` that was not let in, bad `row`s, a `file` or list,
    /// or something `unknown` that a good row names.
    kind: String,
    /// Its name.
    name: String,
    /// Why it was refused.
    reason: String,
    /// Its size.
    bytes: u64,
    /// How often the same came again.
    repeats: u64,
    /// When it came last.
    #[schema(value_type = String, format = DateTime)]
    last_at: Time,
}

/// What was refused, newest first.
#[utoipa::path(get, path = "/quarantine", tag = "resources", params(QuarantineQuery),
    responses((status = 200, body = Listing<QuarantinedView>)))]
pub(crate) async fn list_quarantine(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<QuarantineQuery>,
) -> Result<Json<Listing<QuarantinedView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let read = |word: &str| Kind::from_word(word).ok_or_else(|| Problem::bad_field("kind", "is no kind of thing"));
    let kind = query.kind.as_deref().map(read).transpose()?;
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut tx = app.db.read().await?;
    let rows = quarantine_page(&mut tx, kind, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id.to_string());
    let view = |row: store::quarantine::Quarantined| QuarantinedView {
        id: row.id,
        at: row.at,
        source: row.source,
        address: row.address,
        kind: row.kind.word().to_owned(),
        name: row.name,
        reason: row.reason,
        bytes: row.size,
        repeats: row.repeats,
        last_at: row.last_at,
    };
    let items = rows.into_iter().map(view).collect();
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// The bytes of one thing, as a download.
#[utoipa::path(get, path = "/quarantine/{id}/content", tag = "resources", params(("id" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)))]
pub(crate) async fn show_content(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Response, Problem> {
    let mut tx = app.db.read().await?;
    let content = quarantine_content(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"quarantine-{id}.bin\""));
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment")));
    Ok(response)
}
