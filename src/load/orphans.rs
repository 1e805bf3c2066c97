//! Children of rows that a load deletes stay, and are told of: their reference leads nowhere now.

use std::collections::HashSet;

use model::resource::{Class, Row};
use store::Tx;
use store::load::LoadIssue;
use store::resource::rows_of_class;

use super::diff::wide;
use super::{LoadError, Shown};

/// Notes every row that refers to one of the keys of `class` that go.
pub(super) async fn note(tx: &mut Tx, class: Class, gone: &HashSet<u128>, shown: &Shown) -> Result<(), LoadError> {
    for child in Class::ALL.iter().filter(|child| refers(**child, class)) {
        let mut orphans = Vec::new();
        rows_of_class(tx, *child, |row| {
            // A row that goes itself is no orphan.
            if *child != class || !gone.contains(&wide(&row.key())) {
                orphans.extend(missing(row, class, gone).map(|parent| (row.key(), parent.to_owned())));
            }
        })
        .await?;
        for (key, parent) in orphans {
            let (key, reason) =
                (format!("{child} {key}"), format!("it stays as an orphan: its {class} {parent} is deleted"));
            shown.send_modify(|load| load.progress.note(LoadIssue { row: 0, key, reason }));
        }
    }
    Ok(())
}

fn refers(child: Class, to: Class) -> bool {
    child.columns().iter().any(|column| column.refers == Some(to))
}

/// The first of a row's references to `class` that leads to a key that goes.
fn missing<'a>(row: &'a Row, class: Class, gone: &HashSet<u128>) -> Option<&'a str> {
    let cells = row.class.columns().iter().zip(&row.cells);
    let mut parents = cells.filter(|(column, cell)| column.refers == Some(class) && !cell.is_empty());
    parents.find(|(_, cell)| gone.contains(&wide(cell))).map(|(_, cell)| cell.as_str())
}
