//! What a threshold would have done to what is stored: how often it would have been crossed, and where. It is judged
//! by the same function as what comes in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use engine::inventory::Inventory;
use engine::threshold::{Served, Sweep, in_force};
use figures::performance::{Resolution, Series, of_circuit};
use model::pm::{IntervalStatus, Location};
use model::threshold::{Crossing, Threshold};
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use store::performance::threshold::thresholds;
use utoipa::ToSchema;

use super::ThresholdBody;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::Body;
use crate::figure::aside;
use crate::problem::Problem;

/// Days that are looked at.
const DAYS: i64 = 30;
/// Most circuits that are looked at …
const CIRCUITS_MAX: usize = 500;
/// … within this time.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most crossings that are listed.
const LISTED_MAX: usize = 200;

/// A threshold to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// The threshold.
    threshold: ThresholdBody,
    /// Number of the threshold that it takes the place of.
    #[serde(default)]
    id: Option<String>,
    /// Only this circuit.
    #[serde(default)]
    circuit_code: Option<String>,
}

/// What it would have done.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThresholdPreview)]
pub(crate) struct PreviewView {
    /// From, included.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// To, not included.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// How often it would have been crossed.
    crossings: usize,
    /// Circuits on which it would have been crossed.
    circuits_crossed: usize,
    /// Circuits of those looked at for which the parameter was measured.
    circuits_measured: usize,
    /// Circuits that were looked at, by code.
    circuits_examined: usize,
    /// Circuits that it would hold for.
    circuits_in_scope: usize,
    /// The crossings, by circuit and time; at most 200.
    items: Vec<CrossedView>,
}

/// One crossing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThresholdCrossing)]
pub(crate) struct CrossedView {
    /// Circuit.
    circuit_code: String,
    /// Who measured.
    source: String,
    /// The object, in its words.
    object_id: String,
    /// Where on the object.
    #[schema(value_type = String)]
    location: Location,
    /// End of the period with which it was crossed.
    #[schema(value_type = String, format = DateTime)]
    raised_at: Time,
    /// End of the period with which it was over; null = it lasts.
    #[schema(value_type = Option<String>, format = DateTime)]
    cleared_at: Option<Time>,
    /// Value of the period with which it was crossed.
    value: f64,
}

/// How often a threshold would have been crossed in the last 30 days, and where; nothing is kept. At most 500 circuits
/// are looked at, for some seconds.
#[utoipa::path(post, path = "/thresholds/preview", tag = "circuits", request_body = PreviewBody,
    responses((status = 200, body = PreviewView), (status = 400), (status = 404)))]
pub(crate) async fn preview_threshold(
    State(app): State<Arc<App>>,
    staff: Staff,
    Body(body): Body<PreviewBody>,
) -> Result<Json<PreviewView>, Problem> {
    let now = app.clock.now();
    let window = Window::new(now.plus_s(-DAYS * 86_400), now);
    let wanted = Threshold { since: window.start, enabled: true, ..body.threshold.checked((&app, &staff.login))? };
    let replaced: Option<i64> = body.id.map(|id| id.parse().map_err(|_| Problem::not_found())).transpose()?;
    let inventory = app.board.inventory();
    if let Some(code) = &body.circuit_code
        && inventory.circuit_ix(code).is_none()
    {
        return Err(Problem::bad_field("circuitCode", "is no circuit that is held"));
    }
    let mut all = thresholds(&mut app.db.read().await?).await?;
    all.retain(|known| Some(known.id) != replaced && known.key != wanted.key && looks_alike(known, &wanted));
    all.push(wanted.clone());
    let codes = {
        let circuit = body.circuit_code;
        aside(move || in_scope(&inventory, &all, circuit.as_deref())).await?
    };
    let mut view =
        PreviewView { from: window.start, to: window.end, circuits_in_scope: codes.len(), ..PreviewView::default() };
    let began = Instant::now();
    for code in codes.iter().take(CIRCUITS_MAX) {
        if began.elapsed() > PATIENCE {
            break;
        }
        let zone = app.settings.performance_zone.clone();
        let mut tx = app.db.read().await?;
        let series = of_circuit(&mut tx, code, window, (Resolution::Measured, &zone)).await?;
        drop(tx);
        view.add(code, &series, &wanted);
    }
    Ok(Json(view))
}

/// One may take the place of the other.
fn looks_alike(one: &Threshold, other: &Threshold) -> bool {
    let looks = |threshold: &Threshold| (threshold.key.granularity, threshold.key.direction);
    looks(one) == looks(other) && one.key.param == other.key.param
}

/// Codes of the circuits that the last of these thresholds holds for.
fn in_scope(inventory: &Inventory, all: &[Threshold], only: Option<&str>) -> Vec<String> {
    let Some(wanted) = all.last() else { return Vec::new() };
    let circuits = inventory.circuits().filter(|(_, circuit)| only.is_none_or(|code| circuit.code == code));
    let holds = circuits.filter(|(_, circuit)| {
        in_force(all, &Served::of(inventory, circuit)).iter().any(|threshold| threshold.key == wanted.key)
    });
    holds.map(|(_, circuit)| circuit.code.to_owned()).collect()
}

// === impl PreviewView ===

impl PreviewView {
    fn add(&mut self, code: &str, series: &[Series], wanted: &Threshold) {
        self.circuits_examined += 1;
        let (before, mut measured) = (self.crossings, false);
        for series in series.iter().filter(|series| series.granularity == wanted.key.granularity) {
            let Some(crossings) = crossings(series, wanted) else { continue };
            measured = true;
            self.crossings += crossings.len();
            let room = LISTED_MAX.saturating_sub(self.items.len());
            let view = |crossing: Crossing| CrossedView {
                circuit_code: code.to_owned(),
                source: series.subject.source.to_string(),
                object_id: series.subject.object_id.clone(),
                location: series.subject.location,
                raised_at: crossing.raised_at,
                cleared_at: crossing.cleared_at,
                value: crossing.value,
            };
            self.items.extend(crossings.into_iter().take(room).map(view));
        }
        self.circuits_measured += usize::from(measured);
        self.circuits_crossed += usize::from(self.crossings > before);
    }
}

/// Where a series crossed it; `None` if it does not have the parameter.
fn crossings(series: &Series, wanted: &Threshold) -> Option<Vec<Crossing>> {
    let column = series.samples.params.iter().position(|param| *param == wanted.key.param)?;
    let mut sweep = Sweep::new(wanted, Vec::new(), (wanted.since, wanted.since));
    for (row, values) in series.samples.iter().filter(|(row, _)| row.status == IntervalStatus::Valid) {
        let value = values.get(column).copied().unwrap_or(f64::NAN);
        if !value.is_nan() {
            sweep.add(row.start, value);
        }
    }
    Some(sweep.into_crossings())
}
