//! What was refused, with its reason and bytes, for a person to look at.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use model::source::SourceId;
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::quarantine::{Kind, QuarantineFilter, Quarantined, quarantine_content, quarantine_page, quarantined_by_id};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::BadCursor;
use crate::extract::{Params, Segment, page_limit};
use crate::problem::Problem;

/// Characters of the beginning that are shown.
const EXCERPT_MAX: usize = 4_000;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuarantineQuery {
    /// `message`, `caller`, `row`, `file` or `unknown`; absent = all.
    kind: Option<String>,
    /// Who sent it, or said to be.
    source: Option<String>,
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

/// Something refused, and how it begins.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuarantinedDetail {
    /// What.
    #[serde(flatten)]
    what: QuarantinedView,
    /// Bytes that are kept of it.
    kept_bytes: u64,
    /// The first 4,000 characters; bytes that are no text are U+FFFD.
    excerpt: String,
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
    let source = query.source.as_deref().filter(|code| !code.is_empty()).map(SourceId::new);
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut tx = app.db.read().await?;
    let filter = QuarantineFilter { kind, source };
    let rows = quarantine_page(&mut tx, &filter, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id.to_string());
    let items = rows.into_iter().map(QuarantinedView::of).collect();
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// One thing, and how it begins.
#[utoipa::path(get, path = "/quarantine/{id}", tag = "resources", params(("id" = i64, Path)),
    responses((status = 200, body = QuarantinedDetail), (status = 404)))]
pub(crate) async fn show_quarantined(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<Json<QuarantinedDetail>, Problem> {
    let mut tx = app.db.read().await?;
    let what = quarantined_by_id(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let content = quarantine_content(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(QuarantinedDetail {
        what: QuarantinedView::of(what),
        kept_bytes: content.len() as u64,
        excerpt: excerpt(&content),
    }))
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

/// The beginning as text. Controls other than tab and line feed are no text.
fn excerpt(content: &[u8]) -> String {
    // A character has at most four bytes.
    let first = content.get(..EXCERPT_MAX * 4).unwrap_or(content);
    let shown =
        |c: char| if c.is_control() && !matches!(c, '\n' | '\t' | '\r') { char::REPLACEMENT_CHARACTER } else { c };
    String::from_utf8_lossy(first).chars().take(EXCERPT_MAX).map(shown).collect()
}

// === impl QuarantinedView ===

impl QuarantinedView {
    fn of(row: Quarantined) -> Self {
        QuarantinedView {
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
        }
    }
}
