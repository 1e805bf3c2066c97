//! Credits: what the bands of a plan advise for a circuit's month, and what people decide about it before
//! billing hears of it (semantics §4, credit bands).

use serde::{Deserialize, Serialize};

use crate::time::{Time, Window};
use crate::words::words;

words! {
    /// Where a credit stands. Billing hears of what is, or was, approved.
    CreditState {
        /// A final report advises it; nobody has looked yet.
        Advised = "advised",
        /// A person has looked and wants it given; waits for another.
        Proposed = "proposed",
        /// To be given.
        Approved = "approved",
        /// Not to be given.
        Rejected = "rejected",
        /// A later revision of the report advises another one; this one was never approved.
        Superseded = "superseded",
        /// The same after it was approved: it counts until one that names it is approved.
        Replaced = "replaced",
    }
}

/// A credit with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credit {
    /// Number; not used when it is added.
    pub id: i64,
    /// The month, `2026-10`.
    pub label: String,
    /// The same as the circuit's own period.
    pub period: Window,
    /// Circuit.
    pub circuit_code: String,
    /// Its customer when the report was issued.
    pub customer_no: String,
    /// The customer's name then.
    pub customer_name: String,
    /// Of the monthly charge, in millionths of a percent. 0 takes back what was approved before.
    pub percent: i64,
    /// SLA plan whose bands advise it.
    pub plan: String,
    /// Version of the figure that it rests on.
    pub version: i64,
    /// The report's issue that advised it.
    pub issue_id: i64,
    /// When.
    pub advised_at: Time,
    /// The approved credit of the same circuit and month whose place it takes.
    pub replaces: Option<i64>,
    /// Where it stands.
    pub state: CreditState,
    /// Who proposed it; nobody if empty.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Option<Time>,
    /// Who approved or rejected it; nobody yet if empty.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<Time>,
    /// What was said of the decision.
    pub note: String,
}
