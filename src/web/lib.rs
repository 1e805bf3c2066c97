//! What people and peers reach over HTTP. [`serve`] runs all of it.
//!
//! Who asks, and what is the case:
//! - [`listener`]: hyper with deadlines, caps and a two-step end
//! - [`app`]: the doors to the rest of the house, filled by the root
//! - `auth`, `access`: sessions, tokens, users, roles; every handler says who may call it
//! - [`board`]: what is the case now, in memory; the pipeline publishes to it
//! - `figure`: SLA figures from the facts in the store
//!
//! What they get:
//! - [`api`]: the REST interface and its OpenAPI document: `noc` for staff, `portal` for customers
//! - `events`: live streams
//! - `mount`: SOAP services
//! - `shell`: the browser application
//! - `frame`, [`problem`]: request ids, security headers, errors
//! - [`operations`]: metrics and health, for a listener of their own
//! - [`provision`]: users made by the program itself
//! - `download`: files that are downloaded
//! - `commands`: what an operator asks of the daemon's tasks

mod access;
pub mod api;
pub mod app;
mod auth;
pub mod board;
mod commands;
mod download;
mod events;
mod extract;
mod figure;
mod frame;
pub mod listener;
mod metrics;
mod mount;
mod noc;
pub mod operations;
mod performance;
mod portal;
pub mod problem;
pub mod provision;
mod shell;

use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use app::{AppState, Settings};
pub use listener::Limits;
pub use noc::qos::{AskQos, QosFailure};

use app::App;

/// The web cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Our metrics are registered twice.
    #[error("cannot register the metrics of the web")]
    Metrics(#[source] prometheus::Error),
}

/// Serves REST, live streams, SOAP and the browser application on `listener` until `shutdown`; then
/// finishes what is in flight within the grace time of `limits`.
///
/// # Errors
/// [`WebError`] if it cannot begin.
pub async fn serve(
    listener: TcpListener,
    limits: Limits,
    state: AppState,
    shutdown: CancellationToken,
) -> Result<(), WebError> {
    let app = App::new(state, shutdown.clone()).map_err(WebError::Metrics)?;
    let grace = limits.grace;
    app.tasks.spawn(figure::budget::keep_budgets(Arc::clone(&app)));
    app.auth.hasher.warm();
    listener::run(listener, router(&app), limits, shutdown).await;
    app.tasks.close();
    if tokio::time::timeout(grace, app.tasks.wait()).await.is_err() {
        tracing::warn!("work begun by requests was still going on after the grace time");
    }
    Ok(())
}

fn router(app: &Arc<App>) -> Router {
    let inner = Router::new()
        .merge(api::router(Arc::clone(app)))
        .merge(mount::router(Arc::clone(app)))
        .merge(shell::router())
        .fallback(api::nothing_here)
        .method_not_allowed_fallback(api::wrong_method);
    frame::around(inner, app.metrics.clone())
}

#[cfg(test)]
mod tests;
