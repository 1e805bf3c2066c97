//! What was measured: of managers that do not announce their files it is asked where they are, period by period;
//! and stretches of the past are asked for again.

use std::collections::BTreeMap;

use model::pm::{Granularity, HistoryState, task_id};
use model::time::{Time, Window, Zone};
use soap::ClientError;
use store::performance::file::{PmFile, add_files};
use store::performance::task::{BY_FILES, History, PmTask, ask_history, due_history, put_history, task_pulled};

use super::Desk;
use super::plan::Wanted;

/// Files of a period are asked for so long after its end.
const READY_S: i64 = 30;
/// What is not there yet is asked for again after this …
const AGAIN_S: i64 = 60;
/// … for so long; then the next period has its turn, and this one is asked for beside it.
const PATIENCE_S: i64 = 900;
/// A question for the past is asked so often …
const TRIES: u32 = 10;
/// … with this pause, doubled each time, up to an hour.
const PAUSE_S: i64 = 15;
const PAUSE_S_MAX: i64 = 3600;

/// When the files of each task can be asked for again.
pub(super) type Pulls = BTreeMap<i64, Time>;

/// What became of a question for the past.
enum Asked {
    Yes,
    /// It may be asked again; a sentence.
    Later(String),
    /// A sentence.
    No(String),
}

// === impl Desk ===

impl Desk<'_> {
    /// Asks for what is due of the past.
    pub(super) async fn look_at_past(&mut self, tasks: &[PmTask], now: Time) -> anyhow::Result<()> {
        if self.peer.must_be_asked_for_files() {
            for task in tasks {
                self.pull(task, now).await?;
            }
        }
        let due = due_history(&mut self.deps.db.read().await?, self.number, now).await?;
        match due {
            Some(history) => self.ask_again(history, now).await,
            None => Ok(()),
        }
    }

    /// Asks for the files of the next period of a task.
    async fn pull(&mut self, task: &PmTask, now: Time) -> anyhow::Result<()> {
        let is_wanted = |wanted: &&Wanted| wanted.number == task.id && !wanted.suspended;
        let period = Window::new(task.pulled_until, end_of_period(task, &self.peer.settings.zone));
        let not_before = self.pulls.get(&task.id).copied().unwrap_or(Time::MIN);
        if !self.wanted.iter().any(|wanted| is_wanted(&wanted)) || period.end.plus_s(READY_S) > now || not_before > now
        {
            return Ok(());
        }
        match self.fetch_list(task.id, period, now).await {
            Ok(files) if !files.is_empty() => self.keep_files(&files, Some((task.id, period.end))).await,
            Ok(_) if now.since(period.end) < PATIENCE_S * 1000 => {
                self.pulls.insert(task.id, now.plus_s(AGAIN_S));
                Ok(())
            }
            Ok(_) => {
                let source = &self.peer.source;
                tracing::warn!(source.id = %source, "{source} has no file of {} from {} yet", task.name, period.start);
                self.skip(task.id, period, now).await
            }
            Err(error) => {
                let source = &self.peer.source;
                tracing::warn!(source.id = %source, error = %error, "{source} does not say where the files of {} are: {error}", task.name);
                self.pulls.insert(task.id, now.plus_s(AGAIN_S));
                Ok(())
            }
        }
    }

    /// The next period has its turn; this one is asked for some more times.
    async fn skip(&self, task: i64, period: Window, now: Time) -> anyhow::Result<()> {
        let mut tx = self.deps.db.write().await?;
        task_pulled(&mut tx, task, period.end).await?;
        ask_history(&mut tx, (self.number, task), period, (BY_FILES, now)).await?;
        Ok(tx.commit().await?)
    }

    /// Where the files of a stretch are.
    async fn fetch_list(&self, task: i64, window: Window, now: Time) -> Result<Vec<PmFile>, ClientError> {
        let id = task_id(&self.deps.own, task);
        let call = self.call_id("G");
        let found = self.manager.files_of(call.as_id(), (&id, window), &self.peer.habits).await?;
        let file = |path| PmFile {
            id: 0,
            source: self.number,
            path,
            task_id: id.clone(),
            period: window,
            announced_at: now,
            expires_at: found.expires_at,
            tries: 0,
        };
        Ok(found.paths.into_iter().map(file).collect())
    }

    /// Notes files as if they had been announced; those of a task are known up to a time then.
    async fn keep_files(&self, files: &[PmFile], pulled: Option<(i64, Time)>) -> anyhow::Result<()> {
        let mut tx = self.deps.db.write().await?;
        add_files(&mut tx, files).await?;
        if let Some((task, until)) = pulled {
            task_pulled(&mut tx, task, until).await?;
        }
        tx.commit().await?;
        self.deps.performance.ring();
        Ok(())
    }

    /// Asks for a stretch of the past.
    async fn ask_again(&self, mut history: History, now: Time) -> anyhow::Result<()> {
        let asked = match self.wanted.iter().find(|wanted| wanted.number == history.task_id) {
            Some(wanted) => self.ask_stretch(wanted, &mut history, now).await?,
            None if self.undecided.contains(&history.task_id) => return Ok(()),
            None => Asked::No("the task is not wanted any more, or has no objects".to_owned()),
        };
        let pause_s = (PAUSE_S << history.tries.min(8)).min(PAUSE_S_MAX);
        history.tries = history.tries.saturating_add(1);
        (history.state, history.reason) = match asked {
            Asked::Yes => (HistoryState::Asked, String::new()),
            Asked::Later(reason) if history.tries < TRIES => (HistoryState::Waiting, reason),
            Asked::Later(reason) | Asked::No(reason) => (HistoryState::Failed, reason),
        };
        let mut tx = self.deps.db.write().await?;
        put_history(&mut tx, &history, now.plus_s(pause_s)).await?;
        Ok(tx.commit().await?)
    }

    async fn ask_stretch(&self, wanted: &Wanted, history: &mut History, now: Time) -> anyhow::Result<Asked> {
        if self.peer.must_be_asked_for_files() {
            return Ok(match self.fetch_list(wanted.number, history.window, now).await {
                Ok(files) if files.is_empty() => Asked::nothing(&history.asked_by),
                Ok(files) => {
                    self.keep_files(&files, None).await?;
                    Asked::Yes
                }
                Err(error) => error.into(),
            });
        }
        // The same number for a repetition: the manager may have taken the first one.
        if history.sync_req_id.is_empty() {
            history.sync_req_id = self.deps.request_id("PM", &self.peer.settings.zone).await?;
        }
        let id = collectors::CallId { msg_id: &history.sync_req_id, now };
        let asked = self.manager.request_history(id, &wanted.task, history.window).await;
        Ok(asked.map_or_else(Asked::from, |()| Asked::Yes))
    }
}

