//! Resource files into the store: what changes, what waits, what a person must approve.
//!
//! A load reads its files once, compares them with what is held, puts the changes aside ([`store::staging`])
//! and applies them in slices, so that the writer is never held for long and an interrupted load goes on.
//! It computes, so it runs on the blocking pool: [`Loader::detached`].
//!
//! - [`diff`]: what a file changes; `parents`: what its rows refer to
//! - [`input`]: the files; `read`: files into staged changes; `apply`: staged changes into the store
//! - `hold`: rows that wait for their parents; `orphans`: rows whose parents go

mod apply;
pub mod diff;
mod error;
mod hold;
pub mod input;
mod orphans;
mod parents;
mod read;

use collectors::resource::file::Dialect;
use model::source::RunState;
use model::time::Time;
use store::Db;
use store::load::{Load, LoadIssue, put_load};
use store::quarantine::{Kind, Quarantined, put_quarantine};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use error::LoadError;
pub use input::Input;

use crate::config::Resources;
use crate::pipeline::late::KeptUntil;
use intake::Clock;

/// A load as it goes on; whoever shows it looks when they like.
pub type Shown = watch::Sender<Load>;

/// What loading needs. Cheap to clone.
#[derive(Clone)]
pub struct Loader {
    /// The database.
    pub db: Db,
    /// Now.
    pub clock: Clock,
    /// When a person must approve.
    pub rules: Resources,
    /// Figures up to here are kept: what is loaded of that time marks them.
    pub kept_until: KeptUntil,
    /// Ends a load between two slices.
    pub stop: CancellationToken,
}

/// The files of one load.
#[derive(Debug)]
pub struct Batch {
    /// The files; all are of one class and one mode.
    pub inputs: Vec<Input>,
    /// Zone of their local times, and their names of columns.
    pub dialect: Dialect,
    /// Their encoding.
    pub encoding: ftp::Encoding,
    /// Time of the notice: from then a changed route is valid.
    pub at: Time,
    /// Who approves whatever it deletes; empty: the guard decides.
    pub approved_by: String,
}

// === impl Loader ===

impl Loader {
    /// Runs a piece of loading on the blocking pool: reading and comparing is work.
    ///
    /// # Errors
    /// What the work says; [`LoadError::Stopped`] if the runtime ends.
    pub async fn detached<T, F, Fut>(&self, work: F) -> Result<T, LoadError>
    where
        T: Send + 'static,
        F: FnOnce(Loader) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, LoadError>>,
    {
        let (loader, handle) = (self.clone(), Handle::current());
        let work = tokio::task::spawn_blocking(move || handle.block_on(work(loader)));
        match work.await {
            Ok(ended) => ended,
            Err(error) if error.is_panic() => Err(LoadError::Panicked(error.to_string())),
            Err(_) => Err(LoadError::Stopped),
        }
    }

    /// Loads files: reads, compares, and applies unless a person must approve. How it ended is in `shown`.
    ///
    /// # Errors
    /// [`LoadError`] if it could not even be ended properly; a bad file ends it as failed.
    pub async fn take(&self, shown: &Shown, batch: &Batch) -> Result<(), LoadError> {
        let total = batch.inputs.iter().filter_map(Input::records).sum();
        shown.send_modify(|load| {
            load.state = RunState::Loading;
            load.progress.rows_total = total;
            load.progress.approved_by.clone_from(&batch.approved_by);
        });
        self.keep(shown).await?;
        let counts = match read::read(self, shown, batch).await {
            Ok(counts) => counts,
            Err(LoadError::File(error)) => {
                self.put_aside(shown, &error.to_string(), &[]).await?;
                return self.end(shown, RunState::Failed, &error.to_string()).await;
            }
            Err(other) => return Err(other),
        };
        self.put_refused_aside(shown).await?;
        let full = shown.borrow().full;
        if full
            && batch.approved_by.is_empty()
            && diff::guarded(counts, self.rules.guard_percent, self.rules.guard_rows)
        {
            let reason =
                format!("it would delete {} of {} rows: approve it, or give it up", counts.deleted, counts.held);
            shown.send_modify(|load| {
                load.state = RunState::Waiting;
                load.progress.error = reason;
            });
            return self.keep(shown).await;
        }
        self.apply(shown).await
    }

    /// Loads the rows whose parents have come; how many.
    ///
    /// # Errors
    /// What the database says, or [`LoadError::Stopped`]: what was not loaded waits on.
    pub async fn release(&self) -> Result<u64, LoadError> {
        let released = hold::release(self).await?;
        if released > 0 {
            tracing::info!(rows.total = released, "{released} rows found the parents that they waited for");
        }
        Ok(released)
    }

    /// Applies what is staged and ends the load: after an approval, or after a restart.
    ///
    /// # Errors
    /// What the database says, or [`LoadError::Stopped`]: then it goes on after the restart.
    pub async fn apply(&self, shown: &Shown) -> Result<(), LoadError> {
        shown.send_modify(|load| load.state = RunState::Loading);
        // With the counts kept, the staged rows are known to be complete: see `is_complete`.
        self.keep(shown).await?;
        apply::apply(self, shown).await?;
        self.release().await?;
        self.end(shown, RunState::Done, "").await
    }

    /// Throws what is staged away and ends the load.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end(&self, shown: &Shown, state: RunState, error: &str) -> Result<(), LoadError> {
        let id = shown.borrow().id;
        apply::discard(self, id).await?;
        let now = self.clock.now();
        shown.send_modify(|load| {
            load.state = state;
            load.ended_at = Some(now);
            load.progress.error = error.to_owned();
        });
        self.keep(shown).await
    }

    /// Stores how the load stands.
    pub(crate) async fn keep(&self, shown: &Shown) -> Result<(), LoadError> {
        let load = shown.borrow().clone();
        let mut tx = self.db.write().await?;
        put_load(&mut tx, &load).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps the refused rows of a load for a person: what is wrong with each.
    async fn put_refused_aside(&self, shown: &Shown) -> Result<(), LoadError> {
        let progress = shown.borrow().progress.clone();
        if progress.refused == 0 {
            return Ok(());
        }
        let line = |issue: &LoadIssue| format!("row {} {}: {}\n", issue.row, issue.key, issue.reason);
        let lines: String = progress.issues.iter().map(line).collect();
        self.put_aside(shown, &format!("{} rows were refused", progress.refused), lines.as_bytes()).await
    }

    async fn put_aside(&self, shown: &Shown, reason: &str, content: &[u8]) -> Result<(), LoadError> {
        let load = shown.borrow().clone();
        let kind = if content.is_empty() { Kind::File } else { Kind::Row };
        let what = Quarantined {
            name: format!("{} {}", load.class, load.sync_req_id),
            reason: reason.to_owned(),
            size: content.len() as u64,
            ..Quarantined::once(kind, &load.source, self.clock.now())
        };
        let mut tx = self.db.write().await?;
        put_quarantine(&mut tx, &what, content).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Was a load that a restart interrupted read to its end? Its counts are kept only then.
pub fn is_complete(load: &Load) -> bool {
    let progress = &load.progress;
    progress.added + progress.changed + progress.deleted > 0
}

#[cfg(test)]
mod tests;
