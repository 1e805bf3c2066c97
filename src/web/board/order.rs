//! The order of the lists, packed into small keys, and the cursors that name a place in it.

use model::alarm::Severity;
use model::time::Time;

use super::change::CircuitState;

/// A place in the list of active alarms: severity, unacknowledged first, least SLA time left, newest.
/// Packed, because an alarm has a place in several lists: urgency, then the time turned round, then
/// the slot that tells two of them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AlarmPlace(u128);

/// A place in the list of circuits: by state (down first), least SLA time left, then code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CircuitPlace {
    rank: u8,
    left: u32,
    /// The order of circuit numbers is the order of codes.
    pub(crate) circuit: u32,
}

/// SLA time left in whole seconds, breached times below the rest, unknown last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LeftKey(u32);

/// Bits for the SLA time left, in seconds.
const LEFT_BITS: u32 = 32;
/// Bits for a slot.
const SLOT_BITS: u32 = 32;
/// Bits for the time, in milliseconds: many millions of years.
const TIME_BITS: u32 = 60;
/// A time further off than this is taken as this.
const TIME_MAX: i64 = 1 << (TIME_BITS - 1);
/// Bits that remain for the urgency.
const URGENCY_BITS: u32 = u128::BITS - TIME_BITS - SLOT_BITS;

// === impl AlarmPlace ===

impl AlarmPlace {
    pub(crate) fn new(severity: Severity, acknowledged: bool, left_ms: Option<i64>, raised: Time, slot: u32) -> Self {
        let urgency = (u64::from(severity.rank()) << (LEFT_BITS + 1))
            | (u64::from(acknowledged) << LEFT_BITS)
            | u64::from(LeftKey::of(left_ms).0);
        Self::pack(urgency, (-raised.ms()).clamp(-TIME_MAX, TIME_MAX - 1), slot)
    }

    /// `newest` lies in -[`TIME_MAX`]..[`TIME_MAX`], and `urgency` in its bits.
    fn pack(urgency: u64, newest: i64, slot: u32) -> Self {
        let newest = u128::from((newest + TIME_MAX).cast_unsigned());
        AlarmPlace((u128::from(urgency) << (TIME_BITS + SLOT_BITS)) | (newest << SLOT_BITS) | u128::from(slot))
    }

    /// The slot of the alarm.
    pub(crate) fn slot(self) -> u32 {
        // The lowest bits alone.
        (self.0 & u128::from(u32::MAX)) as u32
    }

    /// The first and the first impossible place of a severity.
    pub(crate) fn bounds(severity: Severity) -> (Self, Self) {
        let at = |rank: u64| Self::pack(rank << (LEFT_BITS + 1), -TIME_MAX, 0);
        let rank = u64::from(severity.rank());
        (at(rank), at(rank + 1))
    }

    /// As a cursor.
    pub(crate) fn cursor(self) -> String {
        let newest = (self.0 >> SLOT_BITS) as u64 & ((1 << TIME_BITS) - 1);
        let urgency = self.0 >> (TIME_BITS + SLOT_BITS);
        format!("{urgency:x}.{}.{:x}", newest.cast_signed() - TIME_MAX, self.slot())
    }

    /// From a cursor.
    pub(crate) fn read(cursor: &str) -> Option<Self> {
        let mut parts = cursor.splitn(3, '.');
        let urgency = u64::from_str_radix(parts.next()?, 16).ok().filter(|urgency| urgency >> URGENCY_BITS == 0)?;
        let newest = parts.next()?.parse().ok().filter(|newest| (-TIME_MAX..TIME_MAX).contains(newest))?;
        let slot = u32::from_str_radix(parts.next()?, 16).ok()?;
        Some(Self::pack(urgency, newest, slot))
    }
}

// === impl CircuitPlace ===

impl CircuitPlace {
    pub(crate) fn new(state: CircuitState, left: LeftKey, circuit: u32) -> Self {
        CircuitPlace { rank: state.rank(), left: left.0, circuit }
    }

    /// The state of the circuits around it; `None` behind all of them.
    pub(crate) fn state(self) -> Option<CircuitState> {
        CircuitState::ALL.into_iter().find(|state| state.rank() == self.rank)
    }

    /// Place among all circuits, whatever their state.
    pub(crate) fn by_left(self) -> (LeftKey, u32) {
        (LeftKey(self.left), self.circuit)
    }

    /// As a cursor.
    pub(crate) fn cursor(self) -> String {
        let urgency = (u64::from(self.rank) << LEFT_BITS) | u64::from(self.left);
        format!("{urgency:x}.{:x}", self.circuit)
    }

    /// From a cursor.
    pub(crate) fn read(cursor: &str) -> Option<Self> {
        let (urgency, circuit) = cursor.split_once('.')?;
        let urgency = u64::from_str_radix(urgency, 16).ok()?;
        Some(CircuitPlace {
            rank: u8::try_from(urgency >> LEFT_BITS).ok()?,
            left: u32::try_from(urgency & u64::from(u32::MAX)).ok()?,
            circuit: u32::from_str_radix(circuit, 16).ok()?,
        })
    }
}

// === impl LeftKey ===

impl LeftKey {
    pub(crate) fn of(left_ms: Option<i64>) -> Self {
        const MIDDLE: i64 = 1 << 30;
        LeftKey(match left_ms {
            Some(ms) => u32::try_from((ms.div_euclid(1000)).clamp(-MIDDLE, MIDDLE) + MIDDLE).unwrap_or(u32::MAX - 1),
            None => u32::MAX,
        })
    }
}
