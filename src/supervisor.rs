//! Every task of the daemon has a name, a status and an end.
//!
//! Stopping has two steps: *soft* (take nothing new, finish what is begun) and, after the grace
//! time or a second signal, *hard* (stop where you are). A task that panics or fails is counted,
//! shown, and started again with a growing pause, which is short again after it ran well; the others go on.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_LONGEST: Duration = Duration::from_secs(30);
/// A task that ran this long was well: its next failure is a first one.
const WELL: Duration = Duration::from_secs(60);

/// Owner of all tasks. Cheap to clone.
#[derive(Clone)]
pub struct Supervisor {
    soft: CancellationToken,
    hard: CancellationToken,
    tracker: TaskTracker,
    states: Arc<Mutex<BTreeMap<String, TaskState>>>,
}

/// How a task is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TaskState {
    /// It is running (else it waits to be started again, or has ended).
    pub running: bool,
    /// Times it failed or panicked.
    pub failures: u64,
    /// The last failure; empty if none.
    pub error: String,
}

impl Default for Supervisor {
    fn default() -> Self {
        Self::new()
    }
}

impl Supervisor {
    /// With no tasks yet.
    pub fn new() -> Self {
        Supervisor {
            soft: CancellationToken::new(),
            hard: CancellationToken::new(),
            tracker: TaskTracker::new(),
            states: Arc::default(),
        }
    }

    /// Fires when tasks shall take nothing new.
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Starts a task; `begin` is called again after each failure until it returns `Ok` or the stop begins.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that spawns: a task of its own, so that a panic ends only this one"
    )]
    pub fn spawn<F, Fut>(&self, name: &str, begin: F)
    where
        F: Fn(CancellationToken) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let soft = self.soft.clone();
        self.keep(name, move || tokio::spawn(begin(soft.clone())));
    }

    /// The same on a thread of its own, for a task that many wait for: between two of its steps it
    /// does not queue behind other tasks.
    pub fn spawn_apart<F, Fut>(&self, name: &str, begin: F)
    where
        F: Fn(CancellationToken) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let (soft, hard, begin) = (self.soft.clone(), self.hard.clone(), Arc::new(begin));
        self.keep(name, move || {
            let (soft, hard, begin) = (soft.clone(), hard.clone(), Arc::clone(&begin));
            tokio::task::spawn_blocking(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(async {
                    tokio::select! {
                        ended = begin(soft) => ended,
                        () = hard.cancelled() => Ok(()),
                    }
                })
            })
        });
    }

    /// Keeps a task running: starts it, and starts it again with a growing pause when it fails.
    fn keep(&self, name: &str, start: impl Fn() -> JoinHandle<anyhow::Result<()>> + Send + Sync + 'static) {
        let (this, name) = (self.clone(), name.to_owned());
        self.tracker.spawn(async move {
            let mut pause = PAUSE_FIRST;
            let mut began = Instant::now();
            while let Some(error) = this.run_once(&name, &start).await {
                if began.elapsed() >= WELL {
                    pause = PAUSE_FIRST;
                }
                this.note_failure(&name, error);
                if this.soft.is_cancelled() {
                    break;
                }
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = this.soft.cancelled() => break,
                }
                pause = (pause * 2).min(PAUSE_LONGEST);
                began = Instant::now();
            }
            this.states.lock().entry(name).or_default().running = false;
        });
    }

    /// Runs the task once; `Some(error)` if it failed or panicked.
    async fn run_once(&self, name: &str, start: &impl Fn() -> JoinHandle<anyhow::Result<()>>) -> Option<String> {
        self.states.lock().entry(name.to_owned()).or_default().running = true;
        let mut task = start();
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = self.hard.cancelled() => { task.abort(); return None; }
        };
        match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(format!("{error:#}")),
            Err(join) => Some(format!("panicked: {join}")),
        }
    }

    fn note_failure(&self, name: &str, error: String) {
        tracing::error!(task.name = %name, error = %error, "task {name} failed and will be started again");
        let mut states = self.states.lock();
        let state = states.entry(name.to_owned()).or_default();
        state.running = false;
        state.failures += 1;
        state.error = error;
    }

    /// How every task is, by name.
    pub fn states(&self) -> BTreeMap<String, TaskState> {
        self.states.lock().clone()
    }

    /// Begins the soft stop and waits for all tasks, at most `grace`; then stops them hard.
    /// `true` if all ended within the grace time.
    pub async fn stop(&self, grace: Duration) -> bool {
        self.soft.cancel();
        self.tracker.close();
        let in_time = tokio::time::timeout(grace, self.tracker.wait()).await.is_ok();
        self.hard.cancel();
        self.tracker.wait().await;
        in_time
    }

    /// Stops all tasks where they are.
    pub fn abort(&self) {
        self.soft.cancel();
        self.hard.cancel();
    }
}

#[cfg(test)]
mod tests;
