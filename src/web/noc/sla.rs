//! A circuit's SLA figure, ledger and ribbon.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::completeness::Completeness;
use engine::figure::Figure;
use engine::ledger::{Class, Interval};
use engine::quality::Burn;
use engine::sla::Share;
use figures::Dossier;
use figures::places::Places;
use model::fault::FaultNo;
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Params, Segment};
use crate::figure::at_once;
use crate::figure::ribbon::RibbonView;
use crate::figure::words::{self, Words};
use crate::problem::Problem;

/// Longest ribbon.
const DAYS_MAX: u32 = 400;
/// A period may begin this long before now; it bounds what is read.
pub(super) const BACK_MAX_S: i64 = 12 * 366 * 86_400;

/// Which period.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PeriodQuery {
    /// `2026-10`, `2026-Q4`, `2026` or a date; default the plan's period that runs now.
    pub(crate) period: Option<String>,
}

/// How many days.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DaysQuery {
    /// Days, today included; default 90, up to 400.
    pub(crate) days: Option<u32>,
}

/// The figure, as the offline command prints it, with the promise.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sla)]
pub(crate) struct SlaView {
    /// The figure of interfaces §9: circuitCode, asOf, the milliseconds, availability, ledger.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub(crate) figure: Figure,
    /// Share of the time in service up to `asOf` in which it was measured, percent, five decimals; null = there was
    /// none.
    #[schema(value_type = Option<f64>)]
    pub(crate) completeness: Option<Share>,
    /// Promised availability in percent.
    pub(crate) target: String,
    /// Down time that the whole period allows.
    pub(crate) allowed_ms: i64,
    /// What is left of it; negative = the promise is broken.
    pub(crate) left_ms: i64,
    /// When the open outage will have used it up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) breach_at: Option<Time>,
    /// Met so far; null = not applicable.
    pub(crate) met: Option<bool>,
    /// Outages restored within the plan's limit; null = it has none.
    pub(crate) restored_in_time: Option<u32>,
    /// Outages that began soon after the one before (30 days by default).
    pub(crate) repeat_outages: u32,
    /// Outages that ended in the last days before `asOf` (45 by default).
    pub(crate) recent_outages: u32,
    /// There were so many of them (3 by default) that the circuit is chronic.
    pub(crate) chronic: bool,
    /// How fast the budget burns over the last hour, six hours and three days: 1 = an even pace.
    #[schema(value_type = Object)]
    pub(crate) burn: Burn,
    /// Advised credit in percent of the monthly charge.
    pub(crate) credit_percent: String,
    /// The formula with numbers: the plan's, and gross.
    pub(crate) formula: [String; 2],
    /// The period.
    #[schema(value_type = Object)]
    pub(crate) period: Window,
    /// Its length.
    pub(crate) period_ms: i64,
    /// Name of the plan.
    pub(crate) method_name: String,
    /// The accounting method in words.
    pub(crate) explain: Words,
}

/// What an interval rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EvidenceView {
    /// `alarm`, `ticket`, `cutover`, `suspend` or `correction`.
    kind: String,
    /// Our number of the alarm, else the citation's own id.
    id: String,
    /// Title.
    title: String,
    /// Fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    fault_no: Option<FaultNo>,
}

/// One interval.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntervalView {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    end: Time,
    /// What it counts as.
    class: String,
    /// Why it is excluded.
    code: Option<String>,
    /// The circuit was down.
    down: bool,
    /// The circuit was degraded.
    degraded: bool,
    /// Why, in words.
    why: Words,
    /// Where on the line its cause was, if it was down; null = no alarm says.
    place: Option<Words>,
    /// What it rests on.
    evidence: Vec<EvidenceView>,
}

/// Every minute of a period explained.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ledger)]
pub(crate) struct LedgerView {
    /// Up to here.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// The period.
    #[schema(value_type = Object)]
    period: Window,
    /// Intervals; they add up to the period up to `asOf`.
    intervals: Vec<IntervalView>,
    /// Milliseconds by class.
    totals: TotalsView,
}

/// Milliseconds by class.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TotalsView {
    up_ms: i64,
    down_ms: i64,
    excluded_ms: i64,
    unmeasured_ms: i64,
    not_in_service_ms: i64,
    outside_window_ms: i64,
    degraded_ms: i64,
}

/// The figure of a period.
#[utoipa::path(get, path = "/circuits/{code}/sla", tag = "circuits", params(("code" = String, Path), PeriodQuery),
    responses((status = 200, body = SlaView), (status = 404)))]
pub(crate) async fn show_sla(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<SlaView>, Problem> {
    let (_, view) = sla(&app, &code, query.period.as_deref()).await?;
    Ok(Json(view))
}

/// The ledger of a period.
#[utoipa::path(get, path = "/circuits/{code}/ledger", tag = "circuits", params(("code" = String, Path), PeriodQuery),
    responses((status = 200, body = LedgerView), (status = 404)))]
