//! How figures are made, what the words mean, who signs.

use super::flow::{Align, Flow};
use super::grid::{Column, Grid, GridCell};
use super::page::{Area, INNER, Ink, Meaning, SIDE};
use super::text::Style;
use crate::input::Report;
use crate::words::{self, Text};

/// Room for one signature.
const SIGNATURE: f32 = 40.0;

pub(super) fn print(flow: &mut Flow<'_>, report: &Report) {
    let say = |text: Text| text.say(report.language);
    flow.section(say(words::METHOD));
    for method in &report.methods {
        flow.heading2(&words::METHOD_OF.with(report.language, &[&method.plan]));
        method.sentences.iter().for_each(|sentence| flow.paragraph(sentence, Style::BODY));
    }
    flow.heading2(say(words::GLOSSARY));
    let grid = Grid::new(vec![Column::left(say(words::TERM), 24.0), Column::left(say(words::MEANING), 76.0)]);
    let rows =
        words::GLOSSARY_TERMS.map(|(term, meaning)| vec![GridCell::bold(say(term)), GridCell::new(say(meaning))]);
    grid.print(flow, rows);
}

/// A line for each that signs, and one for the date.
pub(super) fn print_sign_off(flow: &mut Flow<'_>, report: &Report) {
    if report.template.sign_off.is_empty() {
        return;
    }
    let say = |text: Text| text.say(report.language);
    flow.section(say(words::SIGN_OFF));
    if !report.template.contact.is_empty() {
        let contact = words::FACT.with(report.language, &[say(words::CONTACT), &report.template.contact]);
        flow.paragraph(&contact, Style::BODY);
    }
    for signer in &report.template.sign_off {
        flow.need(SIGNATURE);
        flow.y += SIGNATURE - Style::BODY.leading - 4.0;
        let node = flow.node(0, Meaning::Paragraph);
        let (name, date) = (INNER * 0.24, INNER * 0.1);
        let parts = [(signer.as_str(), 0.0, name), (say(words::DATE), INNER * 0.64, date)];
        for (text, x, width) in parts {
            let lines = flow.type_.wrap(text, Style::BODY, width, 1);
            for line in lines {
                let room = Area { x: SIDE + x, y: flow.y, width, height: Style::BODY.leading };
                flow.text(node, line, Style::BODY, room, Align::Left);
            }
        }
        flow.y += Style::BODY.leading;
        flow.rule(SIDE + name, flow.y, INNER * 0.36, Ink::Soft);
        flow.rule(SIDE + INNER * 0.64 + date, flow.y, INNER * 0.26, Ink::Soft);
        flow.y += 4.0;
    }
}
