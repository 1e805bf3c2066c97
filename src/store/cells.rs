//! A resource row as one text: its cells side by side, so that a million of them are read in a second.
//!
//! Cells and rows are set apart by control characters, which no cell holds: the collectors refuse them.

use model::resource::{Class, Row};

/// Stands between two cells of a row.
pub(crate) const CELL: char = '\u{1f}';
/// Stands between two rows.
pub(crate) const ROW: char = '\u{1e}';
/// What is kept in place of a character that would be taken for one of these, or that no database keeps.
const UNKNOWN: char = '\u{fffd}';

/// The cells of a row as one text.
pub(crate) fn write_cells(row: &Row) -> String {
    let mut text = String::with_capacity(row.cells.iter().map(|cell| cell.len() + 1).sum());
    push_cells(&mut text, row);
    text
}

/// Adds the cells of a row to a text.
pub(crate) fn push_cells(text: &mut String, row: &Row) {
    for (index, cell) in row.cells.iter().enumerate() {
        if index > 0 {
            text.push(CELL);
        }
        match cell.bytes().any(|byte| matches!(byte, 0 | 0x1e | 0x1f)) {
            false => text.push_str(cell),
            true => text.extend(cell.chars().map(|c| if matches!(c, '\0' | CELL | ROW) { UNKNOWN } else { c })),
        }
    }
}

/// The row of a text.
pub(crate) fn read_cells(class: Class, text: &str) -> Row {
    Row { class, cells: text.split(CELL).map(str::to_owned).collect() }
}

/// The row of a text into one that is there already: nothing is allocated for cells that fit.
pub(crate) fn read_into(row: &mut Row, text: &str) {
    let mut known = 0;
    for cell in text.split(CELL) {
        match row.cells.get_mut(known) {
            Some(held) => {
                held.clear();
                held.push_str(cell);
            }
            None => row.cells.push(cell.to_owned()),
        }
        known += 1;
    }
    row.cells.truncate(known);
}

#[cfg(test)]
mod tests;
