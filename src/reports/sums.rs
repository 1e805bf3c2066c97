//! Figures over a customer's circuits (ITU-T M.1016), and how much was measured.

use engine::customer::{Brief, Summary};
use engine::figure::Figure;
use engine::ledger::Class;
use report::input::{Circuit, Service, Share};

use super::circuit::share;

/// Milliseconds in which the circuit was in service, and of them those that were measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measured {
    measured_ms: i64,
    whole_ms: i64,
}

// === impl Measured ===

impl Measured {
    /// Adds a circuit's.
    pub(super) fn add(&mut self, figure: &Figure) {
        for interval in &figure.ledger {
            match interval.class {
                Class::Up | Class::Down | Class::Excluded => {
                    self.measured_ms += interval.length_ms();
                    self.whole_ms += interval.length_ms();
                }
                Class::Unmeasured => self.whole_ms += interval.length_ms(),
                Class::NotInService | Class::OutsideWindow => {}
            }
        }
    }

    /// As a share.
    pub(super) fn share(self) -> Option<Share> {
        Share::of(self.measured_ms, self.whole_ms)
    }
}

/// Over all circuits of a report that have a figure.
pub(super) fn service(briefs: Vec<Brief>, circuits: &[Circuit]) -> Service {
    let summary = Summary::of(briefs);
    let with: Vec<&Circuit> = circuits.iter().filter(|circuit| circuit.met.is_some()).collect();
    let total = |each: fn(&Circuit) -> Option<i64>| with.iter().filter_map(|circuit| each(circuit)).sum::<i64>();
    // A circuit's mean is rounded to the millisecond, so this one is right to a millisecond.
    let per_outage = |ms: i64| ms.checked_div(i64::from(summary.outages));
    let limited: Vec<u32> = with.iter().filter_map(|circuit| circuit.restored_in_time).collect();
    Service {
        mean_down_ms: summary.mean_down_ms,
        faults_per_circuit: summary.faults_per_circuit,
        without_down: share(summary.without_down),
        p95_down_ms: summary.p95_down_ms,
        mttr_ms: per_outage(total(|circuit| Some(circuit.mttr_ms? * i64::from(circuit.outages)))),
        mtbf_ms: per_outage(total(|circuit| Some(circuit.service_ms - circuit.excluded_outage_ms - circuit.down_ms))),
        outages: summary.outages,
        repeats: with.iter().map(|circuit| circuit.repeats).sum(),
        restored_in_time: (!limited.is_empty()).then(|| limited.iter().sum()),
        chronic: with.iter().filter(|circuit| circuit.chronic).map(|circuit| circuit.code.clone()).collect(),
    }
}
