//! A load as the board shows it, at most four times a second.

use std::time::Duration;

use store::load::Load;
use tokio::sync::watch;

use crate::pipeline::order::Order;
use crate::tasks::TaskDeps;

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

/// Shows how a load stands.
pub(super) async fn give(deps: &TaskDeps, load: &Load) {
    // A load that is not shown is loaded all the same.
    deps.orders.give(Order::Load(Box::new(load.clone()))).await;
}
