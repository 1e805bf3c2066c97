//! Dispatch: whether a fault goes to the people who repair, now, later or not, and why. The decision
//! is a value that names its reason; the log, the database and the metrics use that same value.

pub(crate) mod work;

use std::collections::BTreeSet;

use model::alarm::Severity;
use model::fault::{DispatchReason, Fault, HitCircuit};
use model::time::Time;

use crate::inventory::{CircuitIx, Inventory};
use crate::live::states::States;
use crate::live::{CircuitState, Impact};
use work::Work;

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

/// Whom circuits touched by a fault's alarms (sorted) make it hit: those of them that are down or degraded.
pub(crate) fn impact_of(inventory: &Inventory, states: &States, work: &Work, touched: &[CircuitIx]) -> Impact {
    let is = |state: CircuitState| move |circuit: &&CircuitIx| states.state(**circuit) == state;
    let down: Vec<CircuitIx> = touched.iter().filter(is(CircuitState::Down)).copied().collect();
    let degraded = touched.iter().filter(is(CircuitState::Degraded)).copied();
    let all: Vec<CircuitIx> = down.iter().copied().chain(degraded).collect();
    let code = |circuit: &CircuitIx| inventory.circuit_code(*circuit);
    let circuits = all
        .iter()
        .enumerate()
        .map(|(n, circuit)| HitCircuit { circuit_code: code(circuit).to_owned(), down: n < down.len() });
    let rows = || all.iter().filter_map(|circuit| inventory.circuit_row(*circuit));
    let customers: BTreeSet<_> = rows().filter_map(|row| row.customer).collect();
    let customers = || customers.iter().filter_map(|ix| inventory.customer(*ix));
    let levels: BTreeSet<_> = rows().map(|row| row.service_level).collect();
    Impact {
        circuits: circuits.collect(),
        down: u32::try_from(down.len()).unwrap_or(u32::MAX),
        customers: customers().map(|customer| customer.no.to_owned()).collect(),
        customer_level: best(&CUSTOMER_LEVELS, customers().map(|customer| customer.level)),
        service_level: best(&SERVICE_LEVELS, levels.into_iter().map(|level| inventory.names.get(level))),
        key_protected: work.has_protection() && all.iter().any(|circuit| work.is_protected(code(circuit))),
        planned: !all.is_empty() && work.has_cutover() && all.iter().all(|circuit| work.is_planned(code(circuit))),
    }
}

/// The best of the levels that occur; empty if none does.
fn best<'a>(levels: &[(&str, u8)], occurring: impl Iterator<Item = &'a str>) -> String {
    let place = |level: &str| levels.iter().position(|(word, _)| *word == level);
    let first = occurring.filter_map(place).min();
    first.and_then(|first| levels.get(first)).map_or(String::new(), |(word, _)| (*word).to_owned())
}

#[cfg(test)]
mod tests;
