//! Alarms: the active list from the board, the past from the store, and what an operator does.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use intake::Submission;
use intake::submission::Content;
use model::alarm::{Severity, Specialty};
use model::fault::FaultNo;
use model::source::SourceId;
use model::time::Time;
use serde::Deserialize;
use store::alarm::{AlarmCursor, AlarmStateFilter, alarms_page};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::{AlarmFilter, BadCursor, Page, Summary};
use crate::board::sift::AlarmSift;
use crate::board::view::AlarmView;
use crate::extract::{Body, Params, Segment, page_limit};
use crate::problem::Problem;

/// Longest note with an acknowledgement.
const NOTE_MAX: usize = 1_000;

/// Which alarms.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlarmQuery {
    /// `active` (default), `cleared` or `all`.
    state: Option<String>,
    /// Severities, joined by commas: `1,2`.
    severity: Option<String>,
    /// Customer number; its children count. Active alarms only.
    customer: Option<String>,
    /// Source.
    source: Option<String>,
    /// Circuit code. Active alarms only.
    circuit: Option<String>,
    /// Fault number.
    fault: Option<String>,
    /// Only those that no other alarm explains.
    causes: Option<bool>,
    /// Acknowledged or not.
    acknowledged: Option<bool>,
    /// Login of who acknowledged it.
    owner: Option<String>,
    /// Its source is silent, so that this is how it was. Active alarms only.
    stale: Option<bool>,
    /// It comes and goes.
    toggling: Option<bool>,
    /// Network: `TRANS`, `IP` or `ATM`.
    specialty: Option<String>,
    /// The maker's or the standard's cause, whole.
    cause: Option<String>,
    /// Its fault has a ticket. Active alarms only.
    ticket: Option<bool>,
    /// It touches a customer's circuit. Active alarms only.
    impact: Option<bool>,
    /// It touches a circuit without a second way. Active alarms only.
    unprotected: Option<bool>,
    /// Level of a customer that it touches: `GOLD`. Active alarms only.
    level: Option<String>,
    /// Service level of a circuit that it touches: `AAA`. Active alarms only.
    service_level: Option<String>,
    /// Raised at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Time>,
    /// Raised before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Time>,
    /// Text to find.
    q: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A note with an acknowledgement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AckBody {
    /// What the operator has to say; may be empty.
    #[serde(default)]
    note: String,
}

/// A page of alarms: severity, unacknowledged first, least SLA time left, newest. Past ones: newest.
#[utoipa::path(get, path = "/alarms", tag = "alarms", params(AlarmQuery),
    responses((status = 200, body = Listing<AlarmView>)))]
pub(crate) async fn list_alarms(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<AlarmQuery>,
) -> Result<Json<Listing<AlarmView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let state = query.state.as_deref().unwrap_or("active");
    let page = match state {
        "active" => app.board.alarms(&filter(&query)?, query.cursor.as_deref(), limit)?,
        "cleared" => past(&app, &query, AlarmStateFilter::Cleared, limit).await?,
        "all" => past(&app, &query, AlarmStateFilter::All, limit).await?,
        _ => return Err(Problem::bad_field("state", "must be active, cleared or all")),
    };
    Ok(Json(Listing::of(page, app.clock.now())))
}

/// Counts over the active alarms.
#[utoipa::path(get, path = "/alarms/summary", tag = "alarms", responses((status = 200, body = Summary)))]
pub(crate) async fn summarize_alarms(State(app): State<Arc<App>>, _staff: Staff) -> Json<Summary> {
    Json(app.board.summary(app.clock.now()))
}

/// Acknowledges an alarm. The alarm stays: only the network clears it.
#[utoipa::path(post, path = "/alarms/{id}/ack", tag = "alarms", params(("id" = i64, Path)), request_body = AckBody,
    responses((status = 204), (status = 404)))]
pub(crate) async fn acknowledge_alarm(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
    Body(body): Body<AckBody>,
) -> Result<StatusCode, Problem> {
    if body.note.chars().count() > NOTE_MAX {
        return Err(Problem::bad_field("note", format!("must have at most {NOTE_MAX} characters")));
    }
    put_acknowledgement(&app, &staff, id, Some(body.note)).await
}

/// Takes an acknowledgement back.
#[utoipa::path(delete, path = "/alarms/{id}/ack", tag = "alarms", params(("id" = i64, Path)),
    responses((status = 204), (status = 404)))]
pub(crate) async fn unacknowledge_alarm(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(id): Segment<i64>,
) -> Result<StatusCode, Problem> {
    put_acknowledgement(&app, &staff, id, None).await
}

