//! What was measured of a circuit, as it is asked for and answered: which stretch of time, how finely, and its
//! columns side by side. What was not measured is null, and how much was measured stands beside each figure.

mod columns;
mod csv;

use std::sync::Arc;

use axum::response::Response;
use engine::performance::Stretch;
use figures::performance::{Resolution, Series, of_circuit, of_port};
use model::time::{Time, Window, Zone};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::download::attachment;
use crate::figure::aside;
use crate::problem::Problem;

pub(crate) use columns::Columns;

const DAY_S: i64 = 86_400;
/// Weeks up to the end of what is asked for that say what is usual.
const BASELINE_WEEKS: i64 = 8;
/// Longest stretch of time for each resolution, in days: what is asked for, and what is chosen.
const LONGEST: [(&str, Resolution, i64, i64); 4] = [
    ("measured", Resolution::Measured, 100, 31),
    ("hour", Resolution::Rolled(Stretch::Hour), 400, 190),
    ("day", Resolution::Rolled(Stretch::Day), 4_400, 1_900),
    ("month", Resolution::Rolled(Stretch::Month), 36_600, 36_600),
];

/// What is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PerformanceQuery {
    /// Begin, RFC 3339; default a day before `to`.
    from: Option<String>,
    /// End, RFC 3339, not included; default now.
    to: Option<String>,
    /// Parameters, joined by commas; default all.
    params: Option<String>,
    /// `measured`, `hour`, `day` or `month`; default by the length of the time asked for.
    resolution: Option<String>,
    /// `json` (default) or `csv`.
    format: Option<String>,
    /// `true`: beside values and means what is usual at that hour of the week; for what is measured and for hours.
    baseline: Option<bool>,
}

/// What is asked for, checked.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) window: Window,
    pub(crate) word: &'static str,
    resolution: Resolution,
    params: Vec<String>,
    pub(crate) csv: bool,
    baseline: bool,
}

/// What a list of series begins with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    /// Circuit.
    circuit_code: String,
    /// From, included.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// To, not included.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// `measured`, `hour`, `day` or `month`.
    resolution: String,
    /// When this was the case.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
}

// === impl PerformanceQuery ===

impl PerformanceQuery {
    /// Checks it.
    pub(crate) fn wish(self, now: Time) -> Result<Wish, Problem> {
        let time = |field: &'static str, text: Option<String>| {
            text.map(|text| Time::parse(&text).map_err(|_| Problem::bad_field(field, "must be a time by RFC 3339")))
                .transpose()
        };
        let to = time("to", self.to)?.unwrap_or(now);
        let from = time("from", self.from)?.unwrap_or_else(|| to.plus_s(-DAY_S));
        if from >= to {
            return Err(Problem::bad_field("from", "must be before `to`"));
        }
        let days = to.since(from).div_euclid(DAY_S * 1000);
        let (word, resolution) = resolution(self.resolution.as_deref(), days)?;
        let csv = match self.format.as_deref() {
            None | Some("json") => false,
            Some("csv") => true,
            Some(_) => return Err(Problem::bad_field("format", "must be json or csv")),
        };
        let params = self.params.unwrap_or_default();
        let params = params.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let baseline = self.baseline.unwrap_or_default() && resolution_has_baseline(resolution);
        Ok(Wish { window: Window::new(from, to), word, resolution, params, csv, baseline })
    }
}

fn resolution(asked: Option<&str>, days: i64) -> Result<(&'static str, Resolution), Problem> {
    let found = match asked {
        Some(asked) => LONGEST.iter().find(|(word, ..)| *word == asked),
        None => LONGEST.iter().find(|(.., chosen)| days <= *chosen),
    };
    match (found, asked) {
        (Some((word, resolution, longest, _)), _) if days <= *longest => Ok((word, *resolution)),
        (Some((word, _, longest, _)), Some(_)) => Err(Problem::bad_field(
            "resolution",
            format!("{word} is answered for {longest} days at most; ask for less, or for a coarser one"),
        )),
        (None, Some(_)) => Err(Problem::bad_field("resolution", "must be measured, hour, day or month")),
        (_, None) => Err(Problem::bad_field("from", "is more than 100 years before `to`")),
    }
}

