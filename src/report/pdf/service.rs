//! How the customer was served: figures over the circuits, tickets, planned work; and what was
//! excluded or not measured.

use super::flow::Flow;
use super::grid::{Column, Grid, GridCell};
use super::summary::{percent, route};
use super::text::Style;
use crate::format::{DASH, Format};
use crate::input::{Circuit, Ratio, Report, Service};
use crate::words::{self, Text};

pub(super) fn print(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    flow.section(words::SERVICE.say(report.language));
    figures(flow, report, format);
    repeating(flow, report);
    tickets(flow, report, format);
    works(flow, report, format);
    protections(flow, report, format);
}

pub(super) fn print_exclusions(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    flow.section(words::EXCLUSIONS.say(report.language));
    exclusions(flow, report, format);
    gaps(flow, report, format);
}

fn figures(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    let service = &report.service;
    let length = |ms: Option<i64>| ms.map_or(DASH.to_owned(), |ms| format.length(ms));
    let Service { outages, repeats, .. } = *service;
    let in_time = |ratio: Option<Ratio>| {
        let of = |n: Ratio| words::IN_TIME_OF.with(report.language, &[&n.part.to_string(), &n.whole.to_string()]);
        ratio.map_or(DASH.to_owned(), of)
    };
    let chronic = if service.chronic.is_empty() { say(words::NONE).to_owned() } else { service.chronic.join(", ") };
    let rows = [
        (words::OUTAGES_ENDED, outages.to_string()),
        (words::FAULTS_PER_CIRCUIT, service.faults_per_circuit.map_or(DASH.to_owned(), Format::thousandths)),
        (words::MEAN_DOWN, length(service.mean_down_ms)),
        (words::P95_DOWN, length(service.p95_down_ms)),
        (words::WITHOUT_DOWN, percent(service.without_down)),
        (words::MTTR, length(service.mttr_ms)),
        (words::MTBF, length(service.mtbf_ms)),
        (words::IN_TIME, in_time(service.restored_in_time)),
        (words::ANSWERED_IN_TIME, in_time(service.answered_in_time)),
        (words::REPEATS_30, repeats.to_string()),
        // Cut off it would be rounded to the carrier's advantage.
        (
            words::REPEAT_RATE,
            service.repeat_rate.map_or(DASH.to_owned(), |rate| format!("{}%", Format::exact_share(rate))),
        ),
        (words::CHRONIC_LIST, chronic),
    ];
    let grid = Grid::new(vec![Column::left(say(words::FIGURE), 42.0), Column::left(say(words::VALUE), 58.0)]);
    grid.print(flow, rows.into_iter().map(|(name, value)| vec![GridCell::new(say(name)), GridCell::new(value)]));
}

/// Circuits that failed again, or too often.
fn repeating(flow: &mut Flow<'_>, report: &Report) {
    let say = |text: Text| text.say(report.language);
    flow.heading2(say(words::REPEATING));
    let again: Vec<&Circuit> = report.circuits.iter().filter(|one| one.repeats > 0 || one.chronic).collect();
    if again.is_empty() {
        return flow.paragraph(say(words::NO_REPEATING), Style::BODY);
    }
    let grid = Grid::new(vec![
        Column::left(say(words::CIRCUIT), 22.0),
        Column::left(say(words::ROUTE), 38.0),
        Column::right(say(words::OUTAGE_COUNT), 13.0),
        Column::right(say(words::REPEATS), 15.0),
        Column::left(say(words::CHRONIC), 12.0),
    ]);
    let rows = again.into_iter().map(|circuit| {
        vec![
            GridCell::code(&circuit.code),
            GridCell::new(route(circuit)),
            GridCell::new(circuit.outages.to_string()),
            GridCell::new(circuit.repeats.to_string()),
            GridCell::new(say(if circuit.chronic { words::YES } else { words::NO })),
        ]
    });
    grid.print(flow, rows);
}

/// Times of special protection.
fn protections(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    flow.heading2(say(words::PROTECTIONS));
    if report.protections.is_empty() {
        return flow.paragraph(say(words::NO_PROTECTIONS), Style::BODY);
    }
    let grid = Grid::new(vec![
        Column::left(say(words::NUMBER), 22.0),
        Column::left(say(words::PROTECT_LEVEL), 12.0),
        Column::left(say(words::WHEN), 32.0),
        Column::left(say(words::CIRCUIT), 34.0),
    ]);
    let rows = report.protections.iter().map(|task| {
        vec![
            GridCell::code(&task.number),
            GridCell::new(&task.level),
            GridCell::new(format.window(task.window)),
            GridCell::code(task.circuits.join(" ")),
        ]
    });
    grid.print(flow, rows);
}

