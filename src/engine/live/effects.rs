//! What the writer must store, show and send after the live state moved.

use std::sync::Arc;

use model::alarm::Effect;
use model::fault::{DispatchReason, Fault, FaultNo};
use model::time::Time;

use super::states::CircuitState;
use crate::inventory::{CircuitIx, CustomerIx, Inventory};

/// Everything that changed since the last [`super::Live::drain`], each thing once, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Circuits whose state changed, by code.
    pub circuits: Vec<CircuitChange>,
    /// Alarms whose place changed, by id. An alarm that was removed does not come again.
    pub alarms: Vec<AlarmPlacement>,
    /// Faults that changed, by number: put them.
    pub faults: Vec<FaultChange>,
    /// Dispatch decisions that ask for something to be sent, in the order they were made.
    pub dispatch: Vec<Decision>,
}

/// A circuit's new state. The number belongs to the inventory that was given last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CircuitChange {
    /// Circuit.
    pub circuit: CircuitIx,
    /// Its state.
    pub state: CircuitState,
    /// Event time of the change, as far as it was seen live (the figure, not this, is what counts).
    pub since: Time,
}

/// Where an alarm stands.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmPlacement {
    /// [`model::alarm::Alarm::id`].
    pub id: i64,
    /// What it does to the circuits it touches.
    pub effect: Effect,
    /// Fault.
    pub fault: Option<FaultNo>,
    /// It is the cause of its fault.
    pub is_cause: bool,
    /// The alarm that explains it.
    pub parent: Option<i64>,
    /// Why it hangs there: rule and path, e.g. `shared_route: LK1 > CIRCUIT7 > NE2-B1-P3`; empty for a root.
    pub explained_by: String,
    /// Circuits touched now (of any effect, also `NONE`).
    pub circuits: u32,
    /// Raised often in a short time.
    pub toggling: bool,
}

/// A fault as it is now, shared by whoever stores and shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultChange {
    /// The fault.
    pub fault: Arc<Fault>,
    /// Circuits and customers hit now.
    pub impact: Arc<Impact>,
    /// Its sheet was archived; give it back to [`super::Live::restore`].
    pub archived: bool,
}

/// Whom a fault hits now, by the numbers of the inventory in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Impact {
    /// Circuits hit and whether each is down (else degraded): down first, then by code.
    pub circuits: Box<[(CircuitIx, bool)]>,
    /// Customers of these circuits, by number.
    pub customers: Box<[CustomerIx]>,
}

/// Something to be sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Fault.
    pub fault_no: FaultNo,
    /// Its episode: with the number the key of its sheet.
    pub episode: u32,
    /// Why.
    pub reason: DispatchReason,
    /// What to do.
    pub what: Action,
}

/// What a decision asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a sheet (`newAlarm`).
    NewTicket,
    /// An alarm joined while the sheet is open: note it.
    Join,
    /// An alarm is active though all were cleared at this time: note it, and say no more that they were.
    Reopened(Time),
    /// All alarms are cleared at this time (`syncAlarm`).
    SyncCleared(Time),
    /// The sheet was closed while an alarm is active: send it back (`untreadWorkSheet`).
    SendBack,
}

/// A fault as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFault {
    /// The fault.
    pub fault: Arc<Fault>,
    /// Ids of its alarms.
    pub members: Vec<i64>,
    /// [`FaultChange::archived`].
    pub archived: bool,
}

/// Settings of the live state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Seconds between a cause and what it explains.
    pub window_s: i64,
    /// Seconds after the end of a fault within which the same trouble reopens it.
    pub reopen_s: i64,
    /// Seconds for which ended episodes are kept for grouping.
    pub horizon_s: i64,
    /// Ended episodes kept at most.
    pub ended_max: usize,
    /// Seconds a fault must persist before it is dispatched, for priorities 1 to 3.
    pub persistence_s: [i64; 3],
    /// This many raises…
    pub toggle_raises: usize,
    /// …in this many seconds make an alarm a toggling one.
    pub toggle_s: i64,
    /// Number of the next fault.
    pub next_fault: i64,
    /// An EOMS peer is configured.
    pub has_peer: bool,
}

// === impl Impact ===

impl Impact {
    /// The same circuits and customers by the numbers of another inventory; those that it does not
    /// have are left out.
    pub fn renumbered(&self, from: &Inventory, to: &Inventory) -> Impact {
        let circuits = self.circuits.iter().map(|(ix, down)| (from.circuit_code(*ix), *down));
        let customers = self.customers.iter().filter_map(|ix| from.customer(*ix));
        Impact {
            circuits: circuits.filter_map(|(code, down)| Some((to.circuit_ix(code)?, down))).collect(),
            customers: customers.filter_map(|customer| to.customer_ix(customer.no)).collect(),
        }
    }
}

// === impl Settings ===

impl Default for Settings {
    fn default() -> Self {
        Settings {
            window_s: 60,
            reopen_s: 900,
            horizon_s: 86_400,
            ended_max: 50_000,
            persistence_s: [60, 120, 300],
            toggle_raises: 5,
            toggle_s: 1_800,
            next_fault: 1,
            has_peer: true,
        }
    }
}
