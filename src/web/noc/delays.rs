//! Delay tests of a circuit: asking an IP manager for one, and what came out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::probe::{DelayOutcome, DelayResult, DelayTest, TestState, test_id, test_number};
use model::source::{SourceId, SourceKind};
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::delay::{KeptTest, add_test, test_by_id, tests_of_circuit};
use store::peer::{SourceNo, peer_states};
use utoipa::ToSchema;

use super::Listing;
use crate::access::audit_of;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Body, Segment};
use crate::problem::{FieldFault, Problem};

/// Tests that are listed.
const SHOWN: u32 = 100;
/// Longest name or address.
const TEXT_MAX: usize = 128;

/// A test that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DelayTestBody {
    /// IP manager; may be absent where there is only one.
    source: Option<String>,
    /// Node that sends.
    src_node: String,
    /// Node that answers.
    dst_node: String,
    /// Address that sends.
    src_addr: String,
    /// Address that answers.
    dst_addr: String,
    /// VRF.
    #[serde(default)]
    vrf: String,
    /// 0 to 63; default 0.
    #[serde(default)]
    dscp: u32,
    /// Bytes of a packet, 20 to 9,000; default 64.
    #[serde(default = "defaults::pkt_size")]
    pkt_size: u32,
    /// Packets, 1 to 1,000; default 10.
    #[serde(default = "defaults::pkt_count")]
    pkt_count: u32,
    /// Milliseconds between two packets, 10 to 10,000; default 100.
    #[serde(default = "defaults::interval_ms")]
    interval_ms: u32,
    /// Milliseconds after which a packet is lost, 10 to 60,000; default 2,000.
    #[serde(default = "defaults::timeout_ms")]
    timeout_ms: u32,
}

mod defaults {
    pub(super) const fn pkt_size() -> u32 {
        64
    }
    pub(super) const fn pkt_count() -> u32 {
        10
    }
    pub(super) const fn interval_ms() -> u32 {
        100
    }
    pub(super) const fn timeout_ms() -> u32 {
        2_000
    }
}

/// A delay test.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DelayTest)]
pub(crate) struct DelayTestView {
    /// Number.
    test_id: String,
    /// Circuit.
    circuit_code: String,
    /// `WAITING`, `RUNNING`, `DONE`, `FAILED` or `OVERDUE` (its result may still come).
    #[schema(value_type = String)]
    state: TestState,
    /// Login.
    asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    asked_at: Time,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
    /// Why there is no result; may be empty.
    reason: String,
    /// What is tested.
    test: PacketsView,
    /// What came out.
    result: Option<DelayResultView>,
}

/// Which packets go where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DelayPackets)]
pub(crate) struct PacketsView {
    src_node: String,
    dst_node: String,
    src_addr: String,
    dst_addr: String,
    vrf: String,
    dscp: u32,
    pkt_size: u32,
    pkt_count: u32,
    interval_ms: u32,
    timeout_ms: u32,
}

/// The result of a test; times in milliseconds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DelayResult)]
pub(crate) struct DelayResultView {
    /// `ok`, `partial`, `timeout`, `unreachable` or `unsupported`.
    #[schema(value_type = String)]
    status: DelayOutcome,
    sent: u32,
    received: u32,
    /// 0 to 1.
    loss_ratio: f64,
    rtt_min: Option<f64>,
    rtt_avg: Option<f64>,
    rtt_max: Option<f64>,
    jitter_avg: Option<f64>,
    jitter_max: Option<f64>,
}

/// Asks an IP manager for a delay test; its result is read here later.
#[utoipa::path(post, path = "/circuits/{code}/delay-tests", tag = "circuits", params(("code" = String, Path)),
    request_body = DelayTestBody,
    responses((status = 201, body = DelayTestView), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn make_delay_test(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(code): Segment<String>,
    Body(body): Body<DelayTestBody>,
) -> Result<(StatusCode, Json<DelayTestView>), Problem> {
    app.known_circuit(&code)?;
    let source = app.ip_manager(body.source.as_deref())?;
    let faults = body.faults();
    if !faults.is_empty() {
        return Err(Problem::bad_fields(faults));
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let number = source_no(peer_states(&mut tx).await?, &source)?;
    let id = add_test(&mut tx, (number, &code), &body.test(), (&staff.login, now)).await?;
    let kept = test_by_id(&mut tx, &code, id).await?.ok_or_else(Problem::not_found)?;
    let view = DelayTestView::of(&app.settings.sys_code, kept);
    audit_of(&app, &mut tx, &staff.login, "delay_test.ask", &view.test_id, &view).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// The delay tests of a circuit, newest first, at most 100.
#[utoipa::path(get, path = "/circuits/{code}/delay-tests", tag = "circuits", params(("code" = String, Path)),
    responses((status = 200, body = Listing<DelayTestView>), (status = 404)))]
pub(crate) async fn list_delay_tests(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
) -> Result<Json<Listing<DelayTestView>>, Problem> {
    app.known_circuit(&code)?;
    let tests = tests_of_circuit(&mut app.db.read().await?, &code, SHOWN).await?;
    let own = &app.settings.sys_code;
    let items = tests.into_iter().map(|test| DelayTestView::of(own, test)).collect();
    Ok(Json(Listing::whole(items, app.clock.now())))
}

/// One delay test.
#[utoipa::path(get, path = "/circuits/{code}/delay-tests/{id}", tag = "circuits",
    params(("code" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = DelayTestView), (status = 404)))]
