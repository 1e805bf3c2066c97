//! What each order of a task does.

use std::sync::Arc;

use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use intake::Refusal;
use model::source::SyncRun;
use store::StoreError;
use web::board::Change;

use super::content::{Context, Stop};
use super::order::Order;
use super::{changes, own, start, tickets, upkeep};

/// Takes one order into the group.
pub(super) async fn take(cx: &mut Context<'_>, order: Order) -> Result<(), StoreError> {
    let outcome = match order {
        Order::Swap(inventory, knowledge) => {
            swap(cx, inventory, knowledge);
            Ok(())
        }
        Order::Sent(sent) => tickets::sent(cx, sent).await,
        Order::Sync(source, run) => {
            // What a list has to confirm is the writer's to know, not the task's.
            let confirms = cx.state.sources.sync(&source).is_some_and(|held| held.confirms);
            return changes::put_sync(cx, &source, SyncRun { confirms, ..run }).await;
        }
        Order::Load(load) => {
            cx.stage.changes.push(Change::Load(load));
            Ok(())
        }
        Order::Aside(asides) => return upkeep::write_aside(cx, asides).await,
        Order::OwnAlarm(alarm) => {
            own::raise(cx, alarm.title, &alarm.about, alarm.text.as_deref()).map_err(Stop::Refused)
        }
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Refused(refusal)) => {
            warn(&refusal);
            Ok(())
        }
    }
}

fn warn(refusal: &Refusal) {
    tracing::warn!(error = %refusal, "an order of a task could not be carried out: {refusal}");
}

/// A new inventory: everything is counted anew, and shown anew.
fn swap(cx: &mut Context<'_>, inventory: Arc<Inventory>, knowledge: Arc<Knowledge>) {
    cx.state.live.swap(Arc::clone(&inventory), Arc::clone(&knowledge), cx.stage.now);
    cx.state.inventory = Arc::clone(&inventory);
    cx.state.knowledge = Arc::clone(&knowledge);
    cx.stage.changes.push(Change::Inventory(Arc::clone(&inventory), knowledge));
    cx.stage.changes.push(Change::Circuits(cx.state.live.not_up()));
    for id in cx.state.sources.ids() {
        let circuits = start::observed(&inventory, &cx.state.sources, &id);
        cx.state.sources.put_circuits(&id, u32::try_from(circuits.len()).unwrap_or(u32::MAX));
        cx.stage.sources.insert(id);
    }
    for (id, _) in cx.state.sources.silent_now() {
        let circuits = start::observed(&inventory, &cx.state.sources, &id);
        cx.stage.changes.push(Change::Silence { source: id, circuits });
    }
}
