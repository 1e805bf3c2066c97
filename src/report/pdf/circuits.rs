//! Every circuit's other figures.

use super::flow::Flow;
use super::grid::{Column, Grid, GridCell};
use super::summary::percent;
use crate::format::{DASH, Format, Towards};
use crate::input::Report;
use crate::words::{self, Text};

pub(super) fn print(flow: &mut Flow<'_>, report: &Report) {
    if report.circuits.is_empty() {
        return;
    }
    let say = |text: Text| text.say(report.language);
    flow.section(say(words::FIGURES));
    let grid = Grid::new(vec![
        Column::left(say(words::CIRCUIT), 18.0),
        Column::left(say(words::SERVICE_KIND), 16.0),
        Column::left(say(words::PLAN), 10.0),
        Column::right(say(words::GROSS), 11.0),
        Column::right(say(words::LEFT_MIN), 9.0),
        Column::right(say(words::OUTAGE_COUNT), 10.0),
        Column::right(say(words::LONGEST_MIN), 12.0),
        Column::right(say(words::MTTR_MIN), 10.0),
        Column::right(say(words::UNMEASURED_MIN), 12.0),
    ]);
    let minutes = |ms: Option<i64>| GridCell::new(ms.map_or(DASH.to_owned(), |ms| Format::minutes(ms, Towards::Up)));
    let rows = report.circuits.iter().map(|circuit| {
        let left = Format::minutes(circuit.left_ms, Towards::Down);
        vec![
            GridCell::code(&circuit.code),
            GridCell::new(format!("{} {}", circuit.class, circuit.service)),
            GridCell::new(&circuit.plan),
            GridCell::new(percent(circuit.gross)),
            if circuit.left_ms < 0 { GridCell::missed(left) } else { GridCell::new(left) },
            GridCell::new(circuit.outages.to_string()),
            minutes(circuit.longest_ms),
            minutes(circuit.mttr_ms),
            minutes(Some(circuit.unmeasured_ms).filter(|ms| *ms > 0)),
        ]
    });
    grid.print(flow, rows);
}
