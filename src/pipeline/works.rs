//! Planned work: every revision is kept, the highest is in force, in any order of arrival.

use std::sync::Arc;

use engine::exclusion::outranks;
use intake::Submission;
use model::time::Time;
use model::work::{Cutover, OpType};
use store::work;
use web::board::Change;

use super::content::{Context, Stop};
use super::late;

/// The revision of a first notice without a number.
const FIRST: i64 = 1;

/// Keeps revisions of cutovers and lets the live state know which are in force.
pub(super) async fn take(cx: &mut Context<'_>, submission: &Submission, cutovers: Vec<Cutover>) -> Result<(), Stop> {
    for mut cutover in cutovers {
        let held = work::revisions_of(cx.tx, &cutover.cutover_no).await?;
        if cutover.revision == Cutover::UNNUMBERED {
            match place(&held, &cutover) {
                Some(revision) => cutover.revision = revision,
                None => continue,
            }
        }
        if cutover.notified_at.is_none() {
            cutover.notified_at = Some(first_told(&held, &cutover).unwrap_or(submission.received_at));
        }
        if !keep(cx, &held, &cutover, submission.received_at).await? {
            continue;
        }
        cx.stage.wrote = true;
        late::mark_work(cx, held.iter().map(|(_, other)| other).chain([&cutover])).await?;
        let newest = held.iter().map(|(_, other)| other.revision).max().is_none_or(|newest| newest <= cutover.revision);
        if newest {
            cx.state.live.put_cutover(cutover.clone(), cx.stage.now);
            cx.stage.changes.push(Change::Cutover(Arc::new(cutover)));
        }
    }
    Ok(())
}

/// Stores a revision; `false` if what is held of it stands. Of two notices with one revision the same one
/// wins in any order, and the one that cancels before all others.
async fn keep(
    cx: &mut Context<'_>,
    held: &[(Time, Cutover)],
    cutover: &Cutover,
    received_at: Time,
) -> Result<bool, Stop> {
    match held.iter().find(|(_, other)| other.revision == cutover.revision) {
        None => Ok(work::put_cutover(cx.tx, cutover, received_at).await?),
        Some((_, other)) if outranks(cutover, other) => {
            work::replace_cutover(cx.tx, cutover).await?;
            Ok(true)
        }
        Some(_) => Ok(false),
    }
}

/// The revision of a notice without a number: after all that are held; `None` if it says what the last
/// one says.
fn place(held: &[(Time, Cutover)], cutover: &Cutover) -> Option<i64> {
    let Some((_, last)) = held.last() else { return Some(FIRST) };
    let notified_at = cutover.notified_at.or(last.notified_at);
    let verb = |op| if op == OpType::Cancel { OpType::Cancel } else { OpType::Mod };
    let alike = |one: &Cutover, op| Cutover { revision: 0, notified_at, op_type: verb(op), ..one.clone() };
    let is_same = alike(cutover, cutover.op_type) == Cutover { notified_at, ..alike(last, last.op_type) };
    (!is_same).then(|| last.revision.saturating_add(1))
}

/// When a revision with the same affect window was first received.
fn first_told(held: &[(Time, Cutover)], cutover: &Cutover) -> Option<Time> {
    held.iter().filter(|(_, other)| other.affect == cutover.affect).map(|(at, _)| *at).min()
}

#[cfg(test)]
mod tests;
