//! The one load that is under way: its files fetched, then read and applied on the blocking pool.

use std::sync::Arc;

use collectors::resource::file::Dialect;
use futures_util::future::BoxFuture;
use model::source::RunState;
use model::time::Time;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Desk, show};
use crate::load::{Batch, Input, LoadError, Loader, Shown};
use crate::tasks::TaskDeps;
use crate::tasks::fetch::fetch_all;
use crate::tasks::peers::TaskPeer;

/// What can be done for a load.
pub(super) enum Work {
    /// Its files are ready.
    Files {
        /// Paths on the peer's site.
        files: Vec<String>,
        /// When they were announced.
        at: Time,
    },
    /// What is staged may be applied.
    Apply,
}

/// The load under way.
pub(super) struct Job<'a> {
    pub id: i64,
    pub shown: Arc<Shown>,
    pub stop: CancellationToken,
    /// Who stopped it; empty if nobody did.
    pub stopped_by: String,
    work: BoxFuture<'a, Result<(), LoadError>>,
}

/// Waits for the end of the load under way; for ever if there is none.
pub(super) async fn ended(job: &mut Option<Job<'_>>) -> Result<(), LoadError> {
    match job {
        Some(job) => (&mut job.work).await,
        None => std::future::pending().await,
    }
}

impl Desk<'_> {
    pub(super) fn begin(&mut self, id: i64) {
        let Some((work, load)) = self.open.get_mut(&id).and_then(|open| Some((open.work.take()?, open.load.clone())))
        else {
            return;
        };
        let loader = self.loader();
        let (deps, stop) = (self.deps, loader.stop.clone());
        if let Some(open) = self.open.get_mut(&id) {
            open.load.state = RunState::Loading;
        }
        let shown = Arc::new(watch::Sender::new(load));
        let following = shown.subscribe();
        let during = Arc::clone(&shown);
        let work = Box::pin(async move {
            let ended = tokio::select! {
                ended = run(deps, &loader, &during, work) => ended,
                () = show::follow(deps, following) => Err(LoadError::Stopped),
            };
            let load = during.borrow().clone();
            show::give(deps, &load).await;
            ended
        });
        self.job = Some(Job { id, shown, stop, stopped_by: String::new(), work });
    }
}

async fn run(deps: &TaskDeps, loader: &Loader, shown: &Arc<Shown>, work: Work) -> Result<(), LoadError> {
    let during = Arc::clone(shown);
    let Work::Files { files, at } = work else {
        return loader.detached(move |loader| async move { loader.apply(&during).await }).await;
    };
    let source = shown.borrow().source.clone();
    let Some(peer) = deps.peer(&source) else {
        return loader.end(shown, RunState::Failed, "its peer is no longer configured").await;
    };
    shown.send_modify(|load| load.state = RunState::Loading);
    let inputs = tokio::select! {
        fetched = fetch(deps, peer, &files) => fetched,
        () = loader.stop.cancelled() => return Err(LoadError::Stopped),
    };
    let inputs = match inputs {
        Ok(inputs) => inputs,
        Err(reason) => return loader.end(shown, RunState::Failed, &reason).await,
    };
    let batch = Batch {
        inputs,
        dialect: Dialect { zone: peer.habits.zone.clone(), aliases: peer.settings.aliases.clone() },
        encoding: peer.habits.encoding,
        at,
        approved_by: String::new(),
    };
    loader.detached(move |loader| async move { loader.take(&during, &batch).await }).await
}

async fn fetch(deps: &TaskDeps, peer: &TaskPeer, files: &[String]) -> Result<Vec<Input>, String> {
    let fetched = fetch_all(deps, peer, files).await.map_err(|error| error.to_string())?;
    Ok(fetched.into_iter().map(|checked| Input::Fetched(Box::new(checked))).collect())
}
