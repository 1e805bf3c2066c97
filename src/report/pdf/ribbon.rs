//! The day ribbon: one bar a day. States differ by height and hatching too, not by colour alone.

use super::flow::{Align, Flow};
use super::page::{Area, INNER, Ink, Mark, Meaning, SIDE};
use super::text::Style;
use crate::format::{Format, Towards};
use crate::input::{Circuit, Day};
use crate::words;
use model::time::Window;

/// Height of a bar.
const BAR: f32 = 18.0;
/// Room for the circuit's code.
const LABEL: f32 = 104.0;
/// The smallest bar of counted time: a second must be seen.
const LEAST: f32 = 0.25;

/// A legend's swatch and the room around it.
const ENTRY: f32 = 21.0;

/// What a legend explains, in its order.
const LEGEND: [(State, words::Text); 6] = [
    (State::Up, words::LEGEND_UP),
    (State::Down, words::LEGEND_DOWN),
    (State::Excluded, words::LEGEND_EXCLUDED),
    (State::Unmeasured, words::LEGEND_UNMEASURED),
    (State::Degraded, words::LEGEND_DEGRADED),
    (State::NotInService, words::LEGEND_NOT_IN_SERVICE),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Up,
    Down,
    Excluded,
    Unmeasured,
    Degraded,
    NotInService,
}

/// One circuit's ribbon with its code before it.
pub(super) fn ribbon(flow: &mut Flow<'_>, circuit: &Circuit, format: &Format, period: Window) {
    flow.need(BAR + 8.0);
    let y = flow.y;
    let node = flow.node(0, Meaning::Figure(said(circuit, format, period)));
    let label = flow.type_.wrap(&circuit.code, Style::CODE, LABEL - 8.0, 1);
    for line in label {
        let room = Area { x: SIDE, y: y + (BAR - Style::CODE.leading) / 2.0, width: LABEL, height: BAR };
        flow.text(node, line, Style::CODE, room, Align::Left);
    }
    let days = u16::try_from(circuit.days.len().max(1)).unwrap_or(u16::MAX);
    let step = (INNER - LABEL) / f32::from(days);
    let gap = (step * 0.14).min(2.0);
    let mut x = SIDE + LABEL;
    for day in &circuit.days {
        bar(flow, node, Area { x, y, width: step - gap, height: BAR }, day);
        x += step;
    }
    flow.y += BAR + 6.0;
}

/// The first and last day below the ribbons, and what the bars mean.
pub(super) fn legend(flow: &mut Flow<'_>, circuits: &[&Circuit], format: &Format, period: Window) {
    flow.need(32.0);
    let days = circuits.iter().map(|circuit| circuit.days.len()).max().unwrap_or(0);
    let of_day = |day: &Day| [ground(day), if day.down_ms > 0 { State::Down } else { ground(day) }];
    let used: Vec<State> = circuits.iter().flat_map(|circuit| &circuit.days).flat_map(of_day).collect();
    let node = flow.node(0, Meaning::Paragraph);
    let room = Area { x: SIDE + LABEL, y: flow.y - 2.0, width: INNER - LABEL, height: Style::CAPTION.leading };
    for (day, align) in [(0, Align::Left), (days.saturating_sub(1), Align::Right)] {
        let line = flow.type_.line(&format.day(period, day), Style::CAPTION);
        flow.text(node, line, Style::CAPTION, room, align);
    }
    flow.y += 14.0;
    let mut entries = Vec::new();
    for (state, word) in LEGEND.into_iter().filter(|(state, _)| used.contains(state)) {
        entries.push((state, flow.type_.line(word.say(format.language), Style::CAPTION)));
    }
    let width: f32 = entries.iter().map(|(_, line)| line.width + ENTRY).sum();
    let mut x = SIDE + LABEL.min((INNER - width).max(0.0));
    for (state, line) in entries {
        let width = line.width;
        draw(flow, node, Area { x, y: flow.y + 1.5, width: 8.0, height: 8.0 }, state);
        let room = Area { x: x + 11.0, y: flow.y, width, height: Style::CAPTION.leading };
        flow.text(node, line, Style::CAPTION, room, Align::Left);
        x += width + ENTRY;
    }
    flow.y += Style::CAPTION.leading;
}

/// What a ribbon says, for those who do not see it.
fn said(circuit: &Circuit, format: &Format, period: Window) -> String {
    let down = circuit.days.iter().enumerate().filter(|(_, day)| day.down_ms > 0).map(|(index, day)| {
        words::RIBBON_DOWN
            .with(format.language, &[&format.day(period, index), &Format::minutes(day.down_ms, Towards::Up)])
    });
    let down: Vec<String> = down.collect();
    let text = if down.is_empty() { words::RIBBON_QUIET.say(format.language).to_owned() } else { down.join("; ") };
    words::RIBBON_LABEL.with(format.language, &[&crate::plain::plain(&circuit.code), &text])
}

/// A day: what it was mostly, and counted time from the foot.
fn bar(flow: &mut Flow<'_>, node: usize, area: Area, day: &Day) {
    draw(flow, node, area, ground(day));
    if day.down_ms > 0 {
        let height = area.height * share(day.down_ms, day.length_ms).max(LEAST);
        let foot = area.foot(height);
        flow.draft.put(Some(node), Mark::Fill(Area { y: foot.y - 1.0, height: 1.0, ..foot }, Ink::Paper));
        draw(flow, node, foot, State::Down);
    }
}

/// What a day was beside counted time.
fn ground(day: &Day) -> State {
    if day.not_in_service_ms >= day.length_ms {
        State::NotInService
    } else if day.excluded_ms > 0 {
        State::Excluded
    } else if day.unmeasured_ms > 0 {
        State::Unmeasured
    } else if day.degraded_ms > 0 {
        State::Degraded
    } else {
        State::Up
    }
}

fn draw(flow: &mut Flow<'_>, node: usize, area: Area, state: State) {
    let marks = match state {
        State::Up => vec![Mark::Fill(area, Ink::Up)],
        State::Down => vec![Mark::Fill(area, Ink::Down)],
        State::Excluded => vec![Mark::Slants(area, Ink::Excluded)],
        State::Unmeasured => vec![Mark::Dashes(area, Ink::Soft)],
        State::Degraded => vec![Mark::Fill(area, Ink::Up), Mark::Levels(area, Ink::Degraded)],
        State::NotInService => vec![Mark::Fill(area.foot(1.2), Ink::Soft)],
    };
    marks.into_iter().for_each(|mark| flow.draft.put(Some(node), mark));
}

/// A part of a whole, 0 to 1.
fn share(part: i64, whole: i64) -> f32 {
    let percent = (i128::from(part.max(0)) * 100 / i128::from(whole.max(1))).min(100);
    f32::from(u8::try_from(percent).unwrap_or(100)) / 100.0
}
