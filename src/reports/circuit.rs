//! A circuit of a report from its figure.

use engine::figure::Figure;
use engine::inventory::Circuit;
use engine::ledger::{Class, Interval};
use engine::sla::Share;
use figures::Dossier;
use jiff::ToSpan;
use model::time::{Time, Window, Zone};
use report::input;

/// Days of one period: a quarter at most, with room.
const DAYS_MAX: usize = 400;

/// A circuit with its figures.
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
        days: days(&dossier.plan.zone, figure),
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
    let midnight = |date: jiff::civil::Date| zone.instant(date.to_datetime(jiff::civil::Time::midnight()));
    let (mut days, mut date) = (Vec::new(), zone.civil(figure.period.start).date());
    let mut ahead: &[Interval] = &figure.ledger;
    while days.len() < DAYS_MAX {
        let Ok(next) = date.checked_add(1.day()) else { break };
        let whole = Window::new(midnight(date), midnight(next));
        let Some(window) = whole.cut(figure.period).filter(|window| window.start < figure.as_of) else { break };
        days.push(day(window, &mut ahead, figure.as_of));
        date = next;
    }
    days
}

fn day(window: Window, ahead: &mut &[Interval], as_of: Time) -> input::Day {
    let mut day = input::Day { length_ms: window.length_ms(), ..input::Day::default() };
    while let Some((first, rest)) = ahead.split_first()
        && first.end <= window.start
    {
        *ahead = rest;
    }
    for interval in ahead.iter().take_while(|interval| interval.start < window.end.min(as_of)) {
        let ms = interval.window().cut(window).map_or(0, Window::length_ms);
        match interval.class {
            Class::Down => day.down_ms += ms,
            Class::Excluded => day.excluded_ms += ms,
            Class::Unmeasured => day.unmeasured_ms += ms,
            Class::NotInService => day.not_in_service_ms += ms,
            Class::Up if interval.degraded == Some(true) => day.degraded_ms += ms,
            Class::Up | Class::OutsideWindow => {}
        }
    }
    day
}
