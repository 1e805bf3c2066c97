//! Tables: columns of fixed shares, rows that are never split, a head that every page repeats.

use super::flow::{Align, Flow};
use super::page::{Area, BOTTOM, HEIGHT, INNER, Ink, Meaning, SIDE, TOP};
use super::text::{Line, Style};
use crate::format::DASH;

/// Room inside a cell: left and right, above and below.
const PAD_X: f32 = 4.0;
const PAD_Y: f32 = 2.7;
/// Lines of one cell; what does not fit ends in an ellipsis.
const LINES_MAX: usize = 24;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    heading: &'static str,
    /// Its part of the table's width, against the other columns'.
    share: f32,
    align: Align,
}

/// A cell.
#[derive(Clone, Debug)]
pub(super) struct GridCell {
    text: String,
    style: Style,
}

/// A table's columns.
pub(super) struct Grid {
    columns: Vec<Column>,
    total: f32,
}

/// A row's cells, each in lines.
struct SetRow {
    cells: Vec<(Vec<Line>, Style)>,
    height: f32,
}

// === impl Column ===

impl Column {
    /// Text.
    pub(super) const fn left(heading: &'static str, share: f32) -> Self {
        Column { heading, share, align: Align::Left }
    }

    /// Numbers.
    pub(super) const fn right(heading: &'static str, share: f32) -> Self {
        Column { heading, share, align: Align::Right }
    }
}

// === impl GridCell ===

impl GridCell {
    pub(super) fn new(text: impl Into<String>) -> Self {
        GridCell { text: text.into(), style: Style::CELL }
    }

    pub(super) fn code(text: impl Into<String>) -> Self {
        GridCell { text: text.into(), style: Style::CODE }
    }

    pub(super) fn bold(text: impl Into<String>) -> Self {
        GridCell { text: text.into(), style: Style::CELL.bold() }
    }

    /// A cell that is meant to be empty: it has no dash.
    pub(super) fn blank() -> Self {
        GridCell { text: " ".to_owned(), style: Style::CELL }
    }

    /// Bold and red: a promise that was missed.
    pub(super) fn missed(text: impl Into<String>) -> Self {
        GridCell { text: text.into(), style: Style::CELL.bold().ink(Ink::Missed) }
    }
}

// === impl Grid ===

impl Grid {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        let total = columns.iter().map(|column| column.share).sum();
        Grid { columns, total }
    }

    /// Prints the table. The head and the first row stay together, and so do the last two rows.
    pub(super) fn print(&self, flow: &mut Flow<'_>, rows: impl IntoIterator<Item = Vec<GridCell>>) {
        let table = flow.node(0, Meaning::Table);
        let rows: Vec<SetRow> = rows.into_iter().map(|row| self.set(flow, row)).collect();
        let head = self.head(flow);
        flow.need(head.height + rows.first().map_or(0.0, |row| row.height));
        self.put(flow, table, &head, Meaning::HeadCell);
        for (index, row) in rows.iter().enumerate() {
            let last = if index + 2 == rows.len() { rows.last().map_or(0.0, |row| row.height) } else { 0.0 };
            if flow.y + row.height + last > HEIGHT - BOTTOM && flow.y > TOP + head.height {
                flow.page();
                self.put(flow, table, &head, Meaning::HeadCell);
            }
            self.put(flow, table, row, Meaning::Cell);
        }
    }

    /// Height of the head and of so many rows, if each has one line.
    pub(super) fn least(rows: usize) -> f32 {
        f32::from(u16::try_from(rows + 1).unwrap_or(u16::MAX)) * (Style::CELL.leading + 2.0 * PAD_Y)
    }

    fn head(&self, flow: &mut Flow<'_>) -> SetRow {
        let style = Style::CELL.bold();
        let cells = self.columns.iter().map(|column| GridCell { text: column.heading.to_owned(), style });
        self.set(flow, cells.collect())
    }

    fn set(&self, flow: &mut Flow<'_>, row: Vec<GridCell>) -> SetRow {
        let cells = row.into_iter().zip(&self.columns).map(|(cell, column)| {
            let room = self.width(column) - 2.0 * PAD_X;
            let lines = match cell.text.as_str() {
                " " => vec![flow.type_.space(cell.style)],
                text => flow.type_.wrap(text, cell.style, room, LINES_MAX),
            };
            let is_empty = lines.iter().all(|line| line.runs.is_empty());
            (if is_empty { flow.type_.wrap(DASH, cell.style, room, 1) } else { lines }, cell.style)
        });
        let cells: Vec<(Vec<Line>, Style)> = cells.collect();
        let lines = cells.iter().map(|(lines, _)| lines.len()).max().unwrap_or(1);
        let leading = Style::CELL.leading;
        SetRow { cells, height: (0..lines).map(|_| leading).sum::<f32>() + 2.0 * PAD_Y }
    }

    fn put(&self, flow: &mut Flow<'_>, table: usize, row: &SetRow, meaning: Meaning) {
        let is_head = meaning == Meaning::HeadCell;
        let node = flow.node(table, Meaning::Row);
        let mut x = SIDE;
        for ((lines, style), column) in row.cells.iter().zip(&self.columns) {
            let cell = flow.node(node, meaning.clone());
            let width = self.width(column) - 2.0 * PAD_X;
            let mut y = flow.y + PAD_Y;
            for line in lines {
                let room = Area { x: x + PAD_X, y, width, height: style.leading };
                flow.text(cell, line.clone(), *style, room, column.align);
                y += style.leading;
            }
            x += self.width(column);
        }
        flow.y += row.height;
        flow.rule(SIDE, flow.y - 0.3, INNER, if is_head { Ink::Soft } else { Ink::Rule });
    }

    fn width(&self, column: &Column) -> f32 {
        INNER * column.share / self.total
    }
}
