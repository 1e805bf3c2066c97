//! Approved credits as a file for billing: one row a credit, the same number each time, so that a row that
//! was taken in twice is known. A row counts unless another one names it in `replacesCreditId`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use model::credit::{Credit, CreditState};
use serde::Deserialize;
use store::credit::{CreditFilter, credits_page};
use utoipa::IntoParams;

use super::in_percent;
use crate::access::audit;
use crate::app::App;
use crate::auth::Staff;
use crate::download::attachment;
use crate::extract::Params;
use crate::problem::Problem;

/// Rows of a page.
const PAGE: u32 = 1000;
/// Rows of a file.
const ROWS_MAX: usize = 1_000_000;

const HEAD: [&str; 14] = [
    "creditId",
    "month",
    "periodStart",
    "periodEnd",
    "customerNo",
    "customerName",
    "circuitCode",
    "percentOfMonthlyCharge",
    "slaPlan",
    "replacesCreditId",
    "proposedBy",
    "approvedBy",
    "approvedAt",
    "note",
];

/// Which month.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BillingQuery {
    /// The month, `2026-10`.
    label: String,
}

/// The approved credits of a month as CSV, oldest first; a row counts unless another names it in `replacesCreditId`.
#[utoipa::path(get, path = "/credits/billing", tag = "reports", params(BillingQuery),
    responses((status = 200, content_type = "text/csv"), (status = 400)))]
pub(crate) async fn export_credits(
    State(app): State<Arc<App>>,
    staff: Staff,
    Params(query): Params<BillingQuery>,
) -> Result<Response, Problem> {
    let label = query.label;
    if label.is_empty() || !label.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err(Problem::bad_field("label", "must be a month such as 2026-10"));
    }
    let filter = CreditFilter { label: label.clone(), ..CreditFilter::default() };
    let (mut found, mut before): (Vec<Credit>, i64) = (Vec::new(), i64::MAX);
    let mut tx = app.db.read().await?;
    while found.len() < ROWS_MAX {
        let page = credits_page(&mut tx, &filter, before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = last.id;
        found.extend(page.into_iter().filter(is_given));
    }
    drop(tx);
    let content = table(&found).map_err(|error| Problem::internal(&error))?;
    let mut tx = app.db.write().await?;
    audit(&app, &mut tx, &staff.login, "credit.export", &label).await?;
    tx.commit().await?;
    Ok(attachment(content, &format!("credits-{label}.csv"), "text/csv; charset=utf-8"))
}

/// Is, or was, approved.
fn is_given(credit: &Credit) -> bool {
    matches!(credit.state, CreditState::Approved | CreditState::Replaced)
}

fn table(newest_first: &[Credit]) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEAD)?;
    for credit in newest_first.iter().rev() {
        let (id, replaces) = (credit.id.to_string(), credit.replaces.map_or(String::new(), |id| id.to_string()));
        let percent = in_percent(credit.percent).to_string();
        let (start, end) = (credit.period.start.to_string(), credit.period.end.to_string());
        let decided = credit.decided_at.map_or(String::new(), |at| at.to_string());
        let texts = [&credit.customer_no, &credit.customer_name, &credit.circuit_code].map(|text| plain(text));
        let [customer_no, customer_name, circuit_code] = texts;
        let (plan, note) = (plain(&credit.plan), plain(&credit.note));
        table.write_record([
            &id,
            &credit.label,
            &start,
            &end,
            &customer_no,
            &customer_name,
            &circuit_code,
            &percent,
            &plan,
            &replaces,
            &plain(&credit.proposed_by),
            &plain(&credit.decided_by),
            &decided,
            &note,
        ])?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
