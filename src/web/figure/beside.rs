//! Measured unavailable seconds beside the down time of a figure, as it is answered to staff and customers: it
//! holds no name of ours.

use std::sync::Arc;

use engine::beside::{Beside, sentence};
use engine::sla::Share;
use figures::measured::Measured;
use model::time::{Time, Window};
use serde::Serialize;
use utoipa::ToSchema;

use super::aside;
use super::words::Words;
use crate::app::App;
use crate::noc::sla::evaluated;
use crate::problem::Problem;

/// Measurement and alarms side by side.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SlaPerformance)]
pub(crate) struct BesideView {
    /// Circuit.
    circuit_code: String,
    /// Up to here.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// The period.
    #[schema(value_type = Object)]
    period: Window,
    /// A larger difference is reported.
    limit_ms: i64,
    /// The difference is larger.
    over: bool,
    /// What makes the difference, in words.
    explain: Words,
    /// The numbers; null = no unavailable seconds were measured in the period.
    measured: Option<MeasuredView>,
}

/// The numbers, over whole stretches of measurement in service; lengths are milliseconds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeasuredView {
    /// Length of a stretch, seconds.
    step_s: i64,
    /// Some object is measured in one direction only.
    one_way: bool,
    /// Availability as measured, percent, over what was compared.
    #[schema(value_type = Option<f64>)]
    availability: Option<Share>,
    /// Availability by alarms, percent, over the same time.
    #[schema(value_type = Option<f64>)]
    availability_by_alarms: Option<Share>,
    /// Share of the time in service of which there are valid values, percent.
    #[schema(value_type = Option<f64>)]
    completeness: Option<Share>,
    /// Stretches that both know.
    compared_ms: i64,
    /// Unavailable in them, as measured.
    unavailable_ms: i64,
    /// Down in them, by alarms.
    down_ms: i64,
    /// What was measured beyond the down time of its stretch.
    more_ms: i64,
    /// Down time beyond what was measured in its stretch.
    less_ms: i64,
    /// Stretches without a valid value.
    gap_ms: i64,
    /// Down in them, by alarms.
    gap_down_ms: i64,
    /// Stretches in which the manager of alarms was silent.
    silent_ms: i64,
    /// Unavailable in them, as measured.
    silent_unavailable_ms: i64,
    /// Stretches that differ by a second or more.
    differing: u32,
    /// The first 500 of them, oldest first.
    differences: Vec<DifferenceView>,
}

/// A stretch in which the two differ.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DifferenceView {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    end: Time,
    /// Unavailable, as measured.
    unavailable_ms: i64,
    /// Down, by alarms.
    down_ms: i64,
}

// === impl App ===

impl App {
    /// Measurement and alarms side by side, of a circuit that there is.
    pub(crate) async fn beside(&self, code: &str, period: Option<&str>) -> Result<BesideView, Problem> {
        let (_, figure) = evaluated(self, code, period).await?;
        let mut tx = self.db.read().await?;
        let measured = Measured::read(&mut tx, &figure).await?;
        drop(tx);
        let figure = Arc::new(figure);
        let compared = Arc::clone(&figure);
        let found = aside(move || measured.beside(&compared)).await?;
        let limit_ms = self.figures.apart_max_ms();
        Ok(BesideView {
            circuit_code: figure.circuit_code.clone(),
            as_of: figure.as_of,
            period: figure.period,
            limit_ms,
            over: found.as_ref().is_some_and(|found| found.apart_ms() > limit_ms),
            explain: sentence(found.as_ref(), limit_ms).into(),
            measured: found.map(MeasuredView::of),
        })
    }
}

// === impl MeasuredView ===

impl MeasuredView {
    fn of(found: Beside) -> Self {
        let difference = |one: &engine::beside::Difference| DifferenceView {
            start: one.window.start,
            end: one.window.end,
            unavailable_ms: one.unavailable_ms,
            down_ms: one.down_ms,
        };
        MeasuredView {
            step_s: found.step_ms / 1000,
            one_way: found.one_way,
            availability: found.availability(),
            availability_by_alarms: found.availability_by_alarms(),
            completeness: found.completeness(),
            compared_ms: found.compared_ms,
            unavailable_ms: found.unavailable_ms,
            down_ms: found.down_ms,
            more_ms: found.more_ms,
            less_ms: found.less_ms,
            gap_ms: found.gap_ms,
            gap_down_ms: found.gap_down_ms,
            silent_ms: found.silent_ms,
            silent_unavailable_ms: found.silent_unavailable_ms,
            differing: found.differing,
            differences: found.differences.iter().map(difference).collect(),
        }
    }
}
