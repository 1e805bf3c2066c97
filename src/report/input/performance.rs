//! What was measured of a circuit, and how that agrees with the alarms.

use serde::Serialize;

use super::Share;

/// What was measured of a circuit in the period.
#[derive(Clone, Debug, Serialize)]
pub struct Performance {
    /// Circuit code.
    pub circuit: String,
    /// Share of the time in service of which there are valid values.
    pub measured: Option<Share>,
    /// Seconds and counters of the whole period, in the order of [`Performance::TOTALS`]; `None` = not measured.
    pub totals: [Option<Reading>; 4],
    /// Levels over the periods of measurement, in the order of [`Performance::LEVELS`]; `None` = not measured.
    pub levels: [Option<Level>; 3],
    /// Unavailable seconds beside the down time by alarms; `None` = they were not measured.
    pub beside: Option<Beside>,
    /// What each day was like, if anything was not well; `None` = nothing of it was measured, or all was well.
    pub chart: Option<Chart>,
}

/// A measured value in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reading(pub i64);

/// A level over a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Half of the values are not greater.
    pub p50: Reading,
    /// 95 of 100 are not greater.
    pub p95: Reading,
    /// The greatest.
    pub max: Reading,
}

/// A parameter by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chart {
    /// Its name, as it is measured.
    pub param: String,
    /// The days that have begun, oldest first; `None` = nothing was measured.
    pub days: Vec<Option<Reading>>,
}

/// Unavailable seconds beside down time; lengths are ms.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    /// Availability as measured, over what was compared.
    pub availability: Option<Share>,
    /// Availability by alarms, over the same time.
    pub availability_by_alarms: Option<Share>,
    /// Time that both know.
    pub compared_ms: i64,
    /// Unavailable in it.
    pub unavailable_ms: i64,
    /// Down in it.
    pub down_ms: i64,
    /// What was measured beyond the down time of its stretch.
    pub more_ms: i64,
    /// Down time beyond what was measured in its stretch.
    pub less_ms: i64,
    /// Time without valid values.
    pub gap_ms: i64,
    /// Down in it.
    pub gap_down_ms: i64,
    /// The difference is above the limit.
    pub over: bool,
    /// What makes the difference.
    pub explained: String,
}

// === impl Performance ===

impl Performance {
    /// The parameters that add up.
    pub const TOTALS: [&str; 4] = ["ES", "SES", "UAS", "BBE"];
    /// The parameters that are levels: delay and jitter in ms, loss in percent.
    pub const LEVELS: [&str; 3] = ["DELAY_AVG", "JITTER_AVG", "LOSS_PCT"];
}
