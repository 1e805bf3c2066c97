//! The common alarm record (contract §3) and an alarm episode as it is stored and shown.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fault::FaultNo;
use crate::source::SourceId;
use crate::text::Text;
use crate::time::Time;
use crate::words::words;

words! {
    /// The network an alarm or element belongs to.
    Specialty {
        /// Transport: SDH, OTN, MSTP.
        Transport = "TRANS",
        /// IP and MPLS.
        Ip = "IP",
        /// ATM and frame relay.
        Atm = "ATM",
    }
}

words! {
    /// What an object is. Objects form the tree NE ⊃ BOARD ⊃ PORT ⊃ CTP; a LINK joins two ports.
    ObjectType {
        /// A network manager itself.
        Ems = "EMS",
        /// A network element.
        Ne = "NE",
        /// A shelf of an element.
        Shelf = "SHELF",
        /// A board (card).
        Board = "BOARD",
        /// A port.
        Port = "PORT",
        /// A connection termination point (a time slot of a port).
        Ctp = "CTP",
        /// A link between two ports.
        Link = "LINK",
        /// A customer circuit.
        Circuit = "CIRCUIT",
        /// A customer VPN.
        Vpn = "VPN",
    }
}

words! {
    /// Does the alarm affect service, as its manager says.
    ServiceAffecting {
        /// It does.
        Yes = "Y",
        /// It does not.
        No = "N",
        /// The manager does not know.
        Unknown = "U",
    }
}

words! {
    /// The resource's half of an alarm's life (RFC 8632): the operator's half is [`Acknowledgement`].
    AlarmStatus {
        /// Raised.
        Active = "ACTIVE",
        /// Over.
        Cleared = "CLEARED",
    }
}

words! {
    /// Who or what ended an alarm.
    ClearType {
        /// The network manager.
        Ems = "EMS",
        /// A resync found it gone.
        Sync = "SYNC",
        /// A person.
        Manual = "MANUAL",
        /// A system rule of the peer.
        System = "SYSTEM",
    }
}

words! {
    /// What an alarm does to the circuits it touches.
    Effect {
        /// The hop is down.
        Outage = "OUTAGE",
        /// Service is impaired but carried.
        Degraded = "DEGRADED",
        /// No effect on service.
        None = "NONE",
    }
}

/// Perceived severity with the numbers of Chinese practice: 1 critical … 4 warning, 0 indeterminate.
/// The integers of X.733 and RFC 8632 differ; they are mapped by table, never passed through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Severity {
    /// 1: service is lost.
    Critical,
    /// 2: service is severely impaired.
    Major,
    /// 3: a fault without service impact yet.
    Minor,
    /// 4: a sign of trouble to come.
    Warning,
    /// 0: the manager cannot tell.
    #[default]
    Indeterminate,
}

/// The common alarm record. Empty text means "absent". Times are instants: the peer's zone is
/// applied when the record is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlarmRecord {
    /// The peer's id, ≤ 64; reused after a clear.
    pub alarm_id: Text,
    /// Circuits that the peer names directly.
    pub circuit_codes: Vec<String>,
    /// Network.
    pub specialty: Option<Specialty>,
    /// Manager that saw it.
    pub ems_name: Text,
    /// Element id.
    pub ne_id: Text,
    /// Element name.
    pub ne_name: Text,
    /// Element type.
    pub ne_type: Text,
    /// Maker.
    pub vendor: Text,
    /// The object's id.
    pub object_id: Text,
    /// The object's type.
    pub object_type: Option<ObjectType>,
    /// Layer rate.
    pub layer_rate: Text,
    /// Location text.
    pub location: Text,
    /// Title.
    pub alarm_title: Text,
    /// The maker's own cause.
    pub native_cause: Text,
    /// X.733/M.3100 probable cause name.
    pub probable_cause: Text,
    /// X.733 event type.
    pub event_type: Text,
    /// Severity.
    pub severity: Severity,
    /// Service affecting.
    pub service_affecting: Option<ServiceAffecting>,
    /// Active or cleared.
    pub alarm_status: Option<AlarmStatus>,
    /// When the element saw it.
    pub ne_time: Option<Time>,
    /// When the manager saw it.
    pub ems_time: Option<Time>,
    /// When it ended.
    pub clear_time: Option<Time>,
    /// What ended it.
    pub clear_type: Option<ClearType>,
    /// Free text.
    pub additional_text: Text,
    /// Is it a root cause, as the peer says.
    pub is_root: Text,
    /// The peer's parent alarm.
    pub parent_alarm_id: Text,
    /// Advice of the maker.
    pub repair_advice: Text,
}

/// One thing a peer told us about an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlarmFact {
    /// A record: a raise, or a clear that repeats the raise (`alarm_status`).
    Record(Arc<AlarmRecord>),
    /// `alarmEndNotify`: whatever is open at that time ends.
    End(AlarmEnd),
    /// A list of active alarms names it, though an earlier list had left it out.
    Listed(AlarmListed),
}

