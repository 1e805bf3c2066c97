//! The live side of every circuit, by its number: state, SLA time left, its active alarms.

use std::collections::{BTreeSet, HashMap};

use engine::inventory::{Alternative, CircuitIx, Inventory};
use model::source::SourceId;
use model::time::Time;

use super::change::CircuitState;
use super::order::CircuitPlace;

/// The SLA budget of a circuit as the lists show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Milliseconds of down time left in the period; negative = breached.
    pub left_ms: i64,
    /// Milliseconds of down time that the whole period allows.
    pub allowed_ms: i64,
    /// When the open outage will have used it up.
    pub breach_at: Option<Time>,
    /// What the availability so far is a share of.
    pub base_ms: i64,
    /// That share.
    pub up_ms: i64,
}

/// One circuit.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveCircuit {
    pub(crate) state: CircuitState,
    /// Some segment has a spare way. (The access at either end hardly ever has; people call a circuit
/// protected when its backbone is.)
fn protected(route: &[Alternative<'_>]) -> bool {
    route.iter().any(|alternative| alternative.alternative > 1)
}
