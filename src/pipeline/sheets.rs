//! What EOMS says of a ticket. The ticket's state machine:
//!
//! | said | state after |
//! |---|---|
//! | `syncSheetState` with a known word | what the word means |
//! | `confirmWorkSheet` | inProgress |
//! | `replyWorkSheet` | resolved |
//! | `withdrawWorkSheet` | rejected |
//! | `suspendWorkSheet`, `resumeWorkSheet` | held while its clock stands, then inProgress (`holds`) |
//!
//! The word that was said last stands, by EOMS's own clock (`statusTime`, `opTime`) in whole seconds; of
//! words of one second the one that is further on. So neither order nor repetition of delivery matters. A
//! word without a time, or with one far in the future, counts at its receipt.
//!
//! Any word of EOMS about our key proves that it has the ticket: a dispatch whose outcome was unknown
//! is delivered (contract §4.4).

use std::sync::Arc;

use engine::plan::words::ExclusionCode;
use intake::Refusal;
use intake::submission::SheetEvent;
use model::ticket::{OutboxKind, OutboxState, Ticket, TicketNote, TicketState};
use model::time::Time;
use store::{outbox, ticket};
use web::board::Change;

use super::content::{Context, Stop};
use super::{holds, late};

/// How far ahead of ours EOMS's clock may be.
const AHEAD_MS: i64 = 5 * 60 * 1000;
/// Notes of one ticket that are kept; the oldest go.
const NOTES: usize = 200;

/// Moves the tickets that EOMS speaks of: one, or all that share the sheet.
pub(super) async fn take(cx: &mut Context<'_>, event: SheetEvent) -> Result<(), Stop> {
    if !event.exclusion.is_empty() && ExclusionCode::from_word(&event.exclusion).is_none() {
        let codes = ExclusionCode::ALL.map(ExclusionCode::word).join(", ");
        let reason = format!("exclusionCode {:?} is none of {codes}", event.exclusion);
        return Err(Refusal::BadValue(reason).into());
    }
    let tickets = find(cx, &event).await?;
    if tickets.is_empty() {
        let key = if event.alarm_id.is_empty() { &event.sheet_no } else { &event.alarm_id };
        return Err(Refusal::NotFound(format!("ticket {key}")).into());
    }
    for found in tickets {
        move_one(cx, &event, found).await?;
    }
    Ok(())
}

async fn move_one(cx: &mut Context<'_>, event: &SheetEvent, mut found: Ticket) -> Result<(), Stop> {
    let before = found.clone();
    let known = |word: &str| cx.deps.eoms.as_ref().and_then(|habits| habits.sheet_state(word));
    tell(&mut found, event, known, cx.stage.now);
    if let Some(word) = &event.clock {
        holds::tell(&mut found, word, &event.by, event.at.unwrap_or(cx.stage.now))?;
    }
    holds::apply(&mut found);
    if found == before {
        return Ok(());
    }
    found.changed_at = cx.stage.now;
    late::mark_sheet(cx, &found, event.at.unwrap_or(cx.stage.now)).await?;
    store(cx, found, before.state).await
}

/// Writes a ticket, shows it, and tells the live state when its sheet is over.
pub(super) async fn store(cx: &mut Context<'_>, found: Ticket, before: TicketState) -> Result<(), Stop> {
    ticket::put_ticket(cx.tx, &found).await?;
    cx.stage.wrote = true;
    settle_dispatch(cx, &found).await?;
    let over = |state| matches!(state, TicketState::Closed | TicketState::Cancelled | TicketState::Rejected);
    match (over(before), over(found.state)) {
        (false, true) => cx.state.live.sheet_closed(found.fault_no, found.episode, cx.stage.now),
        (true, false) => cx.state.live.sheet_reopened(found.fault_no, found.episode, cx.stage.now),
        _ => {}
    }
    cx.stage.changes.push(Change::Ticket(Arc::new(found)));
    Ok(())
}

/// The tickets that are meant: the one with our key and those that share its sheet, or those of the sheet.
/// The number of another ticket's sheet is not taken from a notice: it may be a mistake, and then the words
/// about one fault would move another. Sheets are shared by what EOMS answers us (`tickets`).
async fn find(cx: &mut Context<'_>, event: &SheetEvent) -> Result<Vec<Ticket>, Stop> {
    let mut keyed = None;
    if !event.alarm_id.is_empty() {
        keyed = ticket::ticket_by_key(cx.tx, &event.alarm_id).await?;
    }
    let Some(found) = keyed else { return of_sheet(cx, &event.sheet_no).await };
    let sheet_no = if event.sheet_no.is_empty() { &found.sheet_no } else { &event.sheet_no };
    let mut tickets = of_sheet(cx, sheet_no).await?;
    if let Some(other) = tickets.first().filter(|_| *sheet_no != found.sheet_no) {
        let reason = format!("sheet {sheet_no} is that of ticket {}, not of {}", other.alarm_id, found.alarm_id);
        return Err(Refusal::Conflict(reason).into());
    }
    if tickets.iter().all(|ticket| ticket.alarm_id != found.alarm_id) {
        tickets.push(found);
    }
    Ok(tickets)
}