/// The end of an alarm without its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmEnd {
    /// The peer's id.
    pub alarm_id: String,
    /// When it ended, if the peer says.
    pub clear_time: Option<Time>,
    /// What ended it.
    pub clear_type: ClearType,
    /// Who ended it, for a manual clear.
    pub clear_user: String,
}

/// Which raise a list of active alarms names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmListed {
    /// What the alarm is known by at its source.
    pub alarm_key: Text,
    /// `neTime` of the raise.
    pub ne_time: Option<Time>,
    /// `emsTime` of the raise.
    pub ems_time: Option<Time>,
    /// Instant of the list, by the peer's clock.
    pub listed_at: Time,
}

/// An operator's note that the alarm is seen. It never clears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Login of the operator.
    pub by: String,
    /// When.
    pub at: Time,
    /// What the operator wrote; may be empty.
    pub note: String,
}

/// One alarm episode: an identity (source, alarm id) and a raise time, as stored and shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Our number of the episode; unique, stable over restarts.
    pub id: i64,
    /// The peer that reported it.
    pub source: SourceId,
    /// The values in force now (or when it ended). `record.alarm_id` is the peer's id.
    pub record: Arc<AlarmRecord>,
    /// Raise time by the rule of semantics §1.
    pub raised_at: Time,
    /// When we first received it.
    pub received_at: Time,
    /// When it ended.
    pub cleared_at: Option<Time>,
    /// What ended it.
    pub clear_type: Option<ClearType>,
    /// Raises received for this episode, the first included.
    pub raises: u32,
    /// A resync told us of it, not a live report.
    pub found_by_sync: bool,
    /// At least N raises of the identity in T.
    pub toggling: bool,
    /// What it does to the circuits it touches.
    pub effect: Effect,
    /// The fault it belongs to.
    pub fault: Option<FaultNo>,
    /// It is the cause of its fault.
    pub is_cause: bool,
    /// The alarm that explains it; `None` for a cause.
    pub parent: Option<i64>,
    /// Why it hangs below its parent, as a short path; empty for a cause.
    pub explained_by: Text,
    /// Circuits touched now.
    pub circuits: u32,
    /// Acknowledged by an operator.
    pub acknowledged: Option<Arc<Acknowledgement>>,
}

// === impl Severity ===

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::Major, Severity::Minor, Severity::Warning, Severity::Indeterminate];

    /// The wire's number.
    pub const fn number(self) -> u8 {
        match self {
            Severity::Critical => 1,
            Severity::Major => 2,
            Severity::Minor => 3,
            Severity::Warning => 4,
            Severity::Indeterminate => 0,
        }
    }

    /// From the wire's number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Severity::Critical),
            2 => Some(Severity::Major),
            3 => Some(Severity::Minor),
            4 => Some(Severity::Warning),
            0 => Some(Severity::Indeterminate),
            _ => None,
        }
    }

    /// Order for lists: 0 is worst.
    pub const fn rank(self) -> u8 {
        match self {
            Severity::Critical => 0,
            Severity::Major => 1,
            Severity::Minor => 2,
            Severity::Warning => 3,
            Severity::Indeterminate => 4,
        }
    }
}

impl PartialOrd for Severity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Severity {
    /// Worst first, so that sorting a list puts critical on top.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl Serialize for Severity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u8::deserialize(deserializer)?;
        Severity::from_number(number).ok_or_else(|| serde::de::Error::custom("severity must be 0 to 4"))
    }
}

// === impl AlarmFact ===

impl AlarmFact {
    /// The time that it names for what it tells. What names none happened when it was received: the
    /// same words later are another event.
    pub fn own_time(&self) -> Option<Time> {
        match self {
            AlarmFact::Record(record) => record.own_time(),
            AlarmFact::End(end) => end.clear_time,
            AlarmFact::Listed(listed) => Some(listed.listed_at),
        }
    }
}

// === impl AlarmRecord ===

impl AlarmRecord {
    /// As [`AlarmFact::own_time`].
    pub fn own_time(&self) -> Option<Time> {
        match self.alarm_status {
            Some(AlarmStatus::Cleared) => self.clear_time.or(self.ems_time),
            _ => self.ne_time.or(self.ems_time),
        }
    }
}

/// Column names of the record on the wire and in files, in their order.
pub const ALARM_COLUMNS: [&str; 27] = [
    "alarmId",
    "circuitCodes",
    "specialty",
    "emsName",
    "neId",
    "neName",
    "neType",
    "vendor",
    "objectId",
    "objectType",
    "layerRate",
    "location",
    "alarmTitle",
    "nativeCause",
    "probableCause",
    "eventType",
    "severity",
    "serviceAffecting",
    "alarmStatus",
    "neTime",
    "emsTime",
    "clearTime",
    "clearType",
    "additionalText",
    "isRoot",
    "parentAlarmId",
    "repairAdvice",
];
