//! Tickets from our side: a dispatch decision becomes a ticket and an outbox row in one transaction;
//! the outcome of a call moves both.

use std::sync::Arc;

use collectors::eoms::wire::{NewAlarm, Sheet, SyncAlarm, UntreadWorkSheet};
use engine::inventory::Inventory;
use engine::live::{Action, Decision, FaultChange};
use engine::plan::{Plan, PlanFile};
use intake::Refusal;
use model::fault::DispatchReason;
use model::ticket::{OutboxKind, OutboxRow, OutboxState, Said, Ticket, TicketNote, TicketState};
use model::time::Time;
use serde::Serialize;
use store::{outbox, ticket};
use web::board::Change;

use super::content::{Context, Stop};
use super::order::{SendOutcome, Sent};
use super::sheets;

/// Does what a decision asks for.
pub(super) async fn decide(
    cx: &mut Context<'_>,
    decision: &Decision,
    change: Option<&FaultChange>,
) -> Result<(), Stop> {
    let alarm_id = format!("{}_{}-{}", cx.deps.own, decision.fault_no, decision.episode);
    tracing::info!(fault.id = %decision.fault_no, ticket.id = %alarm_id, reason = %decision.reason,
        "{}: {:?} because {}", decision.fault_no, decision.what, decision.reason);
    match decision.what {
        Action::NewTicket => match change.cloned().or_else(|| cx.state.live.fault(decision.fault_no)) {
            Some(change) => open(cx, &alarm_id, &change, decision).await,
            None => Ok(()),
        },
        Action::SyncCleared(at) => {
            let content = SyncAlarm { alarm_id: alarm_id.clone(), clear_time: at, staff_no: String::new() };
            queue(cx, OutboxKind::SyncAlarm, &clear_key(&alarm_id, at), &content).await?;
            say(cx, &alarm_id, "syncAlarm", String::new()).await
        }
        Action::Reopened(at) => {
            outbox::withdraw_outbox(cx.tx, OutboxKind::SyncAlarm, &clear_key(&alarm_id, at)).await?;
            join(cx, &alarm_id, change).await
        }
        Action::Join => join(cx, &alarm_id, change).await,
        Action::SendBack => send_back(cx, &alarm_id).await,
    }
}

/// Outbox key of the word that everything was cleared at a time.
fn clear_key(alarm_id: &str, at: Time) -> String {
    format!("{alarm_id}#{}", at.ms())
}

/// Notes how many alarms a sheet that is open is about now. One that is only linked has none of its own.
async fn join(cx: &mut Context<'_>, alarm_id: &str, change: Option<&FaultChange>) -> Result<(), Stop> {
    match change {
        Some(change) => say(cx, alarm_id, "join", change.fault.alarms.to_string()).await,
        None => Ok(()),
    }
}

async fn open(cx: &mut Context<'_>, alarm_id: &str, change: &FaultChange, decision: &Decision) -> Result<(), Stop> {
    let FaultChange { fault, impact, .. } = change;
    if ticket::ticket_by_key(cx.tx, alarm_id).await?.is_some() {
        return Ok(());
    }
    let root = cx.state.book.entry_mut(fault.root_alarm).map(|(_, entry)| entry.alarm.record.clone());
    let root = root.unwrap_or_default();
    let inventory = cx.state.live.inventory();
    let customers = impact.customers.iter().filter_map(|ix| inventory.customer(*ix));
    let content = NewAlarm {
        alarm_id: alarm_id.to_owned(),
        alarm_sta_id: fault.native_cause.to_string(),
        alarm_title: fault.title.to_string(),
        alarm_create_time: fault.first_at,
        ne_type: root.ne_type.to_string(),
        ne_name: if root.ne_name.is_empty() { fault.cause_object_id.to_string() } else { root.ne_name.to_string() },
        alarm_level: fault.severity,
        fault_no: fault.fault_no.to_string(),
        circuit_codes: impact.circuits.iter().map(|(ix, _)| inventory.circuit_code(*ix).to_owned()).collect(),
        circuit_count: fault.circuits.into(),
        customer_nos: customers.map(|customer| customer.no.to_owned()).collect(),
        customer_level: fault.customer_level.to_string(),
        service_level: fault.service_level.to_string(),
        is_key_protect: fault.key_protected,
        sla_deadline: deadline(change, inventory, &cx.deps.plans),
        root_cause: format!("{} {} {}", fault.cause, fault.cause_object_type, fault.cause_object_id),
        manual: decision.reason == DispatchReason::Manual,
    };
    queue(cx, OutboxKind::NewAlarm, alarm_id, &content).await?;
    let opened = Ticket {
        alarm_id: alarm_id.to_owned(),
        fault_no: fault.fault_no,
        episode: decision.episode,
        sheet_no: String::new(),
        state: TicketState::Sending,
        sheet_status: String::new(),
        said: Said::default(),
        opened_at: cx.stage.now,
        changed_at: cx.stage.now,
        deal_time_limit: None,
        restored_at: None,
        repair: None,
        notes: vec![TicketNote {
            at: cx.stage.now,
            operation: "dispatch".to_owned(),
            by: String::new(),
            text: decision.reason.to_string(),
        }],
        clock: Vec::new(),
    };
    ticket::put_ticket(cx.tx, &opened).await?;
    cx.stage.changes.push(Change::Ticket(Arc::new(opened)));
    Ok(())
}

