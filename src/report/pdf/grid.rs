//! Tables: columns of fixed shares, rows that are never split, a head that every page repeats.

use super::flow::{Align, Flow};
use super::page::{Area, BOTTOM, HEIGHT, INNER, Ink, Meaning, SIDE, TOP};
use super::spark::Spark;
use super::text::{Line, Style};
use crate::format::DASH;

/// Room inside a cell: left and right, above and below.
const PAD_X: f32 = 4.0;
const PAD_Y: f32 = 2.7;
/// Lines of one cell; what does not fit ends in an ellipsis.
const LINES_MAX: usize = 24;
/// What a cell that is meant to be empty holds.
const BLANK: &str = " ";

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
    spark: Option<Spark>,
}

/// A table's columns.
pub(super) struct Grid {
    columns: Vec<Column>,
    total: f32,
    /// What the first column says stands once for the rows that share it.
    is_grouped: bool,
}

/// A row's cells.
struct SetRow {
    cells: Vec<SetCell>,
    /// What its first cell says.
    group: String,
    height: f32,
}

/// What a row is printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Head,
    Plain,
    /// Without its first cell: the row above has the same.
    Ditto,
}

/// A cell in lines, or with a picture.
struct SetCell {
    lines: Vec<Line>,
    style: Style,
    spark: Option<Spark>,
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
        Self::styled(text, Style::CELL)
    }

    pub(super) fn code(text: impl Into<String>) -> Self {
        Self::styled(text, Style::CODE)
    }

    pub(super) fn bold(text: impl Into<String>) -> Self {
        Self::styled(text, Style::CELL.bold())
    }

    /// A cell that is meant to be empty: it has no dash.
    pub(super) fn blank() -> Self {
        Self::new(BLANK)
    }

    /// Bold and red: a promise that was missed.
    pub(super) fn missed(text: impl Into<String>) -> Self {
        Self::styled(text, Style::CELL.bold().ink(Ink::Missed))
    }

    /// A picture instead of a text.
    pub(super) fn spark(spark: Spark) -> Self {
        GridCell { spark: Some(spark), ..Self::blank() }
    }

    fn styled(text: impl Into<String>, style: Style) -> Self {
        GridCell { text: text.into(), style, spark: None }
    }
}

// === impl Grid ===

impl Grid {
    pub(super) fn new(columns: Vec<Column>) -> Self {
        let total = columns.iter().map(|column| column.share).sum();
        Grid { columns, total, is_grouped: false }
    }

    /// A table whose rows are in groups: the first column is printed where its text changes, and at the head
    /// of a page.
    pub(super) fn grouped(columns: Vec<Column>) -> Self {
        Grid { is_grouped: true, ..Grid::new(columns) }
    }

    /// Prints the table. The head and the first row stay together, and so do the last two rows.
    pub(super) fn print(&self, flow: &mut Flow<'_>, rows: impl IntoIterator<Item = Vec<GridCell>>) {
        let table = flow.node(0, Meaning::Table);
        let rows: Vec<SetRow> = rows.into_iter().map(|row| self.set(flow, row)).collect();
        let head = self.head(flow);
        flow.need(head.height + rows.first().map_or(0.0, |row| row.height));
        self.put(flow, table, &head, Kind::Head);
        let mut group = None;
        for (index, row) in rows.iter().enumerate() {
            let last = if index + 2 == rows.len() { rows.last().map_or(0.0, |row| row.height) } else { 0.0 };
            if flow.y + row.height + last > HEIGHT - BOTTOM && flow.y > TOP + head.height {
                flow.page();
                self.put(flow, table, &head, Kind::Head);
                group = None;
            }
            let kind = if self.is_grouped && group == Some(&row.group) { Kind::Ditto } else { Kind::Plain };
            self.put(flow, table, row, kind);
            group = Some(&row.group);
        }
    }

    /// Height of the head and of so many rows, if each has one line.
    pub(super) fn least(rows: usize) -> f32 {
        f32::from(u16::try_from(rows + 1).unwrap_or(u16::MAX)) * (Style::CELL.leading + 2.0 * PAD_Y)
    }

    fn head(&self, flow: &mut Flow<'_>) -> SetRow {
        let cells = self.columns.iter().map(|column| GridCell::bold(column.heading));
        self.set(flow, cells.collect())
    }

    fn set(&self, flow: &mut Flow<'_>, row: Vec<GridCell>) -> SetRow {
        let group = row.first().map_or(String::new(), |cell| cell.text.clone());
        let cells = row.into_iter().zip(&self.columns).map(|(cell, column)| {
            let room = self.width(column) - 2.0 * PAD_X;
            let lines = match cell.text.as_str() {
                BLANK => vec![flow.type_.space(cell.style)],
                text => flow.type_.wrap(text, cell.style, room, LINES_MAX),
            };
            let is_empty = lines.iter().all(|line| line.runs.is_empty());
            let lines = if is_empty { flow.type_.wrap(DASH, cell.style, room, 1) } else { lines };
            SetCell { lines, style: cell.style, spark: cell.spark }
        });
        let cells: Vec<SetCell> = cells.collect();
        let lines = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1);
        let leading = Style::CELL.leading;
        SetRow { cells, group, height: (0..lines).map(|_| leading).sum::<f32>() + 2.0 * PAD_Y }
    }

    fn put(&self, flow: &mut Flow<'_>, table: usize, row: &SetRow, kind: Kind) {
        let node = flow.node(table, Meaning::Row);
        let mut x = SIDE;
        for (index, (cell, column)) in row.cells.iter().zip(&self.columns).enumerate() {
            let meaning = if kind == Kind::Head { Meaning::HeadCell } else { Meaning::Cell };
            let node = flow.node(node, meaning);
            let width = self.width(column) - 2.0 * PAD_X;
            let room = Area { x: x + PAD_X, y: flow.y + PAD_Y, width, height: cell.style.leading };
            if kind == Kind::Ditto && index == 0 {
                let space = flow.type_.space(cell.style);
                flow.text(node, space, cell.style, room, column.align);
            } else {
                put_cell(flow, node, cell, (room, column.align));
            }
            x += self.width(column);
        }
        flow.y += row.height;
        flow.rule(SIDE, flow.y - 0.3, INNER, if kind == Kind::Head { Ink::Soft } else { Ink::Rule });
    }

    fn width(&self, column: &Column) -> f32 {
        INNER * column.share / self.total
    }
}

fn put_cell(flow: &mut Flow<'_>, node: usize, cell: &SetCell, (room, align): (Area, Align)) {
    if let Some(spark) = &cell.spark {
        let figure = flow.node(node, Meaning::Figure(spark.said.clone()));
        return spark.draw(flow, figure, room);
    }
    let mut room = room;
    for line in &cell.lines {
        flow.text(node, line.clone(), cell.style, room, align);
        room.y += cell.style.leading;
    }
}
