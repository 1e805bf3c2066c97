//! Planned work (cutovers), which may exclude time from an SLA, and the protection of important circuits.

use serde::{Deserialize, Serialize};

use crate::time::{Time, Window};
use crate::words::words;

words! {
    /// What a notice does.
    OpType {
        /// New.
        Add = "ADD",
        /// Changed.
        Mod = "MOD",
        /// Withdrawn (planned work).
        Cancel = "CANCEL",
        /// Deleted (resources).
        Del = "DEL",
    }
}

/// One revision of a cutover notice. The highest revision of a number wins, in any order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cutover {
    /// Number.
    pub cutover_no: String,
    /// Title.
    pub title: String,
    /// Work window.
    pub work: Option<Window>,
    /// Does it affect service.
    pub is_affect: bool,
    /// Window in which service is affected; only this excludes.
    pub affect: Option<Window>,
    /// What is affected, in words.
    pub affect_info: String,
    /// Who leads it.
    pub manager: String,
    /// Their telephone.
    pub phone: String,
    /// Circuits it affects.
    pub circuit_codes: Vec<String>,
    /// ADD, MOD or CANCEL.
    pub op_type: OpType,
    /// Revision; [`Cutover::UNNUMBERED`] until the writer has given it its place.
    pub revision: i64,
    /// When it was notified; `None` = not notified = does not exclude.
    pub notified_at: Option<Time>,
}

words! {
    /// How important a protected circuit is.
    ProtectLevel {
        /// Most.
        A = "A",
        /// Less.
        B = "B",
        /// Least.
        C = "C",
    }
}

/// What was told of a task that protects circuits for a time (`syncKeyProtectCircuit`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyProtection {
    /// Number of the task.
    pub task_no: String,
    /// How important; a cancellation need not say.
    pub level: Option<ProtectLevel>,
    /// When it holds; a cancellation need not say.
    pub window: Option<Window>,
    /// Circuits.
    pub circuit_codes: Vec<String>,
    /// ADD, MOD or CANCEL.
    pub op_type: OpType,
    /// When it was told, by its sender's clock; else its receipt, which the writer knows.
    pub told_at: Option<Time>,
}

// === impl KeyProtection ===

impl KeyProtection {
    /// It protects its circuits at an instant.
    pub fn holds(&self, at: Time) -> bool {
        self.op_type != OpType::Cancel && self.window.is_some_and(|window| window.holds(at))
    }
}

// === impl Cutover ===

impl Cutover {
    /// The revision of a notice whose sender does not count them: the order of arrival decides.
    pub const UNNUMBERED: i64 = i64::MIN;
}
