//! Figures over many circuits (ITU-T M.1016), and how tickets were served.

use engine::customer::{Brief, Summary};
use engine::figure::Figure;
use report::input::{Ratio, Service, Share, Ticket};

use super::circuit::share;

/// What one circuit adds.
#[derive(Clone, Debug)]
pub(super) struct One {
    code: String,
    brief: Brief,
    mttr_ms: Option<i64>,
    up_ms: i64,
    restored_in_time: Option<u32>,
    repeats: u32,
}

// === impl One ===

impl One {
    pub(super) fn of(figure: &Figure) -> Self {
        One {
            code: figure.circuit_code.clone(),
            brief: Brief::of(figure),
            mttr_ms: figure.mttr_ms,
            up_ms: figure.service_ms - figure.excluded_outage_ms - figure.down_ms,
            restored_in_time: figure.quality.restored_in_time,
            repeats: figure.quality.repeats,
        }
    }
}

/// Over all circuits that have a figure, and these tickets.
pub(super) fn service(circuits: &[&One], tickets: &[Ticket]) -> (Service, Summary) {
    let summary = Summary::of(circuits.iter().map(|one| one.brief));
    let with: Vec<&One> = circuits.iter().copied().filter(|one| one.brief.met.is_some()).collect();
    let total = |each: fn(&One) -> Option<i64>| with.iter().filter_map(|one| each(one)).sum::<i64>();
    // A circuit's mean is rounded to the millisecond, so this one is right to a millisecond.
    let per_outage = |ms: i64| ms.checked_div(i64::from(summary.outages));
    let repeats = with.iter().map(|one| one.repeats).sum();
    let service = Service {
        mean_down_ms: summary.mean_down_ms,
        faults_per_circuit: summary.faults_per_circuit,
        without_down: share(summary.without_down),
        p95_down_ms: summary.p95_down_ms,
        mttr_ms: per_outage(total(|one| Some(one.mttr_ms? * i64::from(one.brief.outages)))),
        mtbf_ms: per_outage(total(|one| Some(one.up_ms))),
        outages: summary.outages,
        repeats,
        repeat_rate: Share::of(i64::from(repeats), i64::from(summary.outages)),
        restored_in_time: ratio(with.iter().filter_map(|one| Some((one.restored_in_time?, one.brief.outages)))),
        answered_in_time: ratio(tickets.iter().filter_map(|one| Some((u32::from(one.answered_in_time?), 1)))),
        chronic: with.iter().filter(|one| one.brief.chronic).map(|one| one.code.clone()).collect(),
    };
    (service, summary)
}

/// Parts and wholes added up; `None` if there is none.
fn ratio(each: impl Iterator<Item = (u32, u32)>) -> Option<Ratio> {
    each.fold(None, |sum: Option<Ratio>, (part, whole)| {
        let Ratio { part: parts, whole: wholes } = sum.unwrap_or_default();
        Some(Ratio { part: parts + part, whole: wholes + whole })
    })
}
