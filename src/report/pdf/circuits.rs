//! Every circuit's other figures, by the sites that it joins, with its last months.

use super::flow::Flow;
use super::grid::{Column, Grid, GridCell};
use super::spark::Spark;
use super::summary::between;
use super::text::Style;
use crate::format::{DASH, Format, Towards};
use crate::input::{Circuit, Report, Share};
use crate::words::{self, Text};

pub(super) fn print(flow: &mut Flow<'_>, report: &Report) {
    if report.circuits.is_empty() {
        return;
    }
    let say = |text: Text| text.say(report.language);
    flow.section(say(words::FIGURES));
    let grid = Grid::grouped(vec![
        Column::left(say(words::ROUTE), 24.0),
        Column::left(say(words::CIRCUIT), 17.0),
        Column::left(say(words::SERVICE_KIND), 20.0),
        Column::left(say(words::MONTHS), 14.0),
        Column::right(say(words::SHARE_GROSS), 11.5),
        Column::right(say(words::SHARE_MEASURED), 11.5),
        Column::right(say(words::LEFT_MIN), 12.5),
        Column::right(say(words::OUTAGE_COUNT), 12.0),
        Column::right(say(words::LONGEST_MIN), 12.0),
    ]);
    let rows = by_sites(report).into_iter().map(|circuit| row(circuit, report));
    grid.print(flow, rows.collect::<Vec<_>>());
    flow.y += 4.0;
    flow.paragraph(say(words::MONTHS_NOTE), Style::CAPTION);
}

fn row(circuit: &Circuit, report: &Report) -> Vec<GridCell> {
    let left = Format::minutes(circuit.left_ms, Towards::Down);
    let longest = circuit.longest_ms.map_or(DASH.to_owned(), |ms| Format::minutes(ms, Towards::Up));
    let (a_end, z_end) = sites(circuit);
    let share = |share: Option<Share>| share.map_or(DASH.to_owned(), Format::share);
    vec![
        GridCell::new(between(a_end, z_end)),
        GridCell::code(&circuit.code),
        GridCell::new(service(circuit, report)),
        Spark::of(&circuit.months, report.language).map_or(GridCell::new(DASH), GridCell::spark),
        GridCell::new(share(circuit.gross)),
        GridCell::new(share(circuit.measured)),
        if circuit.left_ms < 0 { GridCell::missed(left) } else { GridCell::new(left) },
        GridCell::new(circuit.outages.to_string()),
        GridCell::new(longest),
    ]
}

/// What it is; its plan too if there is more than one.
fn service(circuit: &Circuit, report: &Report) -> String {
    let plan = Some(&circuit.plan).filter(|_| report.methods.len() > 1).map(|plan| format!(" · {plan}"));
    format!("{} {}{}", circuit.class, circuit.service, plan.unwrap_or_default())
}

/// Circuits between the same two sites stand together, whichever end is called A.
fn by_sites(report: &Report) -> Vec<&Circuit> {
    let mut circuits: Vec<&Circuit> = report.circuits.iter().collect();
    circuits.sort_by_key(|circuit| (sites(circuit), &circuit.code));
    circuits
}

fn sites(circuit: &Circuit) -> (&str, &str) {
    let ends = (circuit.a_end.as_str(), circuit.z_end.as_str());
    if ends.0 <= ends.1 { ends } else { (ends.1, ends.0) }
}
