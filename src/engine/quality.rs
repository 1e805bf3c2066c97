//! What is said of a figure beside the contract's numbers: restoration in time, repeats, whether the
//! circuit is chronic, how fast the budget burns, and the credit that the plan's bands advise.

use serde::{Serialize, Serializer};

use crate::plan::words::Percent;
use crate::plan::{CreditBand, Plan};
use crate::sla::{Share, Totals, divide_half_even};
use crate::tally::Tally;

/// Beside the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quality {
    /// Of N, those restored within the plan's limit; `None` = the plan has no limit.
    pub restored_in_time: Option<u32>,
    /// Of N, those that began soon after the one before (30 days by default).
    pub repeats: u32,
    /// Counted outages that ended in the last days before `asOf` (45 by default).
    pub recent: u32,
    /// There were so many of them that the circuit is chronic.
    pub chronic: bool,
    /// How fast the budget burns.
    pub burn: Burn,
    /// Advised credit in percent of the monthly charge, at most 100.
    pub credit: Percent,
}

/// Burn rates up to `asOf`, each over a stretch of the period; `None` = there was no service in it, or
/// the plan allows no down time at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Burn {
    /// Over the last hour.
    pub hour: Option<Rate>,
    /// Over the last six hours.
    pub six_hours: Option<Rate>,
    /// Over the last three days.
    pub three_days: Option<Rate>,
}

/// How many times as fast as an even pace that would use the budget up exactly at the period's end,
/// in hundredths. JSON form: a number with two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(i64);

// === impl Quality ===

impl Quality {
    /// From what was found in a circuit's time.
    pub(crate) fn new(plan: &Plan, found: &Tally<'_>, availability: Option<Share>) -> Self {
        let counts = &found.counts;
        Quality {
            restored_in_time: plan.restore_within_s.map(|_| counts.in_time),
            repeats: counts.repeats,
            recent: counts.recent,
            chronic: counts.recent >= plan.chronic_outages,
            burn: Burn::of(plan, &found.latest),
            credit: credit(&plan.credits, availability, counts.longest()),
        }
    }
}

// === impl Burn ===

impl Burn {
    /// From the last hour, six hours and three days.
    fn of(plan: &Plan, latest: &[Totals; 3]) -> Self {
        let [hour, six_hours, three_days] = latest.each_ref().map(|totals| Rate::of(plan, totals));
        Burn { hour, six_hours, three_days }
    }
}

// === impl Rate ===

impl Rate {
    fn of(plan: &Plan, totals: &Totals) -> Option<Self> {
        let base = totals.base(plan.unmeasured);
        let whole = i128::from(Percent::ONE_HUNDRED.millionths());
        let missing = whole - i128::from(plan.target.millionths());
        let even = i128::from(base.service) * missing;
        (even > 0).then(|| Rate(divide_half_even(i128::from(base.down) * 100 * whole, even)))
    }

    /// Hundredths: 250 is two and a half times as fast.
    pub fn hundredths(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Rate {
    /// The float nearest to a decimal of 2 places prints as that decimal.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "far below 2^53")]
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

/// Of each kind of band the last that applies, together at most 100 %. Without a figure, no credit.
fn credit(bands: &[CreditBand], availability: Option<Share>, longest_ms: Option<i64>) -> Percent {
    let missed = |below: Percent| availability.is_some_and(|share| !share.reaches(below));
    let took = |limit_s: i64| longest_ms.is_some_and(|ms| ms > limit_s.saturating_mul(1000));
    let by_availability = bands.iter().rfind(|band| band.below.is_some_and(missed));
    let by_length = bands.iter().rfind(|band| band.longer_than_s.is_some_and(took));
    let sum = [by_availability, by_length].into_iter().flatten().map(|band| band.percent.millionths()).sum();
    Percent::from_millionths(sum).min(Percent::ONE_HUNDRED)
}

#[cfg(test)]
mod tests;
