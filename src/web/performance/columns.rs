//! One series as columns: its times, and for each parameter its values or its figures, a place for each time.

use std::collections::BTreeMap;

use engine::performance::{Band, Baseline, FIGURES, Figure, figure_name, kind_of};
use figures::performance::{Resolution, Series};
use model::pm::IntervalStatus;
use model::sample::Samples;
use model::time::{Time, Window, Zone};
use serde::Serialize;
use utoipa::ToSchema;

use super::grid;

/// The columns of a series.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Columns {
    /// Length of the periods that were measured, in seconds.
    pub(crate) granularity_s: u32,
    /// Seconds that were measured and are valid, of those that should have been: 0 to 1; null = nothing was due.
    #[schema(value_type = Option<f64>)]
    pub(crate) completeness: f64,
    /// Begin of each period or stretch.
    #[schema(value_type = Vec<String>)]
    pub(crate) times: Vec<Time>,
    /// Seconds of it that were measured and are valid.
    pub(crate) measured_s: Vec<u32>,
    /// Seconds of it that should have been, up to now.
    pub(crate) expected_s: Vec<u32>,
    /// Periods of which something was said but whose values do not count, with the reason: `INCOMPLETE`, `INVALID` or
    /// `UNAVAILABLE`. A period that is null and not here is missing.
    #[schema(value_type = Vec<(String, String)>)]
    pub(crate) gaps: Vec<(Time, IntervalStatus)>,
    /// By parameter.
    pub(crate) params: BTreeMap<String, Param>,
}

/// One parameter: `values` as they were measured, or figures of rolled up stretches. Null = not measured.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Param {
    /// `counter`, `gauge` or `seconds`.
    pub(crate) kind: &'static str,
    /// As they were measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Option<f64>>)]
    pub(crate) values: Vec<f64>,
    /// The least.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Option<f64>>)]
    pub(crate) min: Vec<f64>,
    /// The greatest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Option<f64>>)]
    pub(crate) max: Vec<f64>,
    /// The mean of the periods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Option<f64>>)]
    pub(crate) mean: Vec<f64>,
    /// All together; a gauge has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Option<f64>>)]
    pub(crate) sum: Vec<f64>,
    /// How many periods were measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Option<f64>>)]
    pub(crate) count: Vec<f64>,
    /// The value that 95 of 100 periods did not exceed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Option<f64>>)]
    pub(crate) p95: Vec<f64>,
    /// What is usual at that hour of the week, where it was asked for and is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<BaselineView>,
}

/// What is usual: the median of this hour of the week over eight weeks, and the band that most values lie in.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = PerformanceBaseline)]
pub(crate) struct BaselineView {
    /// The median of the hours' means.
    #[schema(value_type = Vec<Option<f64>>)]
    median: Vec<f64>,
    /// Lower edge of the band.
    #[schema(value_type = Vec<Option<f64>>)]
    low: Vec<f64>,
    /// Upper edge.
    #[schema(value_type = Vec<Option<f64>>)]
    high: Vec<f64>,
}

// === impl Columns ===

impl Columns {
    /// The columns of a series of the window; only of these parameters, or all if there are none.
    pub(super) fn of(
        series: &Series,
        (window, resolution): (Window, Resolution),
        (wanted, zone, now): (&[String], &Zone, Time),
    ) -> Self {
        let granularity_s = series.granularity.0;
        let samples = &series.samples;
        let due = grid(window, resolution, granularity_s.into(), (zone, now));
        let mut times: Vec<Time> = due.iter().map(|stretch| stretch.start).collect();
        times.extend(samples.rows.iter().map(|row| row.start));
        times.sort_unstable();
        times.dedup();
        let mut due = due.into_iter().peekable();
        let mut expected = |at: &Time| {
            due.next_if(|stretch| stretch.start == *at).map_or(0, |stretch| seconds(stretch, now, granularity_s))
        };
        let expected_s: Vec<u32> = times.iter().map(&mut expected).collect();
        let rows = Rows { samples, times: &times };
        let is_valid = |row: usize| samples.rows.get(row).is_some_and(|row| row.status == IntervalStatus::Valid);
        let mut measured_s = vec![0; times.len()];
        for (row, place) in rows.places().filter(|(row, _)| is_valid(*row)) {
            if let (Some(held), Some(row)) = (measured_s.get_mut(place), samples.rows.get(row)) {
                *held = row.measured_s;
            }
        }
        let total = |column: &[u32]| column.iter().map(|seconds| u64::from(*seconds)).sum::<u64>();
        let gaps = samples.rows.iter().filter(|row| row.status != IntervalStatus::Valid);
        Columns {
            granularity_s,
            completeness: share(total(&measured_s), total(&expected_s)),
            gaps: gaps.map(|row| (row.start, row.status)).collect(),
            params: match resolution {
                Resolution::Measured => rows.measured(wanted),
                Resolution::Rolled(_) => rows.rolled(wanted),
            },
            times,
            measured_s,
            expected_s,
        }
    }
}