async fn put_acknowledgement(
    app: &App,
    staff: &Staff,
    alarm: i64,
    note: Option<String>,
) -> Result<StatusCode, Problem> {
    let by = staff.login.clone();
    let submission = Submission {
        source: app.settings.sys_code.clone(),
        received_at: app.clock.now(),
        message: None,
        notification: None,
        raw: Vec::new(),
        refused: Vec::new(),
        content: Content::Acknowledge { alarm, by, note },
    };
    app.intake.submit(submission).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn filter(query: &AlarmQuery) -> Result<AlarmFilter, Problem> {
    Ok(AlarmFilter {
        severities: severities(query.severity.as_deref())?,
        customer: query.customer.clone().filter(|no| !no.is_empty()),
        source: query.source.as_deref().filter(|code| !code.is_empty()).map(SourceId::new),
        circuit: query.circuit.clone().filter(|code| !code.is_empty()),
        fault: fault(query.fault.as_deref())?,
        causes: query.causes.unwrap_or(false),
        acknowledged: query.acknowledged,
        q: query.q.clone(),
        sift: sift(query)?,
    })
}

fn sift(query: &AlarmQuery) -> Result<AlarmSift, Problem> {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let network = |word: String| {
        Specialty::from_word(&word).ok_or_else(|| Problem::bad_field("specialty", "must be TRANS, IP or ATM"))
    };
    Ok(AlarmSift {
        stale: query.stale,
        toggling: query.toggling,
        specialty: some(&query.specialty).map(network).transpose()?,
        cause: some(&query.cause),
        owner: some(&query.owner),
        ticket: query.ticket,
        impact: query.impact,
        unprotected: query.unprotected,
        level: some(&query.level),
        service_level: some(&query.service_level),
        from: query.from,
        to: query.to,
    })
}

fn severities(text: Option<&str>) -> Result<Vec<Severity>, Problem> {
    let read = |word: &str| {
        let severity = word.trim().parse().ok().and_then(Severity::from_number);
        severity.ok_or_else(|| Problem::bad_field("severity", "must be numbers from 0 to 4 joined by commas"))
    };
    text.filter(|text| !text.is_empty()).map_or(Ok(Vec::new()), |text| text.split(',').map(read).collect())
}

fn fault(text: Option<&str>) -> Result<Option<FaultNo>, Problem> {
    let read = |text| FaultNo::parse(text).ok_or_else(|| Problem::bad_field("fault", "must look like F000123"));
    text.filter(|text| !text.is_empty()).map(read).transpose()
}

/// Alarms of the past, newest first, from the store.
async fn past(
    app: &App,
    query: &AlarmQuery,
    state: AlarmStateFilter,
    limit: usize,
) -> Result<Page<AlarmView>, Problem> {
    let sift = sift(query)?;
    if query.customer.is_some() || query.circuit.is_some() || sift.needs_present() {
        let only = "customer, circuit, stale, ticket, impact, unprotected, level and serviceLevel";
        return Err(Problem::bad_field("state", format!("{only} select among active alarms only")));
    }
    let cursor = query.cursor.as_deref().map(read_cursor).transpose()?;
    let mut tx = app.db.read().await?;
    let source = match query.source.as_deref().filter(|code| !code.is_empty()) {
        None => None,
        Some(code) => {
            let peers = store::peer::peer_states(&mut tx).await?;
            let Some(peer) = peers.iter().find(|peer| peer.source.as_str() == code) else {
                return Ok(Page { items: Vec::new(), next: None, total: Some(0) });
            };
            Some(peer.source_no)
        }
    };
    let filter = store::alarm::AlarmFilter {
        state,
        severities: severities(query.severity.as_deref())?,
        source,
        fault: fault(query.fault.as_deref())?,
        text: query.q.clone().unwrap_or_default(),
        from: sift.from,
    };
    let rows = alarms_page(&mut tx, &filter, cursor, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
    drop(tx);
    // A full page may be followed by an empty one; that costs less than counting.
    let last = rows.last().filter(|_| rows.len() == limit);
    let next = last.map(|row| format!("{}.{}", row.alarm.raised_at.ms(), row.alarm.id));
    let board = app.board.read();
    let view = |row: &store::alarm::AlarmRow| match board.alarms.by_id(row.alarm.id) {
        Some(entry) => board.alarm_view(entry),
        None => board.past_alarm_view(&row.alarm),
    };
    // These are no columns of the past: a page that they thin out is shorter.
    let fits = |row: &&store::alarm::AlarmRow| {
        let alarm = &row.alarm;
        (query.causes != Some(true) || alarm.is_cause || alarm.fault.is_none())
            && query.acknowledged.is_none_or(|wanted| alarm.acknowledged.is_some() == wanted)
            && sift.fits_alarm(alarm)
    };
    Ok(Page { items: rows.iter().filter(fits).map(view).collect(), next, total: None })
}

fn read_cursor(text: &str) -> Result<AlarmCursor, Problem> {
    let read = || {
        let (raised_ms, id) = text.split_once('.')?;
        let raised_at = model::time::Time::from_ms(raised_ms.parse().ok()?);
        Some(AlarmCursor { raised_at, id: id.parse().ok()? })
    };
    read().ok_or_else(|| BadCursor.into())
}
