//! Performance data: fetches the files that managers announced and hands them to be kept.
//!
//! A file that cannot be had yet waits in the database, so a restart forgets none: one whose control file is late
//! is tried five times within the peer's patience, one whose site is away again and again for a week.

use std::collections::BTreeMap;
use std::sync::Arc;

use ftp::{Checked, FtpError, RemotePath, Session, Site};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use model::pm::task_number;
use model::time::Time;
use store::peer::{SourceNo, peer_states};
use store::performance::file::{FileEnd, PmFile, count_waiting_files, due_files, due_sources, end_file, put_off};
use store::performance::slot::drop_slots;
use store::performance::task::{BY_FILES, ask_history};
use store::quarantine::{Kind, Quarantined, put_quarantine};
use store::{StoreError, Tx};
use tokio_util::sync::CancellationToken;

use super::TaskDeps;
use super::fetch::{TRIES, once, put_aside, put_unread_aside, with_causes};
use super::peers::TaskPeer;
use crate::aside::Fate;
use crate::metrics::FileOutcome;
use crate::performance::take::{Content, Taken, Taker};
use crate::performance::{PerformanceError, detached};

/// How often it looks at what is due, by the clock.
const LOOK_MS: i64 = 1000;
/// Files of one peer that are fetched at once: a slow site holds up no other.
const AT_ONCE: usize = 4;
/// Files of all peers that are fetched at once.
const AT_ONCE_ALL: usize = 64;
/// A site that is away is asked again after this, growing …
const AGAIN_S: i64 = 15;
/// … up to this …
const AGAIN_S_MAX: i64 = 900;
/// … for so long after the announcement.
const PATIENCE_S: i64 = 7 * 86_400;
/// A file that we fail to keep, though it can be read, is tried so often: then it goes into quarantine, so that
/// it holds up no other for ever.
const KEEP_TRIES: i64 = 3;

/// The task and what it needs.
pub struct Performance {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Takes the files.
    pub taker: Arc<Taker>,
}

/// What a try to fetch a file came to.
enum Fetched {
    /// It is here.
    Here(Checked),
    /// It may be had after so many seconds.
    Later(i64, String),
    /// It cannot be used; it is in quarantine.
    Never(String),
}

struct Desk<'a> {
    task: &'a Performance,
    fetches: FuturesUnordered<BoxFuture<'a, (PmFile, &'a TaskPeer, Fetched)>>,
    /// Files that are being fetched, and whose they are.
    under_way: BTreeMap<i64, SourceNo>,
}

/// Fetches until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(task: Arc<Performance>, stop: CancellationToken) -> anyhow::Result<()> {
    let deps = &task.deps;
    let mut desk = Desk { task: &task, fetches: FuturesUnordered::new(), under_way: BTreeMap::new() };
    loop {
        desk.begin().await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = deps.performance.wait() => {}
            Some(fetched) = desk.fetches.next(), if !desk.fetches.is_empty() => desk.fetched(fetched).await?,
            () = deps.clock.sleep(LOOK_MS) => {}
        }
    }
}

// === impl Desk ===

impl<'a> Desk<'a> {
    /// Begins to fetch what is due.
    async fn begin(&mut self) -> anyhow::Result<()> {
        let deps = &self.task.deps;
        let now = deps.clock.now();
        let mut tx = deps.db.read().await?;
        deps.metrics.performance_waiting.set(count_waiting_files(&mut tx).await?);
        let peers = self.task.peers(&mut tx).await?;
        let mut due = Vec::new();
        for source in due_sources(&mut tx, now).await? {
            due.extend(due_files(&mut tx, source, now, 2 * AT_ONCE as u32).await?);
        }
        drop(tx);
        for file in due {
            let of_peer = self.under_way.values().filter(|source| **source == file.source).count();
            let is_full = of_peer >= AT_ONCE || self.under_way.len() >= AT_ONCE_ALL;
            if is_full || self.under_way.contains_key(&file.id) {
                continue;
            }
            let Some(peer) = peers.get(&file.source).copied() else {
                self.task.fail(&file, None, "its peer is no longer configured").await?;
                continue;
            };
            self.under_way.insert(file.id, file.source);
            self.fetches.push(Box::pin(fetch(deps, peer, file)));
        }
        Ok(())
    }

