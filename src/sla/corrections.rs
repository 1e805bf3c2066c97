//! The correction file of `linesman sla`: what one person proposed and another approved.

use std::path::Path;

use engine::correction::{Change, Correction};
use engine::plan::words::ExclusionCode;
use model::time::{Window, Zone};

use super::error::SlaError;
use super::issues::Issues;
use super::paper::Paper;
use super::table::{Cells, Table, Wanted, read_time};

/// The columns, in the order in which [`correction`] reads them.
const COLUMNS: [Wanted; 9] = [
    Wanted { name: "correctionId", mandatory: true },
    Wanted { name: "circuitCode", mandatory: true },
    Wanted { name: "startTime", mandatory: true },
    Wanted { name: "endTime", mandatory: true },
    Wanted { name: "change", mandatory: true },
    Wanted { name: "code", mandatory: false },
    Wanted { name: "reason", mandatory: true },
    Wanted { name: "proposedBy", mandatory: true },
    Wanted { name: "approvedBy", mandatory: true },
];

/// Reads every correction; those that are not approved by a second person are left out.
///
/// # Errors
/// [`SlaError`] if the file cannot be used at all.
pub fn read(path: &Path, zone: &Zone, paper: &mut Paper, issues: &mut Issues) -> Result<(), SlaError> {
    Table::open(path, &COLUMNS, issues)?.read(issues, |cells| {
        let correction = correction(cells, zone)?;
        let held = &mut paper.sheet(cells.get(1)).corrections;
        if !held.contains(&correction) {
            held.push(correction);
        }
        Ok(())
    })
}

fn correction(cells: &Cells<'_>, zone: &Zone) -> Result<Correction, String> {
    let name = |column: usize| COLUMNS.get(column).map_or("", |column| column.name);
    for column in [0, 1, 6, 7] {
        if cells.get(column).is_empty() {
            return Err(format!("{} is empty", name(column)));
        }
    }
    let (proposed, approved) = (cells.get(7), cells.get(8));
    if approved.is_empty() {
        return Err("is not approved".to_owned());
    }
    if approved == proposed {
        return Err(format!("{approved} may not approve what {approved} proposed"));
    }
    let time = |column: usize| {
        let time = read_time(zone, name(column), cells.get(column))?;
        time.ok_or_else(|| format!("{} is empty", name(column)))
    };
    let (start, end) = (time(2)?, time(3)?);
    if end <= start {
        return Err("endTime is not after startTime".to_owned());
    }
    let change = change(cells.get(4), cells.get(5))?;
    Ok(Correction::new(cells.get(0), Window { start, end }, change))
}

fn change(word: &str, code: &str) -> Result<Change, String> {
    match (word, code) {
        ("UP", "") => Ok(Change::Up),
        ("DOWN", "") => Ok(Change::Down),
        ("UP" | "DOWN", _) => Err(format!("{word} takes no code")),
        ("EXCLUDE", code) => {
            ExclusionCode::from_word(code).map(Change::Exclude).ok_or_else(|| format!("code {code:?} is not a code"))
        }
        _ => Err(format!("change {word:?} is none of EXCLUDE, UP, DOWN")),
    }
}
