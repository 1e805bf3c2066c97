//! Tickets: what we asked of the e-ops system (EOMS) and what it told us.

use serde::{Deserialize, Serialize};

use crate::fault::FaultNo;
use crate::time::Time;
use crate::words::words;

words! {
    /// State of a ticket in the words of TM Forum TMF621.
    TicketState {
        /// Queued or on its way; EOMS has not answered.
        Sending = "sending",
        /// EOMS may have it: being settled by asking.
        Unknown = "unknown",
        /// EOMS has it, nobody accepted it.
        Acknowledged = "acknowledged",
        /// Accepted, worked on.
        InProgress = "inProgress",
        /// Clock stopped.
        Held = "held",
        /// Repair reported.
        Resolved = "resolved",
        /// Archived.
        Closed = "closed",
        /// Revoked.
        Cancelled = "cancelled",
        /// Rejected by EOMS.
        Rejected = "rejected",
        /// EOMS refused it for good; a person must act.
        Refused = "refused",
    }
}

words! {
    /// What an outbox row asks the peer to do.
    OutboxKind {
        /// EOMS `newAlarm`.
        NewAlarm = "newAlarm",
        /// EOMS `syncAlarm`.
        SyncAlarm = "syncAlarm",
        /// EOMS `untreadWorkSheet`.
        UntreadWorkSheet = "untreadWorkSheet",
    }
}

words! {
    /// Where an outbox row stands.
    OutboxState {
        /// To be sent.
        Queued = "queued",
        /// Sent, the answer did not come: ask before sending again.
        Unknown = "unknown",
        /// The peer has it.
        Delivered = "delivered",
        /// The peer refused it for good.
        Refused = "refused",
        /// No longer wanted before it was sent.
        Dropped = "dropped",
    }
}

/// One ticket: at most one for each fault episode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// `<sysCode>_<faultNo>-<episode>`: our key with EOMS.
    pub alarm_id: String,
    /// Fault.
    pub fault_no: FaultNo,
    /// Episode of the fault.
    pub episode: u32,
    /// EOMS's number; empty until it is known.
    pub sheet_no: String,
    /// State.
    pub state: TicketState,
    /// EOMS's own word for its state.
    pub sheet_status: String,
    /// When what stands here was said.
    #[serde(default)]
    pub said: Said,
    /// When we decided to dispatch.
    pub opened_at: Time,
    /// Last change on either side.
    pub changed_at: Time,
    /// EOMS's limit for the repair.
    pub deal_time_limit: Option<Time>,
    /// When the repair was reported.
    pub restored_at: Option<Time>,
    /// What EOMS gave as the reason for the outage.
    #[serde(default)]
    pub repair: Option<Repair>,
    /// What was said, oldest first.
    pub notes: Vec<TicketNote>,
    /// What was said of its clock, each word once, in order of receipt: its holds follow from them.
    pub clock: Vec<ClockEvent>,
}

/// The reason for an outage in EOMS's words (`replyWorkSheet`); each part may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repair {
    /// Class of the cause.
    pub cause: String,
    /// The party that is responsible.
    pub party: String,
    /// What was done.
    pub action: String,
}

/// One word of EOMS about a ticket's clock (`suspendWorkSheet`, `resumeWorkSheet`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockEvent {
    /// When.
    pub at: Time,
    /// Why it stops, in the codes that exclude time; `None`: it runs again.
    pub reason: Option<String>,
    /// Who; may be empty.
    pub by: String,
}

/// When the newest word about each part of a ticket was said, by EOMS's own clock: an older one that is
/// delivered later changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// The state, and what it is by that word.
    pub state: Option<(Time, TicketState)>,
    /// [`Ticket::sheet_status`].
    pub sheet_status: Option<Time>,
    /// [`Ticket::deal_time_limit`].
    pub deal_time_limit: Option<Time>,
    /// [`Ticket::restored_at`].
    pub restored_at: Option<Time>,
    /// [`Ticket::repair`].
    #[serde(default)]
    pub repair: Option<Time>,
}

/// One thing said on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketNote {
    /// When.
    pub at: Time,
    /// Operation, e.g. `confirmWorkSheet`.
    pub operation: String,
    /// Who; may be empty.
    pub by: String,
    /// What.
    pub text: String,
}

/// Something to be sent to a peer, written in the same transaction as its cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Our number.
    pub id: i64,
    /// What to do.
    pub kind: OutboxKind,
    /// Stable key: one row per (kind, key).
    pub key: String,
    /// Arguments as JSON.
    pub content: String,
    /// State.
    pub state: OutboxState,
    /// Tries so far.
    pub tries: u32,
    /// Not before.
    pub next_at: Time,
    /// When the first try went out.
    pub first_sent_at: Option<Time>,
    /// Last error; empty if none.
    pub error: String,
}
