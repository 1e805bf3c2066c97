//! Group commit: as soon as the writer is idle it takes all that queued meanwhile, up to a limit.
//! There is no linger: a lone submission is committed at once, a flood shares its commits.

use intake::{Item, Queue};
use tokio::sync::mpsc;
use tokio::time::Interval;
use tokio_util::sync::CancellationToken;

use super::order::OrderItem;
use super::suspects::Settled;

/// Submissions in one commit.
const SUBMISSIONS: usize = 1024;
/// Raw bytes in one commit.
const BYTES: usize = 4 << 20;

/// What one commit holds.
#[derive(Default)]
pub(super) struct Group {
    pub items: Vec<Item>,
    pub orders: Vec<OrderItem>,
    /// What its one item is answered, which was tried before.
    pub settled: Option<Settled>,
}

/// Waits for work; `None` when it is time to stop and nothing waits.
pub(super) async fn next_group(
    queue: &mut Queue,
    orders: &mut mpsc::Receiver<OrderItem>,
    tick: &mut Interval,
    stop: &CancellationToken,
) -> Option<Group> {
    let mut group = Group::default();
    tokio::select! {
        biased;
        item = queue.recv() => group.items.push(item?),
        order = orders.recv() => group.orders.push(order?),
        _ = tick.tick() => {}
        () = stop.cancelled() => {}
    }
    let mut bytes: usize = group.items.iter().map(|item| item.submission.raw.len()).sum();
    while group.items.len() < SUBMISSIONS && bytes < BYTES {
        let Ok(item) = queue.try_recv() else { break };
        bytes += item.submission.raw.len();
        group.items.push(item);
    }
    while group.orders.len() < SUBMISSIONS {
        let Ok(order) = orders.try_recv() else { break };
        group.orders.push(order);
    }
    let done = stop.is_cancelled() && group.items.is_empty() && group.orders.is_empty();
    (!done).then_some(group)
}
