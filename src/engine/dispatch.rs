//! Dispatch: whether a fault goes to the people who repair, now, later or not, and why. The decision
//! is a value that names its reason; the log, the database and the metrics use that same value.

pub(crate) mod work;

use model::alarm::Severity;
use model::fault::{DispatchReason, Fault};
use model::time::Time;

use crate::fault::desk::View;
use crate::inventory::CircuitIx;
use crate::live::states::States;
use crate::live::{CircuitState, Impact};

/// Customer levels, best first, with their priority.
const CUSTOMER_LEVELS: [(&str, u8); 4] = [("GOLD", 1), ("SILVER", 2), ("BRONZE", 3), ("STANDARD", 3)];
/// Service levels, best first, with their priority.
const SERVICE_LEVELS: [(&str, u8); 4] = [("AAA", 1), ("AA", 2), ("A", 3), ("NORMAL", 3)];
/// The lowest priority.
const PRIORITY_LAST: u8 = 3;

/// A fault without a ticket, as the decision sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// An EOMS peer is configured.
    pub has_peer: bool,
    /// All its alarms are cleared.
    pub cleared: bool,
    /// A circuit is down or degraded by it.
    pub hits: bool,
    /// Every circuit it hits is inside an affecting, notified cutover window.
    pub planned: bool,
    /// One of them is key-protected.
    pub key_protected: bool,
    /// When its persistence time is over; `None` = it has not begun.
    pub due: Option<Time>,
    /// Receive time.
    pub now: Time,
}

/// Whether to send a fault that has no ticket, and why.
pub fn judge(case: &Case) -> DispatchReason {
    if case.cleared {
        DispatchReason::ClearedFirst
    } else if !case.hits {
        DispatchReason::NoCircuit
    } else if case.planned {
        DispatchReason::PlannedWork
    } else if !case.has_peer {
        DispatchReason::NoPeer
    } else if case.key_protected {
        DispatchReason::KeyProtected
    } else if case.due.is_some_and(|due| due <= case.now) {
        DispatchReason::Persisted
    } else {
        DispatchReason::Persisting
    }
}

/// 1 to 3: the best of severity, customer level, service level and key protection.
pub(crate) fn priority(fault: &Fault) -> u8 {
    let by_severity = match fault.severity {
        Severity::Critical => 1,
        Severity::Major => 2,
        _ => PRIORITY_LAST,
    };
    let by_level = |levels: &[(&str, u8)], level: &str| {
        levels.iter().find(|(word, _)| *word == level).map_or(PRIORITY_LAST, |(_, priority)| *priority)
    };
    let by_protection = if fault.key_protected { 1 } else { PRIORITY_LAST };
    by_severity
        .min(by_level(&CUSTOMER_LEVELS, &fault.customer_level))
        .min(by_level(&SERVICE_LEVELS, &fault.service_level))
        .min(by_protection)
}

/// Whom a fault hits, as short as it can be told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    /// Of the codes and states of the circuits; the same for the same in any inventory.
    pub(crate) digest: u64,
    /// A circuit is down or degraded.
    pub(crate) hits: bool,
    /// Every one of them is inside an affecting cutover window.
    pub(crate) planned: bool,
}

/// What a fault shows of those it hits, without their names.
pub(crate) struct Burden {
    pub(crate) weight: Weight,
    pub(crate) circuits: u32,
    pub(crate) down: u32,
    pub(crate) customers: u32,
    pub(crate) customer_level: &'static str,
    pub(crate) service_level: &'static str,
    pub(crate) key_protected: bool,
}

/// The circuits among those touched (sorted) that are down, then those that are degraded.
fn hit(states: &States, touched: &[CircuitIx]) -> Vec<(CircuitIx, bool)> {
    let of = |state, down| {
        let is = move |circuit: &&CircuitIx| states.state(**circuit) == state;
        touched.iter().filter(is).map(move |circuit| (*circuit, down))
    };
    of(CircuitState::Down, true).chain(of(CircuitState::Degraded, false)).collect()
}

/// Weighs whom a fault hits.
pub(crate) fn weigh(world: &View<'_>, touched: &[CircuitIx]) -> Burden {
    let hit = hit(world.states, touched);
    let code = |circuit: CircuitIx| world.inventory.circuit_code(circuit);
    let rows = hit.iter().filter_map(|(circuit, _)| world.inventory.circuit_row(*circuit));
    let levels = each_once(rows.map(|row| row.service_level).collect());
    let customers = world.inventory.customers_of(hit.iter().map(|(circuit, _)| *circuit));
    let customers_total = customers.len();
    let customers = customers.into_iter().filter_map(|ix| world.inventory.customer(ix));
    let work = world.work;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Burden {
        circuits: count(hit.len()),
        down: count(hit.iter().filter(|(_, down)| *down).count()),
        customers: count(customers_total),
        weight: Weight {
            digest: digest(hit.iter().map(|(circuit, down)| (world.inventory.code_digest(*circuit), *down))),
            hits: !hit.is_empty(),
            planned: work.has_cutover() && !hit.is_empty() && hit.iter().all(|(ix, _)| work.is_planned(code(*ix))),
        },
        customer_level: best(&CUSTOMER_LEVELS, customers.map(|customer| customer.level)),
        service_level: best(&SERVICE_LEVELS, levels.into_iter().map(|level| world.inventory.names.get(level))),
        key_protected: work.has_protection() && hit.iter().any(|(ix, _)| work.is_protected(code(*ix))),
    }
}

/// The circuits and customers themselves.
pub(crate) fn impact_of(world: &View<'_>, touched: &[CircuitIx]) -> Impact {
    let hit = hit(world.states, touched);
    let customers = world.inventory.customers_of(hit.iter().map(|(circuit, _)| *circuit));
    Impact { circuits: hit.into(), customers: customers.into() }
}

/// Of many thousands of values the few that occur, in order.
fn each_once<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}

/// A number that differs when the circuits, by the digests of their codes, or their states do; 0 for none.
fn digest(circuits: impl Iterator<Item = (u64, bool)>) -> u64 {
    const DOWN: u64 = 0x9E37_79B9_7F4A_7C15;
    const MIX: u64 = 0xFF51_AFD7_ED55_8CCD;
    let mixed = circuits.map(|(code, down)| (code ^ if down { DOWN } else { 0 }).wrapping_mul(MIX).rotate_left(31));
    mixed.reduce(u64::wrapping_add).map_or(0, |sum| sum.max(1))
}

/// The best of the levels that occur; empty if none does.
fn best<'a>(levels: &[(&'static str, u8)], occurring: impl Iterator<Item = &'a str>) -> &'static str {
    let place = |level: &str| levels.iter().position(|(word, _)| *word == level);
    let first = occurring.filter_map(place).min();
    first.and_then(|first| levels.get(first)).map_or("", |(word, _)| *word)
}

#[cfg(test)]
mod tests;
