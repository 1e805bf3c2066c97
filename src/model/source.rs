//! The peers we listen to: who they are and how they are doing.

use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::time::Time;
use crate::words::words;

/// A configured peer, by its system code (`GD_TNMS`). Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(Text);

words! {
    /// What kind of system a peer is.
    SourceKind {
        /// Transport network manager.
        Transport = "transport",
        /// IP network manager.
        Ip = "ip",
        /// Network manager of ATM and frame relay.
        Atm = "atm",
        /// Resource management system.
        Resource = "resource",
        /// E-ops (ticket) system.
        Eoms = "eoms",
        /// Devices that send SNMP notifications themselves.
        Snmp = "snmp",
        /// OMC with a real-time alarm socket.
        Omc = "omc",
    }
}

words! {
    /// How a source is.
    SourceState {
        /// Heard within its silence limit.
        Live = "live",
        /// Silent for longer than its limit; its circuits are unmeasured.
        Stale = "stale",
        /// Never heard since it was configured.
        Waiting = "waiting",
    }
}

words! {
    /// Where a resync or a load stands.
    RunState {
        /// Asked of the peer, no answer yet.
        Requested = "requested",
        /// Files are being fetched and read.
        Loading = "loading",
        /// A person must approve what it would delete or clear.
        Waiting = "waiting_approval",
        /// Applied.
        Done = "done",
        /// Ended without being applied.
        Failed = "failed",
        /// Ended by the peer or by a person.
        Cancelled = "cancelled",
    }
}

/// A source as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// System code.
    pub id: SourceId,
    /// Kind.
    pub kind: SourceKind,
    /// State.
    pub state: SourceState,
    /// Any authenticated message or a good `isAlive` answer.
    pub last_heard: Option<Time>,
    /// Seconds of silence after which it is stale.
    pub silence_s: i64,
    /// Receive time less the manager's time of the latest alarm, in milliseconds.
    pub lag_ms: Option<i64>,
    /// Alarm facts received in the last ten minutes.
    pub alarms_10min: u32,
    /// Circuits with a hop it observes.
    pub circuits: u32,
    /// Active alarms it reported.
    pub active_alarms: u32,
    /// Number of the newest alarm of an OMC (`alarmSeq`).
    pub alarm_seq: Option<u32>,
    /// The last resync: what was asked and how it ended.
    pub last_sync: Option<SyncRun>,
}

/// One resync of a source's active alarms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncRun {
    /// `syncReqId` of the request.
    pub sync_req_id: String,
    /// Why it was asked: `start`, `gap`, `rebuilt`, `silence`, `command`, `confirm`.
    pub reason: String,
    /// Where it stands.
    pub state: RunState,
    /// When it was asked.
    pub requested_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Alarms that it raised.
    pub raised: u32,
    /// Alarms that it cleared.
    pub cleared: u32,
    /// What went wrong; empty if nothing.
    pub error: String,
    /// A list before it would have cleared too much: the next one that is believed confirms it.
    #[serde(default)]
    pub confirms: bool,
}

// === impl SourceKind ===

impl SourceKind {
    /// It manages a network and speaks SOAP: alarms, filters, performance tasks.
    pub fn is_network_manager(self) -> bool {
        matches!(self, SourceKind::Transport | SourceKind::Ip | SourceKind::Atm)
    }
}

// === impl SourceId ===

impl SourceId {
    /// From a system code.
    pub fn new(code: &str) -> Self {
        SourceId(code.into())
    }

    /// The system code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SourceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
