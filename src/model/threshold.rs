//! Thresholds over performance data and their crossings (semantics §5).

use serde::{Deserialize, Serialize};

use crate::alarm::Severity;
use crate::pm::Granularity;
use crate::time::Time;
use crate::words::words;

/// Most periods that a threshold looks back over.
pub const PERIODS_MAX: u32 = 32;
/// Longest name of a parameter, in bytes.
const PARAM_MAX: usize = 64;
/// Longest code of a class or customer, in characters.
const CODE_MAX: usize = 64;
/// Longest note, in characters.
const NOTE_MAX: usize = 500;
/// Longest period that is judged, in seconds: a day.
const PERIOD_S_MAX: u32 = 86_400;

words! {
    /// On which side of it a value crosses a threshold.
    Direction {
        /// At or above it.
        Above = "above",
        /// At or below it.
        Below = "below",
    }
}

/// Whom a threshold is for and what it looks at; there is one for each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThresholdKey {
    /// Service type of the circuits (`SDH`, `MPLS_VPN`…); empty: any.
    #[serde(default)]
    pub service_type: String,
    /// Service level of the circuits (`AAA`…); empty: any.
    #[serde(default)]
    pub service_level: String,
    /// Customer whose circuits these are, or those of its child customers; empty: any.
    #[serde(default)]
    pub customer_no: String,
    /// Parameter (`ES`, `DELAY_AVG`…).
    pub param: String,
    /// Length of the periods, in seconds.
    #[serde(rename = "granularityS")]
    pub granularity: Granularity,
    /// Direction.
    pub direction: Direction,
}

/// A threshold with hysteresis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Threshold {
    /// Number.
    #[serde(default)]
    pub id: i64,
    /// Rises with each change of any threshold.
    #[serde(default)]
    pub version: i64,
    /// Whom it is for and what it looks at.
    #[serde(flatten)]
    pub key: ThresholdKey,
    /// A value that reaches it speaks for a crossing.
    pub set: f64,
    /// A value that reaches it, from the other side, speaks for the end of one.
    pub reset: f64,
    /// So many periods must speak …
    pub needed: u32,
    /// … of so many that follow each other.
    pub of: u32,
    /// Severity of the alarm.
    pub severity: Severity,
    /// It judges; one that does not takes the place of those that it overrides.
    pub enabled: bool,
    /// Where it comes from; may be empty.
    #[serde(default)]
    pub note: String,
    /// Periods that begin before are not judged by it.
    #[serde(default = "always")]
    pub since: Time,
    /// Login of who made or changed it last; empty for one that came with the program.
    #[serde(default)]
    pub changed_by: String,
}

/// One time during which a threshold was crossed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// End of the period with which it was crossed.
    pub raised_at: Time,
    /// End of the period with which it was over; later than `raised_at`.
    pub cleared_at: Option<Time>,
    /// Value of the period with which it was crossed.
    pub value: f64,
}

// === impl Threshold ===

impl Threshold {
    /// Length of a period in milliseconds.
    pub fn period_ms(&self) -> i64 {
        i64::from(self.key.granularity.0) * 1000
    }

    /// Does a value speak for a crossing? What was not measured (NaN) speaks for nothing.
    pub fn sets(&self, value: f64) -> bool {
        match self.key.direction {
            Direction::Above => value >= self.set,
            Direction::Below => value <= self.set,
        }
    }

    /// Does a value speak for the end of a crossing?
    pub fn resets(&self, value: f64) -> bool {
        match self.key.direction {
            Direction::Above => value <= self.reset,
            Direction::Below => value >= self.reset,
        }
    }

    /// What is wrong with it: field and reason.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let mut expect = |holds: bool, field, reason: String| {
            if !holds {
                faults.push((field, reason));
            }
        };
        let key = &self.key;
        let is_name = |text: &str| !text.is_empty() && text.len() <= PARAM_MAX && !text.contains(char::is_control);
        expect(is_name(&key.param), "param", format!("must be the name of a parameter, at most {PARAM_MAX} bytes"));
        for (field, code) in
            [("serviceType", &key.service_type), ("serviceLevel", &key.service_level), ("customerNo", &key.customer_no)]
        {
            expect(code.chars().count() <= CODE_MAX, field, format!("must have at most {CODE_MAX} characters"));
        }
        let seconds = key.granularity.0;
        expect((1..=PERIOD_S_MAX).contains(&seconds), "granularityS", format!("must be 1 to {PERIOD_S_MAX}"));
        expect(self.set.is_finite(), "set", "must be a number".to_owned());
        let (apart, side) = match key.direction {
            Direction::Above => (self.reset < self.set, "below"),
            Direction::Below => (self.reset > self.set, "above"),
        };
        expect(
            apart && self.reset.is_finite(),
            "reset",
            format!("must be {side} `set`: between the two nothing changes"),
        );
        expect((1..=PERIODS_MAX).contains(&self.of), "of", format!("must be 1 to {PERIODS_MAX}"));
        expect((1..=self.of.max(1)).contains(&self.needed), "needed", "must be 1 to `of`".to_owned());
        expect(self.note.chars().count() <= NOTE_MAX, "note", format!("must have at most {NOTE_MAX} characters"));
        faults
    }
}

fn always() -> Time {
    Time::from_ms(0)
}
