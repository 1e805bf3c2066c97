//! What was measured, circuit by circuit, beside what alarms say; the worst with a bar for each day.

use super::flow::{Align, Flow};
use super::grid::{Column, Grid, GridCell};
use super::page::{Area, INNER, Ink, Mark, Meaning, SIDE};
use super::summary::percent;
use super::text::Style;
use crate::format::{DASH, Format};
use crate::input::{Beside, Chart, Level, Performance, Reading, Report};
use crate::words::{self, Text};

/// Circuits that have a chart.
const CHARTS: usize = 5;
/// Circuits without data that are named.
const NAMED: usize = 20;
/// Height of a chart.
const CHART: f32 = 26.0;
/// Room for what stands before a chart.
const LABEL: f32 = 150.0;
/// The smallest bar: a second must be seen.
const LEAST: f32 = 0.08;

pub(super) fn print(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    flow.section(words::PERFORMANCE.say(report.language));
    let measured = &report.performance;
    if measured.is_empty() {
        return flow.paragraph(words::NO_PERFORMANCE.say(report.language), Style::BODY);
    }
    let transport: Vec<&Performance> = measured.iter().filter(|one| one.totals.iter().any(Option::is_some)).collect();
    let packet: Vec<&Performance> = measured.iter().filter(|one| one.levels.iter().any(Option::is_some)).collect();
    let compared: Vec<(&str, &Beside)> =
        measured.iter().filter_map(|one| Some((one.circuit.as_str(), one.beside.as_ref()?))).collect();
    totals(flow, &transport, report);
    levels(flow, &packet, report);
    beside(flow, &compared, report, format);
    charts(flow, report, format);
    absent(flow, report);
}

fn totals(flow: &mut Flow<'_>, measured: &[&Performance], report: &Report) {
    if measured.is_empty() {
        return;
    }
    let say = |text: Text| text.say(report.language);
    let columns = [words::ES, words::SES, words::UAS, words::BBE].map(|text| Column::right(say(text), 15.0));
    let head = [Column::left(say(words::CIRCUIT), 25.0), Column::right(say(words::SHARE_MEASURED), 15.0)];
    let rows = measured.iter().map(|one| {
        let mut cells = vec![GridCell::code(&one.circuit), GridCell::new(share_of(one))];
        cells.extend(one.totals.map(|value| GridCell::new(value.map_or(DASH.to_owned(), Format::reading))));
        cells
    });
    Grid::new(head.into_iter().chain(columns).collect()).print(flow, rows);
}

fn levels(flow: &mut Flow<'_>, measured: &[&Performance], report: &Report) {
    if measured.is_empty() {
        return;
    }
    let say = |text: Text| text.say(report.language);
    flow.gap(10.0);
    let columns = [words::DELAY, words::JITTER, words::LOSS].map(|text| Column::left(say(text), 23.0));
    let head = [Column::left(say(words::CIRCUIT), 20.0), Column::right(say(words::SHARE_MEASURED), 11.0)];
    let rows = measured.iter().map(|one| {
        let level = |level: Level| [level.p50, level.p95, level.max].map(Format::reading).join(" / ");
        let mut cells = vec![GridCell::code(&one.circuit), GridCell::new(share_of(one))];
        cells.extend(one.levels.map(|value| GridCell::new(value.map_or(DASH.to_owned(), level))));
        cells
    });
    Grid::new(head.into_iter().chain(columns).collect()).print(flow, rows);
    flow.y += 3.0;
    flow.paragraph(say(words::LEVELS_NOTE), Style::CAPTION);
}

/// Both availabilities, and in words what is further apart than it may be.
fn beside(flow: &mut Flow<'_>, compared: &[(&str, &Beside)], report: &Report, format: &Format) {
    let say = |text: Text| text.say(report.language);
    flow.heading2(say(words::BESIDE));
    if compared.is_empty() {
        return flow.paragraph(say(words::NO_UAS), Style::BODY);
    }
    let grid = Grid::new(vec![
        Column::left(say(words::CIRCUIT), 19.0),
        Column::right(say(words::BY_MEASUREMENT), 14.0),
        Column::right(say(words::BY_ALARMS), 14.0),
        Column::right(say(words::UAS), 12.0),
        Column::right(say(words::DOWN_BY_ALARMS), 14.0),
        Column::right(say(words::NO_VALUE), 14.0),
        Column::left(say(words::OVER_LIMIT), 13.0),
    ]);
    let rows = compared.iter().map(|(circuit, one)| {
        let over = say(if one.over { words::YES } else { words::NO });
        vec![
            GridCell::code(*circuit),
            GridCell::new(percent(one.availability)),
            GridCell::new(percent(one.availability_by_alarms)),
            GridCell::new(format.length(one.unavailable_ms)),
            GridCell::new(format.length(one.down_ms)),
            GridCell::new(format.length(one.gap_ms)),
            if one.over { GridCell::bold(over) } else { GridCell::new(over) },
        ]
    });
    grid.print(flow, rows);
    flow.y += 3.0;
    for (circuit, one) in compared.iter().filter(|(_, one)| one.over) {
        flow.paragraph(&words::FACT.with(report.language, &[*circuit, &one.explained]), Style::BODY);
    }
    flow.paragraph(say(words::BESIDE_NOTE), Style::CAPTION);
}

