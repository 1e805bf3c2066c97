//! Planned work: every revision is kept, the highest is in force, in any order of arrival.

use std::sync::Arc;

use engine::exclusion::supersedes;
use intake::Submission;
use model::time::Time;
use model::work::Cutover;
use store::work;
use web::board::Change;

use super::content::{Context, Stop};

/// Keeps revisions of cutovers and lets the live state know which are in force.
pub(super) async fn take(cx: &mut Context<'_>, submission: &Submission, cutovers: Vec<Cutover>) -> Result<(), Stop> {
    for mut cutover in cutovers {
        let held = work::revisions_of(cx.tx, &cutover.cutover_no).await?;
        if cutover.notified_at.is_none() {
            cutover.notified_at = Some(first_told(&held, &cutover).unwrap_or(submission.received_at));
        }
        // A revision told two ways: the same telling stands whichever came first, as for the offline command.
        let beaten = |other: &Cutover| other.revision == cutover.revision && !supersedes(&cutover, other);
        if held.iter().any(|(_, other)| beaten(other)) {
            continue;
        }
        work::put_cutover(cx.tx, &cutover, submission.received_at).await?;
        cx.stage.wrote = true;
        if held.iter().all(|(_, other)| supersedes(&cutover, other)) {
            cx.state.live.put_cutover(cutover.clone(), cx.stage.now);
            cx.stage.changes.push(Change::Cutover(Arc::new(cutover)));
        }
    }
    Ok(())
}

/// When a revision with the same affect window was first received.
fn first_told(held: &[(Time, Cutover)], cutover: &Cutover) -> Option<Time> {
    held.iter().filter(|(_, other)| other.affect == cutover.affect).map(|(at, _)| *at).min()
}
