//! Asks for resource files and loads them: all classes at once when nothing is held, changes every
//! hour, and whatever a person asks for. Classes are loaded one after the other in load order, so that
//! parents come before their children.
//!
//! | load | announced | aborted | deadline | approved | given up |
//! |---|---|---|---|---|---|
//! | requested | its turn, then loading | cancelled | failed | – | cancelled |
//! | loading | no-op | no-op | – | – | stopped, cancelled |
//! | waiting for approval | no-op | no-op | – | loading | cancelled |

mod ask;
mod show;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use model::source::{RunState, SourceId};
use model::time::Time;
use store::load::{Load, open_loads};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

use self::ask::{Called, Plan};
use self::work::{Job, Work};
use super::TaskDeps;
use crate::load::{LoadError, Loader, is_complete};
use crate::pipeline::deps::ResourceErrand;
use crate::pipeline::late::KeptUntil;

/// How often deadlines are looked at, by the clock.
const LOOK_MS: i64 = 2000;

/// The task and what it needs.
pub struct Resources {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Figures up to here are kept.
    pub kept_until: KeptUntil,
    /// What the writer passes on; it outlives a restart of the task.
    pub queue: Mutex<mpsc::Receiver<ResourceErrand>>,
}

/// A load that has not ended.
struct Open {
    load: Load,
    deadline: Time,
    /// What can be done for it now.
    work: Option<Work>,
}

struct Desk<'a> {
    deps: &'a TaskDeps,
    kept_until: KeptUntil,
    stop: CancellationToken,
    open: BTreeMap<i64, Open>,
    plans: BTreeMap<SourceId, Plan>,
    calls: FuturesUnordered<BoxFuture<'a, Called>>,
    job: Option<Job<'a>>,
    /// Something was applied that the inventory does not show yet.
    dirty: bool,
    /// Rows may wait for what came by a notice.
    release: bool,
}

/// Loads until the stop; a load under way goes on after the restart.
///
/// # Errors
/// What the database says.
pub async fn run(loads: Arc<Resources>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut queue = loads.queue.lock().await;
    let mut desk = Desk {
        deps: &loads.deps,
        kept_until: loads.kept_until.clone(),
        stop: stop.clone(),
        open: BTreeMap::new(),
        plans: BTreeMap::new(),
        calls: FuturesUnordered::new(),
        job: None,
        dirty: false,
        release: false,
    };
    desk.resume().await?;
    loop {
        desk.look(loads.deps.clock.now()).await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            errand = queue.recv() => match errand {
                Some(errand) => desk.take(errand).await?,
                None => return Ok(()),
            },
            Some(called) = desk.calls.next(), if !desk.calls.is_empty() => desk.called(called).await?,
            ended = work::ended(&mut desk.job) => match ended {
                Err(LoadError::Stopped) if stop.is_cancelled() => return Ok(()),
                ended => desk.worked(ended).await?,
            },
            () = loads.deps.clock.sleep(LOOK_MS) => {}
        }
    }
}

// === impl Desk ===

