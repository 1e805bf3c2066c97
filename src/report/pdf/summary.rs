//! The first page: whose report, what came of the promises, in figures and in plain words.

use super::flow::{Align, Flow};
use super::fonts::Weight;
use super::grid::{Column, Grid, GridCell};
use super::page::{Area, INNER, Ink, Meaning, SIDE};
use super::ribbon::{legend, ribbon};
use super::text::Style;
use crate::format::{DASH, Format, Towards, grouped};
use crate::input::{Circuit, Report, Section};
use crate::plain::plain;
use crate::table::result;
use crate::words::{self, Text};

/// Ribbons beside those of missed circuits.
const LOWEST: usize = 3;
/// Credits that the paragraph tells; more follow one a line.
const CREDITS_TOLD: usize = 3;
/// Room between cards.
const BETWEEN: f32 = 12.0;

pub(super) fn print(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    whose(flow, report, format);
    cards(flow, report);
    for sentence in sentences(report) {
        flow.paragraph(&sentence, Style::BODY);
    }
    if report.circuits.is_empty() {
        return;
    }
    let ordered = missed_first(report);
    flow.heading2(words::CIRCUITS.say(report.language));
    circuits(flow, &ordered, report);
    if report.template.sections.contains(&Section::Ribbons) {
        ribbons(flow, &ordered, report, format);
        formulas(flow, report);
    }
}

fn whose(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let customer = &report.customer;
    flow.paragraph(&report.template.header, Style::CAPTION);
    flow.y += 14.0;
    let name = Style::new(Weight::Bold, 22.0, 29.0);
    flow.draft.bookmarks.push(super::page::Bookmark {
        level: 1,
        text: words::SUMMARY.say(report.language).to_owned(),
        page: 0,
        y: flow.y,
    });
    let called = Some(plain(&customer.name)).filter(|called| !called.is_empty()).unwrap_or(DASH.to_owned());
    let lines = flow.type_.wrap(&called, name, INNER, 3);
    let node = flow.node(0, Meaning::Heading(1, called));
    for line in lines {
        let room = Area { x: SIDE, y: flow.y, width: INNER, height: name.leading };
        flow.text(node, line, name, room, Align::Left);
        flow.y += name.leading;
    }
    let zone = words::ZONE.with(report.language, &[&format.zone()]);
    let comma = if report.language == crate::input::Language::Zh { "，" } else { ", " };
    flow.paragraph(&format!("{}{comma}{zone}", format.period(report.period)), Style::new(Weight::Regular, 12.0, 18.0));
    let named = [
        (words::CUSTOMER_NUMBER, &customer.number),
        (words::TIER, &customer.tier),
        (words::ACCOUNT_MANAGER, &customer.account_manager),
        (words::CONTACT, &report.template.contact),
    ];
    let named = named.iter().filter(|(_, value)| !value.is_empty());
    let named: Vec<String> = named.map(|(name, value)| format!("{} {value}", name.say(report.language))).collect();
    flow.paragraph(&named.join(" · "), Style::CAPTION);
    if let Some(note) = &report.revision_note {
        let revision = words::REVISION.say(report.language);
        flow.y += 4.0;
        flow.paragraph(&format!("{revision} {}: {note}", report.revision), Style::BODY.bold());
    }
}

/// Five figures.
fn cards(flow: &mut Flow<'_>, report: &Report) {
    let count = |met: Option<bool>| report.circuits.iter().filter(|circuit| circuit.met == met).count();
    let worst = report.circuits.iter().filter_map(|circuit| circuit.availability).min();
    let missed = count(Some(false));
    let figures = [
        (words::CONTRACT_CIRCUITS, written(report.circuits.len()), Ink::Text),
        (words::MET_TARGET, written(count(Some(true))), Ink::Text),
        (words::MISSED_TARGET, written(missed), if missed > 0 { Ink::Missed } else { Ink::Text }),
        (words::WORST, percent(worst), Ink::Text),
        (words::COMPLETE, percent(report.completeness.measured), Ink::Text),
    ];
    flow.y += 16.0;
    let width = (INNER - 4.0 * BETWEEN) / 5.0;
    let mut x = SIDE;
    for (name, figure, ink) in figures {
        let node = flow.node(0, Meaning::Paragraph);
        flow.rule(x, flow.y, width, Ink::Text);
        let big = Style::new(Weight::Bold, 17.0, 24.0).ink(ink);
        let mut y = flow.y + 5.0;
        for (text, style) in [(name.say(report.language), Style::CAPTION), (&figure, big)] {
            let line = flow.type_.line(text, style);
            flow.text(node, line, style, Area { x, y, width, height: style.leading }, Align::Left);
            y += style.leading;
        }
        x += width + BETWEEN;
    }
    flow.y += 5.0 + Style::CAPTION.leading + 24.0 + 14.0;
}

