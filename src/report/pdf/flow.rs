//! What follows what, down the page and on to the next.

use super::fonts::{Fonts, Weight};
use super::page::{Area, BOTTOM, Bookmark, Draft, HEIGHT, INNER, Ink, Mark, Meaning, Node, SIDE, TOP};
use super::text::{Line, Style, Typesetter};
use crate::plain::plain;

/// Lines of one paragraph; a text longer than that is an accident.
const LINES_MAX: usize = 60;

/// Where the next thing goes.
pub(super) struct Flow<'a> {
    pub(super) type_: Typesetter<'a>,
    pub(super) draft: Draft,
    /// The lower edge of what is there.
    pub(super) y: f32,
}

/// Which edge of its room a line keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

// === impl Flow ===

impl<'a> Flow<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Flow { type_: Typesetter::new(fonts), draft: Draft::new(), y: TOP }
    }

    /// Begins a page unless this much room is left. A page that is empty is room enough.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > HEIGHT - BOTTOM && self.y > TOP {
            self.page();
        }
    }

    /// Begins a page.
    pub(super) fn page(&mut self) {
        self.draft.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Leaves room, but not at the head of a page.
    pub(super) fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// A part of the document below another.
    pub(super) fn node(&mut self, parent: usize, meaning: Meaning) -> usize {
        self.draft.nodes.push(Node { meaning, parent });
        self.draft.nodes.len() - 1
    }

    /// A section's heading with a bookmark, together with some of what follows it.
    pub(super) fn section(&mut self, text: &str) {
        self.gap(24.0);
        self.need(90.0);
        self.heading(text, Style::new(Weight::Bold, 15.0, 20.0), 1);
        self.y += 4.0;
    }

    /// A heading below a section's.
    pub(super) fn heading2(&mut self, text: &str) {
        self.gap(13.0);
        self.need(70.0);
        self.heading(text, Style::new(Weight::Bold, 10.5, 15.0), 2);
        self.y += 3.0;
    }

    fn heading(&mut self, text: &str, style: Style, level: u16) {
        let page = self.draft.pages.len().saturating_sub(1);
        self.draft.bookmarks.push(Bookmark { level, text: plain(text), page, y: self.y });
        self.block(Meaning::Heading(level, plain(text)), text, style);
    }

    /// A paragraph over the whole width; nothing for a text of nothing.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        self.block(Meaning::Paragraph, text, style);
    }

    fn block(&mut self, meaning: Meaning, text: &str, style: Style) {
        let lines = self.type_.wrap(text, style, INNER, LINES_MAX);
        if lines.iter().all(|line| line.runs.is_empty()) {
            return;
        }
        let node = self.node(0, meaning);
        for line in lines {
            self.need(style.leading);
            self.text(node, line, style, Area { x: SIDE, y: self.y, width: INNER, height: style.leading }, Align::Left);
            self.y += style.leading;
        }
    }

    /// A line of text in a room.
    pub(super) fn text(&mut self, node: usize, line: Line, style: Style, room: Area, align: Align) {
        let x = match align {
            Align::Left => room.x,
            Align::Right => room.x + room.width - line.width,
        };
        let y = room.y + (style.leading + style.size * 0.72) / 2.0;
        self.draft.put(Some(node), Mark::Text { x, y, line, style });
    }

    /// A thin line over a width.
    pub(super) fn rule(&mut self, x: f32, y: f32, width: f32, ink: Ink) {
        let height = if ink == Ink::Text { 1.2 } else { 0.6 };
        self.draft.put(None, Mark::Fill(Area { x, y, width, height }, ink));
    }
}
