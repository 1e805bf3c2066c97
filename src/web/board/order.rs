//! The order of the lists, packed into small keys, and the cursors that name a place in it.

use model::alarm::Severity;
use model::time::Time;

/// A place in the list of active alarms: severity, unacknowledged first, least SLA time left, newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AlarmPlace {
    urgency: u64,
    newest: i64,
    pub(crate) slot: u32,
}

/// A place in the list of circuits: down first, then degraded, least SLA time left, then code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CircuitPlace {
    urgency: u64,
    /// The order of circuit numbers is the order of codes.
    pub(crate) circuit: u32,
}

/// Bits for the SLA time left, in seconds.
const LEFT_BITS: u32 = 32;

// === impl AlarmPlace ===

impl AlarmPlace {
    pub(crate) fn new(severity: Severity, acknowledged: bool, left_ms: Option<i64>, raised: Time, slot: u32) -> Self {
        let urgency = (u64::from(severity.rank()) << (LEFT_BITS + 1))
            | (u64::from(acknowledged) << LEFT_BITS)
            | u64::from(left_key(left_ms));
        AlarmPlace { urgency, newest: -raised.ms(), slot }
    }

    /// The first and the first impossible place of a severity.
    pub(crate) fn bounds(severity: Severity) -> (Self, Self) {
        let at = |rank: u64| AlarmPlace { urgency: rank << (LEFT_BITS + 1), newest: i64::MIN, slot: 0 };
        let rank = u64::from(severity.rank());
        (at(rank), at(rank + 1))
    }

    /// As a cursor.
    pub(crate) fn cursor(self) -> String {
        format!("{:x}.{}.{:x}", self.urgency, self.newest, self.slot)
    }

    /// From a cursor.
    pub(crate) fn read(cursor: &str) -> Option<Self> {
        let mut parts = cursor.splitn(3, '.');
        let urgency = u64::from_str_radix(parts.next()?, 16).ok()?;
        let newest = parts.next()?.parse().ok()?;
        let slot = u32::from_str_radix(parts.next()?, 16).ok()?;
        Some(AlarmPlace { urgency, newest, slot })
    }
}

// === impl CircuitPlace ===

impl CircuitPlace {
    pub(crate) fn new(state_rank: u8, left_ms: Option<i64>, circuit: u32) -> Self {
        CircuitPlace { urgency: (u64::from(state_rank) << LEFT_BITS) | u64::from(left_key(left_ms)), circuit }
    }

    /// The first and the first impossible place of a state.
    pub(crate) fn bounds(state_rank: u8) -> (Self, Self) {
        let at = |rank: u64| CircuitPlace { urgency: rank << LEFT_BITS, circuit: 0 };
        (at(u64::from(state_rank)), at(u64::from(state_rank) + 1))
    }

    /// As a cursor.
    pub(crate) fn cursor(self) -> String {
        format!("{:x}.{:x}", self.urgency, self.circuit)
    }

    /// From a cursor.
    pub(crate) fn read(cursor: &str) -> Option<Self> {
        let (urgency, circuit) = cursor.split_once('.')?;
        Some(CircuitPlace {
            urgency: u64::from_str_radix(urgency, 16).ok()?,
            circuit: u32::from_str_radix(circuit, 16).ok()?,
        })
    }
}

/// SLA time left in whole seconds, breached times below the rest, unknown last.
fn left_key(left_ms: Option<i64>) -> u32 {
    const MIDDLE: i64 = 1 << 30;
    match left_ms {
        Some(ms) => u32::try_from((ms.div_euclid(1000)).clamp(-MIDDLE, MIDDLE) + MIDDLE).unwrap_or(u32::MAX - 1),
        None => u32::MAX,
    }
}
