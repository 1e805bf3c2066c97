//! A circuit of a report from its figure.

use engine::completeness::Completeness;
use engine::figure::Figure;
use engine::inventory::Circuit;
use engine::sla::Share;
use figures::Dossier;
use model::time::Zone;
use report::input;

/// A circuit with its figures; its months are told apart.
pub(super) fn circuit(dossier: &Dossier, row: &Circuit<'_>, figure: &Figure) -> input::Circuit {
    input::Circuit {
        code: row.code.to_owned(),
        a_end: end(row.a_address, row.a_region),
        z_end: end(row.z_address, row.z_region),
        service: service(row.service_type, row.rate_kbps),
        class: row.service_level.to_owned(),
        plan: dossier.plan_name.clone(),
        target: input::Percent(figure.budget.target.millionths()),
        availability: share(figure.availability),
        gross: share(figure.gross_availability),
        met: figure.budget.met,
        service_ms: figure.service_ms,
        down_ms: figure.down_ms,
        excluded_outage_ms: figure.excluded_outage_ms,
        excluded_window_ms: figure.excluded_window_ms,
        unmeasured_ms: figure.unmeasured_ms,
        not_in_service_ms: figure.not_in_service_ms,
        outside_window_ms: figure.outside_window_ms,
        allowed_ms: figure.budget.allowed_ms,
        left_ms: figure.budget.left_ms,
        outages: figure.outages,
        mttr_ms: figure.mttr_ms,
        mtbf_ms: figure.mtbf_ms,
        longest_ms: figure.longest_ms,
        restored_in_time: figure.quality.restored_in_time,
        repeats: figure.quality.repeats,
        chronic: figure.quality.chronic,
        measured: share(Completeness::of(figure).share()),
        days: days(&dossier.plan.zone, figure),
        months: Vec::new(),
    }
}

/// The same integers, written in the report's form.
pub(super) fn share(share: Option<Share>) -> Option<input::Share> {
    share.map(Share::parts).and_then(|(part, whole)| input::Share::of(part, whole))
}

fn end(address: &str, region: &str) -> String {
    if address.is_empty() { region } else { address }.to_owned()
}

/// `SDH 155.52M`.
fn service(kind: &str, rate_kbps: u32) -> String {
    let rate = match rate_kbps {
        0 => return kind.to_owned(),
        rate if rate >= 1_000_000 => decimal(rate / 1000, "G"),
        rate if rate >= 1_000 => decimal(rate, "M"),
        rate => format!("{rate}K"),
    };
    format!("{kind} {rate}").trim_start().to_owned()
}

/// Thousandths as a decimal without zeros at its end.
fn decimal(thousandths: u32, unit: &str) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The period's days that have begun, in the plan's zone.
fn days(zone: &Zone, figure: &Figure) -> Vec<input::Day> {
    let day = |day: engine::days::Day| input::Day {
        length_ms: day.window.length_ms(),
        down_ms: day.down_ms,
        excluded_ms: day.excluded_ms,
        unmeasured_ms: day.unmeasured_ms,
        not_in_service_ms: day.not_in_service_ms,
        degraded_ms: day.degraded_ms,
    };
    engine::days::days(&figure.ledger, zone, figure.period).into_iter().map(day).collect()
}
