//! A load as the board shows it, at most four times a second.

use std::time::Duration;

use store::StoreError;
use store::load::{Load, loads_page};
use tokio::sync::watch;

use crate::pipeline::order::Order;
use crate::tasks::TaskDeps;

/// Loads that are shown after a start.
const PAST: u32 = 100;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);

/// Shows a load as it goes on; ends when the load does.
pub(super) async fn follow(deps: &TaskDeps, mut shown: watch::Receiver<Load>) {
    loop {
        let load = shown.borrow_and_update().clone();
        give(deps, &load).await;
        tokio::time::sleep(PAUSE).await;
        if shown.changed().await.is_err() {
            return;
        }
    }
}

/// Shows the latest loads as they were left, so that a restart hides neither what was done nor what waits
/// for a person.
pub(super) async fn past(deps: &TaskDeps) -> Result<(), StoreError> {
    let past = loads_page(&mut deps.db.read().await?, i64::MAX, PAST).await?;
    for load in past.iter().rev() {
        give(deps, load).await;
    }
    Ok(())
}

/// Shows how a load stands.
pub(super) async fn give(deps: &TaskDeps, load: &Load) {
    // A load that is not shown is loaded all the same.
    deps.orders.give(Order::Load(Box::new(load.clone()))).await;
}
