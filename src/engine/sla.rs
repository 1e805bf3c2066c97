//! The arithmetic of a figure: from ledger and outages to availability, counts and budget.
//!
//! Everything is integer milliseconds. A percentage is a pair of integers until it is printed, so
//! "met" or "missed" and every rounding are exact.

use model::time::Time;
use serde::{Serialize, Serializer};

use crate::ledger::{Class, Interval, Piece};
use crate::plan::words::Percent;
use crate::plan::{Denominator, Plan, Unmeasured};
use crate::terms::Terms;

/// Milliseconds of a ledger by what they count as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Class `up`.
    pub up: i64,
    /// Class `down`.
    pub down: i64,
    /// Class `excluded` while the circuit was down.
    pub excluded_outage: i64,
    /// Class `excluded`.
    pub excluded: i64,
    /// Class `unmeasured`.
    pub unmeasured: i64,
    /// Class `not_in_service`.
    pub not_in_service: i64,
    /// Class `outside_window`.
    pub outside_window: i64,
}

/// S, D, X and W of semantics §4 for one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// In-service time inside the service window, less unmeasured time if that leaves the base.
    pub service: i64,
    /// Counted down time.
    pub down: i64,
    /// Excluded time that overlaps an outage.
    pub excluded_outage: i64,
    /// All excluded time.
    pub excluded: i64,
}

/// A share of time: 0 ≤ `part` ≤ `whole`, `whole` > 0. JSON form: percent with 5 decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    part: i64,
    whole: i64,
}

/// Outages that ended in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// N: those that hold counted time.
    pub outages: u32,
    /// Their whole counted time, also before the period.
    pub counted_ms: i64,
    /// The largest of them.
    pub longest_ms: i64,
    /// Of them, those not longer than the plan's limit.
    pub in_time: u32,
    /// Of them, those that began soon after the one before.
    pub repeats: u32,
    /// Those that ended in the last days before `asOf`, in the period or before it.
    pub recent: u32,
}

/// What is left of the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Promised availability.
    pub target: Percent,
    /// Down time that the whole period allows: S × (1 − target), rounded down.
    pub allowed_ms: i64,
    /// What is left of it; below zero when the promise is broken.
    pub left_ms: i64,
    /// When the outage that is open now will have used it up; `None` if none is open, if it is used
    /// up already, or if the period ends first.
    pub breach_at: Option<Time>,
    /// The availability so far is at least the target; `None` = not applicable.
    pub met: Option<bool>,
}

// === impl Totals ===

impl Totals {
    /// Adds so much of a piece of time.
    pub(crate) fn add(&mut self, piece: &Piece, ms: i64) {
        match piece.class {
            Class::NotInService => self.not_in_service += ms,
            Class::OutsideWindow => self.outside_window += ms,
            Class::Excluded => {
                self.excluded += ms;
                self.excluded_outage += if piece.down == Some(true) { ms } else { 0 };
            }
            Class::Down => self.down += ms,
            Class::Unmeasured => self.unmeasured += ms,
            Class::Up => self.up += ms,
        }
    }

    /// The base by a plan's treatment of unmeasured time. Classes are never changed.
    pub fn base(&self, unmeasured: Unmeasured) -> Base {
        let (in_service, in_down) = match unmeasured {
            Unmeasured::LeaveBase => (0, 0),
            Unmeasured::Up => (self.unmeasured, 0),
            Unmeasured::Down => (self.unmeasured, self.unmeasured),
        };
        Base {
            service: self.up + self.down + self.excluded + in_service,
            down: self.down + in_down,
            excluded_outage: self.excluded_outage,
            excluded: self.excluded,
        }
    }
}

// === impl Base ===

impl Base {
    /// The plan's availability.
    pub fn availability(&self, denominator: Denominator) -> Option<Share> {
        let whole = match denominator {
            Denominator::NetOfExcludedOutage => self.service - self.excluded_outage,
            Denominator::NetOfWindows => self.service - self.excluded,
            Denominator::Gross => self.service,
        };
        Share::new(whole - self.down, whole)
    }

    /// The availability that nobody's exclusions improve.
    pub fn gross(&self) -> Option<Share> {
        Share::new(self.service - self.down - self.excluded_outage, self.service)
    }

    /// Up time: S − X − D.
    pub fn up(&self) -> i64 {
        self.service - self.excluded_outage - self.down
    }
}

// === impl Share ===