pub(crate) async fn show_ledger(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<LedgerView>, Problem> {
    let (dossier, figure) = evaluated(&app, &code, query.period.as_deref()).await?;
    let mut tx = app.db.read().await?;
    let places = Places::read(&mut tx, &dossier, &figure).await?;
    drop(tx);
    let mut totals = TotalsView::default();
    figure.ledger.iter().for_each(|interval| totals.add(interval));
    let intervals = figure.ledger.iter().map(|interval| IntervalView::of(&dossier, &places, interval)).collect();
    Ok(Json(LedgerView { as_of: figure.as_of, period: figure.period, intervals, totals }))
}

/// The last days of a circuit.
#[utoipa::path(get, path = "/circuits/{code}/ribbon", tag = "circuits", params(("code" = String, Path), DaysQuery),
    responses((status = 200, body = RibbonView), (status = 404)))]
pub(crate) async fn show_ribbon(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<DaysQuery>,
) -> Result<Json<RibbonView>, Problem> {
    let days = days(query.days)?;
    app.ribbon_view(&code, days).await.map(Json)
}

/// The days asked for.
pub(crate) fn days(days: Option<u32>) -> Result<u32, Problem> {
    match days.unwrap_or(90) {
        days @ 1..=DAYS_MAX => Ok(days),
        _ => Err(Problem::bad_field("days", format!("must be 1 to {DAYS_MAX}"))),
    }
}

/// The facts and the figure of a period.
pub(crate) async fn evaluated(app: &App, code: &str, period: Option<&str>) -> Result<(Arc<Dossier>, Figure), Problem> {
    let now = app.clock.now();
    at_once(async {
        let mut dossier = app.known_dossier(code, now.plus_s(-BACK_MAX_S)).await?;
        let window = dossier.enter(period, now)?;
        if window.start > now {
            return Err(Problem::bad_field("period", "lies in the future"));
        }
        let figure = dossier.evaluate(window, now);
        Ok((Arc::new(dossier), figure))
    })
    .await
}

/// The figure as it is answered.
pub(crate) async fn sla(app: &App, code: &str, period: Option<&str>) -> Result<(Arc<Dossier>, SlaView), Problem> {
    let (dossier, figure) = evaluated(app, code, period).await?;
    let view = SlaView {
        completeness: Completeness::of(&figure).share(),
        target: figure.budget.target.to_string(),
        allowed_ms: figure.budget.allowed_ms,
        left_ms: figure.budget.left_ms,
        breach_at: figure.budget.breach_at,
        met: figure.budget.met,
        restored_in_time: figure.quality.restored_in_time,
        repeat_outages: figure.quality.repeats,
        recent_outages: figure.quality.recent,
        chronic: figure.quality.chronic,
        burn: figure.quality.burn,
        credit_percent: figure.quality.credit.to_string(),
        formula: engine::explain::formula(&figure, &dossier.plan),
        period: figure.period,
        period_ms: figure.period.length_ms(),
        method_name: dossier.plan_name.clone(),
        explain: words::method(&dossier.plan),
        figure,
    };
    Ok((dossier, view))
}

// === impl IntervalView ===

impl IntervalView {
    pub(super) fn of(dossier: &Dossier, places: &Places, interval: &Interval) -> Self {
        let place = Some(interval).filter(|interval| interval.is_down());
        let place = place.and_then(|interval| places.of(dossier, std::slice::from_ref(interval)));
        let degraded = interval.degraded == Some(true);
        IntervalView {
            start: interval.start,
            end: interval.end,
            class: interval.class.word().to_owned(),
            code: interval.code.map(|code| code.word().to_owned()),
            down: interval.is_down(),
            degraded,
            why: words::why(interval.class, interval.code, degraded),
            place: place.map(|place| place.for_staff.into()),
            evidence: interval.evidence.iter().map(|cited| EvidenceView::of(dossier, cited)).collect(),
        }
    }
}

// === impl EvidenceView ===

impl EvidenceView {
    fn of(dossier: &Dossier, citation: &str) -> Self {
        let cited = dossier.cited(citation);
        let (kind, id) = citation.split_once(':').unwrap_or(("", citation));
        EvidenceView {
            kind: kind.to_owned(),
            id: cited.alarm.map_or_else(|| id.to_owned(), |alarm| alarm.to_string()),
            title: cited.title,
            fault_no: cited.fault,
        }
    }
}

// === impl TotalsView ===

impl TotalsView {
    fn add(&mut self, interval: &Interval) {
        let ms = interval.length_ms();
        match interval.class {
            Class::Up => self.up_ms += ms,
            Class::Down => self.down_ms += ms,
            Class::Excluded => self.excluded_ms += ms,
            Class::Unmeasured => self.unmeasured_ms += ms,
            Class::NotInService => self.not_in_service_ms += ms,
            Class::OutsideWindow => self.outside_window_ms += ms,
        }
        if interval.degraded == Some(true) {
            self.degraded_ms += ms;
        }
    }
}