/// What came of the promises, as one would tell it.
fn sentences(report: &Report) -> Vec<String> {
    let language = report.language;
    let missed: Vec<&Circuit> = missed_first(report).into_iter().filter(|c| c.met == Some(false)).collect();
    let met = report.circuits.iter().filter(|circuit| circuit.met == Some(true)).count();
    let space = if language == crate::input::Language::Zh { "" } else { " " };
    let counted = |n: usize, one: Text, many: Text| words::number(n, one, many).with(language, &[&written(n)]);
    let mut first = Vec::new();
    match missed.as_slice() {
        [] if report.circuits.is_empty() => first.push(words::NO_CIRCUITS.say(language).to_owned()),
        [] if met > 0 => first.push(counted(met, words::ALL_MET_ONE, words::ALL_MET)),
        [] => {}
        [worst, ..] => {
            let lead = if missed.len() == 1 { Format::percent(worst.target) } else { written(missed.len()) };
            let said = words::number(missed.len(), words::MISSED_ONE, words::MISSED_MANY);
            let down = Format::minutes(worst.down_ms, Towards::Up);
            let allowed = Format::minutes(worst.allowed_ms, Towards::Down);
            first.push(said.with(language, &[&lead, &worst.code, &down, &allowed]));
            if met > 0 {
                first.push(counted(met, words::OTHERS_MET_ONE, words::OTHERS_MET));
            }
        }
    }
    let without = report.circuits.iter().filter(|circuit| circuit.met.is_none()).count();
    if without > 0 {
        first.push(counted(without, words::NO_FIGURE_ONE, words::NO_FIGURE));
    }
    let dark = report.circuits.iter().filter(|circuit| circuit.unmeasured_ms > 0).count();
    if dark > 0 {
        first.push(counted(dark, words::UNMEASURED_SAID_ONE, words::UNMEASURED_SAID));
    }
    let credits = report.credits.iter().map(|credit| {
        words::CREDIT.with(language, &[&credit.circuit, &Format::percent(credit.percent), &credit.reason])
    });
    let credits: Vec<String> = credits.collect();
    let (few, others) = credits.split_at(credits.len().min(CREDITS_TOLD));
    first.extend_from_slice(few);
    std::iter::once(first.join(space)).chain(others.iter().cloned()).collect()
}

fn circuits(flow: &mut Flow<'_>, ordered: &[&Circuit], report: &Report) {
    let say = |text: Text| text.say(report.language);
    let grid = Grid::new(vec![
        Column::left(say(words::CIRCUIT), 20.0),
        Column::left(say(words::ROUTE), 24.0),
        Column::right(say(words::TARGET), 9.0),
        Column::right(say(words::ACHIEVED), 11.0),
        Column::right(say(words::COUNTED_MIN), 13.0),
        Column::right(say(words::EXCLUDED_MIN), 13.0),
        Column::left(say(words::RESULT), 10.0),
    ]);
    let rows = ordered.iter().map(|circuit| {
        let word = result(circuit.met).say(report.language);
        vec![
            GridCell::code(&circuit.code),
            GridCell::new(route(circuit)),
            GridCell::new(format!("{}%", Format::percent(circuit.target))),
            GridCell::new(percent(circuit.availability)),
            GridCell::new(Format::minutes(circuit.down_ms, Towards::Up)),
            GridCell::new(Format::minutes(circuit.excluded_window_ms, Towards::Up)),
            if circuit.met == Some(false) { GridCell::missed(word) } else { GridCell::new(word) },
        ]
    });
    grid.print(flow, rows);
}

/// Missed circuits and the lowest of the others.
fn ribbons(flow: &mut Flow<'_>, ordered: &[&Circuit], report: &Report, format: &Format) {
    let missed = ordered.iter().filter(|circuit| circuit.met == Some(false)).count();
    let mut others: Vec<&Circuit> = ordered.iter().skip(missed).copied().collect();
    others.sort_by_key(|circuit| (circuit.availability.is_none(), circuit.availability));
    let chosen: Vec<&Circuit> = ordered.iter().take(missed).copied().chain(others.into_iter().take(LOWEST)).collect();
    if chosen.iter().all(|circuit| circuit.days.is_empty()) {
        return;
    }
    flow.heading2(words::RIBBONS.say(report.language));
    flow.y += 3.0;
    chosen.iter().for_each(|circuit| ribbon(flow, circuit, format, report.period));
    legend(flow, &chosen, format, report.period);
}

fn formulas(flow: &mut Flow<'_>, report: &Report) {
    if report.methods.iter().all(|method| method.formulas.is_empty()) {
        return;
    }
    flow.heading2(words::FORMULA.say(report.language));
    for formula in report.methods.iter().flat_map(|method| &method.formulas) {
        flow.paragraph(formula, Style::CODE);
    }
    flow.y += 3.0;
    flow.paragraph(words::FORMULA_NOTE.say(report.language), Style::CAPTION);
}

/// Missed circuits, the worst first; then the others in the order of the input.
fn missed_first(report: &Report) -> Vec<&Circuit> {
    let (mut missed, others): (Vec<_>, Vec<_>) = report.circuits.iter().partition(|circuit| circuit.met == Some(false));
    missed.sort_by_key(|circuit| (circuit.availability, circuit.left_ms));
    missed.into_iter().chain(others).collect()
}

/// `A – Z`.
pub(super) fn route(circuit: &Circuit) -> String {
    between(&circuit.a_end, &circuit.z_end)
}

/// `A – Z` of two sites.
pub(super) fn between(a_end: &str, z_end: &str) -> String {
    match (a_end, z_end) {
        ("", "") => String::new(),
        (a_end, z_end) => format!("{a_end} – {z_end}"),
    }
}

/// `99.941%`, or a dash.
pub(super) fn percent(share: Option<crate::input::Share>) -> String {
    share.map_or(DASH.to_owned(), |share| format!("{}%", Format::share(share)))
}

fn written(count: usize) -> String {
    grouped(u64::try_from(count).unwrap_or(u64::MAX))
}
