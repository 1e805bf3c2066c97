//! Corrections: what a person proposed and another approved about a stretch of a circuit's time.
//!
//! A correction is a fact like an alarm: it overwrites nothing, the ledger cites it, and every figure
//! that it touches is computed anew. Who may approve is not decided here.

use std::borrow::Cow;
use std::sync::Arc;

use model::time::Window;

use crate::plan::words::ExclusionCode;
use crate::spans;

/// One approved correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// `correction:<id>`.
    pub evidence: Arc<str>,
    /// When it holds.
    pub window: Window,
    /// What it says.
    pub change: Change,
}

/// What a correction says. Where two say different things of one time, the last of this list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The time is excluded by this code, if the plan excludes by it.
    Exclude(ExclusionCode),
    /// The circuit was up.
    Up,
    /// The circuit was down.
    Down,
}

// === impl Correction ===

impl Correction {
    /// Names a correction.
    pub fn new(id: &str, window: Window, change: Change) -> Self {
        Correction { evidence: format!("correction:{id}").into(), window, change }
    }
}

/// Down time as corrected. `down` is sorted and disjoint, as is the answer.
pub fn down<'a>(down: Cow<'a, [Window]>, corrections: &[Correction]) -> Cow<'a, [Window]> {
    if corrections.iter().all(|correction| matches!(correction.change, Change::Exclude(_))) {
        return down;
    }
    let mut all = spans::minus(&down, &windows(corrections, Change::Up));
    all.extend(windows(corrections, Change::Down));
    Cow::Owned(spans::union(all))
}

/// Impaired time as corrected: who was up was not impaired.
pub fn impaired<'a>(impaired: Cow<'a, [Window]>, corrections: &[Correction]) -> Cow<'a, [Window]> {
    let up = windows(corrections, Change::Up);
    if up.is_empty() { impaired } else { Cow::Owned(spans::minus(&impaired, &up)) }
}

fn windows(corrections: &[Correction], change: Change) -> Vec<Window> {
    corrections.iter().filter(|correction| correction.change == change).map(|correction| correction.window).collect()
}

#[cfg(test)]
mod tests;
