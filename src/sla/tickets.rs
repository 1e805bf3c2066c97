//! The ticket file of `linesman sla`: one row a ticket, and one more for each further hold of it, in
//! any order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use engine::clock::TicketLife;
use engine::hold::suspends;
use engine::plan::words::ExclusionCode;
use model::time::{Time, Window, Zone};

use super::alarms::codes;
use super::error::SlaError;
use super::issues::Issues;
use super::paper::Paper;
use super::table::{Cells, Table, Wanted, read_time};

/// The columns, in the order in which [`Told::read`] reads them.
const COLUMNS: [Wanted; 7] = [
    Wanted { name: "ticketNo", mandatory: true },
    Wanted { name: "circuitCodes", mandatory: true },
    Wanted { name: "openTime", mandatory: true },
    Wanted { name: "restoreTime", mandatory: false },
    Wanted { name: "suspendTime", mandatory: false },
    Wanted { name: "resumeTime", mandatory: false },
    Wanted { name: "reasonCode", mandatory: false },
];

/// What the rows tell of a ticket together.
struct Told {
    codes: BTreeSet<String>,
    opened: Time,
    restored: Option<Time>,
    holds: BTreeSet<(Window, ExclusionCode)>,
}

// === impl Told ===

impl Told {
    fn read(cells: &Cells<'_>, zone: &Zone) -> Result<(String, Told), String> {
        let number = cells.get(0);
        if number.is_empty() {
            return Err("ticketNo is empty".to_owned());
        }
        let time =
            |column: usize| read_time(zone, COLUMNS.get(column).map_or("", |column| column.name), cells.get(column));
        let opened = time(2)?.ok_or("openTime is empty")?;
        let restored = time(3)?;
        if restored.is_some_and(|restored| restored < opened) {
            return Err("restoreTime is before openTime".to_owned());
        }
        let holds = match (time(4)?, time(5)?, cells.get(6)) {
            (None, None, "") => None,
            (None, ..) => return Err("resumeTime or reasonCode comes without suspendTime".to_owned()),
            (Some(start), Some(end), _) if end < start => {
                return Err("resumeTime is before suspendTime".to_owned());
            }
            (Some(start), end, word) => {
                let code =
                    ExclusionCode::from_word(word).ok_or_else(|| format!("reasonCode {word:?} is not a code"))?;
                Some((Window::new(start, end.unwrap_or(Time::MAX)), code))
            }
        };
        let codes = codes(cells.get(1)).into_iter().collect();
        Ok((number.to_owned(), Told { codes, opened, restored, holds: holds.into_iter().collect() }))
    }

    /// Two rows of one ticket: the earlier opening, the later repair, all circuits and holds.
    fn join(&mut self, other: Told) {
        self.opened = self.opened.min(other.opened);
        self.restored = self.restored.max(other.restored);
        self.codes.extend(other.codes);
        self.holds.extend(other.holds);
    }
}

/// Reads every ticket.
///
/// # Errors
/// [`SlaError`] if the file cannot be used at all.
pub fn read(path: &Path, zone: &Zone, paper: &mut Paper, issues: &mut Issues) -> Result<(), SlaError> {
    let mut tickets: BTreeMap<String, Told> = BTreeMap::new();
    Table::open(path, &COLUMNS, issues)?.read(issues, |cells| {
        let (number, told) = Told::read(cells, zone)?;
        match tickets.get_mut(&number) {
            Some(held) => held.join(told),
            None => drop(tickets.insert(number, told)),
        }
        Ok(())
    })?;
    for (number, told) in &tickets {
        let life = TicketLife::new(number, told.opened, told.restored);
        let held = suspends(number, &life, told.holds.iter().copied());
        for code in &told.codes {
            let sheet = paper.sheet(code);
            sheet.tickets.push(life.clone());
            sheet.suspends.extend_from_slice(&held);
        }
    }
    Ok(())
}
