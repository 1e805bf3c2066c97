//! The table of circuits: every figure of every circuit.

use super::{Cell, Table};
use crate::format::Towards::{Down, Up};
use crate::input::{Circuit, Language, Percent, Report};
use crate::words::{self, Text};

const HEADINGS: [Text; 32] = [
    words::CIRCUIT_CODE,
    words::A_END,
    words::Z_END,
    words::SERVICE_KIND,
    words::CLASS,
    words::PLAN,
    words::TARGET_PERCENT,
    words::AVAILABILITY_PERCENT,
    words::GROSS_PERCENT,
    words::RESULT,
    words::COUNTED_MIN,
    words::EXCLUDED_MIN,
    words::ALLOWED_MIN,
    words::LEFT_MIN,
    words::SERVICE_S,
    words::COUNTED_S,
    words::EXCLUDED_OUTAGE_S,
    words::EXCLUDED_WINDOW_S,
    words::UNMEASURED_S,
    words::NOT_IN_SERVICE_S,
    words::OUTSIDE_S,
    words::ALLOWED_S,
    words::LEFT_S,
    words::OUTAGE_COUNT,
    words::MTTR_S,
    words::MTBF_S,
    words::LONGEST_S,
    words::IN_TIME,
    words::REPEATS,
    words::CHRONIC,
    words::CREDIT_PERCENT,
    words::MEASURED_PERCENT,
];

/// One row a circuit, in the order of the input.
pub(crate) fn circuits(report: &Report) -> Table {
    let credit_of = |code: &str| report.credits.iter().find(|credit| credit.circuit == code).map(|c| c.percent);
    let rows = report.circuits.iter().map(|circuit| {
        let mut cells = described(circuit, report.language);
        cells.extend(figures(circuit, report.language, credit_of(&circuit.code)));
        cells
    });
    Table::new(report.language, words::CIRCUITS, &HEADINGS, rows.collect())
}

/// What it is, what was promised, what came of it.
fn described(circuit: &Circuit, language: Language) -> Vec<Cell> {
    vec![
        Cell::text(&circuit.code),
        Cell::text(&circuit.a_end),
        Cell::text(&circuit.z_end),
        Cell::text(&circuit.service),
        Cell::text(&circuit.class),
        Cell::text(&circuit.plan),
        Cell::percent(circuit.target),
        Cell::maybe(circuit.availability, Cell::share),
        Cell::maybe(circuit.gross, Cell::share),
        Cell::result(circuit.met, language),
        Cell::minutes(circuit.down_ms, Up),
        Cell::minutes(circuit.excluded_window_ms, Up),
        Cell::minutes(circuit.allowed_ms, Down),
        Cell::minutes(circuit.left_ms, Down),
    ]
}

/// The figures behind it, exact.
fn figures(circuit: &Circuit, language: Language, credit: Option<Percent>) -> Vec<Cell> {
    vec![
        Cell::seconds(circuit.service_ms),
        Cell::seconds(circuit.down_ms),
        Cell::seconds(circuit.excluded_outage_ms),
        Cell::seconds(circuit.excluded_window_ms),
        Cell::seconds(circuit.unmeasured_ms),
        Cell::seconds(circuit.not_in_service_ms),
        Cell::seconds(circuit.outside_window_ms),
        Cell::seconds(circuit.allowed_ms),
        Cell::seconds(circuit.left_ms),
        Cell::count(circuit.outages),
        Cell::maybe(circuit.mttr_ms, Cell::seconds),
        Cell::maybe(circuit.mtbf_ms, Cell::seconds),
        Cell::maybe(circuit.longest_ms, Cell::seconds),
        Cell::maybe(circuit.restored_in_time, Cell::count),
        Cell::count(circuit.repeats),
        Cell::yes(circuit.chronic, language),
        Cell::maybe(credit, Cell::percent),
        Cell::maybe(circuit.measured, Cell::share),
    ]
}
