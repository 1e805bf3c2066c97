//! Planned work (cutovers) and suspended clocks: what may exclude time from an SLA.

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

// === impl Cutover ===

impl Cutover {
    /// The revision of a notice whose sender does not count them: the order of arrival decides.
    pub const UNNUMBERED: i64 = i64::MIN;
}