/// When the first promise to restore is broken, among the circuits that are down.
fn deadline(change: &FaultChange, inventory: &Inventory, plans: &PlanFile) -> Option<Time> {
    let built_in = Plan::default();
    let limits = change.impact.circuits.iter().filter(|(_, down)| *down).filter_map(|(ix, _)| {
        let circuit = inventory.circuit(*ix)?;
        plans.choose(circuit.sla_plan, &built_in).plan().restore_within_s
    });
    limits.min().map(|limit_s| change.fault.first_at.plus_s(limit_s))
}

async fn send_back(cx: &mut Context<'_>, alarm_id: &str) -> Result<(), Stop> {
    let Some(found) = ticket::ticket_by_key(cx.tx, alarm_id).await? else { return Ok(()) };
    let content = UntreadWorkSheet {
        alarm_id: alarm_id.to_owned(),
        sheet_no: found.sheet_no.clone(),
        reason: "告警未清除 / an alarm is still active".to_owned(),
    };
    let key = format!("{alarm_id}#{}", cx.stage.now.ms());
    queue(cx, OutboxKind::UntreadWorkSheet, &key, &content).await?;
    say(cx, alarm_id, "untreadWorkSheet", content.reason.clone()).await
}

/// Writes an outbox row, once for each (kind, key).
async fn queue<T: Serialize + Sync>(
    cx: &mut Context<'_>,
    kind: OutboxKind,
    key: &str,
    content: &T,
) -> Result<(), Stop> {
    let content = serde_json::to_string(content).map_err(|error| Refusal::BadValue(error.to_string()))?;
    let row = OutboxRow {
        id: 0,
        kind,
        key: key.to_owned(),
        content,
        state: OutboxState::Queued,
        tries: 0,
        next_at: cx.stage.now,
        first_sent_at: None,
        error: String::new(),
    };
    outbox::add_outbox(cx.tx, &row).await?;
    cx.stage.wrote = true;
    cx.stage.ring_dispatch = true;
    Ok(())
}

/// Adds a note of ours to a ticket.
async fn say(cx: &mut Context<'_>, alarm_id: &str, operation: &str, text: String) -> Result<(), Stop> {
    let Some(mut found) = ticket::ticket_by_key(cx.tx, alarm_id).await? else { return Ok(()) };
    let note = TicketNote { at: cx.stage.now, operation: operation.to_owned(), by: String::new(), text };
    if found.notes.last().is_some_and(|last| last.operation == note.operation && last.text == note.text) {
        return Ok(());
    }
    found.notes.push(note);
    found.changed_at = cx.stage.now;
    let state = found.state;
    sheets::store(cx, found, state).await
}

