//! Customers with the state of their circuits.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::CustomerIx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::board::search::Needle;
use crate::board::state::State as BoardState;
use crate::board::view::CustomerRef;
use crate::extract::{Params, Segment, page_limit};
use crate::problem::Problem;

/// Which customers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CustomerQuery {
    /// Text in number or name.
    q: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Customer)]
pub(crate) struct CustomerView {
    /// Number.
    customer_no: String,
    /// Name.
    name: String,
    /// Level.
    level: String,
    /// Its own circuits and its children's.
    circuits: u32,
    /// Of these, down.
    down: u32,
    /// Of these, degraded.
    degraded: u32,
    /// Of these, with little SLA time left.
    at_risk: u32,
}

/// A customer with its people.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerDetail {
    /// The customer.
    #[serde(flatten)]
    customer: CustomerView,
    /// Its parent.
    parent: Option<CustomerRef>,
    /// Its children.
    children: Vec<CustomerRef>,
    /// Account manager.
    manager_name: String,
    /// Their telephone.
    manager_phone: String,
    /// Their mail address.
    manager_email: String,
}

/// Customers: with circuits down first, then degraded, at risk, then by number.
#[utoipa::path(get, path = "/customers", tag = "customers", params(CustomerQuery),
    responses((status = 200, body = Listing<CustomerView>)))]
pub(crate) async fn list_customers(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<CustomerQuery>,
) -> Result<Json<Listing<CustomerView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let start: usize = match query.cursor.as_deref() {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| crate::board::query::BadCursor)?,
    };
    let needle = query.q.as_deref().and_then(Needle::new);
    let board = app.board.read();
    let fits = |customer: &engine::inventory::Customer<'_>| {
        needle.as_ref().is_none_or(|needle| needle.is_in(customer.no) || needle.is_in(customer.name))
    };
    let found = board.inventory.customers().filter(|(_, customer)| fits(customer));
    let mut rows: Vec<CustomerView> = found.filter_map(|(ix, _)| board.customer_view(ix)).collect();
    rows.sort_by(|a, b| {
        let urgency = |row: &CustomerView| std::cmp::Reverse((row.down, row.at_risk, row.degraded));
        urgency(a).cmp(&urgency(b)).then_with(|| a.customer_no.cmp(&b.customer_no))
    });
    let total = rows.len();
    let items: Vec<CustomerView> = rows.into_iter().skip(start).take(limit).collect();
    let end = start.saturating_add(items.len());
    let next = (end < total).then(|| end.to_string());
    Ok(Json(Listing { items, next, total: u32::try_from(total).ok(), as_of: app.clock.now() }))
}

/// One customer.
#[utoipa::path(get, path = "/customers/{no}", tag = "customers", params(("no" = String, Path)),
    responses((status = 200, body = CustomerDetail), (status = 404)))]
pub(crate) async fn show_customer(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(no): Segment<String>,
) -> Result<Json<CustomerDetail>, Problem> {
    let board = app.board.read();
    let detail = board.inventory.customer_ix(&no).and_then(|ix| board.customer_detail(ix));
    detail.map(Json).ok_or_else(Problem::not_found)
}

// === impl BoardState ===

impl BoardState {
    fn customer_view(&self, ix: CustomerIx) -> Option<CustomerView> {
        let customer = self.inventory.customer(ix)?;
        let family = self.inventory.family_of_customer(ix);
        let tally = self.circuits.tally(family.iter().flat_map(|ix| self.inventory.circuits_of_customer(*ix)));
        Some(CustomerView {
            customer_no: customer.no.to_owned(),
            name: customer.name.to_owned(),
            level: customer.level.to_owned(),
            circuits: tally.total,
            down: tally.down,
            degraded: tally.degraded,
            at_risk: tally.at_risk,
        })
    }

    fn customer_detail(&self, ix: CustomerIx) -> Option<CustomerDetail> {
        let customer = self.inventory.customer(ix)?;
        let children = self.inventory.children_of_customer(ix).iter();
        Some(CustomerDetail {
            customer: self.customer_view(ix)?,
            parent: customer.parent.and_then(|parent| CustomerRef::of(&self.inventory, parent)),
            children: children.filter_map(|child| CustomerRef::of(&self.inventory, *child)).collect(),
            manager_name: customer.manager_name.to_owned(),
            manager_phone: customer.manager_phone.to_owned(),
            manager_email: customer.manager_email.to_owned(),
        })
    }
}
