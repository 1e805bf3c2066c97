//! What comes after a commit: the board, then the answers. It has a thread of its own, so that the
//! writer reasons about the next group meanwhile; groups leave in the order of their commits.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use intake::{Answer, Item, Refusal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use web::board::Change;

use super::deps::Deps;

/// Committed groups that may wait: beyond them the writer waits, and the intake behind it.
const WAITING: usize = 4;

/// A group that is committed.
#[derive(Default)]
pub(super) struct Committed {
    /// Its change number; 0 if it changed nothing.
    pub seq: i64,
    pub changes: Vec<Change>,
    pub items: Vec<Item>,
    pub outcomes: Vec<Result<Answer, Refusal>>,
    /// Who waits for an order.
    pub done: Vec<oneshot::Sender<()>>,
}

/// The writer's end.
pub(super) struct Publisher {
    door: SyncSender<Committed>,
    thread: JoinHandle<()>,
}

// === impl Publisher ===

impl Publisher {
    /// Starts the thread.
    pub(super) fn start(deps: &Arc<Deps>) -> Self {
        let (door, committed) = sync_channel(WAITING);
        let deps = Arc::clone(deps);
        let thread = tokio::task::spawn_blocking(move || publish_all(&deps, &committed));
        Publisher { door, thread }
    }

    /// Hands a group over; waits while too many are on their way. `false` if the thread is gone,
    /// which only a panic brings about: the writer must begin anew.
    pub(super) fn publish(&self, committed: Committed) -> bool {
        self.door.send(committed).is_ok()
    }

    /// Waits until all are out: a writer that begins anew shows what it reads after them.
    pub(super) async fn finish(self) {
        drop(self.door);
        if let Err(error) = self.thread.await {
            tracing::error!(%error, "what was committed could not be shown: {error}");
        }
    }
}

// === impl Committed ===

impl Committed {
    /// Shown before it is answered: whoever has the answer sees what it told.
    fn publish(self, deps: &Deps) {
        if self.seq > 0 && !self.changes.is_empty() {
            deps.board.publish(u64::try_from(self.seq).unwrap_or(0), self.changes);
            deps.metrics.change_seq.store(self.seq, Ordering::Relaxed);
        }
        answer(self.items, self.outcomes);
        for done in self.done {
            // Whoever gave the order may be gone.
            let _ = done.send(());
        }
    }
}

/// Tells each listener what became of its submission.
pub(super) fn answer(items: Vec<Item>, outcomes: Vec<Result<Answer, Refusal>>) {
    for (item, outcome) in items.into_iter().zip(outcomes) {
        // A listener that has gone away does not need its answer.
        drop(item.answer.send(outcome));
    }
}

fn publish_all(deps: &Deps, committed: &Receiver<Committed>) {
    while let Ok(group) = committed.recv() {
        group.publish(deps);
    }
}
