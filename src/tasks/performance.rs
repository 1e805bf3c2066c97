//! Performance data: fetches the files that managers announced and hands them to be kept.
//!
//! A file that cannot be had yet waits in the database, so a restart forgets none: one whose control file is late
//! is tried five times within the peer's patience, one whose site is away again and again for a week.

use std::collections::BTreeSet;
use std::sync::Arc;

use ftp::{Checked, FtpError, RemotePath, Session, Site};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use model::pm::task_number;
use store::performance::file::{FileEnd, PmFile, count_waiting_files, due_files, end_file, put_off};
use store::performance::task::{BY_FILES, ask_history};
use store::quarantine::{Kind, Quarantined, put_quarantine};
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
/// Files that are fetched at once.
const AT_ONCE: usize = 8;
/// A site that is away is asked again after this, growing …
const AGAIN_S: i64 = 15;
/// … up to this …
const AGAIN_S_MAX: i64 = 900;
/// … for so long after the announcement.
const PATIENCE_S: i64 = 7 * 86_400;

/// The task and what it needs.
pub struct Performance {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Takes the files.
    pub taker: Arc<Taker>,
}

/// A file that was fetched, or not.
type Fetched<'a> = (PmFile, &'a TaskPeer, Result<Checked, FtpError>);

struct Desk<'a> {
    task: &'a Performance,
    fetches: FuturesUnordered<BoxFuture<'a, Fetched<'a>>>,
    under_way: BTreeSet<i64>,
}

/// Fetches until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(task: Arc<Performance>, stop: CancellationToken) -> anyhow::Result<()> {
    let deps = &task.deps;
    let mut desk = Desk { task: &task, fetches: FuturesUnordered::new(), under_way: BTreeSet::new() };
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
        if self.under_way.len() >= AT_ONCE {
            return Ok(());
        }
        let mut tx = deps.db.read().await?;
        let due = due_files(&mut tx, deps.clock.now(), 2 * AT_ONCE as u32).await?;
        deps.metrics.performance_waiting.set(count_waiting_files(&mut tx).await?);
        drop(tx);
        for file in due {
            if self.under_way.len() >= AT_ONCE || self.under_way.contains(&file.id) {
                continue;
            }
            let Some(peer) = self.task.peer(&file).await? else {
                self.task.fail(&file, "its peer is no longer configured".to_owned()).await?;
                continue;
            };
            self.under_way.insert(file.id);
            self.fetches.push(Box::pin(fetch(deps, peer, file)));
        }
        Ok(())
    }

    async fn fetched(&mut self, (file, peer, fetched): Fetched<'a>) -> anyhow::Result<()> {
        let ended = match fetched {
            Ok(checked) => self.task.take(&file, peer, checked).await,
            Err(error) => self.task.missed(&file, peer, &error).await,
        };
        self.under_way.remove(&file.id);
        ended
    }
}

// === impl Performance ===

