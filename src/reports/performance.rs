//! The performance of a report's circuit from what was measured of it.

use std::collections::BTreeMap;

use engine::beside::{Beside, sentence, worst};
use engine::figure::Figure;
use figures::Dossier;
use figures::measured::Measured;
use model::time::Time;
use report::input::{self, Chart, Level, Performance, Reading};

use super::circuit::share;
use super::words::Said;

/// How a day's values become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Sum,
    Greatest,
}

/// Parameters that a chart may show, the gravest first.
const CHARTED: [(&str, Day); 5] =
    [("UAS", Day::Sum), ("SES", Day::Sum), ("ES", Day::Sum), ("LOSS_PCT", Day::Greatest), ("DELAY_AVG", Day::Greatest)];

/// What was measured of a circuit; `None` if nothing was that a report tells of. `limit_ms`: a larger difference
/// between measurement and alarms is told as one.
pub(super) fn performance(
    dossier: &Dossier,
    figure: &Figure,
    measured: &Measured,
    (said, limit_ms): (Said, i64),
) -> Option<Performance> {
    let params = [&["UAS"][..], &Performance::TOTALS, &Performance::LEVELS].concat();
    let values: BTreeMap<&str, BTreeMap<Time, f64>> =
        params.iter().filter_map(|param| Some((*param, values(&measured.registers(param)?.1)))).collect();
    let found = Performance {
        circuit: figure.circuit_code.clone(),
        measured: share(measured.completeness(figure, &params)),
        totals: Performance::TOTALS.map(|param| total(values.get(param)?.values())),
        levels: Performance::LEVELS.map(|param| level(values.get(param)?.values().copied().collect())),
        beside: measured.beside(figure).map(|found| beside(&found, (said, limit_ms))),
        chart: CHARTED.into_iter().find_map(|(param, day)| chart(dossier, figure, (param, day), values.get(param)?)),
    };
    let is_anything = found.totals.iter().any(Option::is_some) || found.levels.iter().any(Option::is_some);
    is_anything.then_some(found)
}

/// The worst of a circuit's objects and directions, by begin.
fn values(registers: &[engine::beside::Register]) -> BTreeMap<Time, f64> {
    worst(registers).into_iter().map(|(at, reading)| (at, reading.value)).collect()
}

fn total<'a>(values: impl ExactSizeIterator<Item = &'a f64>) -> Option<Reading> {
    (values.len() > 0).then(|| reading(values.sum()))
}

/// Median, 95th percentile (nearest rank) and greatest.
fn level(mut values: Vec<f64>) -> Option<Level> {
    values.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| values.get((values.len() * percent).div_ceil(100).checked_sub(1)?).copied().map(reading);
    Some(Level { p50: at(50)?, p95: at(95)?, max: at(100)? })
}

/// A parameter by day; `None` if it was never above nothing.
fn chart(dossier: &Dossier, figure: &Figure, (param, day): (&str, Day), values: &BTreeMap<Time, f64>) -> Option<Chart> {
    values.values().any(|value| *value > 0.0).then(|| {
        let of_day = |window: model::time::Window| {
            let inside: Vec<f64> = values.range(window.start..window.end).map(|(_, value)| *value).collect();
            let greatest = inside.iter().copied().reduce(f64::max)?;
            Some(reading(if day == Day::Sum { inside.iter().sum() } else { greatest }))
        };
        let days = engine::days::days(&figure.ledger, &dossier.plan.zone, figure.period);
        Chart { param: param.to_owned(), days: days.iter().map(|one| of_day(one.window)).collect() }
    })
}

fn beside(found: &Beside, (said, limit_ms): (Said, i64)) -> input::Beside {
    input::Beside {
        availability: share(found.availability()),
        availability_by_alarms: share(found.availability_by_alarms()),
        compared_ms: found.compared_ms,
        unavailable_ms: found.unavailable_ms,
        down_ms: found.down_ms,
        more_ms: found.more_ms,
        less_ms: found.less_ms,
        gap_ms: found.gap_ms,
        gap_down_ms: found.gap_down_ms,
        over: found.apart_ms() > limit_ms,
        explained: said.of(sentence(Some(found), limit_ms)),
    }
}

/// In millionths.
fn reading(value: f64) -> Reading {
    #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
    let millionths = (value * 1_000_000.0).round() as i64;
    Reading(millionths)
}
