//! A load as the board shows it, at most four times a second.

use std::time::{Duration, Instant};

use store::load::Load;
use tokio::sync::watch;
use web::board;

use crate::pipeline::order::Order;
use crate::tasks::TaskDeps;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(250);
/// Issues that are shown while it goes on and when it has ended.
const ISSUES_SHOWN: usize = 100;

/// Shows a load as it goes on; ends when the load does.
pub(super) async fn follow(deps: &TaskDeps, mut shown: watch::Receiver<Load>) {
    let began = Instant::now();
    loop {
        let load = shown.borrow_and_update().clone();
        let eta = eta_s(&load, began.elapsed());
        give(deps, &load, eta).await;
        tokio::time::sleep(PAUSE).await;
        if shown.changed().await.is_err() {
            return;
        }
    }
}

/// Shows how a load stands.
pub(super) async fn give(deps: &TaskDeps, load: &Load, eta_s: Option<u64>) {
    // A load that is not shown is loaded all the same.
    deps.orders.give(Order::Load(Box::new(view(load, eta_s)))).await;
}

/// Seconds it will still take, from the rows that are known to be left.
fn eta_s(load: &Load, elapsed: Duration) -> Option<u64> {
    let progress = &load.progress;
    let changes = progress.added + progress.changed + progress.deleted;
    let done = progress.rows_read + progress.rows_applied;
    let left = (progress.rows_total + changes).saturating_sub(done);
    (done > 0 && progress.rows_total > 0).then(|| elapsed.as_secs().saturating_mul(left) / done)
}

fn view(load: &Load, eta_s: Option<u64>) -> board::Load {
    let progress = &load.progress;
    let issue = |issue: &store::load::LoadIssue| board::LoadIssue {
        row: issue.row,
        key: issue.key.clone(),
        reason: issue.reason.clone(),
    };
    let error = (!progress.error.is_empty())
        .then(|| board::LoadIssue { row: 0, key: String::new(), reason: progress.error.clone() });
    board::Load {
        id: load.id,
        class: load.class.to_string(),
        mode: if load.full { "FULL" } else { "INC" }.to_owned(),
        state: load.state,
        source: load.source.clone(),
        started_at: load.started_at,
        ended_at: load.ended_at,
        rows_read: progress.rows_read,
        rows_total: (progress.rows_total > 0).then_some(progress.rows_total),
        added: progress.added,
        changed: progress.changed,
        deleted: progress.deleted,
        held: progress.held,
        refused: progress.refused,
        eta_s,
        issues: error.into_iter().chain(progress.issues.iter().take(ISSUES_SHOWN).map(issue)).collect(),
    }
}

#[cfg(test)]
mod tests;
