//! Whether the daemon can do its work: the writer moves and its commits succeed, the database answers,
//! the disk has room. A task looks every second and the operations listener reads what it saw, so that
//! the answer comes at once and cannot hang on what it is asked about.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use store::meta::{Counter, allocate, last_of};
use store::{Db, StoreError};
use tokio_util::sync::CancellationToken;
use web::operations::{Check, Report};

use crate::metrics::Metrics;
use crate::supervisor::Supervisor;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);
/// How long the database may take to answer.
const ANSWER: Duration = Duration::from_secs(3);
/// A writer that has not moved for so long is stuck: it looks at time four times a second.
const WRITER_STILL: Duration = Duration::from_secs(15);
/// Nobody has looked for so long: the runtime is stuck, and the process is no longer alive in any useful way.
const LOOK_STILL: Duration = Duration::from_secs(30);
/// With less room than this the next commits are about to fail.
const FREE_MIN: u64 = 64 << 20;

/// What the writer says of itself, without waiting for anybody.
#[derive(Debug)]
pub struct Pulse {
    began: Instant,
    /// Milliseconds after `began` at which it moved; negative while it has no memory.
    moved_ms: AtomicI64,
    failed: AtomicBool,
}

/// Where it looks.
pub struct Watch {
    /// The database.
    pub db: Db,
    /// What the writer says; and where to tell how much room there is.
    pub metrics: Metrics,
    /// The tasks.
    pub supervisor: Supervisor,
    /// The folder whose disk must have room.
    pub data: PathBuf,
    /// What it saw.
    pub seen: Arc<Mutex<Seen>>,
}

/// What was seen at the last look.
#[derive(Clone, Debug)]
pub struct Seen {
    at: Instant,
    database: Result<(), String>,
    /// Bytes free.
    disk: Result<u64, String>,
}

// === impl Pulse ===

impl Default for Pulse {
    fn default() -> Self {
        Pulse { began: Instant::now(), moved_ms: AtomicI64::new(-1), failed: AtomicBool::new(false) }
    }
}

impl Pulse {
    /// The writer begins to read its memory.
    pub fn begins(&self) {
        self.moved_ms.store(-1, Ordering::Relaxed);
    }

    /// The writer moves.
    pub fn moves(&self) {
        let ms = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.moved_ms.store(ms, Ordering::Relaxed);
    }

    /// Its commit succeeded, or failed.
    pub fn committed(&self, outcome: Result<(), &StoreError>) {
        self.failed.store(outcome.is_err(), Ordering::Relaxed);
    }

    /// How long it has not moved; `None` while it has no memory.
    fn still(&self) -> Option<Duration> {
        let moved = u64::try_from(self.moved_ms.load(Ordering::Relaxed)).ok()?;
        Some(self.began.elapsed().saturating_sub(Duration::from_millis(moved)))
    }

    fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

// === impl Seen ===

impl Default for Seen {
    fn default() -> Self {
        let nobody = || "nobody has looked yet".to_owned();
        Seen { at: Instant::now(), database: Err(nobody()), disk: Err(nobody()) }
    }
}

// === impl Watch ===

impl Watch {
    /// Looks until the stop.
    ///
    /// # Errors
    /// None: what it sees is what it is for.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) -> anyhow::Result<()> {
        loop {
            self.look().await;
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    /// Looks once.
    pub async fn look(&self) {
        let database = self.ask().await;
        let folder = self.data.clone();
        let disk = tokio::task::spawn_blocking(move || free(&folder)).await;
        let disk = disk.unwrap_or_else(|error| Err(error.to_string()));
        self.metrics.disk_free.set(disk.as_ref().map_or(0, |free| i64::try_from(*free).unwrap_or(i64::MAX)));
        *self.seen.lock() = Seen { at: Instant::now(), database, disk };
    }

    /// Reads; and writes, if the last write failed: else a daemon that nobody speaks to, because it is
    /// not ready, would never find out that it is well again.
    async fn ask(&self) -> Result<(), String> {
        let read = async {
            last_of(&mut self.db.read().await?, Counter::ChangeSeq).await?;
            if self.metrics.pulse.failed() {
                let mut tx = self.db.write().await?;
                // A number of a request is skipped; nobody counts them.
                allocate(&mut tx, Counter::Request, 1).await?;
                tx.commit().await?;
                self.metrics.pulse.committed(Ok(()));
            }
            Ok::<_, StoreError>(())
        };
        match tokio::time::timeout(ANSWER, read).await {
            Ok(outcome) => outcome.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer within {} s", ANSWER.as_secs())),
        }
    }

    /// What the operations listener shows.
    pub fn report(&self) -> Report {
        let seen = self.seen.lock().clone();
        let age = seen.at.elapsed();
        let checks = vec![
            check("writer", self.writer()),
            check(
                "commit",
                if self.metrics.pulse.failed() { Err("the last commit failed".to_owned()) } else { Ok(()) },
            ),
            check("database", fresh(age).and(seen.database)),
            check("disk", seen.disk.and_then(room)),
            check("web", self.running("web")),
        ];
        Report { alive: age < LOOK_STILL, checks }
    }

    fn writer(&self) -> Result<(), String> {
        self.running("writer")?;
        match self.metrics.pulse.still() {
            None => Err("it reads its memory".to_owned()),
            Some(still) if still > WRITER_STILL => Err(format!("it has not moved for {} s", still.as_secs())),
            Some(_) => Ok(()),
        }
    }

    fn running(&self, task: &str) -> Result<(), String> {
        match self.supervisor.states().get(task) {
            Some(state) if state.running => Ok(()),
            Some(state) if !state.error.is_empty() => Err(format!("it failed: {}", state.error)),
            _ => Err("it does not run".to_owned()),
        }
    }
}

fn check(name: &'static str, outcome: Result<(), String>) -> Check {
    Check { name, ok: outcome.is_ok(), reason: outcome.err().unwrap_or_default() }
}

fn fresh(age: Duration) -> Result<(), String> {
    if age < LOOK_STILL { Ok(()) } else { Err(format!("nobody has looked for {} s", age.as_secs())) }
}

fn room(free: u64) -> Result<(), String> {
    if free >= FREE_MIN {
        return Ok(());
    }
    Err(format!("{} MiB are free, {} MiB are needed: make room where the data is", free >> 20, FREE_MIN >> 20))
}

/// Bytes that are free for us on the disk of a folder.
fn free(folder: &Path) -> Result<u64, String> {
    let disk = rustix::fs::statvfs(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests;
