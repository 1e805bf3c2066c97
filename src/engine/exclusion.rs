//! What excludes time from an SLA: planned work notified in time, tickets held for the customer, and
//! what two people agreed on.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::time::{Time, Window};
use model::work::{Cutover, OpType};

use crate::correction::{Change, Correction};
use crate::ledger::Exclusion;
use crate::plan::Plan;
use crate::plan::words::ExclusionCode;

/// Time in which a circuit's ticket was held and the clock stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspend {
    /// Our id of the hold.
    pub id: String,
    /// When it was held; [`Time::MAX`] while it is.
    pub window: Window,
    /// Why.
    pub code: ExclusionCode,
}

/// Of each cutover number the highest revision, in any order of arrival; a cancelled one is gone.
/// Two different notices with one revision are a peer's mistake: the same one wins every time.
pub fn in_force<'a>(cutovers: impl IntoIterator<Item = &'a Cutover>) -> Vec<&'a Cutover> {
    let mut highest: BTreeMap<&str, &Cutover> = BTreeMap::new();
    for cutover in cutovers {
        highest
            .entry(&cutover.cutover_no)
            .and_modify(|held| {
                if outranks(cutover, held) {
                    *held = cutover;
                }
            })
            .or_insert(cutover);
    }
    highest.into_values().filter(|cutover| cutover.op_type != OpType::Cancel).collect()
}

/// Of two notices of one number: does the first count rather than the second?
pub fn outranks(one: &Cutover, other: &Cutover) -> bool {
    rank(one) > rank(other)
}

/// The time that a plan excludes, from cutovers in force, holds and corrections of one circuit.
pub fn exclusions(
    plan: &Plan,
    cutovers: &[&Cutover],
    suspends: &[Suspend],
    corrections: &[Correction],
) -> Vec<Exclusion> {
    let excludes = |code| plan.exclusions.contains(&code);
    let planned = cutovers.iter().filter(|_| excludes(ExclusionCode::PlannedCutover)).filter_map(|cutover| {
        let window = excluding_window(plan, cutover)?;
        let evidence = format!("cutover:{}#{}", cutover.cutover_no, cutover.revision);
        Some(Exclusion { window, code: ExclusionCode::PlannedCutover, evidence: evidence.into() })
    });
    let held = suspends.iter().filter(|suspend| excludes(suspend.code)).map(|suspend| {
        let evidence: Arc<str> = format!("suspend:{}", suspend.id).into();
        Exclusion { window: suspend.window, code: suspend.code, evidence }
    });
    let corrected = corrections.iter().filter_map(|correction| match correction.change {
        Change::Exclude(code) if excludes(code) => {
            Some(Exclusion { window: correction.window, code, evidence: correction.evidence.clone() })
        }
        _ => None,
    });
    planned.chain(held).chain(corrected).filter(|exclusion| !exclusion.window.is_empty()).collect()
}

/// The affect window, if the work affects service and was notified early enough.
fn excluding_window(plan: &Plan, cutover: &Cutover) -> Option<Window> {
    let window = cutover.affect.filter(|_| cutover.is_affect)?;
    let notified = cutover.notified_at?;
    (notified.plus_s(plan.notice_h.saturating_mul(3600)) <= window.start).then_some(window)
}

/// What decides between notices of one number: revision first, then their content.
fn rank(cutover: &Cutover) -> (i64, bool, Option<Window>, bool, Option<Time>, &[String]) {
    let cancelled = cutover.op_type == OpType::Cancel;
    (cutover.revision, cancelled, cutover.affect, cutover.is_affect, cutover.notified_at, &cutover.circuit_codes)
}

#[cfg(test)]
mod tests;