    async fn fetched(&mut self, (file, peer, fetched): (PmFile, &'a TaskPeer, Fetched)) -> anyhow::Result<()> {
        let ended = match fetched {
            Fetched::Here(checked) => self.task.take(&file, peer, checked).await,
            Fetched::Later(pause_s, reason) => self.task.put_off(&file, pause_s, &reason).await,
            Fetched::Never(reason) => self.task.fail(&file, Some(peer), &reason).await,
        };
        self.under_way.remove(&file.id);
        ended
    }
}

// === impl Performance ===

impl Performance {
    async fn take(&self, file: &PmFile, peer: &TaskPeer, checked: Checked) -> anyhow::Result<()> {
        let deps = &self.deps;
        let began = std::time::Instant::now();
        match self.keep(file, peer, checked).await {
            Ok(None) => {
                deps.metrics.count_performance_file(&peer.source, FileOutcome::Duplicate);
                Ok(())
            }
            Ok(Some(taken)) => {
                deps.metrics.count_performance_file(&peer.source, FileOutcome::Done);
                deps.metrics.performance_values.inc_by(taken.values);
                deps.metrics.performance_seconds.observe(began.elapsed().as_secs_f64());
                self.refused(file, peer, &taken).await
            }
            Err(PerformanceError::Store(error)) if error.temporary() || is_lost(&error) => Err(error.into()),
            Err(error) => self.missed(file, peer, error).await,
        }
    }

    async fn keep(&self, file: &PmFile, peer: &TaskPeer, checked: Checked) -> Result<Option<Taken>, PerformanceError> {
        let name = checked.path.name();
        let name = name.strip_suffix(".gz").unwrap_or(name).to_owned();
        let (bytes, mut sha256) = (checked.unpacked()?, [0; 32]);
        let hexadecimal = &checked.stored.sha256;
        hex::decode_to_slice(hexadecimal, &mut sha256)
            .map_err(|error| PerformanceError::Panicked(error.to_string()))?;
        let content = Content { file: file.clone(), name, bytes, manner: peer.manner.clone(), sha256 };
        let taker = Arc::clone(&self.taker);
        detached(async move { taker.take(content).await }).await
    }

    /// A file that is here was not kept: again later, or never.
    async fn missed(&self, file: &PmFile, peer: &TaskPeer, error: PerformanceError) -> anyhow::Result<()> {
        let (reason, pause_s) = match error {
            PerformanceError::File(error) => {
                (with_causes(&error), pause_after(&error, file, peer, self.deps.clock.now()))
            }
            ours => {
                let reason = format!("{:#}", anyhow::Error::from(ours));
                tracing::error!(source.id = %peer.source, file.name = %file.path, error = %reason, "performance file {} cannot be kept: {reason}", file.path);
                (reason, (file.tries + 1 < KEEP_TRIES).then_some(AGAIN_S))
            }
        };
        if let Some(pause_s) = pause_s {
            return self.put_off(file, pause_s, &reason).await;
        }
        put_unread_aside(&self.deps, peer, &file.path, &reason).await;
        self.fail(file, Some(peer), &reason).await
    }

    /// Keeps the reasons why rows of a file were refused.
    async fn refused(&self, file: &PmFile, peer: &TaskPeer, taken: &Taken) -> anyhow::Result<()> {
        if taken.refused == 0 {
            return Ok(());
        }
        let deps = &self.deps;
        let what = Quarantined {
            name: file.path.clone(),
            reason: format!("{} row(s) or values of a performance file; {}", taken.refused, taken.reasons.join("; ")),
            ..Quarantined::once(Kind::Row, &peer.source, deps.clock.now())
        };
        deps.metrics.count_quarantined(what.kind, Fate::Kept);
        let mut tx = deps.db.write().await?;
        put_quarantine(&mut tx, &what, &[]).await?;
        Ok(tx.commit().await?)
    }

    /// The file is tried again later.
    async fn put_off(&self, file: &PmFile, pause_s: i64, reason: &str) -> anyhow::Result<()> {
        let mut tx = self.deps.db.write().await?;
        put_off(&mut tx, file.id, self.deps.clock.now().plus_s(pause_s), reason).await?;
        Ok(tx.commit().await?)
    }

