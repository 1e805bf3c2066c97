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
    /// What is not ready, in words; empty = ready. Also the place to read facts into gauges, for it
    /// is asked before each scrape.
    pub unready: Arc<dyn Fn() -> Vec<String> + Send + Sync>,
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    reasons: Vec<String>,
}

/// `/metrics`, `/health` (the process answers), `/ready` (it can do its work).
pub fn router(operations: Operations) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health", get(|| async { "ok\n" }))
        .route("/ready", get(ready))
        .with_state(operations)
}

async fn metrics(State(operations): State<Operations>) -> Response {
    (operations.unready)();
    let mut text = Vec::new();
    let encoder = TextEncoder::new();
    if let Err(error) = encoder.encode(&operations.registry.gather(), &mut text) {
        tracing::error!(error = %error, "metrics could not be written");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

async fn ready(State(operations): State<Operations>) -> Response {
    let reasons = (operations.unready)();
    let ready = reasons.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(Readiness { ready, reasons })).into_response()
}
