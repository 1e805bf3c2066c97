//! Outages, one block each: what, when, where, why, and every minute of it.

use model::time::Window;

use super::flow::Flow;
use super::grid::{Column, Grid, GridCell};
use super::summary::route;
use super::text::Style;
use crate::format::{Format, grouped};
use crate::input::{Counted, Outage, Report};
use crate::words::{self, Text};

/// A ledger up to this height stays on a page with its heading.
const TOGETHER: f32 = 220.0;

pub(super) fn print(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    flow.section(words::OUTAGES.say(report.language));
    if report.outages.is_empty() {
        flow.paragraph(words::NO_OUTAGES.say(report.language), Style::BODY);
    }
    for outage in &report.outages {
        block(flow, outage, report, format);
    }
}

fn block(flow: &mut Flow<'_>, outage: &Outage, report: &Report, format: &Format) {
    let circuit = report.circuits.iter().find(|circuit| circuit.code == outage.circuit);
    let named = [outage.circuit.clone(), circuit.map(route).unwrap_or_default(), outage.number.clone()];
    let named: Vec<String> = named.into_iter().filter(|part| !part.is_empty()).collect();
    flow.need(4.0 * Style::BODY.leading + 34.0 + Grid::least(outage.ledger.len() + 1).min(TOGETHER));
    flow.heading2(&named.join(" · "));
    let open = || format!("{} – {}", format.time(outage.start), words::OPEN.say(report.language));
    let when = outage.end.map_or_else(open, |end| format.long_span(Window::new(outage.start, end)));
    let [counted, excluded] = [Counted::Counted, Counted::Excluded].map(|what| format.length(outage.length_ms(what)));
    let total = format.length(outage.total_ms());
    let sums = words::OUTAGE_LINE.with(report.language, &[&total, &counted, &excluded]);
    flow.paragraph(&format!("{when}{}{sums}", stop(report)), Style::BODY);
    let facts = [(words::CAUSE, &outage.cause), (words::PLACE, &outage.place), (words::TICKET, &outage.ticket)];
    flow.paragraph(&joined(&facts, report), Style::BODY);
    if let Some(rfo) = &outage.rfo {
        let said = [(words::RFO_CAUSE, &rfo.cause), (words::RFO_PARTY, &rfo.party), (words::RFO_ACTION, &rfo.action)];
        let line = words::RFO_LINE.with(report.language, &[&rfo.reference, &joined(&said, report)]);
        flow.paragraph(&line, Style::BODY);
    }
    if !outage.ledger.is_empty() {
        flow.y += 3.0;
        ledger(flow, outage, report, format);
    }
}

/// Facts with their names in one line; those that nobody knows are left out.
fn joined(facts: &[(Text, &String)], report: &Report) -> String {
    let facts = facts.iter().filter(|(_, value)| !value.is_empty());
    let fact = |(name, value): &(Text, &String)| words::FACT.with(report.language, &[name.say(report.language), value]);
    facts.map(fact).collect::<Vec<String>>().join(" · ")
}

/// Between two sentences.
fn stop(report: &Report) -> &'static str {
    match report.language {
        crate::input::Language::Zh => "。",
        crate::input::Language::En => ". ",
    }
}

fn ledger(flow: &mut Flow<'_>, outage: &Outage, report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    let grid = Grid::new(vec![
        Column::left(say(words::FROM), 15.5),
        Column::left(say(words::TO), 15.5),
        Column::right(say(words::DURATION), 16.0),
        Column::left(say(words::SLA), 10.0),
        Column::left(say(words::WHY), 26.0),
        Column::left(say(words::EVIDENCE), 17.0),
    ]);
    let entries = outage.ledger.iter().map(|entry| {
        let word = words::counted(entry.counted).say(report.language);
        vec![
            GridCell::new(format.short_time(entry.window.start)),
            GridCell::new(format.short_time(entry.window.end)),
            GridCell::new(format.length(entry.window.length_ms())),
            if entry.counted == Counted::Counted { GridCell::bold(word) } else { GridCell::new(word) },
            GridCell::new(&entry.why),
            GridCell::new(entry.evidence.join(", ")),
        ]
    });
    let [counted, excluded] = [Counted::Counted, Counted::Excluded].map(|what| format.length(outage.length_ms(what)));
    let intervals = grouped(u64::try_from(outage.ledger.len()).unwrap_or(u64::MAX));
    let total = vec![
        GridCell::bold(say(words::TOTAL)),
        GridCell::bold(intervals),
        GridCell::bold(format.length(outage.total_ms())),
        GridCell::blank(),
        GridCell::bold(words::TOTAL_LINE.with(report.language, &[&counted, &excluded])),
        GridCell::blank(),
    ];
    grid.print(flow, entries.chain([total]));
}
