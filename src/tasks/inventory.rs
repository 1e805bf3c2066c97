//! Builds the inventory anew when resources have changed, off the writer's thread, and hands it over
//! whole.

use std::sync::Arc;
use std::time::Duration;

use engine::inventory::{Builder, DataIssue, Inventory};
use engine::knowledge::Knowledge;
use model::resource::Class;
use store::meta::{Counter, last_of};
use store::resource::rows_of_class;
use store::{Db, StoreError};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use crate::pipeline::order::Order;

/// Changes that come faster than this are built together.
const PAUSE: Duration = Duration::from_secs(3);

/// Issues that are logged of one inventory.
const ISSUES_SHOWN: usize = 20;

/// An inventory, what alarms mean in it, and what is wrong with its rows.
pub type Built = (Arc<Inventory>, Arc<Knowledge>, Vec<DataIssue>);

/// Builds at every ring until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(deps: Arc<TaskDeps>, stop: CancellationToken) -> anyhow::Result<()> {
    let work = async {
        loop {
            deps.inventory.wait().await;
            let (inventory, knowledge, issues) = build(&deps.db).await.inspect_err(|_| deps.inventory.ring())?;
            tracing::info!(
                circuits.total = inventory.circuits_total(),
                issues.total = issues.len(),
                "the inventory is built anew: {} circuits, {} issues",
                inventory.circuits_total(),
                issues.len()
            );
            for issue in issues.iter().take(ISSUES_SHOWN) {
                tracing::warn!("{} {} {}", issue.class, issue.key, issue.reason);
            }
            if !deps.orders.give(Order::Swap(inventory, knowledge)).await {
                // The writer begins anew and reads the database itself.
                tracing::warn!("the new inventory was not taken over");
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::select! {
        ended = work => ended,
        () = stop.cancelled() => Ok(()),
    }
}

/// The inventory as the database holds it, with what is wrong in it.
///
/// # Errors
/// What the database says.
pub async fn build(db: &Db) -> Result<Built, StoreError> {
    let (db, handle) = (db.clone(), Handle::current());
    // Reading a million rows out of their JSON is work, so the reading too is done on the blocking pool.
    match tokio::task::spawn_blocking(move || handle.block_on(read(&db))).await {
        Ok(built) => built,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(StoreError::Closed),
    }
}

async fn read(db: &Db) -> Result<Built, StoreError> {
    let mut tx = db.read().await?;
    let (mut builder, mut known) = (Builder::of_revision(last_of(&mut tx, Counter::Inventory).await?), Vec::new());
    for class in Class::ALL {
        rows_of_class(&mut tx, *class, |row| {
            if row.class == Class::AlarmKnowledge { known.push(row.clone()) } else { builder.add(row) }
        })
        .await?;
    }
    drop(tx);
    let (inventory, issues) = builder.finish();
    Ok((Arc::new(inventory), Arc::new(Knowledge::build(&known)), issues))
}
