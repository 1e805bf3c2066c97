//! A ledger cut into calendar days: what the availability ribbon draws.

use std::sync::Arc;

use engine::days::window_of;
use figures::Dossier;
use jiff::ToSpan;
use model::time::{Time, Window};
use serde::Serialize;
use utoipa::ToSchema;

use super::aside;
use crate::app::App;
use crate::problem::Problem;

/// How old a ribbon may be when nothing is known to have changed.
const FRESH_MS: i64 = 60_000;

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
    let today = zone.civil(now).date();
    let first = today.checked_sub(i64::from(days.saturating_sub(1)).days()).ok();
    let (Some(first), Some(last)) = (first.and_then(|date| window_of(zone, date)), window_of(zone, today)) else {
        return Vec::new();
    };
    let span = Window { start: first.start, end: last.end };
    let figure = dossier.evaluate(span, now);
    engine::days::days(&figure.ledger, zone, span).into_iter().map(Day::of).collect()
}

// === impl Day ===

impl Day {
    fn of(day: engine::days::Day) -> Self {
        Day {
            date: day.date.to_string(),
            length_ms: day.told_ms,
            down_ms: day.down_ms,
            excluded_ms: day.excluded_ms,
            unmeasured_ms: day.unmeasured_ms,
            not_in_service_ms: day.not_in_service_ms,
            degraded_ms: day.degraded_ms,
        }
    }
}