impl Desk<'_> {
    fn loader(&self) -> Loader {
        Loader {
            db: self.deps.db.clone(),
            clock: self.deps.clock.clone(),
            rules: self.deps.resources.clone(),
            kept_until: self.kept_until.clone(),
            stop: self.stop.child_token(),
        }
    }

    /// What the process before us left: what was read is applied, the rest is asked for again.
    async fn resume(&mut self) -> anyhow::Result<()> {
        show::past(self.deps).await?;
        let loads = open_loads(&mut self.deps.db.read().await?).await?;
        let mut interrupted = BTreeSet::new();
        for load in loads {
            let work = match load.state {
                RunState::Waiting => None,
                RunState::Loading if is_complete(&load) => Some(Work::Apply),
                _ => {
                    interrupted.insert(load.source.clone());
                    self.end(load, RunState::Failed, "a restart came between; it is asked for again").await?;
                    continue;
                }
            };
            self.open.insert(load.id, Open { deadline: Time::MAX, work, load });
        }
        self.plan(&interrupted).await
    }

    /// What has become due by time, and the next load whose turn it is.
    async fn look(&mut self, now: Time) -> anyhow::Result<()> {
        let late = |open: &&Open| open.load.state == RunState::Requested && open.work.is_none() && open.deadline <= now;
        let late: Vec<Load> = self.open.values().filter(late).map(|open| open.load.clone()).collect();
        for load in late {
            self.end(load, RunState::Failed, "no file was announced in time").await?;
        }
        self.ask_due(now).await?;
        if self.job.is_none() {
            match self.next() {
                Some(id) => self.begin(id),
                None if self.release => self.release().await?,
                None if self.dirty => {
                    self.dirty = false;
                    self.deps.inventory.ring();
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Loads the rows whose parents came by a notice. Most have none that wait, and then it costs a count.
    async fn release(&mut self) -> anyhow::Result<()> {
        self.release = false;
        match self.loader().detached(|loader| async move { loader.release().await }).await {
            Ok(released) => self.dirty |= released > 0,
            Err(LoadError::Stopped) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The load whose turn it is: the first in load order that has no predecessor under way.
    fn next(&self) -> Option<i64> {
        let is_under_way = |open: &Open| matches!(open.load.state, RunState::Requested | RunState::Loading);
        let waits = |open: &Open| {
            self.open.values().any(|other| {
                is_under_way(other) && other.load.source == open.load.source && other.load.class < open.load.class
            })
        };
        let ready = self.open.values().filter(|open| open.work.is_some() && !waits(open));
        ready.min_by_key(|open| (open.load.class, open.load.id)).map(|open| open.load.id)
    }

    async fn take(&mut self, errand: ResourceErrand) -> anyhow::Result<()> {
        match errand {
            ResourceErrand::Ready { source, sync_req_id, class, full, files, at } => {
                let found = self.by_request(&source, &sync_req_id);
                let known = found.filter(|open| open.load.state == RunState::Requested && open.work.is_none());
                let Some(open) = known else {
                    tracing::info!(source.id = %source, sync.id = %sync_req_id, "{source} announced {sync_req_id}, which nobody waits for");
                    return Ok(());
                };
                if (open.load.class, open.load.full) != (class, full) {
                    let mode = if full { "FULL" } else { "INC" };
                    let (load, reason) =
                        (open.load.clone(), format!("it announced {class} {mode}, which was not asked for"));
                    return self.end(load, RunState::Failed, &reason).await;
                }
                open.work = Some(Work::Files { files, at });
                Ok(())
            }
            ResourceErrand::Abort { sync_req_id, reason } => {
                let found = self.open.values().find(|open| open.load.sync_req_id == sync_req_id);
                let load = found.filter(|open| open.load.state == RunState::Requested).map(|open| open.load.clone());
                let Some(load) = load else { return Ok(()) };
                self.end(load, RunState::Cancelled, &format!("the resource system gave it up: {reason}")).await
            }
            ResourceErrand::Ask { source, class, full } => self.ask(&source, class, full).await,
            ResourceErrand::Approve { id, by } => {
                self.approve(id, by);
                Ok(())
            }
            ResourceErrand::Release => {
                self.release = true;
                Ok(())
            }
            ResourceErrand::Cancel { id, by } => self.cancel(id, by).await,
        }
    }

    fn by_request(&mut self, source: &SourceId, sync_req_id: &str) -> Option<&mut Open> {
        self.open.values_mut().find(|open| open.load.source == *source && open.load.sync_req_id == sync_req_id)
    }

    fn approve(&mut self, id: i64, by: String) {
        let Some(open) = self.open.get_mut(&id).filter(|open| open.load.state == RunState::Waiting) else { return };
        open.load.progress.approved_by = by;
        open.load.progress.error.clear();
        open.work = Some(Work::Apply);
    }

    async fn cancel(&mut self, id: i64, by: String) -> anyhow::Result<()> {
        if let Some(job) = self.job.as_mut().filter(|job| job.id == id) {
            job.stopped_by = by;
            job.stop.cancel();
            return Ok(());
        }
        let Some(load) = self.open.get(&id).map(|open| open.load.clone()) else { return Ok(()) };
        self.end(load, RunState::Cancelled, &format!("{by} gave it up")).await
    }

    /// A load has ended, waits for a person, or was stopped by one.
    async fn worked(&mut self, ended: Result<(), LoadError>) -> anyhow::Result<()> {
        let Some(job) = self.job.take() else { return Ok(()) };
        let load = job.shown.borrow().clone();
        match ended {
            Ok(()) => {}
            Err(LoadError::Stopped) => {
                let reason = format!("{} gave it up; what was applied stays", job.stopped_by);
                self.dirty = true;
                return self.end(load, RunState::Cancelled, &reason).await;
            }
            Err(error) => return Err(error.into()),
        }
        tracing::info!(load.id = load.id, state = %load.state, "load {} of {} {}: {}", load.id, load.source, load.class, load.state);
        self.dirty |= load.state == RunState::Done;
        if load.state == RunState::Failed {
            self.ask_sooner(&load.source);
        }
        if load.ended_at.is_some() {
            self.open.remove(&load.id);
        } else if let Some(open) = self.open.get_mut(&load.id) {
            open.load = load;
        }
        Ok(())
    }

    async fn end(&mut self, load: Load, state: RunState, reason: &str) -> anyhow::Result<()> {
        tracing::warn!(
            load.id = load.id,
            "load {} of {} {} ends as {state}: {reason}",
            load.id,
            load.source,
            load.class
        );
        self.open.remove(&load.id);
        let (shown, _) = tokio::sync::watch::channel(load);
        self.loader().end(&shown, state, reason).await?;
        let ended = shown.borrow().clone();
        show::give(self.deps, &ended).await;
        Ok(())
    }
}
