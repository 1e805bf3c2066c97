//! The inventory of `linesman sla`: `DIR/<CLASS>.csv` with the columns of the resource interface.

use std::path::Path;

use engine::inventory::{Builder, Inventory};
use engine::knowledge::Knowledge;
use model::resource::{Cell, Class, Column, Row};
use model::time::Zone;

use super::error::SlaError;
use super::issues::Issues;
use super::table::{Cells, Table, Wanted, read_time};

/// Longest code, in characters.
const CODE_CHARS_MAX: usize = 64;
/// Longest text, in characters.
const TEXT_CHARS_MAX: usize = 4_000;

/// Reads every class that has a file. Only circuits must have one.
///
/// # Errors
/// [`SlaError`] if a file cannot be used at all.
pub fn read(dir: &Path, zone: &Zone, issues: &mut Issues) -> Result<(Inventory, Knowledge), SlaError> {
    let mut builder = Builder::new();
    let mut known = Vec::new();
    for class in Class::ALL {
        let path = dir.join(format!("{}.csv", class.word()));
        if *class != Class::Circuit && !path.exists() {
            continue;
        }
        let wanted = class.columns().iter().map(|c| Wanted { name: c.name, mandatory: c.mandatory });
        let table = Table::open(&path, &wanted.collect::<Vec<_>>(), issues)?;
        table.read(issues, |cells| {
            let row = row(*class, cells, zone)?;
            if *class == Class::AlarmKnowledge {
                known.push(row)
            } else {
                builder.add(&row)
            }
            Ok(())
        })?;
    }
    let (inventory, data_issues) = builder.finish();
    for issue in data_issues {
        issues.add(format!("{} {}", issue.class, issue.key), None, issue.reason);
    }
    Ok((inventory, Knowledge::build(&known)))
}

/// One row with its times as instants, or why it is none.
fn row(class: Class, cells: &Cells<'_>, zone: &Zone) -> Result<Row, String> {
    let columns = class.columns().iter().enumerate();
    let cells: Result<Vec<String>, String> =
        columns.map(|(index, column)| cell(column, cells.get(index), zone)).collect();
    let row = Row { class, cells: cells? };
    if row.ends_before_it_begins() {
        return Err(format!("validTo {} lies before validFrom {}", row.get("validTo"), row.get("validFrom")));
    }
    Ok(row)
}

fn cell(column: &Column, text: &str, zone: &Zone) -> Result<String, String> {
    let name = column.name;
    if text.is_empty() {
        return if column.mandatory { Err(format!("{name} is empty")) } else { Ok(String::new()) };
    }
    let chars_max = if column.cell == Cell::Code { CODE_CHARS_MAX } else { TEXT_CHARS_MAX };
    if text.chars().count() > chars_max {
        return Err(format!("{name} is longer than {chars_max} characters"));
    }
    let is_good = match column.cell {
        Cell::Code | Cell::Text => true,
        Cell::Number => text.parse::<u64>().is_ok(),
        Cell::Ordinal => text.parse::<u16>().is_ok_and(|number| number >= 1),
        Cell::Decimal => text.parse::<f64>().is_ok_and(f64::is_finite),
        Cell::OneOf(words) if !words.contains(&text) => {
            return Err(format!("{name} {text:?} is none of {}", words.join(", ")));
        }
        Cell::OneOf(_) => true,
        Cell::Time => {
            let time = read_time(zone, name, text)?;
            return Ok(time.map_or_else(String::new, |time| time.to_string()));
        }
        Cell::Date => {
            let time = read_time(zone, name, text)?;
            return Ok(time.map_or_else(String::new, |time| zone.civil(time).date().to_string()));
        }
    };
    if is_good { Ok(text.to_owned()) } else { Err(format!("{name} {text:?} is not a number")) }
}
