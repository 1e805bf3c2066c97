//! What the operator sees of thresholds over performance data.

use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

/// Counters of thresholds.
#[derive(Clone)]
pub struct ThresholdMetrics {
    crossings: IntCounterVec,
    /// Pieces of performance files that were not judged yet.
    pub waiting: IntGauge,
}

/// What became of the crossing of a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrossingEdge {
    /// It began.
    Raised,
    /// It ended.
    Cleared,
    /// What came late shows that it never was.
    TakenBack,
}

// === impl ThresholdMetrics ===

impl ThresholdMetrics {
    pub(super) fn new() -> prometheus::Result<Self> {
        let told = "Crossings of thresholds that were told, by what became of them.";
        let waits = "Pieces of performance files that thresholds have not judged yet.";
        Ok(ThresholdMetrics {
            crossings: IntCounterVec::new(Opts::new("threshold_crossings_total", told), &["edge"])?,
            waiting: IntGauge::new("threshold_slots_waiting", waits)?,
        })
    }

    pub(super) fn register(&self, registry: &Registry) -> prometheus::Result<()> {
        registry.register(Box::new(self.crossings.clone()))?;
        registry.register(Box::new(self.waiting.clone()))
    }

    /// Counts a crossing.
    pub fn count(&self, edge: CrossingEdge) {
        self.crossings.with_label_values(&[edge.word()]).inc();
    }
}

// === impl CrossingEdge ===

impl CrossingEdge {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            CrossingEdge::Raised => "raised",
            CrossingEdge::Cleared => "cleared",
            CrossingEdge::TakenBack => "taken_back",
        }
    }
}