/// The worst, a bar a day.
fn charts(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let mut worst: Vec<(&Performance, &Chart)> =
        report.performance.iter().filter_map(|one| Some((one, one.chart.as_ref()?))).collect();
    if worst.is_empty() {
        return;
    }
    worst.sort_by_key(|(one, _)| std::cmp::Reverse(badness(one)));
    flow.heading2(words::WORST_MEASURED.say(report.language));
    for (one, drawn) in worst.into_iter().take(CHARTS) {
        chart(flow, &one.circuit, drawn, (report, format));
    }
}

/// Unavailable seconds count most, then severely errored ones, errored ones, loss and delay.
fn badness(one: &Performance) -> [Option<Reading>; 5] {
    let [es, ses, uas, _] = one.totals;
    let [delay, _, loss] = one.levels;
    [uas, ses, es, loss.map(|loss| loss.p95), delay.map(|delay| delay.p95)]
}

fn chart(flow: &mut Flow<'_>, circuit: &str, chart: &Chart, (report, format): (&Report, &Format)) {
    flow.need(CHART + 10.0);
    let worst = chart.days.iter().enumerate().filter_map(|(day, value)| Some(((*value)?, day)));
    let Some((most, day)) = worst.max_by_key(|(value, day)| (*value, std::cmp::Reverse(*day))) else { return };
    let said = words::CHART_MOST
        .with(report.language, &[&chart.param, &Format::reading(most), &format.day(report.period, day)]);
    let node = flow.node(0, Meaning::Figure(format!("{}: {said}", crate::plain::plain(circuit))));
    let mut y = flow.y + 1.0;
    for (text, style) in [(circuit, Style::CODE), (said.as_str(), Style::CAPTION)] {
        for line in flow.type_.wrap(text, style, LABEL - 8.0, 1) {
            let room = Area { x: SIDE, y, width: LABEL, height: style.leading };
            flow.text(node, line, style, room, Align::Left);
        }
        y += style.leading;
    }
    bars(flow, node, &chart.days, most);
    flow.y += CHART + 8.0;
}

/// A bar a day against the greatest; a day without data is a line.
fn bars(flow: &mut Flow<'_>, node: usize, days: &[Option<Reading>], most: Reading) {
    let count = u16::try_from(days.len().max(1)).unwrap_or(u16::MAX);
    let step = (INNER - LABEL) / f32::from(count);
    let mut area = Area { x: SIDE + LABEL, y: flow.y, width: step * 0.84, height: CHART };
    for day in days {
        match day {
            None => flow.draft.put(Some(node), Mark::Dashes(area, Ink::Soft)),
            Some(Reading(0)) => flow.draft.put(Some(node), Mark::Fill(area.foot(1.2), Ink::Up)),
            Some(value) => {
                let height = CHART * share(*value, most).max(LEAST);
                flow.draft.put(Some(node), Mark::Fill(area.foot(height), Ink::Down));
            }
        }
        area.x += step;
    }
}

/// A part of a whole, 0 to 1, by hundredths.
fn share(Reading(part): Reading, Reading(whole): Reading) -> f32 {
    let percent = (i128::from(part.max(0)) * 100 / i128::from(whole.max(1))).min(100);
    f32::from(u8::try_from(percent).unwrap_or(100)) / 100.0
}

/// Circuits of which nothing was measured.
fn absent(flow: &mut Flow<'_>, report: &Report) {
    let has = |code: &str| report.performance.iter().any(|one| one.circuit == code);
    let without: Vec<&str> = report.circuits.iter().map(|one| one.code.as_str()).filter(|code| !has(code)).collect();
    if without.is_empty() {
        return;
    }
    let named = without.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let named = if without.len() > NAMED { format!("{named} …") } else { named };
    let text = words::NOT_MEASURED_LIST.with(report.language, &[&without.len().to_string(), &named]);
    flow.gap(6.0);
    flow.paragraph(&text, Style::BODY);
}

/// Share of the time in service of which there are valid values.
fn share_of(one: &Performance) -> String {
    one.measured.map_or(DASH.to_owned(), Format::share)
}
