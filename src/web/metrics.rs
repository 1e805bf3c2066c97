//! What this room counts.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

/// Counters of the web.
#[derive(Clone)]
pub(crate) struct Metrics {
    /// Requests answered, by class of status.
    pub(crate) requests: IntCounterVec,
    /// Logins that failed.
    pub(crate) logins_failed: IntCounter,
    /// Live streams open.
    pub(crate) streams: IntGauge,
    /// Times a live stream had to reload.
    pub(crate) stream_reloads: IntCounter,
    /// Times the task that keeps SLA budgets began again after a failure.
    pub(crate) budget_restarts: IntCounter,
    /// Customer requests for something of somebody else, or of nobody.
    pub(crate) portal_not_found: IntCounter,
}

// === impl Metrics ===

impl Metrics {
    /// Registers them; the registry puts `linesman_` before their names.
    pub(crate) fn register(registry: &Registry) -> Result<Self, prometheus::Error> {
        let requests = Opts::new("web_requests_total", "Requests answered, by class of status.");
        let metrics = Metrics {
            requests: IntCounterVec::new(requests, &["class"])?,
            logins_failed: IntCounter::new("web_logins_failed_total", "Logins that failed.")?,
            streams: IntGauge::new("web_streams", "Live streams open.")?,
            stream_reloads: IntCounter::new("web_stream_reloads_total", "Times a live stream had to reload.")?,
            budget_restarts: IntCounter::new(
                "web_budget_restarts_total",
                "Times the task that keeps SLA budgets began again after a failure.",
            )?,
            portal_not_found: IntCounter::new(
                "web_portal_not_found_total",
                "Customer requests for what is not theirs or does not exist.",
            )?,
        };
        registry.register(Box::new(metrics.requests.clone()))?;
        registry.register(Box::new(metrics.logins_failed.clone()))?;
        registry.register(Box::new(metrics.streams.clone()))?;
        registry.register(Box::new(metrics.stream_reloads.clone()))?;
        registry.register(Box::new(metrics.budget_restarts.clone()))?;
        registry.register(Box::new(metrics.portal_not_found.clone()))?;
        Ok(metrics)
    }
}
