//! The figure of an own circuit, without citations of ours.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::completeness::Completeness;
use engine::sla::Share;
use model::time::{Time, Window};
use serde::Serialize;
use utoipa::ToSchema;

use super::own_circuit;
use crate::app::App;
use crate::auth::Customer;
use crate::extract::{Params, Segment};
use crate::figure::words::{self, Words};
use crate::noc::sla::{PeriodQuery, evaluated};
use crate::problem::Problem;

/// The figure of a period.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalSla {
    circuit_code: String,
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    service_ms: i64,
    down_ms: i64,
    excluded_outage_ms: i64,
    excluded_window_ms: i64,
    unmeasured_ms: i64,
    not_in_service_ms: i64,
    outside_window_ms: i64,
    /// Percent, five decimals; null = not applicable.
    #[schema(value_type = Option<f64>)]
    availability: Option<Share>,
    /// The same without exclusions.
    #[schema(value_type = Option<f64>)]
    gross_availability: Option<Share>,
    /// Share of the time in service up to `asOf` in which it was measured.
    #[schema(value_type = Option<f64>)]
    completeness: Option<Share>,
    outages: u32,
    mttr_ms: Option<i64>,
    mtbf_ms: Option<i64>,
    longest_ms: Option<i64>,
    /// Promised availability in percent.
    target: String,
    allowed_ms: i64,
    left_ms: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    breach_at: Option<Time>,
    /// Met so far; null = not applicable.
    met: Option<bool>,
    #[schema(value_type = Object)]
    period: Window,
    period_ms: i64,
    /// Name of the plan.
    method_name: String,
    /// The accounting method in words.
    explain: Words,
}

/// The figure of a period.
#[utoipa::path(get, path = "/portal/circuits/{code}/sla", tag = "portal", params(("code" = String, Path), PeriodQuery),
    responses((status = 200, body = PortalSla), (status = 404)))]
pub(crate) async fn show_sla(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(code): Segment<String>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<PortalSla>, Problem> {
    own_circuit(&app, &customer, &code)?;
    let (dossier, figure) = evaluated(&app, &code, query.period.as_deref()).await?;
    Ok(Json(PortalSla {
        completeness: Completeness::of(&figure).share(),
        circuit_code: figure.circuit_code,
        as_of: figure.as_of,
        service_ms: figure.service_ms,
        down_ms: figure.down_ms,
        excluded_outage_ms: figure.excluded_outage_ms,
        excluded_window_ms: figure.excluded_window_ms,
        unmeasured_ms: figure.unmeasured_ms,
        not_in_service_ms: figure.not_in_service_ms,
        outside_window_ms: figure.outside_window_ms,
        availability: figure.availability,
        gross_availability: figure.gross_availability,
        outages: figure.outages,
        mttr_ms: figure.mttr_ms,
        mtbf_ms: figure.mtbf_ms,
        longest_ms: figure.longest_ms,
        target: figure.budget.target.to_string(),
        allowed_ms: figure.budget.allowed_ms,
        left_ms: figure.budget.left_ms,
        breach_at: figure.budget.breach_at,
        met: figure.budget.met,
        period_ms: figure.period.length_ms(),
        period: figure.period,
        method_name: dossier.plan_name.clone(),
        explain: words::method(&dossier.plan),
    }))
}