/// Moves an outbox row, and its ticket, by the outcome of a call.
pub(super) async fn sent(cx: &mut Context<'_>, sent: Sent) -> Result<(), Stop> {
    let Some(mut row) = outbox::outbox_by_id(cx.tx, sent.outbox).await? else { return Ok(()) };
    if !matches!(row.state, OutboxState::Queued | OutboxState::Unknown) {
        return Ok(());
    }
    let now = cx.stage.now;
    let (state, sheet) = match sent.outcome {
        SendOutcome::Delivered { sheet_no, sheet_status } => {
            row.state = OutboxState::Delivered;
            row.error.clear();
            let known = cx.deps.eoms.as_ref().and_then(|habits| habits.sheet_state(&sheet_status));
            (known.unwrap_or(TicketState::Acknowledged), Sheet { sheet_no, sheet_status })
        }
        SendOutcome::Later { after_s, error } => {
            row.state = OutboxState::Queued;
            row.next_at = now.plus_s(after_s);
            row.error = error;
            (TicketState::Sending, Sheet::default())
        }
        SendOutcome::Unknown { after_s, error } => {
            row.state = OutboxState::Unknown;
            row.next_at = now.plus_s(after_s);
            row.first_sent_at = row.first_sent_at.or(Some(now));
            row.error = error;
            (TicketState::Unknown, Sheet::default())
        }
        SendOutcome::Never { error } => {
            row.state = OutboxState::Refused;
            row.error = error;
            (TicketState::Refused, Sheet::default())
        }
    };
    row.tries = row.tries.saturating_add(1);
    outbox::put_outbox(cx.tx, &row).await?;
    cx.stage.wrote = true;
    cx.stage.ring_dispatch = true;
    if row.kind == OutboxKind::NewAlarm { move_ticket(cx, &row, state, sheet).await } else { Ok(()) }
}

/// A person has looked at the e-ops system: it has the ticket, or it has not and gets it again.
pub(super) async fn settle(
    cx: &mut Context<'_>,
    by: &str,
    alarm_id: &str,
    sheet_no: Option<String>,
) -> Result<(), Stop> {
    let found = ticket::ticket_by_key(cx.tx, alarm_id).await?;
    let row = outbox::outbox_by_key(cx.tx, OutboxKind::NewAlarm, alarm_id).await?;
    let (Some(mut found), Some(mut row)) = (found, row) else {
        return Err(Refusal::NotFound(format!("ticket {alarm_id}")).into());
    };
    if !matches!(found.state, TicketState::Unknown | TicketState::Refused) {
        return Err(
            Refusal::StateForbids(format!("ticket {alarm_id} is {}: there is nothing to settle", found.state)).into()
        );
    }
    let before = found.state;
    (found.state, row.state) = match &sheet_no {
        Some(_) => (TicketState::Acknowledged, OutboxState::Delivered),
        None => (TicketState::Sending, OutboxState::Queued),
    };
    (row.next_at, row.error) = (cx.stage.now, String::new());
    let text = sheet_no.clone().unwrap_or_else(|| "send again".to_owned());
    found.sheet_no = sheet_no.unwrap_or(found.sheet_no);
    found.changed_at = cx.stage.now;
    let operation = "settle".to_owned();
    found.notes.push(TicketNote { at: cx.stage.now, operation, by: by.to_owned(), text });
    outbox::put_outbox(cx.tx, &row).await?;
    cx.stage.ring_dispatch = true;
    sheets::store(cx, found, before).await
}

/// The ticket follows its dispatch until EOMS itself has said where it stands.
async fn move_ticket(cx: &mut Context<'_>, row: &OutboxRow, state: TicketState, sheet: Sheet) -> Result<(), Stop> {
    let Some(mut found) = ticket::ticket_by_key(cx.tx, &row.key).await? else { return Ok(()) };
    let before = found.clone();
    sheets::answered(&mut found, state, &sheet.sheet_status, cx.stage.now);
    if !sheet.sheet_no.is_empty() {
        found.sheet_no = sheet.sheet_no;
    }
    if !row.error.is_empty() {
        let note = TicketNote {
            at: cx.stage.now,
            operation: "newAlarm".to_owned(),
            by: String::new(),
            text: row.error.clone(),
        };
        if found.notes.last().is_none_or(|last| last.text != note.text) {
            found.notes.push(note);
        }
    }
    if found == before {
        return Ok(());
    }
    found.changed_at = cx.stage.now;
    sheets::store(cx, found, before.state).await
}

#[cfg(test)]
mod tests;
