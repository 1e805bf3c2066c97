//! A ledger cut into calendar days: what the availability ribbon draws.

use std::sync::Arc;

use engine::ledger::{Class, Interval};
use jiff::ToSpan;
use model::time::{Time, Window, Zone};
use serde::Serialize;
use utoipa::ToSchema;

use super::aside;
use crate::app::App;
use crate::problem::Problem;
use figures::Dossier;

/// How old a ribbon may be when nothing is known to have changed.
const FRESH_MS: i64 = 60_000;

/// One day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RibbonDay)]
pub(crate) struct Day {
    /// Date in the plan's zone.
    date: String,
    /// Its length, of today up to now.
    length_ms: i64,
    /// Counted down time.
    down_ms: i64,
    /// Excluded time.
    excluded_ms: i64,
    /// Time in which nobody knows.
    unmeasured_ms: i64,
    /// Time before or after the circuit's life.
    not_in_service_ms: i64,
    /// Degraded time.
    degraded_ms: i64,
}

/// A ribbon.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Ribbon)]
pub(crate) struct RibbonView {
    /// Zone of the dates.
    zone: String,
    /// Days, oldest first; the last is today.
    days: Vec<Day>,
}

// === impl App ===

impl App {
    /// The last days of a circuit, today included; `None` if there is no such circuit.
    pub(crate) async fn ribbon(&self, code: &str, days: u32) -> Result<Option<Arc<Vec<Day>>>, Problem> {
        let now = self.clock.now();
        if let Some(held) = self.ribbons.ribbon(code, days, now.plus_ms(-FRESH_MS)) {
            return Ok(Some(held));
        }
        let since = now.plus_s(-i64::from(days + 1) * 86_400);
        let Some(dossier) = self.dossier(code, since).await? else { return Ok(None) };
        let ribbon = Arc::new(aside(move || of(&dossier, days, now)).await?);
        self.ribbons.keep_ribbon(code, days, now, Arc::clone(&ribbon));
        Ok(Some(ribbon))
    }

    /// The same as it is answered.
    pub(crate) async fn ribbon_view(&self, code: &str, days: u32) -> Result<RibbonView, Problem> {
        let days = self.ribbon(code, days).await?.ok_or_else(Problem::not_found)?;
        let inventory = self.board.inventory();
        let plan_name = inventory.circuit_ix(code).and_then(|ix| inventory.circuit(ix)).map_or("", |row| row.sla_plan);
        let (_, plan) = self.figures.plan(plan_name);
        Ok(RibbonView { zone: plan.zone.to_string(), days: days.to_vec() })
    }
}

/// The days of a circuit, today included.
fn of(dossier: &Dossier, days: u32, now: Time) -> Vec<Day> {
    let zone = &dossier.plan.zone;
    let windows = day_windows(zone, days, now);
    let (Some((_, first)), Some((_, last))) = (windows.first(), windows.last()) else { return Vec::new() };
    let figure = dossier.evaluate(Window { start: first.start, end: last.end }, now);
    let day = |(date, window): &(String, Window)| Day::of(date.clone(), *window, &figure.ledger);
    windows.iter().map(day).collect()
}

// === impl Day ===

impl Day {
    fn of(date: String, window: Window, ledger: &[Interval]) -> Self {
        let mut day = Day { date, ..Day::default() };
        for interval in ledger {
            let Some(part) = interval.window().cut(window) else { continue };
            let ms = part.length_ms();
            day.length_ms += ms;
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
}

/// The last days up to today, in a zone.
fn day_windows(zone: &Zone, days: u32, now: Time) -> Vec<(String, Window)> {
    let today = zone.civil(now).date();
    let midnight = |date: jiff::civil::Date| zone.instant(date.to_datetime(jiff::civil::Time::midnight()));
    let day = |back: u32| {
        let date = today.checked_sub(i64::from(back).days()).ok()?;
        let next = date.checked_add(1.day()).ok()?;
        Some((date.to_string(), Window { start: midnight(date), end: midnight(next) }))
    };
    (0..days).rev().filter_map(day).collect()
}