    /// The file cannot be used; what an interrupted reading left of it goes. One that went away before it was whole may
    /// be somewhere else by now.
    async fn fail(&self, file: &PmFile, peer: Option<&TaskPeer>, reason: &str) -> anyhow::Result<()> {
        let deps = &self.deps;
        if let Some(peer) = peer {
            deps.metrics.count_performance_file(&peer.source, FileOutcome::Failed);
        }
        let mut tx = deps.db.write().await?;
        drop_slots(&mut tx, file.id).await?;
        let now = deps.clock.now();
        let is_gone = file.expires_at.is_some_and(|at| at <= now) && now.since(file.period.end) < PATIENCE_S * 1000;
        if let Some(task) = task_number(&deps.own, &file.task_id).filter(|_| is_gone) {
            tracing::warn!(file.name = %file.path, "{} is gone from its site: asking where it is now", file.path);
            ask_history(&mut tx, (file.source, task), file.period, (BY_FILES, now)).await?;
        }
        end_file(&mut tx, file.id, &FileEnd::Failed(reason.to_owned()), now).await?;
        Ok(tx.commit().await?)
    }

    /// The configured peers by the number of their source.
    async fn peers(&self, tx: &mut Tx) -> Result<BTreeMap<SourceNo, &TaskPeer>, StoreError> {
        let states = peer_states(tx).await?;
        Ok(states.into_iter().filter_map(|state| Some((state.source_no, self.deps.peer(&state.source)?))).collect())
    }
}

/// The store is not ours any more, or closed: whatever file it is.
fn is_lost(error: &StoreError) -> bool {
    matches!(error, StoreError::NotLeader | StoreError::Closed)
}

async fn fetch<'a>(deps: &'a TaskDeps, peer: &'a TaskPeer, file: PmFile) -> (PmFile, &'a TaskPeer, Fetched) {
    let error = match try_once(deps, peer, &file).await {
        Ok(checked) => return (file, peer, Fetched::Here(checked)),
        Err(error) => error,
    };
    let reason = with_causes(&error);
    tracing::warn!(source.id = %peer.source, file.name = %file.path, error = %reason, "performance file {}: {reason}", file.path);
    if let Some(pause_s) = pause_after(&error, &file, peer, deps.clock.now()) {
        return (file, peer, Fetched::Later(pause_s, reason));
    }
    if let Some(site) = &peer.habits.site
        && let Ok(path) = site.path(&file.path)
    {
        put_aside(deps, peer, (site, &path), &error).await;
    }
    (file, peer, Fetched::Never(reason))
}

async fn try_once(deps: &TaskDeps, peer: &TaskPeer, file: &PmFile) -> Result<Checked, FtpError> {
    let none = FtpError::Site { url: String::new(), reason: "no file site is configured for this peer" };
    let site = peer.habits.site.as_ref().ok_or(none)?;
    let path = site.path(&file.path)?;
    if peer.manner.is_plain_table() {
        return once(deps, site, &path).await;
    }
    // The rows of other dialects are no lines.
    agreed(deps, site, &path).await
}

/// Seconds after which a file is tried again that could not be had; `None`: never.
fn pause_after(error: &FtpError, file: &PmFile, peer: &TaskPeer, now: Time) -> Option<i64> {
    if file.expires_at.is_some_and(|at| at <= now) {
        return None;
    }
    match error {
        FtpError::MissingControl { .. } if file.tries + 1 < i64::from(TRIES) => {
            Some(peer.settings.control_file_s / i64::from(TRIES - 1))
        }
        FtpError::MissingControl { .. } => None,
        error if error.temporary() && now.since(file.announced_at) < PATIENCE_S * 1000 => {
            Some((AGAIN_S << file.tries.clamp(0, 6)).min(AGAIN_S_MAX))
        }
        _ => None,
    }
}

async fn agreed(deps: &TaskDeps, site: &Site, path: &RemotePath) -> Result<Checked, FtpError> {
    let mut session = Session::open(site, ftp::Limits::default()).await?;
    session.fetch_agreed(path, &deps.spool).await
}
