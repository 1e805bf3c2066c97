//! Protection of important circuits (`syncKeyProtectCircuit`): of a task the notice that was told last
//! by its sender's clock is in force, in any order of arrival.

use intake::Submission;
use model::time::{Time, Window};
use model::work::{KeyProtection, OpType, ProtectLevel};
use store::work;

use super::content::{Context, Stop};

/// Keeps what is told of protection tasks, and lets the live state know.
pub(super) async fn take(cx: &mut Context<'_>, submission: &Submission, told: Vec<KeyProtection>) -> Result<(), Stop> {
    for task in told {
        let task = KeyProtection { told_at: task.told_at.or(Some(submission.received_at)), ..task };
        let held = work::key_protection_by_no(cx.tx, &task.task_no).await?;
        if held.is_some_and(|held| rank(&held) >= rank(&task)) {
            continue;
        }
        work::put_key_protection(cx.tx, &task).await?;
        cx.stage.wrote = true;
        cx.state.live.put_key_protect(task, cx.stage.now);
    }
    Ok(())
}

/// What decides between two notices of one task: the later one, of one instant the cancellation, then
/// their content, so that the same one wins every time.
fn rank(task: &KeyProtection) -> (Option<Time>, bool, Option<Window>, Option<ProtectLevel>, &[String]) {
    (task.told_at, task.op_type == OpType::Cancel, task.window, task.level, &task.circuit_codes)
}
