//! What machines ask of a daemon, on a listener of their own: metrics, health, readiness.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use prometheus::{Encoder, Registry, TextEncoder};
use serde::Serialize;

/// What the operations listener shows.
#[derive(Clone)]
pub struct Operations {
    /// Every metric of the process.
    pub registry: Registry,
    /// How it is. Also the place to read facts into gauges, for it is asked before each scrape.
    pub report: Arc<dyn Fn() -> Report + Send + Sync>,
}

/// How the process is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// It moves at all; else it is best started again.
    pub alive: bool,
    /// What it needs to do its work.
    pub checks: Vec<Check>,
}

/// One thing that must be well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// A word for machines.
    pub name: &'static str,
    /// It is well.
    pub ok: bool,
    /// What is wrong; empty if nothing is.
    pub reason: String,
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    reasons: Vec<String>,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Liveness {
    alive: bool,
}

/// `/metrics`, `/health` (the process moves), `/ready` (it can do its work).
pub fn router(operations: Operations) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health", get(health))
        .route("/ready", get(ready))
        .with_state(operations)
}

async fn metrics(State(operations): State<Operations>) -> Response {
    (operations.report)();
    let mut text = Vec::new();
    let encoder = TextEncoder::new();
    if let Err(error) = encoder.encode(&operations.registry.gather(), &mut text) {
        tracing::error!(error = %error, "metrics could not be written");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn health(State(operations): State<Operations>) -> Response {
    let alive = (operations.report)().alive;
    (status(alive), axum::Json(Liveness { alive })).into_response()
}

async fn ready(State(operations): State<Operations>) -> Response {
    let Report { alive, checks } = (operations.report)();
    let wrong = checks.iter().filter(|check| !check.ok);
    let reasons: Vec<String> = wrong.map(|check| format!("{}: {}", check.name, check.reason)).collect();
    let ready = alive && reasons.is_empty();
    (status(ready), axum::Json(Readiness { ready, reasons, checks })).into_response()
}

fn status(well: bool) -> StatusCode {
    if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