fn tickets(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    flow.heading2(say(words::TICKETS));
    if report.tickets.is_empty() {
        return flow.paragraph(say(words::NO_TICKETS), Style::BODY);
    }
    let grid = Grid::new(vec![
        Column::left(say(words::NUMBER), 14.0),
        Column::left(say(words::CIRCUIT), 15.5),
        Column::left(say(words::OPENED), 10.0),
        Column::left(say(words::ANSWERED), 11.5),
        Column::left(say(words::IN_TIME_SHORT), 8.5),
        Column::left(say(words::RESTORED), 10.0),
        Column::left(say(words::IN_TIME_SHORT), 8.5),
        Column::left(say(words::SUBJECT), 22.0),
    ]);
    let yes = |yes: Option<bool>| match yes {
        Some(true) => GridCell::new(say(words::YES)),
        Some(false) => GridCell::missed(say(words::NO)),
        None => GridCell::new(DASH),
    };
    let rows = report.tickets.iter().map(|ticket| {
        let time = |at: Option<_>| GridCell::new(at.map_or(DASH.to_owned(), |at| format.short_time(at)));
        vec![
            GridCell::code(&ticket.number),
            GridCell::code(ticket.circuits.join(" ")),
            time(Some(ticket.opened_at)),
            time(ticket.answered_at),
            yes(ticket.answered_in_time),
            time(ticket.restored_at),
            yes(ticket.restored_in_time),
            GridCell::new(&ticket.summary),
        ]
    });
    grid.print(flow, rows);
}

fn works(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    flow.heading2(say(words::WORKS));
    if report.works.is_empty() {
        return flow.paragraph(say(words::NO_WORKS), Style::BODY);
    }
    let grid = Grid::new(vec![
        Column::left(say(words::NUMBER), 16.5),
        Column::left(say(words::CIRCUIT), 15.5),
        Column::left(say(words::AFFECT), 17.5),
        Column::left(say(words::NOTIFIED), 11.0),
        Column::left(say(words::EXCLUDED), 10.5),
        Column::right(say(words::OVERRUN), 10.0),
        Column::left(say(words::STATE), 8.5),
        Column::left(say(words::SUBJECT), 13.5),
    ]);
    let rows = report.works.iter().map(|work| {
        let overrun = Some(work.overrun_ms).filter(|ms| *ms > 0);
        vec![
            GridCell::code(&work.number),
            GridCell::code(work.circuits.join(" ")),
            GridCell::new(format.window(work.affect)),
            GridCell::new(work.notified_at.map_or(DASH.to_owned(), |at| format.short_time(at))),
            GridCell::new(say(if work.excluded { words::YES } else { words::NO })),
            GridCell::new(overrun.map_or(DASH.to_owned(), |ms| format.length(ms))),
            GridCell::new(&work.state),
            GridCell::new(&work.summary),
        ]
    });
    grid.print(flow, rows);
}

fn exclusions(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    flow.heading2(say(words::SIGNED_OFF));
    if report.exclusions.is_empty() {
        return flow.paragraph(say(words::NO_EXCLUSIONS), Style::BODY);
    }
    let grid = Grid::new(vec![
        Column::left(say(words::CIRCUIT), 15.5),
        Column::left(say(words::WHEN), 25.5),
        Column::right(say(words::DURATION), 10.0),
        Column::left(say(words::DOWN), 7.0),
        Column::left(say(words::WHY), 21.0),
        Column::left(say(words::EVIDENCE), 11.0),
        Column::left(say(words::APPROVER), 10.0),
    ]);
    let rows = report.exclusions.iter().map(|exclusion| {
        let held = if exclusion.suspended { format!(" ({})", say(words::SUSPENDED)) } else { String::new() };
        vec![
            GridCell::code(&exclusion.circuit),
            GridCell::new(format.span(exclusion.window)),
            GridCell::new(format.length(exclusion.window.length_ms())),
            GridCell::new(say(if exclusion.down { words::YES } else { words::NO })),
            GridCell::new(format!("{}{held}", exclusion.reason)),
            GridCell::new(&exclusion.evidence),
            GridCell::new(&exclusion.approver),
        ]
    });
    grid.print(flow, rows);
}

fn gaps(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    flow.heading2(say(words::GAPS));
    if report.completeness.gaps.is_empty() {
        return flow.paragraph(say(words::NO_GAPS), Style::BODY);
    }
    let grid = Grid::new(vec![
        Column::left(say(words::CIRCUIT), 15.5),
        Column::left(say(words::WHEN), 25.5),
        Column::right(say(words::DURATION), 14.0),
        Column::left(say(words::WHY), 45.0),
    ]);
    let rows = report.completeness.gaps.iter().map(|gap| {
        vec![
            GridCell::code(&gap.circuit),
            GridCell::new(format.span(gap.window)),
            GridCell::new(format.length(gap.window.length_ms())),
            GridCell::new(&gap.reason),
        ]
    });
    grid.print(flow, rows);
}
