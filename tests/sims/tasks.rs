//! Where the simulators' tasks run: each ends when the token is cancelled, and `stop` waits for all.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long `stop` waits for tasks that are in the middle of something.
const GRACE: Duration = Duration::from_secs(3);

/// A group of tasks with one end.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    token: CancellationToken,
}

// === impl Tasks ===

impl Tasks {
    /// Tasks that end with `token`.
    pub fn new(token: CancellationToken) -> Self {
        Tasks { tracker: TaskTracker::new(), token }
    }

    /// Runs `work` until it ends or the group is stopped.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let token = self.token.clone();
        self.tracker.spawn(async move {
            tokio::select! {
                () = token.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// The token that ends them.
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Ends every task and waits for them, for a few seconds at most.
    pub async fn stop(&self) {
        self.token.cancel();
        self.tracker.close();
        if tokio::time::timeout(GRACE, self.tracker.wait()).await.is_err() {
            tracing::warn!(tasks = self.tracker.len(), "simulator tasks did not end in time");
        }
    }
}
