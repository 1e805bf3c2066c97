//! Keeps the end of the audit log's chain outside the database, every five minutes and at the end: what
//! is cut off the log later is missed then.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use store::audit::{Checkpoint, end_of_chain};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;

const EVERY: Duration = Duration::from_secs(300);

/// What the task needs.
pub struct Checkpoints {
    /// Tools.
    pub deps: TaskDeps,
    /// Where the ends are kept.
    pub path: PathBuf,
}

/// Keeps ends until the stop, and once more then.
///
/// # Errors
/// What the database or the file says.
pub async fn run(checkpoints: Arc<Checkpoints>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut last = None;
    loop {
        let stopping = stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none();
        last = Some(checkpoints.keep(last).await?);
        if stopping {
            return Ok(());
        }
    }
}

impl Checkpoints {
    async fn keep(&self, last: Option<Checkpoint>) -> anyhow::Result<Checkpoint> {
        let mut tx = self.deps.db.read().await?;
        let end = end_of_chain(&mut tx).await?;
        drop(tx);
        if last.as_ref() != Some(&end) {
            crate::audit::keep(&self.path, &end, self.deps.clock.now())?;
            // The log goes off the machine where logs are gathered.
            tracing::info!(audit.count = end.count, audit.head = %end.head, audit.seal = %end.seal, "end of the audit log");
        }
        Ok(end)
    }
}
