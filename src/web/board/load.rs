//! A resource load as it is shown: how far it is, what it would change, what was wrong.

use model::source::{RunState, SourceId};
use model::time::Time;

/// A resource load.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Our number.
    pub id: i64,
    /// Class word; several are joined by commas.
    pub class: String,
    /// FULL or INC.
    pub mode: String,
    /// Where it stands.
    pub state: RunState,
    /// The peer it comes from.
    pub source: SourceId,
    /// When it was asked for.
    pub started_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Rows read so far.
    pub rows_read: u64,
    /// Rows there are, where that is known.
    pub rows_total: Option<u64>,
    /// Rows that are new.
    pub added: u64,
    /// Rows that changed.
    pub changed: u64,
    /// Rows that are gone.
    pub deleted: u64,
    /// Rows that wait for their parent.
    pub held: u64,
    /// Rows that cannot be taken.
    pub refused: u64,
    /// Seconds it will still take, where that is known.
    pub eta_s: Option<u64>,
    /// The first issues; the rest is counted.
    pub issues: Vec<LoadIssue>,
}

/// Something wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadIssue {
    /// Row number in its file, from 1 below the header line; 0 if it is about no single row.
    pub row: u64,
    /// Key of the row.
    pub key: String,
    /// What is wrong.
    pub reason: String,
}