/// Days and months are no hours of a week.
const fn resolution_has_baseline(resolution: Resolution) -> bool {
    matches!(resolution, Resolution::Measured | Resolution::Rolled(Stretch::Hour))
}

// === impl Wish ===

impl Wish {
    /// The series of a circuit, each with its columns.
    pub(crate) async fn series(&self, app: &App, code: &str) -> Result<Vec<(Series, Columns)>, Problem> {
        let zone = app.settings.performance_zone.clone();
        let inventory = Arc::clone(&app.board.network().inventory);
        let mut tx = app.db.read().await?;
        let ends = inventory.circuit_ix(code).map(|ix| inventory.ends_of(ix)).unwrap_or_default();
        let mut found = of_circuit(&mut tx, code, self.window, (self.resolution, &zone)).await?;
        for (port, times) in &ends {
            found.extend(of_port(&mut tx, (port, times), self.window, (self.resolution, &zone)).await?);
        }
        let mut usual = Vec::new();
        if self.baseline {
            let weeks = Window::new(self.window.end.plus_s(-BASELINE_WEEKS * 7 * DAY_S), self.window.end);
            let by_hour = (Resolution::Rolled(Stretch::Hour), &zone);
            usual = of_circuit(&mut tx, code, weeks, by_hour).await?;
            for (port, times) in &ends {
                usual.extend(of_port(&mut tx, (port, times), weeks, by_hour).await?);
            }
        }
        drop(tx);
        let (asked, params, now) = ((self.window, self.resolution), self.params.clone(), app.clock.now());
        aside(move || {
            let columns = |series: Series| {
                let mut columns = Columns::of(&series, asked, (&params, &zone, now));
                let same = |other: &&Series| other.subject == series.subject && other.granularity == series.granularity;
                usual.iter().find(same).into_iter().for_each(|usual| columns.put_baseline(usual, &zone));
                (series, columns)
            };
            found.into_iter().map(columns).collect()
        })
        .await
    }

    /// What an answer begins with.
    pub(crate) fn head(&self, code: &str, now: Time) -> Head {
        Head {
            circuit_code: code.to_owned(),
            from: self.window.start,
            to: self.window.end,
            resolution: self.word.to_owned(),
            as_of: now,
        }
    }

    /// The series as a download; `name` says what each is about.
    pub(crate) fn download(
        &self,
        code: &str,
        series: &[(Series, Columns)],
        name: impl Fn(&Series) -> Vec<String>,
        names: &[&str],
    ) -> Response {
        let rows: Vec<(Vec<String>, &Columns)> =
            series.iter().map(|(series, columns)| (name(series), columns)).collect();
        attachment(
            csv::write(names, &rows).into_bytes(),
            &format!("{code}-{}.csv", self.word),
            "text/csv; charset=utf-8",
        )
    }
}

/// The stretches that begin inside a window and are over, or at least began: what must be there.
fn grid(window: Window, resolution: Resolution, granularity_s: i64, (zone, now): (&Zone, Time)) -> Vec<Window> {
    let until = |end: Time| Window::new(window.start, window.end.min(end));
    match resolution {
        Resolution::Rolled(stretch) => stretch.inside(until(now), zone),
        Resolution::Measured if granularity_s == DAY_S => {
            let days = Stretch::Day.inside(until(now), zone);
            days.into_iter().filter(|day| day.end <= now).collect()
        }
        Resolution::Measured => {
            let step = granularity_s.max(1) * 1000;
            let first = -(-window.start.ms()).div_euclid(step) * step;
            let last = window.end.min(now.plus_ms(1 - step));
            let begins = (first..last.ms()).step_by(usize::try_from(step).unwrap_or(usize::MAX));
            begins.map(|ms| Window::new(Time::from_ms(ms), Time::from_ms(ms + step))).collect()
        }
    }
}
