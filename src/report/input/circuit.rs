//! A circuit with its figures, and the two kinds of percentage.

use serde::Serialize;

/// A circuit of the contract and its figures (semantics §4).
#[derive(Clone, Debug, Serialize)]
pub struct Circuit {
    /// Circuit code.
    pub code: String,
    /// A-end, a site name that the customer knows.
    pub a_end: String,
    /// Z-end.
    pub z_end: String,
    /// Technology and bandwidth: `SDH 155M`.
    pub service: String,
    /// Service class: `AAA`.
    pub class: String,
    /// SLA plan.
    pub plan: String,
    /// Promised availability.
    pub target: Percent,
    /// Availability by the plan; `None` = not applicable.
    pub availability: Option<Share>,
    /// The same without exclusions; `None` = not applicable.
    pub gross: Option<Share>,
    /// The promise was met; `None` = not applicable.
    pub met: Option<bool>,
    /// S, ms.
    pub service_ms: i64,
    /// D, ms.
    pub down_ms: i64,
    /// X, ms.
    pub excluded_outage_ms: i64,
    /// W, ms.
    pub excluded_window_ms: i64,
    /// Time in which nobody knows, ms.
    pub unmeasured_ms: i64,
    /// Share of the time in service in which its sources were heard.
    pub measured: Option<Share>,
    /// Time before and after the circuit's life, ms.
    pub not_in_service_ms: i64,
    /// Time outside the promised hours, ms.
    pub outside_window_ms: i64,
    /// Down time that the promise allows, ms.
    pub allowed_ms: i64,
    /// What is left of it, ms; below zero when the promise is broken.
    pub left_ms: i64,
    /// Outages that ended in the period.
    pub outages: u32,
    /// Mean time to restore, ms.
    pub mttr_ms: Option<i64>,
    /// Mean time between outages, ms.
    pub mtbf_ms: Option<i64>,
    /// The longest outage, ms.
    pub longest_ms: Option<i64>,
    /// Of the outages, those restored within the limit; `None` = no limit.
    pub restored_in_time: Option<u32>,
    /// Of the outages, those that began within 30 days of the one before.
    pub repeats: u32,
    /// There were so many lately that the circuit is chronic.
    pub chronic: bool,
    /// Days of the period, oldest first.
    pub days: Vec<Day>,
    /// The last twelve months, oldest first, the report's own last.
    pub months: Vec<Month>,
}

/// A circuit's month, by its plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Month {
    /// `2026-10`.
    pub label: String,
    /// Availability in hundred-thousandths of a percent; `None` = not applicable, or nobody watched yet.
    pub availability: Option<i64>,
    /// Counted down time, ms.
    pub down_ms: i64,
    /// Down time that the promise allowed, ms.
    pub allowed_ms: i64,
    /// The promise was met; `None` = not applicable.
    pub met: Option<bool>,
}

/// A circuit's day, in the report's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Day {
    /// Length of the day, ms (23 to 25 hours).
    pub length_ms: i64,
    /// Counted down time, ms.
    pub down_ms: i64,
    /// Excluded time, ms.
    pub excluded_ms: i64,
    /// Time in which nobody knows, ms.
    pub unmeasured_ms: i64,
    /// Time before or after the circuit's life, ms.
    pub not_in_service_ms: i64,
    /// Degraded time, ms.
    pub degraded_ms: i64,
}

/// A figure in percent, in the two forms in which it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Share {
    /// Hundred-thousandths of a percent, rounded half-even: for machines.
    exact: i64,
    /// Thousandths of a percent, truncated towards worse: for people.
    worse: i64,
}

/// A percentage that was agreed, in millionths of a percent: 99.95 % is 99,950,000. It is written
/// with the digits that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Percent(pub i64);

// === impl Share ===

impl Share {
    /// From the same integers as the figure: `part` of `whole`, `None` if `whole` is nothing.
    pub fn of(part: i64, whole: i64) -> Option<Self> {
        let (part, wide) = (i128::from(part.clamp(0, whole.max(0))), i128::from(whole));
        if whole <= 0 {
            return None;
        }
        let (down, rest) = (part * 10_000_000 / wide, part * 10_000_000 % wide);
        let up = rest * 2 > wide || (rest * 2 == wide && down % 2 == 1);
        let narrow = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
        Some(Share { exact: narrow(down + i128::from(up)), worse: narrow(part * 100_000 / wide) })
    }

    /// Hundred-thousandths of a percent.
    pub fn exact(self) -> i64 {
        self.exact
    }

    /// Thousandths of a percent.
    pub fn worse(self) -> i64 {
        self.worse
    }
}
