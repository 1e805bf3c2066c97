//! Makes the reports that runs ask for, one customer after the other; what is made stays made, so a run
//! goes on where it was after a stop, a restart or a failure.

mod issue;
mod schedule;
pub mod standing;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use model::report::RunState;
use report::Fonts;
use store::report::{begin_run, end_run, next_customer, next_run, requeue_runs};
use store::version::oldest_marks;
use tokio_util::sync::CancellationToken;
use web::board::Board;

use super::TaskDeps;
use crate::config::Reports;
use crate::reports::maker::Maker;

/// How often it looks for runs.
const LOOK: Duration = Duration::from_secs(1);
/// How often it looks whether a month is to be reported, by the clock.
const SCHEDULE_MS: i64 = 60_000;
/// Pause after each customer: alarms come first.
const REST: Duration = Duration::from_millis(20);
/// Looks that a run waits for figures that are being computed again.
const MARKS_MAX: u32 = 10;

/// What the task needs.
pub struct Reporter {
    /// Tools.
    pub deps: TaskDeps,
    /// The network as it is known now.
    pub board: Board,
    /// Makes what a report says.
    pub maker: Maker,
    /// Parsed once.
    pub fonts: Arc<Fonts>,
    /// Folder of the issued reports.
    pub folder: PathBuf,
    /// Schedule and mail.
    pub settings: Reports,
}

/// Makes reports until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(reporter: Arc<Reporter>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut tx = reporter.deps.db.write().await?;
    requeue_runs(&mut tx).await?;
    tx.commit().await?;
    let mut next = reporter.deps.clock.now();
    loop {
        // A stop need not wait for a large customer: what is not committed is made again.
        while let Some(more) = stop.run_until_cancelled(reporter.step()).await {
            if !more? {
                break;
            }
            tokio::time::sleep(REST).await;
        }
        let now = reporter.deps.clock.now();
        if now >= next {
            reporter.ask_for_last_month(now).await?;
            next = now.plus_ms(SCHEDULE_MS);
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
            return Ok(());
        }
    }
}

impl Reporter {
    /// Makes the files of the next customer; `true` if there may be more.
    async fn step(&self) -> anyhow::Result<bool> {
        let mut tx = self.deps.db.read().await?;
        let Some(run) = next_run(&mut tx).await? else { return Ok(false) };
        let files = next_customer(&mut tx, run.id).await?;
        drop(tx);
        if run.state == RunState::Queued {
            self.wait_for_marks().await?;
            let mut tx = self.deps.db.write().await?;
            begin_run(&mut tx, run.id, self.deps.clock.now()).await?;
            tx.commit().await?;
            return Ok(true);
        }
        if files.is_empty() {
            let mut tx = self.deps.db.write().await?;
            end_run(&mut tx, run.id, self.deps.clock.now()).await?;
            tx.commit().await?;
            tracing::info!(run.id, run.failed, "the reports of {} are made, run {}", run.label, run.id);
            return Ok(true);
        }
        self.serve(&run, files).await?;
        Ok(true)
    }

    /// Waits a little for kept figures that something came late for: then the report can say what.
    async fn wait_for_marks(&self) -> anyhow::Result<()> {
        for _ in 0..MARKS_MAX {
            let mut tx = self.deps.db.read().await?;
            if oldest_marks(&mut tx, 1).await?.is_empty() {
                break;
            }
            drop(tx);
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}
