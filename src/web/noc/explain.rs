//! Why an instant counts as it does: its interval, what it rests on with the message as it came, and
//! the accounting method with the figure's numbers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use figures::Dossier;
use figures::places::Places;
use model::correction::Correction;
use model::time::Time;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::alarm::alarm_by_id;
use store::correction::correction_by_id;
use store::version::latest_version;
use utoipa::{IntoParams, ToSchema};

use super::alarm::told_of;
use super::sla::{BACK_MAX_S, IntervalView};
use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Params, Segment};
use crate::figure::aside;
use crate::figure::words::{self, Words};
use crate::problem::Problem;

/// Citations that are shown with all that is known of them.
const EVIDENCE_MAX: usize = 20;

/// Which instant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InstantQuery {
    /// The instant, RFC 3339.
    at: Option<String>,
}

/// Why an instant counts as it does.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExplanationView {
    /// The instant.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// The interval of the ledger that holds it.
    interval: IntervalView,
    /// What it rests on, the first twenty.
    evidence: Vec<EvidenceDetail>,
    /// Last kept version of the period's figure; null = none is kept.
    version: Option<i64>,
    /// The accounting method in words.
    method: Words,
    /// The formula with numbers: the plan's, and gross.
    formula: [String; 2],
}

/// What an interval rests on, with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EvidenceDetail)]
pub(crate) struct EvidenceDetail {
    /// `alarm`, `ticket`, `cutover`, `suspend` or `correction`.
    kind: String,
    /// Our number of the alarm, else the citation's own id.
    id: String,
    /// Title or reason.
    title: String,
    /// Who did what, where people did something.
    detail: Option<Words>,
    /// The message as it came.
    raw: Option<String>,
}

/// Why an instant counts as it does.
#[utoipa::path(get, path = "/circuits/{code}/explain", tag = "sla", params(("code" = String, Path), InstantQuery),
    responses((status = 200, body = ExplanationView), (status = 400), (status = 404)))]
pub(crate) async fn explain_instant(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
    Params(query): Params<InstantQuery>,
) -> Result<Json<ExplanationView>, Problem> {
    let now = app.clock.now();
    let wrong = |reason: &str| Problem::bad_field("at", reason);
    let text = query.at.ok_or_else(|| wrong("is missing: which instant"))?;
    let at = Time::parse(&text).map_err(|_| wrong("must be RFC 3339, as 2026-10-07T10:30:00Z"))?;
    if at >= now || at < now.plus_s(-BACK_MAX_S) {
        return Err(wrong("must lie in the past"));
    }
    let mut dossier = app.known_dossier(&code, at.plus_s(-BACK_MAX_S)).await?;
    let period = dossier.enter(None, at)?;
    let dossier = Arc::new(dossier);
    let evaluating = Arc::clone(&dossier);
    let figure = aside(move || evaluating.evaluate(period, period.end.min(now))).await?;
    let interval = figure.ledger.iter().find(|interval| interval.window().holds(at)).ok_or_else(Problem::not_found)?;
    let mut tx = app.db.read().await?;
    let places = Places::read(&mut tx, &dossier, &figure).await?;
    let mut evidence = Vec::new();
    for citation in interval.evidence.iter().take(EVIDENCE_MAX) {
        evidence.push(EvidenceDetail::read(&mut tx, &dossier, citation).await?);
    }
    let version = latest_version(&mut tx, &code, period).await?.map(|version| version.version);
    Ok(Json(ExplanationView {
        at,
        interval: IntervalView::of(&dossier, &places, interval),
        evidence,
        version,
        method: words::method(&dossier.plan),
        formula: engine::explain::formula(&figure, &dossier.plan),
    }))
}

// === impl EvidenceDetail ===

impl EvidenceDetail {
    async fn read(tx: &mut Tx, dossier: &Dossier, citation: &str) -> Result<Self, Problem> {
        let cited = dossier.cited(citation);
        let (kind, id) = citation.split_once(':').unwrap_or(("", citation));
        let mut evidence = EvidenceDetail {
            kind: kind.to_owned(),
            id: cited.alarm.map_or_else(|| id.to_owned(), |alarm| alarm.to_string()),
            title: cited.title,
            detail: None,
            raw: None,
        };
        if let Some(alarm) = cited.alarm
            && let Some(row) = alarm_by_id(tx, alarm).await?
        {
            evidence.raw = Some(told_of(tx, &row.alarm).await?.1).filter(|raw| !raw.is_empty());
        }
        if kind == "correction"
            && let Ok(id) = id.parse()
            && let Some(correction) = correction_by_id(tx, id).await?
        {
            evidence.detail = Some(decided(&correction));
        }
        Ok(evidence)
    }
}

/// Who proposed and who approved.
fn decided(correction: &Correction) -> Words {
    let (proposer, approver) = (&correction.proposed_by, &correction.decided_by);
    Words::new(format!("{proposer} 提出，{approver} 批准"), format!("proposed by {proposer}, approved by {approver}"))
}
