//! What is asked of an IP manager on demand: how long packets take between two nodes, and what each class of a
//! circuit carried (contract §4.2).

use serde::{Deserialize, Serialize};

use crate::source::SourceId;
use crate::time::Window;
use crate::words::words;

words! {
    /// How a delay test went.
    DelayOutcome {
        /// Every packet came back.
        Ok = "ok",
        /// Some did.
        Partial = "partial",
        /// None did in time.
        Timeout = "timeout",
        /// The other node cannot be reached.
        Unreachable = "unreachable",
        /// The nodes cannot test this.
        Unsupported = "unsupported",
    }
}

words! {
    /// How far a delay test is.
    TestState {
        /// It is to be asked.
        Waiting = "WAITING",
        /// It was asked; its result is to come.
        Running = "RUNNING",
        /// Its result is there.
        Done = "DONE",
        /// It could not be asked.
        Failed = "FAILED",
        /// Its result did not come in time; one that still comes is kept.
        Overdue = "OVERDUE",
    }
}

words! {
    /// A direction of a circuit, in the words of its manager.
    Direction {
        /// In.
        In = "in",
        /// Out.
        Out = "out",
    }
}

/// A delay test: which packets go where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DelayTest {
    /// Node that sends.
    pub src_node: String,
    /// Node that answers.
    pub dst_node: String,
    /// Address that sends.
    pub src_addr: String,
    /// Address that answers.
    pub dst_addr: String,
    /// VRF; may be empty.
    pub vrf: String,
    /// DSCP, 0 to 63.
    pub dscp: u32,
    /// Bytes of a packet.
    pub pkt_size: u32,
    /// Packets.
    pub pkt_count: u32,
    /// Milliseconds between two packets.
    pub interval_ms: u32,
    /// Milliseconds after which a packet is lost.
    pub timeout_ms: u32,
}

/// The result of a delay test; times in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DelayResult {
    /// How it went.
    pub status: DelayOutcome,
    /// Packets sent.
    pub sent: u32,
    /// Packets that came back.
    pub received: u32,
    /// Lost of sent, 0 to 1.
    pub loss_ratio: f64,
    /// Shortest round trip.
    pub rtt_min: Option<f64>,
    /// Mean round trip.
    pub rtt_avg: Option<f64>,
    /// Longest round trip.
    pub rtt_max: Option<f64>,
    /// Mean jitter.
    pub jitter_avg: Option<f64>,
    /// Greatest jitter.
    pub jitter_max: Option<f64>,
}

/// A question for what the classes of a circuit carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QosQuestion {
    /// IP manager.
    pub source: SourceId,
    /// Circuit.
    pub circuit_code: String,
    /// Direction.
    pub direction: Direction,
    /// Stretch of time.
    pub window: Window,
}

/// What one class carried.
#[derive(Clone, Debug, PartialEq)]
pub struct QosClass {
    /// Its name at the manager.
    pub class_name: String,
    /// What is committed to it.
    pub committed_kbps: Option<u64>,
    /// What it carried.
    pub octets: Option<u64>,
    /// What it carried of what is committed, in percent; above 100 where it may borrow.
    pub share_pct: Option<f64>,
}

/// `testId` of the delay test with that number: `<sysCode>-T-<nnnnnnnn>` (contract A.3).
pub fn test_id(own: &SourceId, number: i64) -> String {
    format!("{own}-T-{number:08}")
}

/// The number of a delay test of ours; `None` if the id is not one.
pub fn test_number(own: &SourceId, id: &str) -> Option<i64> {
    let number = id.strip_prefix(own.as_str())?.strip_prefix("-T-")?.parse().ok()?;
    (test_id(own, number) == id).then_some(number)
}

impl DelayTest {
    /// How long it takes at most, in milliseconds.
    pub fn span_ms(&self) -> i64 {
        i64::from(self.pkt_count) * i64::from(self.interval_ms) + i64::from(self.timeout_ms)
    }
}