pub(crate) async fn show_delay_test(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment((code, id)): Segment<(String, String)>,
) -> Result<Json<DelayTestView>, Problem> {
    let own = &app.settings.sys_code;
    let number = test_number(own, &id).ok_or_else(Problem::not_found)?;
    let kept = test_by_id(&mut app.db.read().await?, &code, number).await?;
    Ok(Json(DelayTestView::of(own, kept.ok_or_else(Problem::not_found)?)))
}

fn source_no(states: Vec<store::peer::PeerState>, source: &SourceId) -> Result<SourceNo, Problem> {
    let state = states.into_iter().find(|state| state.source == *source);
    state.map(|state| state.source_no).ok_or_else(Problem::not_found)
}

// === impl App ===

impl App {
    /// There is such a circuit.
    pub(crate) fn known_circuit(&self, code: &str) -> Result<(), Problem> {
        self.board.inventory().circuit_ix(code).map(drop).ok_or_else(Problem::not_found)
    }

    /// The IP manager that is meant: the named one, or the only one.
    pub(crate) fn ip_manager(&self, named: Option<&str>) -> Result<SourceId, Problem> {
        let board = self.board.read();
        let all = board.lists.sources.values().filter(|source| source.kind == SourceKind::Ip);
        let all: Vec<&SourceId> = all.map(|source| &source.id).collect();
        match (named, all.as_slice()) {
            (_, []) => Err(Problem::of(crate::problem::ProblemCode::StateForbids, "no IP manager is configured")),
            (None, [only]) => Ok((*only).clone()),
            (Some(named), all) if all.iter().any(|id| id.as_str() == named) => Ok(SourceId::new(named)),
            (_, all) => {
                let names: Vec<&str> = all.iter().map(|id| id.as_str()).collect();
                Err(Problem::bad_field("source", format!("must be one of {}", names.join(", "))))
            }
        }
    }
}

// === impl DelayTestBody ===

impl DelayTestBody {
    fn faults(&self) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let mut expect = |field: &str, holds: bool, reason: &str| {
            if !holds {
                faults.push(FieldFault { field: field.to_owned(), reason: reason.to_owned() });
            }
        };
        let fits = |text: &str| (1..=TEXT_MAX).contains(&text.trim().chars().count());
        let texts = [("srcNode", &self.src_node), ("dstNode", &self.dst_node)];
        for (field, text) in texts.into_iter().chain([("srcAddr", &self.src_addr), ("dstAddr", &self.dst_addr)]) {
            expect(field, fits(text), "must have 1 to 128 characters");
        }
        expect("vrf", self.vrf.chars().count() <= TEXT_MAX, "may have at most 128 characters");
        expect("dscp", self.dscp <= 63, "must be 0 to 63");
        expect("pktSize", (20..=9_000).contains(&self.pkt_size), "must be 20 to 9000");
        expect("pktCount", (1..=1_000).contains(&self.pkt_count), "must be 1 to 1000");
        expect("intervalMs", (10..=10_000).contains(&self.interval_ms), "must be 10 to 10000");
        expect("timeoutMs", (10..=60_000).contains(&self.timeout_ms), "must be 10 to 60000");
        faults
    }

    fn test(self) -> DelayTest {
        DelayTest {
            src_node: self.src_node,
            dst_node: self.dst_node,
            src_addr: self.src_addr,
            dst_addr: self.dst_addr,
            vrf: self.vrf,
            dscp: self.dscp,
            pkt_size: self.pkt_size,
            pkt_count: self.pkt_count,
            interval_ms: self.interval_ms,
            timeout_ms: self.timeout_ms,
        }
    }
}

// === impl DelayTestView ===

impl DelayTestView {
    fn of(own: &SourceId, kept: KeptTest) -> Self {
        DelayTestView {
            test_id: test_id(own, kept.id),
            circuit_code: kept.circuit_code,
            state: kept.state,
            asked_by: kept.asked_by,
            asked_at: kept.asked_at,
            ended_at: kept.ended_at,
            reason: kept.reason,
            test: PacketsView::of(kept.test),
            result: kept.result.as_ref().map(DelayResultView::of),
        }
    }
}

// === impl PacketsView ===

impl PacketsView {
    fn of(test: DelayTest) -> Self {
        PacketsView {
            src_node: test.src_node,
            dst_node: test.dst_node,
            src_addr: test.src_addr,
            dst_addr: test.dst_addr,
            vrf: test.vrf,
            dscp: test.dscp,
            pkt_size: test.pkt_size,
            pkt_count: test.pkt_count,
            interval_ms: test.interval_ms,
            timeout_ms: test.timeout_ms,
        }
    }
}

// === impl DelayResultView ===

impl DelayResultView {
    fn of(result: &DelayResult) -> Self {
        DelayResultView {
            status: result.status,
            sent: result.sent,
            received: result.received,
            loss_ratio: result.loss_ratio,
            rtt_min: result.rtt_min,
            rtt_avg: result.rtt_avg,
            rtt_max: result.rtt_max,
            jitter_avg: result.jitter_avg,
            jitter_max: result.jitter_max,
        }
    }
}