impl Performance {
    async fn take(&self, file: &PmFile, peer: &TaskPeer, checked: Checked) -> anyhow::Result<()> {
        let deps = &self.deps;
        let sha256 = digest(&checked.stored.sha256)?;
        let began = std::time::Instant::now();
        let bytes = checked.unpacked()?;
        let name = checked.path.name();
        let name = name.strip_suffix(".gz").unwrap_or(name).to_owned();
        let manner = peer.manner.clone();
        let content = Content { file: file.clone(), name, bytes, manner, sha256 };
        let taker = Arc::clone(&self.taker);
        match detached(async move { taker.take(content).await }).await {
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
            Err(PerformanceError::File(error)) => {
                put_unread_aside(deps, peer, &file.path, &with_causes(&error)).await;
                self.fail(file, with_causes(&error)).await
            }
            Err(other) => Err(other.into()),
        }
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

    /// The file could not be had: again later, or never.
    async fn missed(&self, file: &PmFile, peer: &TaskPeer, error: &FtpError) -> anyhow::Result<()> {
        let deps = &self.deps;
        let now = deps.clock.now();
        let pause_s = match error {
            FtpError::MissingControl { .. } if file.tries + 1 < i64::from(TRIES) => {
                Some(peer.settings.control_file_s / i64::from(TRIES - 1))
            }
            FtpError::MissingControl { .. } => None,
            error if error.temporary() && now.since(file.announced_at) < PATIENCE_S * 1000 => {
                Some((AGAIN_S << file.tries.clamp(0, 6)).min(AGAIN_S_MAX))
            }
            _ => None,
        };
        let pause_s = pause_s.filter(|_| file.expires_at.is_none_or(|at| now < at));
        tracing::warn!(source.id = %peer.source, file.name = %file.path, error = %with_causes(error), "performance file {}: {}", file.path, with_causes(error));
        let Some(pause_s) = pause_s else {
            if let Some(site) = &peer.habits.site
                && let Ok(path) = site.path(&file.path)
            {
                put_aside(deps, peer, (site, &path), error).await;
            }
            self.ask_where_it_is(file, peer).await?;
            return self.fail(file, with_causes(error)).await;
        };
        let mut tx = deps.db.write().await?;
        put_off(&mut tx, file.id, now.plus_s(pause_s), &with_causes(error)).await?;
        Ok(tx.commit().await?)
    }

    /// A file that went away before it could be fetched may be somewhere else by now.
    async fn ask_where_it_is(&self, file: &PmFile, peer: &TaskPeer) -> anyhow::Result<()> {
        let now = self.deps.clock.now();
        let is_gone = file.expires_at.is_some_and(|at| at <= now) && now.since(file.period.end) < PATIENCE_S * 1000;
        let Some(task) = task_number(&self.deps.own, &file.task_id).filter(|_| is_gone) else { return Ok(()) };
        tracing::warn!(source.id = %peer.source, file.name = %file.path, "{} is gone from its site: asking where it is now", file.path);
        let mut tx = self.deps.db.write().await?;
        ask_history(&mut tx, (file.source, task), file.period, (BY_FILES, now)).await?;
        Ok(tx.commit().await?)
    }

    /// The file cannot be used.
    async fn fail(&self, file: &PmFile, reason: String) -> anyhow::Result<()> {
        let deps = &self.deps;
        if let Some(peer) = self.peer(file).await? {
            deps.metrics.count_performance_file(&peer.source, FileOutcome::Failed);
        }
        let mut tx = deps.db.write().await?;
        end_file(&mut tx, file.id, &FileEnd::Failed(reason), deps.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn peer(&self, file: &PmFile) -> anyhow::Result<Option<&TaskPeer>> {
        let states = store::peer::peer_states(&mut self.deps.db.read().await?).await?;
        let source = states.into_iter().find(|state| state.source_no == file.source).map(|state| state.source);
        Ok(source.and_then(|source| self.deps.peer(&source)))
    }
}

async fn fetch<'a>(deps: &'a TaskDeps, peer: &'a TaskPeer, file: PmFile) -> Fetched<'a> {
    let fetched = match &peer.habits.site {
        Some(site) => match site.path(&file.path) {
            Ok(path) if peer.manner.is_plain_table() => once(deps, site, &path).await,
            // The rows of other dialects are no lines.
            Ok(path) => agreed(deps, site, &path).await,
            Err(error) => Err(error),
        },
        None => Err(FtpError::Site { url: String::new(), reason: "no file site is configured for this peer" }),
    };
    (file, peer, fetched)
}

async fn agreed(deps: &TaskDeps, site: &Site, path: &RemotePath) -> Result<Checked, FtpError> {
    let mut session = Session::open(site, ftp::Limits::default()).await?;
    session.fetch_agreed(path, &deps.spool).await
}

fn digest(hexadecimal: &str) -> anyhow::Result<[u8; 32]> {
    let mut digest = [0; 32];
    hex::decode_to_slice(hexadecimal, &mut digest)?;
    Ok(digest)
}
