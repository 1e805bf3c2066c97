//! Roll-ups of performance data: 15 minutes → hours → days → months. A pure function of the measured rows, so
//! what comes late, twice or corrected is rolled up as if it had come first.
//!
//! Only rows that are `VALID`, and of them only values that were measured, count: a gap is never zero and never
//! averaged in. How much of a stretch was measured stands beside each figure.

mod baseline;
mod params;

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};
use model::pm::{Granularity, IntervalStatus};
use model::sample::{Sample, Samples};
use model::text::Text;
use model::time::{Time, Window, Zone};

pub use baseline::{Band, Baseline};
pub use params::{Kind, kind_of};

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;
/// Figures of one parameter, in the order of [`Figure::ALL`].
pub const FIGURES: usize = Figure::ALL.len();

/// The stretches that rows are rolled up into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stretch {
    /// Hours of UTC.
    Hour,
    /// Days of the calendar.
    Day,
    /// Months of the calendar.
    Month,
}

/// What is kept of the values of one stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// All together.
    Sum,
    /// How many.
    Count,
    /// The least that is not exceeded by 95 of 100 of them (nearest rank).
    P95,
}

// === impl Figure ===

impl Figure {
    /// Every figure.
    pub const ALL: [Figure; 5] = [Figure::Min, Figure::Max, Figure::Sum, Figure::Count, Figure::P95];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Figure::Min => "min",
            Figure::Max => "max",
            Figure::Sum => "sum",
            Figure::Count => "count",
            Figure::P95 => "p95",
        }
    }
}

// === impl Stretch ===

impl Stretch {
    /// The stretch that holds an instant.
    pub fn around(self, at: Time, zone: &Zone) -> Window {
        let (start, length): (DateTime, Span) = match self {
            Stretch::Hour => {
                let start = Time::from_ms(at.ms().div_euclid(HOUR_MS) * HOUR_MS);
                return Window::new(start, start.plus_ms(HOUR_MS));
            }
            Stretch::Day => (zone.civil(at).date().to_datetime(jiff::civil::Time::midnight()), 1.day()),
            Stretch::Month => {
                (zone.civil(at).date().first_of_month().to_datetime(jiff::civil::Time::midnight()), 1.month())
            }
        };
        Window::new(zone.instant(start), zone.instant(start.saturating_add(length)))
    }

    /// The stretches that begin inside a window, in order.
    pub fn inside(self, window: Window, zone: &Zone) -> Vec<Window> {
        let mut found = Vec::new();
        let mut next = self.around(window.start, zone);
        if next.start < window.start {
            next = self.around(next.end, zone);
        }
        while next.start < window.end && !next.is_empty() {
            found.push(next);
            next = self.around(next.end, zone);
        }
        found
    }
}

/// Rolls rows of one granularity up. They are sorted by subject and begin, each of them once; so is the result, whose
/// parameters are the figures of each parameter as [`figure_name`] calls them. `measured_s` of a result is the time
/// that was measured and is valid. A stretch that an object served two circuits in has a row for each.
pub fn roll(samples: &Samples, stretch: Stretch, zone: &Zone) -> Samples {
    let names = samples.params.iter().flat_map(|param| Figure::ALL.map(|figure| figure_name(param, figure)));
    let mut rolled = Samples::of(&names.collect::<Vec<_>>());
    let mut open: Option<(i64, Window)> = None;
    let mut gathered = Gathered::new(samples.params.len());
    for (row, values) in samples.iter() {
        if !open.is_some_and(|(subject, window)| subject == row.subject && window.holds(row.start)) {
            gathered.close(&mut rolled);
            open = Some((row.subject, stretch.around(row.start, zone)));
        }
        let start = open.map_or(row.start, |(_, window)| window.start);
        gathered.add(start, row, values);
    }
    gathered.close(&mut rolled);
    rolled
}

/// The name of a parameter's figure among the parameters of rolled rows.
pub fn figure_name(param: &str, figure: Figure) -> Text {
    Text::from(format!("{param}.{}", figure.word()))
}

/// Rolled rows in place of `held` ones. What was measured before `kept_since` is no longer held as it was measured,
/// so there a row that is held is the better one.
pub fn replaced(held: Samples, fresh: Samples, kept_since: Time) -> Samples {
    let held = held.only(|row| row.start < kept_since);
    if held.rows.is_empty() {
        return fresh;
    }
    let key = |row: &Sample| (row.subject, row.start, row.link);
    let better: BTreeSet<_> = held.rows.iter().map(key).collect();
    let fresh = fresh.only(|row| !better.contains(&key(row)));
    Samples::beside(vec![fresh, held])
}

/// Can rows of this granularity be rolled up into such stretches?
pub fn is_finer(granularity: Granularity, stretch: Stretch) -> bool {
    let longest = match stretch {
        Stretch::Hour => 3_600,
        Stretch::Day | Stretch::Month => 86_400,
    };
    granularity.0 <= longest
}

/// The values of the stretch that is being gathered, for each circuit that its object served in it. A list that was
/// filled is used again.
struct Gathered {
    params: usize,
    circuits: Vec<Circuit>,
    spare: Vec<Circuit>,
}

/// What a stretch has for one circuit.
struct Circuit {
    /// The rolled row.
    head: Sample,
    /// The values, by parameter.
    values: Vec<Vec<f64>>,
}

// === impl Gathered ===

impl Gathered {
    fn new(params: usize) -> Self {
        Gathered { params, circuits: Vec::new(), spare: Vec::new() }
    }

    /// Adds a row to the stretch that begins at `start`.
    fn add(&mut self, start: Time, row: &Sample, values: &[f64]) {
        let place = self.circuits.iter().position(|circuit| circuit.head.link == row.link);
        let place = place.unwrap_or_else(|| {
            let head = Sample { start, revision: 0, measured_s: 0, status: IntervalStatus::Valid, ..*row };
            let params = self.params;
            let spare = self.spare.pop().map(|spare| Circuit { head, ..spare });
            self.circuits.push(spare.unwrap_or_else(|| Circuit { head, values: vec![Vec::new(); params] }));
            self.circuits.len() - 1
        });
        let Some(circuit) = self.circuits.get_mut(place).filter(|_| row.status == IntervalStatus::Valid) else {
            return;
        };
        circuit.head.measured_s = circuit.head.measured_s.saturating_add(row.measured_s);
        for (held, value) in circuit.values.iter_mut().zip(values) {
            if !value.is_nan() {
                held.push(*value);
            }
        }
    }

    /// The stretch is over.
    fn close(&mut self, rolled: &mut Samples) {
        self.circuits.sort_unstable_by_key(|circuit| circuit.head.link);
        for mut circuit in self.circuits.drain(..) {
            let figures: Vec<f64> = circuit.values.iter_mut().flat_map(|values| figures(values)).collect();
            rolled.push(circuit.head, &figures);
            circuit.values.iter_mut().for_each(Vec::clear);
            self.spare.push(circuit);
        }
    }
}

/// The figures of some values; they are sorted here, so that their sum does not depend on their order.
fn figures(values: &mut [f64]) -> [f64; FIGURES] {
    values.sort_unstable_by(f64::total_cmp);
    let (Some(min), Some(max)) = (values.first(), values.last()) else {
        return [f64::NAN, f64::NAN, f64::NAN, 0.0, f64::NAN];
    };
    let rank = (values.len() * 95).div_ceil(100);
    let p95 = values.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN);
    #[expect(clippy::cast_precision_loss, reason = "a month has some thousand values")]
    let count = values.len() as f64;
    [*min, *max, values.iter().sum(), count, p95]
}

#[cfg(test)]
mod tests;
