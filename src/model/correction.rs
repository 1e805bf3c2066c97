//! Corrections: what a person proposes about a stretch of a circuit's time, and what another decides
//! (semantics §4, "Corrections and approvals").

use serde::{Deserialize, Serialize};

use crate::time::{Time, Window};
use crate::words::words;

words! {
    /// What a correction says of its time.
    CorrectionKind {
        /// It is excluded by a code.
        Exclude = "exclude",
        /// The circuit was up.
        Up = "up",
        /// The circuit was down.
        Down = "down",
    }
}

words! {
    /// Where a correction stands. Only an approved one acts.
    CorrectionState {
        /// Waits for another person.
        Proposed = "proposed",
        /// Acts.
        Approved = "approved",
        /// Was not accepted.
        Rejected = "rejected",
        /// Taken back by who proposed it.
        Withdrawn = "withdrawn",
    }
}

/// A correction with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Correction {
    /// Number; not used when it is added.
    pub id: i64,
    /// Circuit.
    pub circuit_code: String,
    /// Its time.
    pub window: Window,
    /// What it says.
    pub kind: CorrectionKind,
    /// Exclusion code; empty unless it excludes.
    pub code: String,
    /// Why.
    pub reason: String,
    /// What proves it, if something is attached.
    pub proof: Option<Proof>,
    /// Where it stands.
    pub state: CorrectionState,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Time,
    /// Who decided; nobody yet if empty.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<Time>,
    /// What was said of the decision.
    pub note: String,
}

/// An attached file, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}
