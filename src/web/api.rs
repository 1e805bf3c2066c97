//! The REST interface as one router with its OpenAPI document. Who may call what stands in the
//! handlers' arguments; a test calls every operation of the document without a login.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderValue, header};
use model::time::Time;
use serde::Serialize;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{log, own, session, setup, tokens, users};
use crate::app::App;
use crate::auth::{Anybody, COOKIE};
use crate::noc::{
    alarm, alarms, circuits, corrections, credits, customers, delays, events, explain, faults, loads, measuring, path,
    performance, plans, pm_day, protections, qos, quarantine, reports, search, sla, sources, thresholds, tickets,
    urgent, versions,
};
use crate::portal;
use crate::problem::{Problem, ProblemCode, ProblemDocument};

/// Bytes of a JSON body.
const BODY_MAX: usize = 256 * 1024;
/// Answers from this size on are compressed.
const COMPRESSED_FROM: u16 = 1_024;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Linesman",
        description = "Customer network management: alarms, circuits, faults, tickets and SLA figures of leased lines. \
            Times are RFC 3339 in UTC. Errors are problem documents (RFC 9457).",
        license(name = "Apache-2.0")
    ),
    components(schemas(ProblemDocument<'_>)),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE)));
        let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme("session", cookie);
        components.add_security_scheme("token", bearer);
    }
}

/// Our clock: a demonstration may run faster and at another time.
#[derive(Serialize, ToSchema)]
#[schema(as = Clock)]
struct ClockView {
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    now: Time,
    /// How many times faster than real time it runs.
    speed: f64,
}

/// What time it is here.
#[utoipa::path(get, path = "/me/clock", tag = "session", responses((status = 200, body = ClockView)))]
async fn show_clock(State(app): State<Arc<App>>, _anybody: Anybody) -> Json<ClockView> {
    Json(ClockView { now: app.clock.now(), speed: app.clock.speed() })
}

/// `/api/…`.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (router, document) = described().split_for_parts();
    let text: Arc<str> = document.to_json().unwrap_or_default().into();
    let document = move || {
        let text = Arc::clone(&text);
        async move { json(&text) }
    };
    let router = router.route("/api/openapi.json", get(document));
    router.layer(DefaultBodyLimit::max(BODY_MAX)).layer(compression()).with_state(app)
}

/// Lists shrink to a tenth for who asks for it: what a phone waits for. Live events go out at once, and
/// files of reports are compressed already.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth = SizeAbove::new(COMPRESSED_FROM)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/vnd.openxmlformats"));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth)
}

/// The OpenAPI document.
pub fn document() -> utoipa::openapi::OpenApi {
    described().into_openapi()
}

fn described() -> OpenApiRouter<Arc<App>> {
    let v1 = OpenApiRouter::new()
        .merge(access_routes())
        .merge(alarm_routes())
        .merge(circuit_routes())
        .merge(sla_routes())
        .merge(report_routes())
        .merge(work_routes())
        .merge(portal_routes());
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", v1)
}

fn access_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(setup::set_up))
        .routes(routes!(session::log_in, session::show_session, session::log_out))
        .routes(routes!(users::list_users, users::add_user))
        .routes(routes!(users::change_user))
        .routes(routes!(tokens::list_tokens, tokens::make_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(own::change_password))
        .routes(routes!(log::list_entries))
        .routes(routes!(log::show_chain))
        .routes(routes!(show_clock))
}

fn alarm_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(alarms::list_alarms))
        .routes(routes!(alarms::summarize_alarms))
        .routes(routes!(alarm::show_alarm))
        .routes(routes!(alarms::acknowledge_alarm, alarms::unacknowledge_alarm))
        .routes(routes!(events::stream_events))
        .routes(routes!(search::search))
}

