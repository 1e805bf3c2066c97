//! Keeps what managers measure for us as it is wanted: compares the tasks that run at each manager with the
//! configuration and the inventory, and creates, changes, suspends and deletes until they agree.
//!
//! It compares at the start, when the wish changes, when a manager says how a task stands, and every quarter of an
//! hour, so a manager that lost its tasks has them again. What was measured in the past is asked for here too (`past`).

mod past;
mod plan;

use std::collections::BTreeSet;
use std::sync::Arc;

use collectors::CallId;
use collectors::network::adapter::NetworkManager;
use collectors::network::tasks::{RunningTask, Task};
use engine::inventory::Inventory;
use futures_util::future::try_join_all;
use model::code::ResultCode;
use model::pm::{TaskStatus, task_id};
use model::text::shared;
use model::time::Time;
use soap::ClientError;
use store::peer::{SourceNo, peer_states};
use store::performance::task::{
    PmTask, add_task, drop_history, forget_task, task_checked, tasks_of_source, tasks_unknown, want_task,
};
use tokio_util::sync::CancellationToken;
use web::board::Board;

use self::past::Pulls;
use self::plan::{Step, Wanted};
use super::TaskDeps;
use super::peers::TaskPeer;

/// How often it looks at what is due, by the clock.
const LOOK_MS: i64 = 1000;
/// Between two comparisons of what has not changed.
const AGAIN_S: i64 = 900;
/// After a failure it is tried again after this, growing …
const RETRY_S: i64 = 15;
/// … up to this.
const RETRY_S_MAX: i64 = 600;
/// What was asked for of the past is forgotten after this.
const HISTORY_S: i64 = 90 * 86_400;
/// Calls of one comparison that fail before the rest is left for the next one.
const FAILURES_MAX: usize = 3;

/// The task and what it needs.
pub struct Measuring {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Where the inventory is.
    pub board: Board,
}

/// One manager.
struct Desk<'a> {
    deps: &'a TaskDeps,
    board: &'a Board,
    peer: &'a TaskPeer,
    manager: &'a NetworkManager,
    number: SourceNo,
    inventory: Option<Arc<Inventory>>,
    wanted: Vec<Wanted>,
    /// Tasks whose objects are not known before there is an inventory.
    undecided: BTreeSet<i64>,
    failures: u32,
    due_at: Time,
    compared_at: Time,
    pulls: Pulls,
}

/// Keeps tasks until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(measuring: Arc<Measuring>, stop: CancellationToken) -> anyhow::Result<()> {
    let managers = measuring.deps.peers.iter().filter_map(|peer| Some((peer, peer.manager()?)));
    let keeping = try_join_all(managers.map(|(peer, manager)| keep(&measuring, peer, manager)));
    tokio::select! {
        ended = keeping => {
            ended?;
            // Nobody is to measure anything.
            stop.cancelled().await;
        }
        () = stop.cancelled() => {}
    }
    Ok(())
}

/// One manager, for ever; at once over if nothing is wanted of it and it has no task of ours.
async fn keep(measuring: &Measuring, peer: &TaskPeer, manager: &NetworkManager) -> anyhow::Result<()> {
    let Measuring { deps, board } = measuring;
    let mut tx = deps.db.read().await?;
    let states = peer_states(&mut tx).await?;
    let Some(state) = states.into_iter().find(|state| state.source == peer.source) else { return Ok(()) };
    let number = state.source_no;
    if peer.settings.pm_tasks.is_empty() && tasks_of_source(&mut tx, number).await?.is_empty() {
        return Ok(());
    }
    drop(tx);
    let (wanted, undecided, pulls) = Default::default();
    let (inventory, failures, due_at, compared_at) = (None, 0, Time::MIN, Time::MIN);
    let mut desk =
        Desk { deps, board, peer, manager, number, inventory, wanted, undecided, failures, due_at, compared_at, pulls };
    loop {
        desk.look().await?;
        deps.clock.sleep(LOOK_MS).await;
    }
}

// === impl Desk ===

