//! Tickets: what EOMS has of ours, and what it said.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::hold::{Hold, holds};
use engine::plan::words::ExclusionCode;
use http::StatusCode;
use intake::Command;
use model::fault::FaultNo;
use model::ticket::{Ticket, TicketState};
use model::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::extract::{Body, Params, Segment, page_limit};
use crate::problem::Problem;

/// Longest number of a ticket.
const SHEET_NO_MAX: usize = 80;

/// Which tickets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TicketQuery {
    /// A state, or `open` for all that are not over; default all.
    state: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ticket)]
pub(crate) struct TicketView {
    /// Our key with EOMS.
    alarm_id: String,
    /// Its fault.
    #[schema(value_type = String)]
    fault_no: FaultNo,
    /// Episode of the fault.
    episode: u32,
    /// EOMS's number; empty until known.
    sheet_no: String,
    /// State in the words of TMF621.
    #[schema(value_type = String)]
    state: TicketState,
    /// EOMS's own word.
    sheet_status: String,
    /// When we decided to dispatch.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Time,
    /// Last change.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Time,
    /// EOMS's limit for the repair.
    #[schema(value_type = Option<String>, format = DateTime)]
    deal_time_limit: Option<Time>,
    /// When the repair was reported.
    #[schema(value_type = Option<String>, format = DateTime)]
    restored_at: Option<Time>,
    /// What was said, oldest first.
    notes: Vec<NoteView>,
    /// When its clock stood still, oldest first.
    holds: Vec<HoldView>,
}

/// A stretch in which the clock of a ticket stood still.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketHold)]
pub(crate) struct HoldView {
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// Until when; `null`: it still stands.
    #[schema(value_type = Option<String>, format = DateTime)]
    end: Option<Time>,
    /// Why, a code that excludes time.
    #[schema(value_type = String)]
    code: ExclusionCode,
    /// Who stopped it; may be empty.
    by: String,
}

/// Something said on a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketNote)]
pub(crate) struct NoteView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Operation of EOMS.
    operation: String,
    /// Who; may be empty.
    by: String,
    /// What.
    text: String,
}

/// What a person found in the e-ops system.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SettleBody {
    /// The number of the ticket there; absent: there is none, send it again.
    sheet_no: Option<String>,
}

/// Tickets, newest first.
#[utoipa::path(get, path = "/tickets", tag = "tickets", params(TicketQuery),
    responses((status = 200, body = Listing<TicketView>)))]
pub(crate) async fn list_tickets(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<TicketQuery>,
) -> Result<Json<Listing<TicketView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let wanted = states(query.state.as_deref())?;
    let board = app.board.read();
    let mut found: Vec<&Arc<Ticket>> =
        board.lists.tickets.values().filter(|ticket| wanted.contains(&ticket.state)).collect();
    found.sort_by(|a, b| (b.opened_at, &b.alarm_id).cmp(&(a.opened_at, &a.alarm_id)));
    let start = match query.cursor.as_deref() {
        None => 0,
        Some(cursor) => {
            found.iter().position(|ticket| ticket.alarm_id == cursor).ok_or(crate::board::query::BadCursor)? + 1
        }
    };
    let page: Vec<_> = found.iter().skip(start).take(limit).collect();
    let more = start + page.len() < found.len();
    let next = page.last().filter(|_| more).map(|ticket| ticket.alarm_id.clone());
    let items = page.into_iter().map(|ticket| TicketView::of(ticket)).collect();
    Ok(Json(Listing { items, next, total: u32::try_from(found.len()).ok(), as_of: app.clock.now() }))
}

/// One ticket.
#[utoipa::path(get, path = "/tickets/{alarmId}", tag = "tickets", params(("alarmId" = String, Path)),
    responses((status = 200, body = TicketView), (status = 404)))]
pub(crate) async fn show_ticket(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(key): Segment<String>,
) -> Result<Json<TicketView>, Problem> {
    if let Some(ticket) = app.board.read().lists.tickets.get(key.as_str()) {
        return Ok(Json(TicketView::of(ticket)));
    }
    let mut tx = app.db.read().await?;
    let ticket = store::ticket::ticket_by_key(&mut tx, &key).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(TicketView::of(&ticket)))
}

/// Settles a ticket whose outcome only a person can find out: the e-ops system was looked at.
#[utoipa::path(post, path = "/tickets/{alarmId}/settle", tag = "tickets", params(("alarmId" = String, Path)),
    request_body = SettleBody, responses((status = 202), (status = 400), (status = 404), (status = 409)))]
pub(crate) async fn settle_ticket(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(alarm_id): Segment<String>,
    Body(body): Body<SettleBody>,
) -> Result<StatusCode, Problem> {
    let sheet_no = body.sheet_no.map(|text| text.trim().to_owned());
    if sheet_no.as_ref().is_some_and(|text| text.is_empty() || text.chars().count() > SHEET_NO_MAX) {
        return Err(Problem::bad_field("sheetNo", "must have 1 to 80 characters, or be absent: then it is sent again"));
    }
    let mut tx = app.db.read().await?;
    store::ticket::ticket_by_key(&mut tx, &alarm_id).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    app.command(Command::Settle { alarm_id, sheet_no }, &staff.login).await?;
    Ok(StatusCode::ACCEPTED)
}

// === impl TicketView ===

impl TicketView {
    pub(crate) fn of(ticket: &Ticket) -> Self {
        let note = |note: &model::ticket::TicketNote| NoteView {
            at: note.at,
            operation: note.operation.clone(),
            by: note.by.clone(),
            text: note.text.clone(),
        };
        TicketView {
            alarm_id: ticket.alarm_id.clone(),
            fault_no: ticket.fault_no,
            episode: ticket.episode,
            sheet_no: ticket.sheet_no.clone(),
            state: ticket.state,
            sheet_status: ticket.sheet_status.clone(),
            opened_at: ticket.opened_at,
            changed_at: ticket.changed_at,
            deal_time_limit: ticket.deal_time_limit,
            restored_at: ticket.restored_at,
            notes: ticket.notes.iter().map(note).collect(),
            holds: holds(&ticket.clock).into_iter().map(HoldView::of).collect(),
        }
    }
}

// === impl HoldView ===

impl HoldView {
    fn of(hold: Hold) -> Self {
        let end = (!hold.is_open()).then_some(hold.window.end);
        HoldView { start: hold.window.start, end, code: hold.code, by: hold.by }
    }
}

fn states(text: Option<&str>) -> Result<Vec<TicketState>, Problem> {
    let over = [TicketState::Closed, TicketState::Cancelled, TicketState::Rejected, TicketState::Refused];
    match text {
        None | Some("" | "all") => Ok(TicketState::ALL.to_vec()),
        Some("open") => Ok(TicketState::ALL.iter().copied().filter(|state| !over.contains(state)).collect()),
        Some(word) => {
            let state = TicketState::from_word(word);
            state
                .map(|state| vec![state])
                .ok_or_else(|| Problem::bad_field("state", "must be open, all or a ticket state"))
        }
    }
}
