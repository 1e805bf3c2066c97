//! An outage and its ledger: every minute of it, explained.

use model::time::{Time, Window};
use serde::Serialize;

/// An outage of one circuit.
#[derive(Clone, Debug, Serialize)]
pub struct Outage {
    /// Its number: `O-20261107-03`.
    pub number: String,
    /// Circuit code.
    pub circuit: String,
    /// When it began, also before the period.
    pub start: Time,
    /// When it ended; `None` = it had not when the report was made.
    pub end: Option<Time>,
    /// What happened, in words for a customer.
    pub cause: String,
    /// Where: a section, never an element's name.
    pub place: String,
    /// The reason for it, in the words of those who repaired it; `None` if they gave none.
    pub rfo: Option<Rfo>,
    /// Ticket number; empty if there is none.
    pub ticket: String,
    /// Its intervals in the order of time.
    pub ledger: Vec<Entry>,
}

/// The reason for an outage (RFO); each part may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rfo {
    /// Where it stands: the number of the ticket.
    pub reference: String,
    /// Class of the cause.
    pub cause: String,
    /// The party that is responsible.
    pub party: String,
    /// What was done.
    pub action: String,
}

/// An interval of a ledger.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// When; half-open.
    pub window: Window,
    /// What it counts as.
    pub counted: Counted,
    /// Why, with the contract's clause.
    pub why: String,
    /// Numbers of what it rests on.
    pub evidence: Vec<String>,
}

/// What an interval counts as (semantics §4, in the words of the report).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Down, and it counts.
    Counted,
    /// Excluded.
    Excluded,
    /// Nobody knows.
    Unmeasured,
    /// Outside the promised hours.
    OutsideWindow,
    /// Before or after the circuit's life.
    NotInService,
    /// The circuit was up.
    Up,
}

// === impl Outage ===

impl Outage {
    /// Length of the intervals that count as `what`, ms.
    pub fn length_ms(&self, what: Counted) -> i64 {
        self.ledger.iter().filter(|entry| entry.counted == what).map(|entry| entry.window.length_ms()).sum()
    }

    /// Length of its ledger, ms: to its end, or as far as is known.
    pub fn total_ms(&self) -> i64 {
        self.ledger.iter().map(|entry| entry.window.length_ms()).sum()
    }
}
