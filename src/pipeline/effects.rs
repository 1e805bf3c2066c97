//! What the live state asks for after a group: rows of alarms and faults, changes to show, tickets.

use std::sync::Arc;

use engine::live::{AlarmPlacement, Effects, FaultChange};
use model::alarm::Alarm;
use store::alarm as rows;
use store::fault;
use web::board::Change;

use super::alarms::row_of;
use super::content::{Context, Stop};
use super::tickets;

/// Writes the effects of a group and gathers what is to be shown.
pub(super) async fn apply(cx: &mut Context<'_>, effects: Effects) -> Result<(), Stop> {
    let Effects { circuits, alarms, faults, dispatch } = effects;
    for placement in &alarms {
        place(cx, placement);
    }
    store_alarms(cx, &alarms).await?;
    store_faults(cx, &faults).await?;
    for decision in dispatch {
        cx.deps.metrics.count_decision(decision.reason);
        let change = faults.iter().rev().find(|change| change.fault.fault_no == decision.fault_no);
        tickets::decide(cx, &decision, change).await?;
    }
    if !circuits.is_empty() {
        cx.stage.changes.push(Change::Circuits(circuits));
    }
    Ok(())
}

fn place(cx: &mut Context<'_>, placement: &AlarmPlacement) {
    if let Some((_, entry)) = cx.state.book.entry_mut(placement.id) {
        put_placement(Arc::make_mut(&mut entry.alarm), placement);
        cx.stage.alarms.insert(placement.id);
    }
}

fn put_placement(alarm: &mut Alarm, placement: &AlarmPlacement) {
    alarm.effect = placement.effect;
    alarm.fault = placement.fault;
    alarm.is_cause = placement.is_cause;
    alarm.parent = placement.parent;
    if alarm.explained_by != placement.explained_by {
        alarm.explained_by = placement.explained_by.as_str().into();
    }
    alarm.circuits = placement.circuits;
    alarm.toggling = placement.toggling;
}

/// Rows of every alarm that changed; those that are no longer in the book are read first.
async fn store_alarms(cx: &mut Context<'_>, placements: &[AlarmPlacement]) -> Result<(), Stop> {
    let mut changed = Vec::with_capacity(cx.stage.alarms.len());
    for id in std::mem::take(&mut cx.stage.alarms) {
        let Some((key, entry)) = cx.state.book.entry_mut(id) else { continue };
        if let Some(number) = cx.state.numbers.get(&key.source) {
            changed.push(row_of(key, entry, *number));
        }
    }
    let absent: Vec<&AlarmPlacement> = placements.iter().filter(|p| cx.state.book.entry_mut(p.id).is_none()).collect();
    let ids: Vec<i64> = absent.iter().map(|placement| placement.id).collect();
    if !ids.is_empty() {
        for mut row in rows::alarms_by_ids(cx.tx, &ids).await? {
            if let Some(placement) = absent.iter().find(|placement| placement.id == row.alarm.id) {
                put_placement(Arc::make_mut(&mut row.alarm), placement);
                changed.push(row);
            }
        }
    }
    if !changed.is_empty() {
        rows::put_alarms(cx.tx, &changed).await?;
        cx.stage.wrote = true;
    }
    cx.stage.changes.extend(changed.into_iter().map(|row| Change::Alarm(row.alarm)));
    let gone = std::mem::take(&mut cx.stage.gone);
    if !gone.is_empty() {
        rows::delete_alarms(cx.tx, &gone).await?;
        cx.stage.wrote = true;
    }
    cx.stage.changes.extend(gone.into_iter().map(Change::AlarmGone));
    Ok(())
}

async fn store_faults(cx: &mut Context<'_>, faults: &[FaultChange]) -> Result<(), Stop> {
    if faults.is_empty() {
        return Ok(());
    }
    let changed: Vec<_> = faults.iter().map(|change| Arc::clone(&change.fault)).collect();
    fault::put_faults(cx.tx, &changed).await?;
    cx.stage.wrote = true;
    let shown = faults.iter().map(|change| Change::Fault(Arc::clone(&change.fault), Arc::clone(&change.impact)));
    cx.stage.changes.extend(shown);
    Ok(())
}
