//! What people did about circuits: tickets, their holds, approved corrections, by circuit code.

use std::collections::HashMap;

use engine::clock::TicketLife;
use engine::correction::Correction;
use engine::exclusion::Suspend;
use engine::figure::Paperwork;
use engine::inventory::Inventory;
use model::time::Zone;

use super::error::SlaError;
use super::issues::Issues;
use super::{Files, corrections, tickets};

/// All of it.
#[derive(Default)]
pub struct Paper {
    by_code: HashMap<String, Sheet>,
}

/// Of one circuit.
#[derive(Default)]
pub struct Sheet {
    pub tickets: Vec<TicketLife>,
    pub suspends: Vec<Suspend>,
    pub corrections: Vec<Correction>,
}

// === impl Paper ===

impl Paper {
    /// Reads the files that were given.
    ///
    /// # Errors
    /// [`SlaError`] if a file cannot be used at all.
    pub fn read(files: &Files, zone: &Zone, inventory: &Inventory, issues: &mut Issues) -> Result<Self, SlaError> {
        let mut paper = Paper::default();
        if let Some(path) = &files.tickets {
            tickets::read(path, zone, &mut paper, issues)?;
        }
        if let Some(path) = &files.corrections {
            corrections::read(path, zone, &mut paper, issues)?;
        }
        let mut unknown: Vec<&String> = paper.by_code.keys().collect();
        unknown.retain(|code| inventory.circuit_ix(code).is_none());
        unknown.sort_unstable();
        for code in unknown {
            issues.add(
                format!("CIRCUIT {code}"),
                None,
                "is not in the inventory; its tickets and corrections touch nothing",
            );
        }
        Ok(paper)
    }

    /// Where something about a circuit is written.
    pub fn sheet(&mut self, code: &str) -> &mut Sheet {
        self.by_code.entry(code.to_owned()).or_default()
    }

    /// What the figure of a circuit wants.
    pub fn of(&self, code: &str) -> Paperwork<'_> {
        self.by_code.get(code).map_or_else(Paperwork::default, |sheet| Paperwork {
            tickets: &sheet.tickets,
            suspends: &sheet.suspends,
            corrections: &sheet.corrections,
        })
    }
}
