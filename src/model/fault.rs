//! A fault: one cause, its alarms, its circuits, its customers, at most one open ticket.

use serde::{Deserialize, Serialize};

use crate::alarm::{ObjectType, Severity};
use crate::text::{Text, read_shared};
use crate::time::Time;
use crate::words::words;

/// Our number of a fault, `F` and digits, unique for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaultNo(pub i64);

words! {
    /// Where a fault stands.
    FaultState {
        /// Some of its alarms are active.
        Open = "open",
        /// All its alarms are cleared; it may reopen within the reopen window.
        Cleared = "cleared",
        /// Over for good.
        Closed = "closed",
        /// EOMS closed the ticket while an alarm is still active.
        ClosedStillDown = "closed_still_down",
        /// It turned out to be another fault; see `merged_into`.
        Merged = "merged",
    }
}

words! {
    /// Why a fault was or was not sent to EOMS: the decision, its log word and its metric label.
    DispatchReason {
        /// Sent: the persistence time is over.
        Persisted = "persisted",
        /// Sent at once: a key-protected circuit is hit.
        KeyProtected = "key_protected",
        /// Sent by a person.
        Manual = "manual",
        /// Held: waits for its persistence time.
        Persisting = "persisting",
        /// Withheld: every circuit hit is inside an affecting cutover window.
        PlannedWork = "planned_work",
        /// Not sent: no circuit is down or degraded.
        NoCircuit = "no_circuit",
        /// Not sent: over before the persistence time.
        ClearedFirst = "cleared_first",
        /// Not sent: linked to a fault that has the ticket.
        Linked = "linked",
        /// Not sent: no EOMS peer is configured.
        NoPeer = "no_peer",
    }
}

words! {
    /// What an alarm is, for finding the cause (`ALARM_KNOWLEDGE.category`, else by probable cause).
    Category {
        /// Loss of signal.
        Los = "LOS",
        /// Loss of frame.
        Lof = "LOF",
        /// Alarm indication signal of any layer.
        Ais = "AIS",
        /// Remote defect indication of any layer.
        Rdi = "RDI",
        /// Board fault or board missing.
        Board = "BOARD",
        /// The manager cannot reach the element.
        NeUnreachable = "NE_UNREACHABLE",
        /// The manager's link to its elements is down.
        EmsLink = "EMS_LINK",
        /// Power.
        Power = "POWER",
        /// Room environment.
        Environment = "ENVIRONMENT",
        /// A protection group switched.
        ProtectionSwitch = "PROTECTION_SWITCH",
        /// Anything else.
        Other = "OTHER",
    }
}

/// A fault as stored and shown. Alarm ids are [`crate::alarm::Alarm::id`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Number.
    pub fault_no: FaultNo,
    /// 1, and one more for each time it reopened after its sheet was archived.
    pub episode: u32,
    /// State.
    pub state: FaultState,
    /// The object at the bottom of it: the root alarm's object, or the link of a fibre cut.
    pub cause_object_type: ObjectType,
    /// Its id.
    #[serde(deserialize_with = "read_shared")]
    pub cause_object_id: Text,
    /// What it is: `fibre_cut`, or the root's category word.
    #[serde(deserialize_with = "read_shared")]
    pub cause: Text,
    /// Native cause of the root alarm (EOMS `alarmStaId`).
    #[serde(deserialize_with = "read_shared")]
    pub native_cause: Text,
    /// Title of the root alarm.
    #[serde(deserialize_with = "read_shared")]
    pub title: Text,
    /// Root alarm.
    pub root_alarm: i64,
    /// Worst severity among its alarms.
    pub severity: Severity,
    /// Alarms that belong to it, the root included.
    pub alarms: u32,
    /// Of these, active.
    pub alarms_active: u32,
    /// Circuits hit now. Which ones is known live, and follows from its alarms.
    pub circuits: u32,
    /// Of these, down.
    pub circuits_down: u32,
    /// Customers of these circuits.
    pub customers: u32,
    /// A digest of the circuits and their states: another one says that others are hit.
    pub impact_digest: u64,
    /// Most circuits hit at one time, as it was seen live: what remains to be said when all is well again.
    pub circuits_peak: u32,
    /// Most customers hit at one time.
    pub customers_peak: u32,
    /// Best customer level among them (`GOLD`…), empty for none.
    #[serde(deserialize_with = "read_shared")]
    pub customer_level: Text,
    /// Best service level among them (`AAA`…), empty for none.
    #[serde(deserialize_with = "read_shared")]
    pub service_level: Text,
    /// A key-protected circuit is among them.
    pub key_protected: bool,
    /// 1 to 3.
    pub priority: u8,
    /// First raise.
    pub first_at: Time,
    /// Last raise or clear.
    pub last_at: Time,
    /// When all its alarms were cleared.
    pub cleared_at: Option<Time>,
    /// When it is due for dispatch.
    pub due_at: Option<Time>,
    /// The latest dispatch decision.
    pub dispatch: DispatchReason,
    /// The fault that this one became, or is linked to.
    pub merged_into: Option<FaultNo>,
}

// === impl FaultNo ===

impl FaultNo {
    /// Reads `F000123`.
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix('F')?.parse().ok().map(FaultNo)
    }
}

impl std::fmt::Display for FaultNo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "F{:06}", self.0)
    }
}

impl Serialize for FaultNo {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FaultNo {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        FaultNo::parse(&text).ok_or_else(|| serde::de::Error::custom("a fault number looks like F000123"))
    }
}