// === impl Asked ===

impl Asked {
    /// There are no files. Who asked for them at their time asks again; a person knows now.
    fn nothing(by: &str) -> Self {
        let reason = "the manager has no files of it".to_owned();
        if by == BY_FILES { Asked::Later(reason) } else { Asked::No(reason) }
    }
}

impl From<ClientError> for Asked {
    fn from(error: ClientError) -> Self {
        if error.temporary() { Asked::Later(error.to_string()) } else { Asked::No(error.to_string()) }
    }
}

/// The begin of the period that holds an instant; days are those of the manager's zone.
pub(super) fn begin_of_period(at: Time, granularity: Granularity, zone: &Zone) -> Time {
    if granularity == Granularity::H24 {
        return zone.instant(zone.civil(at).date().at(0, 0, 0, 0));
    }
    let length_ms = i64::from(granularity.0) * 1000;
    Time::from_ms(at.ms().div_euclid(length_ms) * length_ms)
}

/// The end of the period that a task's files are to be asked for next.
fn end_of_period(task: &PmTask, zone: &Zone) -> Time {
    let end = task.pulled_until.plus_s(i64::from(task.granularity.0));
    if task.granularity == Granularity::H24 {
        // A day has 23 to 25 hours: its end is the midnight before the next noon.
        return begin_of_period(end.plus_s(12 * 3600), task.granularity, zone);
    }
    end
}
