//! The figures of ITU-T M.1016 over the circuits of a customer: mean down time and faults of a
//! circuit, the share of circuits without down time, the 95th percentile of down time.

use crate::figure::Figure;
use crate::sla::{Share, divide_half_even};

/// What one circuit contributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief {
    /// D.
    pub down_ms: i64,
    /// N.
    pub outages: u32,
    /// The promise was met; `None` = not applicable, and the circuit contributes nothing.
    pub met: Option<bool>,
    /// It is chronic.
    pub chronic: bool,
}

/// A customer's circuits in one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Circuits with a figure.
    pub circuits: u32,
    /// Of them, those that met their promise.
    pub met: u32,
    /// Of them, those that are chronic.
    pub chronic: u32,
    /// Their outages.
    pub outages: u32,
    /// Their down time.
    pub down_ms: i64,
    /// Down time of a circuit, to the nearest millisecond; `None` = no circuit.
    pub mean_down_ms: Option<i64>,
    /// Outages of a circuit in thousandths; `None` = no circuit.
    pub faults_per_circuit: Option<i64>,
    /// Circuits without down time; `None` = no circuit.
    pub without_down: Option<Share>,
    /// 95 of 100 circuits were down no longer (nearest rank); `None` = no circuit.
    pub p95_down_ms: Option<i64>,
}

// === impl Brief ===

impl Brief {
    /// Of a figure.
    pub fn of(figure: &Figure) -> Self {
        Brief {
            down_ms: figure.down_ms,
            outages: figure.outages,
            met: figure.budget.met,
            chronic: figure.quality.chronic,
        }
    }
}

// === impl Summary ===

impl Summary {
    /// Of circuits in any order.
    pub fn of(briefs: impl IntoIterator<Item = Brief>) -> Self {
        let (mut summary, mut downs, mut quiet) = (Summary::default(), Vec::new(), 0);
        for brief in briefs {
            let Some(met) = brief.met else { continue };
            summary.circuits += 1;
            summary.met += u32::from(met);
            summary.chronic += u32::from(brief.chronic);
            summary.outages = summary.outages.saturating_add(brief.outages);
            summary.down_ms += brief.down_ms;
            quiet += i64::from(brief.down_ms == 0);
            downs.push(brief.down_ms);
        }
        let circuits = i64::from(summary.circuits);
        if circuits > 0 {
            let each = |total: i64| divide_half_even(i128::from(total), i128::from(circuits));
            summary.mean_down_ms = Some(each(summary.down_ms));
            summary.faults_per_circuit = Some(each(i64::from(summary.outages) * 1000));
            summary.without_down = Share::new(quiet, circuits);
            summary.p95_down_ms = nearest_rank(&mut downs);
        }
        summary
    }
}

/// The smallest value that 95 of 100 do not exceed.
fn nearest_rank(values: &mut [i64]) -> Option<i64> {
    values.sort_unstable();
    let rank = (values.len() * 95).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests;