async fn of_sheet(cx: &mut Context<'_>, sheet_no: &str) -> Result<Vec<Ticket>, Stop> {
    if sheet_no.is_empty() {
        return Ok(Vec::new());
    }
    Ok(ticket::tickets_by_sheet(cx.tx, sheet_no).await?)
}

/// Moves a ticket by what was said of it.
fn tell(found: &mut Ticket, event: &SheetEvent, known: impl Fn(&str) -> Option<TicketState>, now: Time) {
    let at = said_at(event.at, now);
    if found.sheet_no.is_empty() {
        found.sheet_no.clone_from(&event.sheet_no);
    }
    if !event.sheet_status.is_empty() {
        newer((&mut found.said.sheet_status, &mut found.sheet_status), at, event.sheet_status.clone());
    }
    if event.deal_time_limit.is_some() {
        newer((&mut found.said.deal_time_limit, &mut found.deal_time_limit), at, event.deal_time_limit);
    }
    if event.restored_at.is_some() {
        newer((&mut found.said.restored_at, &mut found.restored_at), at, event.restored_at);
    }
    if event.repair.is_some() {
        newer((&mut found.said.repair, &mut found.repair), at, event.repair.clone());
    }
    found.said.state = found.said.state.max(state_of(event, known).map(|state| (at, state)));
    found.state = found.said.state.map_or(settled(found.state), |(_, state)| state);
    note(found, note_of(event, now), event.at.is_some());
}

/// The state that a word means. One that is not in the table is kept and shown; it moves nothing.
fn state_of(event: &SheetEvent, known: impl Fn(&str) -> Option<TicketState>) -> Option<TicketState> {
    match event.operation.as_str() {
        "confirmWorkSheet" => Some(TicketState::InProgress),
        "replyWorkSheet" => Some(TicketState::Resolved),
        "withdrawWorkSheet" => Some(TicketState::Rejected),
        _ => known(&event.sheet_status),
    }
}

/// What EOMS answered us of a ticket that it had said nothing of. An answer has no time and counts at its
/// receipt; that the sheet is there and waits is older than any word.
pub(super) fn answered(found: &mut Ticket, state: TicketState, sheet_status: &str, now: Time) {
    if found.said.sheet_status.is_none() && !sheet_status.is_empty() {
        sheet_status.clone_into(&mut found.sheet_status);
    }
    if !matches!(found.state, TicketState::Sending | TicketState::Unknown) {
        return;
    }
    found.state = state;
    let moved = !matches!(
        state,
        TicketState::Sending | TicketState::Unknown | TicketState::Acknowledged | TicketState::Refused
    );
    if moved {
        found.said.state = Some((said_at(None, now), state));
        found.said.sheet_status = Some(said_at(None, now));
    }
}

/// When a word was said.
fn said_at(at: Option<Time>, now: Time) -> Time {
    let believed = at.filter(|at| at.since(now) <= AHEAD_MS).unwrap_or(now);
    believed.plus_ms(-believed.ms().rem_euclid(1000))
}

/// Puts a value if it was said later than the one that stands; of one second the greater stands.
fn newer<T: Ord>((held_at, held): (&mut Option<Time>, &mut T), at: Time, value: T) {
    if held_at.is_none_or(|held_at| (held_at, &*held) < (at, &value)) {
        (*held_at, *held) = (Some(at), value);
    }
}

/// EOMS spoke of it, so it has it.
fn settled(now: TicketState) -> TicketState {
    match now {
        TicketState::Sending | TicketState::Unknown => TicketState::Acknowledged,
        other => other,
    }
}

/// The dispatch of a ticket that EOMS knows is delivered, whatever its call ended with.
async fn settle_dispatch(cx: &mut Context<'_>, found: &Ticket) -> Result<(), Stop> {
    if matches!(found.state, TicketState::Sending | TicketState::Unknown | TicketState::Refused) {
        return Ok(());
    }
    let Some(mut row) = outbox::outbox_by_key(cx.tx, OutboxKind::NewAlarm, &found.alarm_id).await? else {
        return Ok(());
    };
    if matches!(row.state, OutboxState::Queued | OutboxState::Unknown) {
        row.state = OutboxState::Delivered;
        row.error.clear();
        outbox::put_outbox(cx.tx, &row).await?;
        cx.stage.ring_dispatch = true;
    }
    Ok(())
}

/// What was said.
fn note_of(event: &SheetEvent, now: Time) -> TicketNote {
    TicketNote {
        at: event.at.unwrap_or(now),
        operation: event.operation.clone(),
        by: event.by.clone(),
        text: [event.sheet_status.as_str(), event.text.as_str()].join(" ").trim().to_owned(),
    }
}

/// Adds what was said, once; without a time of its own, words that were said before are no news.
fn note(found: &mut Ticket, said: TicketNote, has_time: bool) {
    let known = |other: &TicketNote| {
        other.operation == said.operation && other.text == said.text && (!has_time || other.at == said.at)
    };
    if !found.notes.iter().any(known) {
        found.notes.push(said);
    }
    if found.notes.len() > NOTES {
        found.notes.remove(0);
    }
}

#[cfg(test)]
mod tests;
