//! What is written is read again, also into a row that held something else.

use super::*;

fn row(cells: &[&str]) -> Row {
    Row { class: Class::Region, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
}

#[test]
fn what_is_written_is_read() {
    let mut reused = row(&["a longer one", "b", "c", "d"]);
    for cells in [&["R1", "广州 \"1\"\n\t\\|", ""][..], &["", "", ""], &[""], &["R2", "x", "R1", "more"]] {
        let row = row(cells);
        let text = write_cells(&row);
        assert_eq!(read_cells(Class::Region, &text), row);
        read_into(&mut reused, &text);
        assert_eq!(reused, row);
    }
}

#[test]
fn a_separator_within_a_cell_does_not_move_its_neighbours() {
    let read = read_cells(Class::Region, &write_cells(&row(&["a\u{1e}b", "c\u{1f}d", "e\0f"])));
    assert_eq!(read, row(&["a\u{fffd}b", "c\u{fffd}d", "e\u{fffd}f"]));
}
