//! A report as it will be painted: pages of marks, the tree of what they mean, the bookmarks.
//! It is complete before the first byte of PDF is written, so each page can say how many there are.

use super::text::{Line, Style};

/// A4, in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
/// Margins: left and right, top, bottom.
pub(super) const SIDE: f32 = 51.0;
pub(super) const TOP: f32 = 62.0;
pub(super) const BOTTOM: f32 = 62.0;
/// Width of what is printed.
pub(super) const INNER: f32 = WIDTH - 2.0 * SIDE;

/// Colours. Text is black or nearly; red is what was missed; the rest is of ribbons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Soft,
    Rule,
    Missed,
    Up,
    Down,
    Excluded,
    Degraded,
    Paper,
}

/// A rectangle, from its left upper corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// A line of text; `x`, `y` are the start of its baseline.
    Text { x: f32, y: f32, line: Line, style: Style },
    /// A filled rectangle.
    Fill(Area, Ink),
    /// A rectangle's outline, dashed.
    Dashes(Area, Ink),
    /// Slanted lines inside a rectangle.
    Slants(Area, Ink),
    /// Level lines inside a rectangle.
    Levels(Area, Ink),
}

/// What marks mean, for readers that cannot see them. Numbers of nodes; the first is the document.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) meaning: Meaning,
    pub(super) parent: usize,
}

/// The meaning of a part of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Document,
    /// A heading of a level from 1, with its text.
    Heading(u16, String),
    Paragraph,
    Table,
    Row,
    HeadCell,
    Cell,
    /// A picture with what it says.
    Figure(String),
}

/// A bookmark.
#[derive(Clone, Debug)]
pub(super) struct Bookmark {
    /// 1 or 2.
    pub(super) level: u16,
    pub(super) text: String,
    /// From 0.
    pub(super) page: usize,
    pub(super) y: f32,
}

/// The whole.
#[derive(Debug)]
pub(super) struct Draft {
    /// Marks with the node that they belong to; `None` = ornament.
    pub(super) pages: Vec<Vec<(Option<usize>, Mark)>>,
    pub(super) nodes: Vec<Node>,
    pub(super) bookmarks: Vec<Bookmark>,
}

// === impl Ink ===

impl Ink {
    /// Red, green, blue.
    pub(super) const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Ink::Text => (0x12, 0x16, 0x1c),
            Ink::Soft => (0x43, 0x4b, 0x57),
            Ink::Rule => (0xdc, 0xe0, 0xe6),
            Ink::Missed => (0xa8, 0x0d, 0x26),
            Ink::Up => (0xa9, 0xd3, 0xb6),
            Ink::Down => (0xb0, 0x0f, 0x2a),
            Ink::Excluded => (0x4f, 0x57, 0xc8),
            Ink::Degraded => (0x94, 0x73, 0x00),
            Ink::Paper => (0xff, 0xff, 0xff),
        }
    }
}

// === impl Area ===

impl Area {
    /// The lowest part of it, of a height.
    pub(super) fn foot(self, height: f32) -> Area {
        Area { y: self.y + self.height - height, height, ..self }
    }
}

// === impl Draft ===

impl Draft {
    pub(super) fn new() -> Self {
        Draft {
            pages: vec![Vec::new()],
            nodes: vec![Node { meaning: Meaning::Document, parent: 0 }],
            bookmarks: Vec::new(),
        }
    }

    /// Puts a mark on the last page.
    pub(super) fn put(&mut self, node: Option<usize>, mark: Mark) {
        self.pages.last_mut().into_iter().for_each(|page| page.push((node, mark.clone())));
    }
}