impl Columns {
    /// Puts beside each parameter what is usual, from the hours of some weeks.
    pub(super) fn put_baseline(&mut self, hours: &Series, zone: &Zone) {
        let samples = &hours.samples;
        for (name, param) in &mut self.params {
            let column = |figure| {
                let wanted = figure_name(name, figure);
                samples.params.iter().position(|known| *known == wanted)
            };
            let Some((sum, count)) = column(Figure::Sum).zip(column(Figure::Count)) else { continue };
            let mean =
                |values: &[f64]| values.get(sum).zip(values.get(count)).map_or(f64::NAN, |(sum, count)| sum / count);
            let usual = Baseline::of(samples.iter().map(|(row, values)| (row.start, mean(values))), zone);
            let bands: Vec<Option<Band>> = self.times.iter().map(|at| usual.at(*at)).collect();
            if bands.iter().any(Option::is_some) {
                param.baseline = Some(BaselineView::of(&bands));
            }
        }
    }
}

// === impl BaselineView ===

impl BaselineView {
    fn of(bands: &[Option<Band>]) -> Self {
        let column = |part: fn(&Band) -> f64| bands.iter().map(|band| band.as_ref().map_or(f64::NAN, part)).collect();
        BaselineView {
            median: column(|band| band.median),
            low: column(|band| band.low),
            high: column(|band| band.high),
        }
    }
}

/// Four decimals of `part` of `whole`, cut: what is not complete does not look so.
fn share(part: u64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of years")]
    let share = (part.min(whole) as f64 / whole as f64 * 10_000.0).floor() / 10_000.0;
    share
}

/// Seconds of a stretch that are over, in whole periods.
fn seconds(stretch: Window, now: Time, granularity_s: u32) -> u32 {
    let over = stretch.end.min(now).since(stretch.start).max(0).div_euclid(1000);
    let period = i64::from(granularity_s.max(1));
    u32::try_from(over.div_euclid(period) * period).unwrap_or(u32::MAX)
}

/// Rows and the times that they go to.
struct Rows<'a> {
    samples: &'a Samples,
    times: &'a [Time],
}

// === impl Rows ===

impl Rows<'_> {
    /// Each row with its place among the times.
    fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut place = 0;
        self.samples.rows.iter().enumerate().filter_map(move |(index, row)| {
            while self.times.get(place).is_some_and(|at| *at < row.start) {
                place += 1;
            }
            (self.times.get(place) == Some(&row.start)).then_some((index, place))
        })
    }

    /// One column, a place for each time; only rows whose values count.
    fn column(&self, at: usize) -> Vec<f64> {
        let mut column = vec![f64::NAN; self.times.len()];
        for (row, place) in self.places() {
            let valid = self.samples.rows.get(row).is_some_and(|row| row.status == IntervalStatus::Valid);
            if let (true, Some(cell)) = (valid, column.get_mut(place)) {
                *cell = self.samples.values_of(row).get(at).copied().unwrap_or(f64::NAN);
            }
        }
        column
    }

    fn measured(&self, wanted: &[String]) -> BTreeMap<String, Param> {
        let params = self.samples.params.iter().enumerate().filter(|(_, name)| is_wanted(wanted, name));
        let param = |at, name: &str| Param { kind: kind_of(name).word(), values: self.column(at), ..Param::default() };
        params.map(|(at, name)| (name.to_string(), param(at, name))).collect()
    }

    fn rolled(&self, wanted: &[String]) -> BTreeMap<String, Param> {
        let suffix = figure_name("", Figure::Min);
        let names = self.samples.params.iter().filter_map(|name| name.strip_suffix(suffix.as_str()));
        names.filter(|name| is_wanted(wanted, name)).map(|name| (name.to_owned(), self.figures(name))).collect()
    }

    fn figures(&self, name: &str) -> Param {
        let figure = |figure: Figure| {
            let wanted = figure_name(name, figure);
            let at = self.samples.params.iter().position(|known| *known == wanted);
            at.map_or_else(Vec::new, |at| self.column(at))
        };
        let [min, max, sum, count, p95]: [Vec<f64>; FIGURES] = Figure::ALL.map(figure);
        let mean = sum.iter().zip(&count).map(|(sum, count)| sum / count).collect();
        let kind = kind_of(name);
        let sum = if kind.adds_up() { sum } else { Vec::new() };
        Param { kind: kind.word(), min, max, mean, sum, count, p95, ..Param::default() }
    }
}

fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|known| known == name)
}
