//! How much of a figure's time was measured: shown wherever the figure is, so that nobody takes silence for
//! service (semantics §4).

use crate::figure::Figure;
use crate::sla::Share;

/// Time in service inside the promised hours up to `asOf`, and how much of it was measured. Those of several
/// circuits add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Milliseconds in which somebody was heard who sees the circuit.
    pub measured_ms: i64,
    /// Milliseconds in which somebody should have been.
    pub whole_ms: i64,
}

// === impl Completeness ===

impl Completeness {
    /// Of a figure.
    pub fn of(figure: &Figure) -> Self {
        let ledger_ms = figure.as_of.since(figure.period.start).max(0);
        let whole_ms = ledger_ms - figure.not_in_service_ms - figure.outside_window_ms;
        Completeness { measured_ms: whole_ms - figure.unmeasured_ms, whole_ms }
    }

    /// As a share; `None` = there was nothing to measure.
    pub fn share(self) -> Option<Share> {
        Share::new(self.measured_ms, self.whole_ms)
    }
}

impl std::ops::AddAssign for Completeness {
    fn add_assign(&mut self, other: Self) {
        self.measured_ms += other.measured_ms;
        self.whole_ms += other.whole_ms;
    }
}
