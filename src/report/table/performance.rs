//! The table of performance: one row a circuit, also of those that nobody measured.

use super::{Cell, Table};
use crate::format::Format;
use crate::input::{Beside, Language, Level, Performance, Reading, Report};
use crate::words::{self, Text};

const HEADINGS: [Text; 26] = [
    words::CIRCUIT_CODE,
    words::PM_THERE,
    words::PM_COMPLETE_PERCENT,
    words::ES,
    words::SES,
    words::UAS,
    words::BBE,
    words::DELAY_P50,
    words::DELAY_P95,
    words::DELAY_MAX,
    words::JITTER_P50,
    words::JITTER_P95,
    words::JITTER_MAX,
    words::LOSS_P50,
    words::LOSS_P95,
    words::LOSS_MAX,
    words::BY_MEASUREMENT_PERCENT,
    words::BY_ALARMS_PERCENT,
    words::COMPARED_S,
    words::UNAVAILABLE_S,
    words::DOWN_BY_ALARMS_S,
    words::MORE_S,
    words::LESS_S,
    words::NO_VALUE_S,
    words::NO_VALUE_DOWN_S,
    words::OVER_LIMIT,
];

/// One row a circuit, in the order of the circuits.
pub(crate) fn performance(report: &Report) -> Table {
    let rows = report.circuits.iter().map(|circuit| {
        let measured = report.performance.iter().find(|one| one.circuit == circuit.code);
        let mut cells = vec![Cell::text(&circuit.code), Cell::yes(measured.is_some(), report.language)];
        cells.extend(values(measured));
        cells.extend(beside(measured.and_then(|one| one.beside.as_ref()), report.language));
        cells
    });
    Table::new(report.language, words::PERFORMANCE, &HEADINGS, rows.collect())
}

fn values(measured: Option<&Performance>) -> Vec<Cell> {
    let share = measured.and_then(|one| one.measured);
    let reading = |reading: Option<Reading>| Cell::maybe(reading, |one| Cell::number(Format::reading(one)));
    let totals = measured.map_or([None; 4], |one| one.totals);
    let levels = measured.map_or([None; 3], |one| one.levels);
    let level = |level: Option<Level>| [level.map(|l| l.p50), level.map(|l| l.p95), level.map(|l| l.max)];
    let mut cells = vec![Cell::maybe(share, Cell::share)];
    cells.extend(totals.into_iter().chain(levels.into_iter().flat_map(level)).map(reading));
    cells
}

fn beside(beside: Option<&Beside>, language: Language) -> [Cell; 10] {
    let seconds = |of: fn(&Beside) -> i64| Cell::maybe(beside.map(of), Cell::seconds);
    [
        Cell::maybe(beside.and_then(|one| one.availability), Cell::share),
        Cell::maybe(beside.and_then(|one| one.availability_by_alarms), Cell::share),
        seconds(|one| one.compared_ms),
        seconds(|one| one.unavailable_ms),
        seconds(|one| one.down_ms),
        seconds(|one| one.more_ms),
        seconds(|one| one.less_ms),
        seconds(|one| one.gap_ms),
        seconds(|one| one.gap_down_ms),
        Cell::maybe(beside.map(|one| one.over), |over| Cell::yes(over, language)),
    ]
}