fn circuit_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(circuits::list_circuits))
        .routes(routes!(circuits::show_circuit))
        .routes(routes!(delays::list_delay_tests, delays::make_delay_test))
        .routes(routes!(delays::show_delay_test))
        .routes(routes!(qos::show_qos))
        .routes(routes!(path::show_path))
        .routes(routes!(sla::show_sla))
        .routes(routes!(sla::show_ledger))
        .routes(routes!(sla::show_ribbon))
        .routes(routes!(performance::show_performance))
        .routes(routes!(performance::compare_performance))
        .routes(routes!(thresholds::list_thresholds, thresholds::make_threshold))
        .routes(routes!(thresholds::change_threshold, thresholds::remove_threshold))
        .routes(routes!(thresholds::preview::preview_threshold))
        .routes(routes!(urgent::list_urgent))
        .routes(routes!(customers::list_customers))
        .routes(routes!(customers::show_customer))
}

fn sla_routes() -> OpenApiRouter<Arc<App>> {
    let proposals = OpenApiRouter::new()
        .routes(routes!(corrections::list_corrections, corrections::propose_correction))
        .layer(DefaultBodyLimit::max(corrections::PROPOSAL_MAX));
    OpenApiRouter::new()
        .merge(proposals)
        .routes(routes!(corrections::preview_correction))
        .routes(routes!(corrections::show_correction))
        .routes(routes!(corrections::show_proof))
        .routes(routes!(corrections::approve_correction))
        .routes(routes!(corrections::reject_correction))
        .routes(routes!(corrections::withdraw_correction))
        .routes(routes!(versions::list_versions))
        .routes(routes!(versions::show_version))
        .routes(routes!(versions::list_changes))
        .routes(routes!(plans::list_plans))
        .routes(routes!(plans::try_plan))
        .routes(routes!(explain::explain_instant))
}

fn report_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(reports::list_runs, reports::make_run))
        .routes(routes!(reports::show_run))
        .routes(routes!(reports::list_files))
        .routes(routes!(reports::cancel))
        .routes(routes!(reports::resume))
        .routes(routes!(reports::fetch_file))
        .routes(routes!(reports::standing::list_standing, reports::standing::make_standing))
        .routes(routes!(reports::standing::show_standing))
        .routes(routes!(reports::standing::cancel_standing))
        .routes(routes!(reports::standing::fetch_standing_file))
        .routes(routes!(reports::send_again))
        .routes(routes!(credits::list_credits))
        .routes(routes!(credits::decide_credits))
        .routes(routes!(credits::export_credits))
        .routes(routes!(portal::reports::list_reports))
        .routes(routes!(portal::reports::fetch_report))
}

fn work_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(faults::list_faults))
        .routes(routes!(faults::show_fault))
        .routes(routes!(faults::dispatch_fault))
        .routes(routes!(tickets::list_tickets))
        .routes(routes!(tickets::show_ticket))
        .routes(routes!(tickets::settle_ticket))
        .routes(routes!(protections::list_key_protections))
        .routes(routes!(sources::list_sources))
        .routes(routes!(sources::show_source))
        .routes(routes!(sources::resync_source))
        .routes(routes!(measuring::ask_history))
        .routes(routes!(pm_day::list_days))
        .routes(routes!(loads::list_loads, loads::start_load))
        .routes(routes!(loads::show_load))
        .routes(routes!(loads::approve_load))
        .routes(routes!(loads::cancel_load))
        .routes(routes!(quarantine::list_quarantine))
        .routes(routes!(quarantine::show_quarantined))
        .routes(routes!(quarantine::show_content))
}

fn portal_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(portal::overview::show_overview))
        .routes(routes!(portal::circuits::list_circuits))
        .routes(routes!(portal::circuits::show_circuit))
        .routes(routes!(portal::circuits::show_ribbon))
        .routes(routes!(portal::path::show_path))
        .routes(routes!(portal::sla::show_sla))
        .routes(routes!(portal::performance::show_performance))
        .routes(routes!(portal::performance::compare_performance))
        .routes(routes!(portal::outages::list_outages))
        .routes(routes!(portal::all_outages::list_all_outages))
        .routes(routes!(portal::events::stream_events))
}

fn json(text: &str) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text.to_owned()).into_response()
}

/// A path that is none of ours.
pub(crate) async fn nothing_here() -> Problem {
    Problem::not_found()
}

/// A method that the path does not have.
pub(crate) async fn wrong_method() -> Problem {
    Problem::of(ProblemCode::MethodNotAllowed, "this path does not take this method")
}
