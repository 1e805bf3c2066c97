//! The outages of a period with every minute explained, in words.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::figure::Figure;
use engine::ledger::{Class, Interval};
use figures::Dossier;
use figures::places::Places;
use model::time::Time;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::own_circuit;
use crate::app::App;
use crate::auth::Customer;
use crate::extract::{Params, Segment};
use crate::figure::words::{self, Words};
use crate::noc::Listing;
use crate::noc::sla::{PeriodQuery, evaluated};
use crate::problem::Problem;

/// An outage.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalOutage {
    /// From; not before the period.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// To; null = it lasts.
    #[schema(value_type = Option<String>, format = DateTime)]
    end: Option<Time>,
    /// Its length in the period.
    down_ms: i64,
    /// Of that, counted.
    counted_ms: i64,
    /// Of that, excluded.
    excluded_ms: i64,
    /// What kind of cause.
    cause: CauseView,
    /// Where on the line, without a name of ours; null = nobody knows.
    place: Option<Words>,
    /// Every stretch of it.
    minutes: Vec<MinuteView>,
}

/// A kind of cause.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortalCause)]
pub(crate) struct CauseView {
    /// A word for machines.
    class: &'static str,
    #[serde(flatten)]
    words: Words,
}

/// A stretch of an outage.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortalMinute)]
pub(crate) struct MinuteView {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    end: Time,
    /// It counts against the promise.
    counted: bool,
    /// What it counts as.
    class: &'static str,
    /// Why it is excluded.
    code: Option<String>,
    /// Why, in words.
    why: Words,
    /// What it rests on.
    evidence: Vec<ProofView>,
}

/// A reference that the carrier's people can look up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortalEvidence)]
pub(crate) struct ProofView {
    /// `alarm`, `ticket`, `cutover`, `suspend` or `correction`.
    kind: String,
    /// Number of a planned work, else an opaque reference.
    #[serde(rename = "ref")]
    reference: String,
}

/// Outages of a period, oldest first.
#[utoipa::path(get, path = "/portal/circuits/{code}/outages", tag = "portal", params(("code" = String, Path), PeriodQuery),
    responses((status = 200, body = Listing<PortalOutage>), (status = 404)))]
pub(crate) async fn list_outages(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(code): Segment<String>,
    Params(query): Params<PeriodQuery>,
) -> Result<Json<Listing<PortalOutage>>, Problem> {
    own_circuit(&app, &customer, &code)?;
    let (dossier, figure) = evaluated(&app, &code, query.period.as_deref()).await?;
    let places = Places::read(&mut app.db.read().await?, &dossier, &figure).await?;
    let as_of = figure.as_of;
    Ok(Json(Listing::whole(outages(&dossier, &places, &figure), as_of)))
}

/// Neighbouring intervals in which the circuit was down are one outage.
pub(super) fn outages(dossier: &Dossier, places: &Places, figure: &Figure) -> Vec<PortalOutage> {
    let groups = figure.ledger.chunk_by(|a, b| a.is_down() && b.is_down() && a.end == b.start);
    let running = figure.as_of < figure.period.end;
    let outage = |group: &[Interval]| {
        let (first, last) = (group.first()?, group.last()?);
        let total = |class: Class| group.iter().filter(|i| i.class == class).map(Interval::length_ms).sum::<i64>();
        Some(PortalOutage {
            start: first.start,
            end: Some(last.end).filter(|end| !running || *end < figure.as_of),
            down_ms: group.iter().map(Interval::length_ms).sum(),
            counted_ms: total(Class::Down),
            excluded_ms: total(Class::Excluded),
            cause: cause(dossier, group),
            place: places.of(dossier, group).map(|place| place.for_customer.into()),
            minutes: group.iter().map(minute).collect(),
        })
    };
    groups.filter(|group| group.first().is_some_and(Interval::is_down)).filter_map(outage).collect()
}

fn minute(interval: &Interval) -> MinuteView {
    MinuteView {
        start: interval.start,
        end: interval.end,
        counted: interval.class == Class::Down,
        class: interval.class.word(),
        code: interval.code.map(|code| code.word().to_owned()),
        why: words::why(interval.class, interval.code, false),
        evidence: interval.evidence.iter().map(|cited| proof(cited)).collect(),
    }
}

/// A planned work is known to the customer by its number. The name of an alarm may name our
/// equipment, so it becomes a reference that says nothing.
fn proof(citation: &str) -> ProofView {
    let (kind, rest) = citation.split_once(':').unwrap_or(("", citation));
    let reference = match kind {
        "cutover" => rest.rsplit_once('#').map_or(rest, |(number, _)| number).to_owned(),
        _ => Sha256::digest(citation.as_bytes()).iter().take(4).map(|byte| format!("{byte:02X}")).collect(),
    };
    ProofView { kind: kind.to_owned(), reference }
}

/// The kind of cause by the alarm that began first.
fn cause(dossier: &Dossier, group: &[Interval]) -> CauseView {
    let first = dossier.first_alarm(group);
    let record = first.and_then(|life| life.episode.values.first()).map(|(_, record)| record);
    let (class, words) = match record {
        Some(record) => words::cause(dossier.network.knowledge.category(record), record),
        None => ("other", Words::new("网络故障", "a network fault")),
    };
    CauseView { class, words }
}