impl Share {
    /// `None` if there is nothing to be a share of: not applicable, never 100 % or 0 %.
    pub fn new(part: i64, whole: i64) -> Option<Self> {
        (whole > 0).then(|| Share { part: part.clamp(0, whole), whole })
    }

    /// The part and the whole, for whoever rounds in another form.
    pub fn parts(self) -> (i64, i64) {
        (self.part, self.whole)
    }

    /// Hundred-thousandths of a percent, rounded half-even: 98.52207 % is 9,852,207.
    pub fn rounded(self) -> i64 {
        divide_half_even(i128::from(self.part) * 10_000_000, i128::from(self.whole))
    }

    /// For machines: percent with 5 decimals, rounded half-even.
    pub fn to_decimal(self) -> String {
        let rounded = self.rounded();
        format!("{}.{:05}", rounded / 100_000, rounded % 100_000)
    }

    /// For people: 3 decimals, truncated towards worse. `99.9996` reads `99.999`, never `100.000`.
    pub fn worse(self) -> String {
        let thousandths = i128::from(self.part) * 100_000 / i128::from(self.whole);
        format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
    }

    /// At least this percentage, decided on the integers.
    pub fn reaches(self, target: Percent) -> bool {
        let hundred = i128::from(Percent::ONE_HUNDRED.millionths());
        i128::from(self.part) * hundred >= i128::from(target.millionths()) * i128::from(self.whole)
    }
}

impl Serialize for Share {
    /// The float nearest to a decimal of 5 places prints as that decimal.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "0 to 10,000,000 is exact in a float")]
        serializer.serialize_f64(self.rounded() as f64 / 100_000.0)
    }
}

// === impl Counts ===

impl Counts {
    /// Counts an outage.
    pub(crate) fn take(&mut self, counted_ms: i64, terms: &Terms<'_>) {
        self.outages += 1;
        self.counted_ms += counted_ms;
        self.longest_ms = self.longest_ms.max(counted_ms);
        let limit_ms = terms.plan.restore_within_s.map(|s| s.saturating_mul(1000));
        self.in_time += u32::from(limit_ms.is_some_and(|limit_ms| counted_ms <= limit_ms));
    }

    /// Whole counted time by outage, to the nearest millisecond; `None` for no outage.
    pub fn mean_time_to_restore(&self) -> Option<i64> {
        self.per_outage(self.counted_ms)
    }

    /// Up time by outage, to the nearest millisecond; `None` for no outage.
    pub fn mean_time_between(&self, up_ms: i64) -> Option<i64> {
        self.per_outage(up_ms)
    }

    /// The longest; `None` for no outage.
    pub fn longest(&self) -> Option<i64> {
        (self.outages > 0).then_some(self.longest_ms)
    }

    fn per_outage(&self, ms: i64) -> Option<i64> {
        (self.outages > 0).then(|| divide_half_even(i128::from(ms), i128::from(self.outages)))
    }
}

// === impl Budget ===

impl Budget {
    /// What is left, without the breach time. `service_ms` is the S of the whole period.
    pub fn new(plan: &Plan, base: &Base, service_ms: i64) -> Self {
        let hundred = i128::from(Percent::ONE_HUNDRED.millionths());
        let missing = hundred - i128::from(plan.target.millionths());
        let allowed = i128::from(service_ms) * missing / hundred;
        let allowed_ms = i64::try_from(allowed).unwrap_or(i64::MAX);
        Budget {
            target: plan.target,
            allowed_ms,
            left_ms: allowed_ms - base.down,
            breach_at: None,
            met: base.availability(plan.denominator).map(|share| share.reaches(plan.target)),
        }
    }

    /// The instant at which counted down time from here on uses up what is left. `ahead` is the
    /// ledger of the rest of the period as it will be if the open outage lasts.
    pub fn breach(&self, ahead: &[Interval]) -> Option<Time> {
        let mut left = (self.left_ms >= 0).then_some(self.left_ms)?;
        for interval in ahead.iter().filter(|interval| interval.class == Class::Down) {
            if left < interval.length_ms() {
                return Some(interval.start.plus_ms(left));
            }
            left -= interval.length_ms();
        }
        None
    }
}

/// Division of non-negative numbers to the nearest, ties to even.
pub(crate) fn divide_half_even(part: i128, whole: i128) -> i64 {
    let (quotient, rest) = (part / whole, part % whole);
    let up = match (rest * 2).cmp(&whole) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    i64::try_from(quotient + i128::from(up)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