impl Desk<'_> {
    async fn look(&mut self) -> anyhow::Result<()> {
        let now = self.deps.clock.now();
        let inventory = self.board.inventory();
        if self.inventory.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &inventory)) {
            let before = std::mem::take(&mut self.wanted);
            self.want(&inventory, now).await?;
            self.inventory = Some(inventory);
            if self.wanted != before {
                self.due_at = now;
            }
        }
        let tasks = tasks_of_source(&mut self.deps.db.read().await?, self.number).await?;
        let is_news = |task: &PmTask| task.told_at.is_some_and(|at| at >= self.compared_at);
        if self.due_at <= now || tasks.iter().any(is_news) {
            self.compared_at = now;
            self.compare(now).await?;
        }
        self.look_at_past(&tasks, now).await
    }

    /// What is wanted by the configuration and this inventory.
    async fn want(&mut self, inventory: &Inventory, now: Time) -> anyhow::Result<()> {
        self.undecided.clear();
        let mut tx = self.deps.db.write().await?;
        let known = tasks_of_source(&mut tx, self.number).await?;
        for settings in &self.peer.settings.pm_tasks {
            let objects = plan::objects(&self.peer.settings, settings, inventory);
            let held = known.iter().find(|task| task.name == settings.name);
            let mut task = PmTask {
                id: held.map_or(0, |task| task.id),
                name: settings.name.clone(),
                params: settings.params.iter().map(|param| shared(param)).collect(),
                granularity: settings.granularity,
                objects: objects.as_ref().map_or(0, |objects| u32::try_from(objects.len()).unwrap_or(u32::MAX)),
                status: None,
                reason: String::new(),
                told_at: None,
                checked_at: None,
                pulled_until: past::begin_of_period(now, settings.granularity, &self.peer.settings.zone),
            };
            match (held, &objects) {
                (None, _) => task.id = add_task(&mut tx, self.number, &task).await?,
                (Some(_), Some(_)) => want_task(&mut tx, &task).await?,
                (Some(_), None) => {}
            }
            match objects {
                None => drop(self.undecided.insert(task.id)),
                Some(objects) if objects.is_empty() => {}
                Some(objects) => self.wanted.push(Wanted {
                    number: task.id,
                    task: Task {
                        id: task_id(&self.deps.own, task.id),
                        objects,
                        params: settings.params.clone(),
                        granularity: settings.granularity,
                    },
                    suspended: settings.suspended,
                }),
            }
        }
        Ok(tx.commit().await?)
    }

    /// Compares, and keeps how the tasks stand in the end.
    async fn compare(&mut self, now: Time) -> anyhow::Result<()> {
        let compared = self.bring().await;
        let fault = match &compared {
            Ok((_, failed)) => failed.first().cloned(),
            Err(error) => Some(error.to_string()),
        };
        let Some(fault) = fault else {
            (self.failures, self.due_at) = (0, now.plus_s(AGAIN_S));
            return self.note(compared?, now).await;
        };
        self.due_at = now.plus_s((RETRY_S << self.failures.min(8)).min(RETRY_S_MAX));
        self.failures = self.failures.saturating_add(1);
        let source = &self.peer.source;
        tracing::warn!(source.id = %source, error = %fault, "the performance tasks of {source} are not as they should be: {fault}");
        if let Ok(compared) = compared {
            return self.note(compared, now).await;
        }
        let mut tx = self.deps.db.write().await?;
        tasks_unknown(&mut tx, self.number, &fault).await?;
        Ok(tx.commit().await?)
    }

    /// What runs in the end, and what could not be had on the way: a task's id with a sentence each.
    async fn bring(&self) -> Result<(Vec<RunningTask>, Vec<String>), ClientError> {
        let mut running = self.manager.tasks(self.call_id("Q").as_id()).await?;
        let mut failed = Vec::new();
        let steps = self.steps(&running);
        if steps.is_empty() {
            return Ok((running, failed));
        }
        for step in steps {
            if let Err(error) = self.take(step).await {
                failed.push(format!("{}: {error}", step.task_id()));
            }
            if failed.len() >= FAILURES_MAX {
                break;
            }
        }
        running = self.manager.tasks(self.call_id("R").as_id()).await?;
        if failed.is_empty() {
            let undone = |step: &Step<'_>| format!("{}: it is not yet as it was asked to be", step.task_id());
            failed.extend(self.steps(&running).iter().map(undone));
        }
        Ok((running, failed))
    }

    fn steps<'b>(&'b self, running: &'b [RunningTask]) -> Vec<Step<'b>> {
        plan::steps(&self.deps.own, &self.wanted, &self.undecided, running)
    }

    async fn take(&self, step: Step<'_>) -> Result<(), ClientError> {
        let call = self.call_id(step.task_id());
        let id = call.as_id();
        tracing::info!(source.id = %self.peer.source, "performance task {} at {}: {}", step.task_id(), self.peer.source, step.verb());
        match step {
            Step::Create(task) => self.manager.create_task(id, task).await,
            Step::Modify(task) => self.manager.modify_task(id, task).await,
            Step::Suspend(task_id) => self.manager.suspend_task(id, task_id).await,
            Step::Delete(task_id) => match self.manager.delete_task(id, task_id).await {
                // It is gone, as it should be.
                Err(ClientError::Refused { code, .. }) if code == ResultCode::UnknownTask.to_string() => Ok(()),
                ended => ended,
            },
        }
    }

    /// Keeps how the tasks stand, and forgets those that are neither wanted nor there.
    async fn note(&self, (running, failed): (Vec<RunningTask>, Vec<String>), now: Time) -> anyhow::Result<()> {
        let mut tx = self.deps.db.write().await?;
        drop_history(&mut tx, self.number, now.plus_s(-HISTORY_S)).await?;
        let names: BTreeSet<&str> = self.peer.settings.pm_tasks.iter().map(|task| task.name.as_str()).collect();
        for task in tasks_of_source(&mut tx, self.number).await? {
            let id = task_id(&self.deps.own, task.id);
            let wanted = self.wanted.iter().find(|wanted| wanted.number == task.id);
            let (status, reason) =
                wanted.map_or_else(|| plan::found(&id, &running), |wanted| plan::standing(wanted, &running));
            let about = failed.iter().find_map(|failed| failed.strip_prefix(&id)?.strip_prefix(": "));
            if !names.contains(task.name.as_str()) && status == TaskStatus::Deleted {
                forget_task(&mut tx, task.id).await?;
                continue;
            }
            task_checked(&mut tx, task.id, (status, about.unwrap_or(&reason)), now).await?;
        }
        Ok(tx.commit().await?)
    }

    fn call_id(&self, what: &str) -> Call {
        let now = self.deps.clock.now();
        Call { msg_id: format!("{what}-{}-{}", self.deps.own, now.ms()), now }
    }
}

/// The id of a call to the manager.
struct Call {
    msg_id: String,
    now: Time,
}

// === impl Call ===

impl Call {
    fn as_id(&self) -> CallId<'_> {
        CallId { msg_id: &self.msg_id, now: self.now }
    }
}
