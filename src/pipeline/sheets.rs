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
//! Any word of EOMS about our key proves that it has the ticket: a dispatch whose outcome was unknown
//! is delivered (contract §4.4).

use std::sync::Arc;

use intake::Refusal;
use intake::submission::SheetEvent;
use model::ticket::{OutboxKind, OutboxState, Ticket, TicketNote, TicketState};
use model::time::Time;
use store::{outbox, ticket};
use web::board::Change;

use super::content::{Context, Stop};
use super::{holds, late};

/// Notes of one ticket that are kept; the oldest go.
const NOTES: usize = 200;

/// Moves the ticket that EOMS speaks of.
pub(super) async fn take(cx: &mut Context<'_>, event: SheetEvent) -> Result<(), Stop> {
    let Some(mut found) = find(cx, &event).await? else {
        let key = if event.alarm_id.is_empty() { &event.sheet_no } else { &event.alarm_id };
        return Err(Refusal::NotFound(format!("ticket {key}")).into());
    };
    let before = found.clone();
    let known = |word: &str| cx.deps.eoms.as_ref().and_then(|habits| habits.sheet_state(word));
    tell(&mut found, &event, known, cx.stage.now);
    if let Some(word) = &event.clock {
        holds::tell(&mut found, word, &event.by, event.at.unwrap_or(cx.stage.now))?;
    }
    if found == before {
        return Ok(());
    }
    found.changed_at = cx.stage.now;
    late::mark_sheet(cx, &found, event.at.unwrap_or(cx.stage.now)).await?;
    store(cx, found, before.state).await?;
    Ok(())
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

async fn find(cx: &mut Context<'_>, event: &SheetEvent) -> Result<Option<Ticket>, Stop> {
    if !event.alarm_id.is_empty()
        && let Some(found) = ticket::ticket_by_key(cx.tx, &event.alarm_id).await?
    {
        return Ok(Some(found));
    }
    if event.sheet_no.is_empty() {
        return Ok(None);
    }
    Ok(ticket::ticket_by_sheet(cx.tx, &event.sheet_no).await?)
}

/// Moves a ticket by what was said of it.
fn tell(found: &mut Ticket, event: &SheetEvent, known: impl Fn(&str) -> Option<TicketState>, now: Time) {
    let said = note_of(event, now);
    // Told again after the ticket went on, it must not take it back. Without a time of its own a word
    // may well be said twice.
    let is_repeat = event.at.is_some() && found.notes.contains(&said);
    if found.sheet_no.is_empty() {
        found.sheet_no.clone_from(&event.sheet_no);
    }
    if !event.sheet_status.is_empty() && !is_repeat {
        found.sheet_status.clone_from(&event.sheet_status);
    }
    found.state = if is_repeat { settled(found.state) } else { next_state(event, known, found.state) };
    found.deal_time_limit = event.deal_time_limit.or(found.deal_time_limit);
    found.restored_at = event.restored_at.or(found.restored_at);
    note(found, said, event.at.is_some());
}

fn next_state(event: &SheetEvent, known: impl Fn(&str) -> Option<TicketState>, now: TicketState) -> TicketState {
    match event.operation.as_str() {
        "confirmWorkSheet" => TicketState::InProgress,
        "replyWorkSheet" => TicketState::Resolved,
        "withdrawWorkSheet" => TicketState::Rejected,
        _ if event.sheet_status.is_empty() => settled(now),
        // A word that is not in the table is kept and shown; it moves nothing.
        _ => known(&event.sheet_status).unwrap_or(settled(now)),
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
