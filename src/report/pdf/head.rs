//! What stands at the head and foot of every page. Written last: each page says how many there are.

use super::flow::{Align, Flow};
use super::page::{Area, HEIGHT, INNER, Ink, Mark, SIDE};
use super::text::{Line, Style};
use crate::digest::digest;
use crate::format::{DASH, Format};
use crate::input::Report;
use crate::words;

const HEAD_Y: f32 = 30.0;
const FOOT_Y: f32 = HEIGHT - 44.0;
/// Room for the page's number.
const NUMBER: f32 = 60.0;

/// Heads and feet of all pages.
pub(super) fn print(flow: &mut Flow<'_>, report: &Report, format: &Format) {
    let title = report.template.title.as_deref().unwrap_or(words::TITLE.say(report.language));
    let of = format!("{} · {}", report.customer.name, format.period(report.period));
    let carrier = flow.type_.wrap(&report.template.carrier, Style::BODY.bold(), INNER * 0.6, 1);
    let head = flow.type_.wrap(title, Style::CAPTION, INNER * 0.38, 1);
    let running = flow.type_.wrap(&of, Style::CAPTION, INNER * 0.6, 1);
    let foot = foot(flow, report, format);
    let pages = flow.draft.pages.len();
    for index in 0..pages {
        let left = if index == 0 { (&carrier, Style::BODY.bold()) } else { (&running, Style::CAPTION) };
        put(flow, index, (left.0, left.1), HEAD_Y, Align::Left);
        put(flow, index, (&head, Style::CAPTION), HEAD_Y, Align::Right);
        for (line, y) in foot.iter().rev().zip([FOOT_Y, FOOT_Y - Style::CAPTION.leading]) {
            put(flow, index, (std::slice::from_ref(line), Style::CAPTION), y, Align::Left);
        }
        let number = flow.type_.line(&format!("{} / {pages}", index + 1), Style::CAPTION);
        put(flow, index, (&[number], Style::CAPTION), FOOT_Y, Align::Right);
        if index > 0 {
            let rule = Area { x: SIDE, y: HEAD_Y + 15.0, width: INNER, height: 0.6 };
            put_mark(flow, index, Mark::Fill(rule, Ink::Rule));
        }
    }
}

/// The customer's own foot, then when it was made, how complete, which revision, which digest.
fn foot(flow: &mut Flow<'_>, report: &Report, format: &Format) -> Vec<Line> {
    let complete = report.completeness.measured;
    let complete = complete.map_or(DASH.to_owned(), |share| format!("{}%", Format::share(share)));
    let made = format.time(report.generated_at);
    let values = [made.as_str(), &complete, &report.revision.to_string(), &digest(report)];
    let text = words::PAGE_FOOT.with(report.language, &values);
    let width = INNER - NUMBER;
    let own = flow.type_.wrap(&report.template.footer, Style::CAPTION, INNER, 1);
    let own = own.into_iter().filter(|line| !line.runs.is_empty());
    own.chain(flow.type_.wrap(&text, Style::CAPTION, width, 1)).collect()
}

fn put(flow: &mut Flow<'_>, page: usize, (lines, style): (&[Line], Style), y: f32, align: Align) {
    for line in lines {
        let x = match align {
            Align::Left => SIDE,
            Align::Right => SIDE + INNER - line.width,
        };
        put_mark(flow, page, Mark::Text { x, y: y + style.size, line: line.clone(), style });
    }
}

fn put_mark(flow: &mut Flow<'_>, page: usize, mark: Mark) {
    flow.draft.pages.get_mut(page).into_iter().for_each(|page| page.push((None, mark.clone())));
}
