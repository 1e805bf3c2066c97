//! Reports that were issued to the customer and to those below it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use engine::period::Period;
use engine::plan::Plan;
use model::report::{Format, Language};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::report::issue::{Document, document_by_id, documents_of_customer};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Customer;
use crate::board::query::BadCursor;
use crate::extract::{Params, Segment, page_limit};
use crate::noc::Listing;
use crate::problem::Problem;

/// Where the page begins.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalReport {
    /// Number; its download is `/portal/reports/{id}`.
    id: String,
    /// The month.
    label: String,
    /// The same as a window; the contract's may have another zone or start day.
    #[schema(value_type = Option<Object>)]
    period: Option<Window>,
    /// `zh` or `en`.
    #[schema(value_type = String)]
    language: Language,
    /// `pdf`, `xlsx` or `csv`.
    #[schema(value_type = String)]
    format: Format,
    /// 1, 2, …; the highest of a month is the one that holds.
    revision: u32,
    /// The month was over when it was made; else it is preliminary.
    #[serde(rename = "final")]
    is_final: bool,
    /// Length.
    bytes: u64,
    /// SHA-256 in hex.
    sha256: String,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

/// Reports, newest first.
#[utoipa::path(get, path = "/portal/reports", tag = "portal", params(ReportQuery),
    responses((status = 200, body = Listing<PortalReport>)))]
pub(crate) async fn list_reports(
    State(app): State<Arc<App>>,
    customer: Customer,
    Params(query): Params<ReportQuery>,
) -> Result<Json<Listing<PortalReport>>, Problem> {
    let limit = page_limit(query.limit)?;
    let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| BadCursor))?;
    let mut found = Vec::new();
    let mut tx = app.db.read().await?;
    for no in visible_numbers(&app, &customer) {
        found.extend(documents_of_customer(&mut tx, &no, before, u32::try_from(limit).unwrap_or(u32::MAX)).await?);
        if found.len() > limit {
            found.sort_unstable_by_key(|document| std::cmp::Reverse(document.id));
            found.truncate(limit);
        }
    }
    found.sort_unstable_by_key(|document| std::cmp::Reverse(document.id));
    let next = found.last().filter(|_| found.len() == limit).map(|last| last.id.to_string());
    let items = found.into_iter().map(PortalReport::of).collect();
    Ok(Json(Listing { items, next, total: None, as_of: app.clock.now() }))
}

/// One report as a download; what was issued to others does not exist.
#[utoipa::path(get, path = "/portal/reports/{id}", tag = "portal", params(("id" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)))]
pub(crate) async fn fetch_report(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(id): Segment<i64>,
) -> Result<Response, Problem> {
    let mut tx = app.db.read().await?;
    let document = document_by_id(&mut tx, id).await?;
    drop(tx);
    let Some(document) = document.filter(|document| is_visible(&app, &customer, &document.customer_no)) else {
        app.metrics.portal_not_found.inc();
        return Err(Problem::not_found());
    };
    app.fetch_document(&document, &customer.caller.login).await
}

/// Numbers of the customers whose reports may be seen.
fn visible_numbers(app: &App, customer: &Customer) -> Vec<String> {
    let board = app.board.read();
    let visible = board.visible(&customer.scope);
    let rows = visible.customers().iter().filter_map(|ix| board.inventory.customer(*ix));
    rows.map(|row| row.no.to_owned()).collect()
}

fn is_visible(app: &App, customer: &Customer, customer_no: &str) -> bool {
    let board = app.board.read();
    let visible = board.visible(&customer.scope);
    board.inventory.customer_ix(customer_no).is_some_and(|ix| visible.holds(ix))
}

// === impl PortalReport ===

impl PortalReport {
    fn of(document: Document) -> Self {
        let month = Period::parse(&document.label).and_then(|month| month.window(&Plan::default(), None));
        PortalReport {
            id: document.id.to_string(),
            period: month.ok(),
            label: document.label,
            language: document.language,
            format: document.format,
            revision: document.revision,
            is_final: document.is_final,
            bytes: document.bytes,
            sha256: document.sha256,
            created_at: document.created_at,
        }
    }
}
