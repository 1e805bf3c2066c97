//! Compares a manager's list of active alarms with ours: asks for the list, waits for its files,
//! reads them and hands the snapshot to the writer, who decides what it clears.
//!
//! | state | asked | announced or answered | call failed | deadline | work ended |
//! |---|---|---|---|---|---|
//! | idle | requested | no-op | – | – | – |
//! | requested | remembered once | loading | idle, failed | idle, failed | – |
//! | loading | remembered once | no-op | no-op | – | idle |
//!
//! What failed is asked for again after a pause that grows. A request without an answer does not make a newer
//! reason wait for its deadline: where the manager never said yes it ends at once, else when it has had a
//! minute, the next one two, and so on.

mod omc;
mod request;
mod snapshot;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use model::source::{RunState, SourceId, SyncRun};
use model::time::Time;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

pub(crate) use self::request::CallEnd;
use self::snapshot::Given;
use super::TaskDeps;
use super::peers::TaskPeer;
use crate::pipeline::deps::Resync;
use crate::pipeline::order::{Order, OwnAlarm};

/// How often deadlines are looked at, by the clock.
const LOOK_MS: i64 = 1000;
/// A request that the manager took is left so long before a newer reason ends it, doubled each time.
const PATIENCE_MS: i64 = 60_000;
/// After a failure a manager is asked again after this, growing …
const AGAIN_MS: i64 = 15_000;
/// … up to this.
const AGAIN_MS_MAX: i64 = 300_000;

/// The task and what it needs.
pub struct Resyncs {
    /// What every task needs.
    pub deps: TaskDeps,
    /// What the writer asks for; it outlives a restart of the task.
    pub queue: Mutex<mpsc::Receiver<Resync>>,
}

/// How the resync of one source stands.
#[derive(Default)]
struct Source {
    running: Option<Running>,
    /// Asked for while one ran, or to be tried again: why, and not before when.
    again: Option<(&'static str, Time)>,
    /// Requests that failed one after the other.
    failed: u32,
    /// Requests that a newer reason ended since the last list.
    ended: u32,
}

struct Running {
    run: SyncRun,
    deadline: Time,
    call: Call,
}

/// What is known of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// It is under way.
    Open,
    /// The manager said yes.
    Taken,
    /// Its answer did not come.
    Unanswered,
}

/// What a piece of work ended with.
enum Event {
    Called(SourceId, String, CallEnd),
    Read(SourceId, String, Result<(), String>),
}

struct Desk<'a> {
    deps: &'a TaskDeps,
    sources: BTreeMap<SourceId, Source>,
    work: FuturesUnordered<BoxFuture<'a, Event>>,
}

/// Resyncs until the stop.
///
/// # Errors
/// What the database says.
pub async fn run(resyncs: Arc<Resyncs>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut queue = resyncs.queue.lock().await;
    let mut desk = Desk { deps: &resyncs.deps, sources: BTreeMap::new(), work: FuturesUnordered::new() };
    loop {
        desk.look(resyncs.deps.clock.now()).await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            errand = queue.recv() => match errand {
                Some(errand) => desk.take(errand),
                None => return Ok(()),
            },
            Some(event) = desk.work.next(), if !desk.work.is_empty() => desk.ended(event).await,
            () = resyncs.deps.clock.sleep(LOOK_MS) => {}
        }
    }
}

// === impl Desk ===

impl<'a> Desk<'a> {
    /// What has become due by time: requests, and those that nobody answered.
    async fn look(&mut self, now: Time) -> anyhow::Result<()> {
        let late = |(id, source): (&SourceId, &Source)| {
            let (over, running) = (source.is_over(now)?, source.running.as_ref()?);
            Some((id.clone(), running.run.sync_req_id.clone(), over))
        };
        let late: Vec<_> = self.sources.iter().filter_map(late).collect();
        for (id, request, over) in late {
            let (why, alarm) = match over {
                Over::Late => ("the manager announced no list in time", Alarm::Raise),
                Over::Newer => ("it had no answer when there was a newer reason to ask", Alarm::None),
            };
            self.fail(&id, &request, why.to_owned(), alarm).await;
            if let Some(source) = self.sources.get_mut(&id).filter(|_| over == Over::Newer) {
                source.ended = source.ended.saturating_add(1);
            }
        }
        let due = |source: &Source| source.running.is_none() && source.again.is_some_and(|(_, at)| at <= now);
        let due: Vec<SourceId> = self.sources.iter().filter(|(_, s)| due(s)).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.begin(&id, now).await?;
        }
        Ok(())
    }

    fn take(&mut self, errand: Resync) {
        match errand {
            Resync::Ask { source, reason } => self.ask(&source, reason),
            Resync::Ready { source, announced } => self.ready(&source, Given::Announced(*announced)),
        }
    }

    fn ask(&mut self, id: &SourceId, reason: &'static str) {
        if !self.deps.peer(id).is_some_and(TaskPeer::has_list) {
            tracing::warn!(source.id = %id, reason, "{id} has no url: its alarms cannot be compared");
            return;
        }
        let now = self.deps.clock.now();
        self.sources.entry(id.clone()).or_default().again = Some((reason, now));
    }

    /// Starts a request. Its number is known before it is sent: the announcement may overtake the answer.
    async fn begin(&mut self, id: &SourceId, now: Time) -> anyhow::Result<()> {
        let deps = self.deps;
        let Some(peer) = deps.peer(id) else { return Ok(()) };
        let sync_req_id = deps.request_id("ALM", &peer.settings.zone).await?;
        let Some(source) = self.sources.get_mut(id) else { return Ok(()) };
        let Some((reason, _)) = source.again.take() else { return Ok(()) };
        let run = SyncRun {
            sync_req_id,
            reason: reason.to_owned(),
            state: RunState::Requested,
            requested_at: now,
            ended_at: None,
            raised: 0,
            cleared: 0,
            error: String::new(),
            confirms: false,
        };
        let deadline = now.plus_s(peer.settings.sync_timeout_s);
        source.running = Some(Running { run: run.clone(), deadline, call: Call::Open });
        let id = id.clone();
        self.work.push(Box::pin(async move {
            let end = request::call(deps, peer, &run).await;
            Event::Called(id, run.sync_req_id, end)
        }));
        Ok(())
    }

    /// The list is there: reads it.
    fn ready(&mut self, id: &SourceId, given: Given) {
        let deps = self.deps;
        let request = given.sync_req_id();
        let running = self.sources.get_mut(id).and_then(|source| source.running.as_mut());
        let known = running.filter(|r| r.run.sync_req_id == *request && r.run.state == RunState::Requested);
        let (Some(running), Some(peer)) = (known, deps.peer(id)) else {
            tracing::info!(source.id = %id, sync.id = %request, "{id} announced the list {request}, which nobody waits for");
            return;
        };
        running.run.state = RunState::Loading;
        let (id, run) = (id.clone(), running.run.clone());
        self.work.push(Box::pin(async move {
            deps.orders.give(Order::Sync(id.clone(), run)).await;
            let request = given.sync_req_id().to_owned();
            let ended = snapshot::take(deps, peer, given).await;
            Event::Read(id, request, ended)
        }));
    }

    async fn ended(&mut self, event: Event) {
        match event {
            Event::Called(id, request, CallEnd::Taken) => self.called(&id, &request, Call::Taken),
            Event::Called(id, request, CallEnd::Listed(answer)) => {
                let running = self.sources.get(&id).and_then(|source| source.running.as_ref());
                let asked_at = running.map_or_else(|| self.deps.clock.now(), |running| running.run.requested_at);
                self.ready(&id, Given::Answered { sync_req_id: request, asked_at, answer });
            }
            Event::Called(id, request, CallEnd::Unanswered) => self.called(&id, &request, Call::Unanswered),
            // That it cannot be reached is shown as its silence.
            Event::Called(id, request, CallEnd::Unreached(error)) => self.fail(&id, &request, error, Alarm::None).await,
            Event::Called(id, request, CallEnd::Refused(error)) => self.fail(&id, &request, error, Alarm::Raise).await,
            Event::Read(id, request, Err(error)) => self.fail(&id, &request, error, Alarm::Raise).await,
            Event::Read(id, request, Ok(())) => {
                tracing::info!(source.id = %id, sync.id = %request, "the alarm list {request} of {id} was taken");
                if let Some(source) = self.sources.get_mut(&id) {
                    source.running = None;
                    (source.failed, source.ended) = (0, 0);
                }
            }
        }
    }

    fn called(&mut self, id: &SourceId, request: &str, call: Call) {
        let running = self.sources.get_mut(id).and_then(|source| source.running.as_mut());
        if let Some(running) = running.filter(|running| running.run.sync_req_id == request) {
            running.call = call;
        }
    }

    /// Ends the running request of this number, if it still is the one. It is made again after a while:
    /// what it was asked for is still not known.
    async fn fail(&mut self, id: &SourceId, request: &str, error: String, alarm: Alarm) {
        let Some(source) = self.sources.get_mut(id) else { return };
        if source.running.as_ref().is_none_or(|running| running.run.sync_req_id != request) {
            return;
        }
        let Some(Running { mut run, .. }) = source.running.take() else { return };
        let pause = AGAIN_MS.saturating_mul(1 << source.failed.min(8)).min(AGAIN_MS_MAX);
        source.failed = source.failed.saturating_add(1);
        source.again.get_or_insert(("again", self.deps.clock.now().plus_ms(pause)));
        tracing::warn!(source.id = %id, sync.id = %request, error = %error, "the resync {request} of {id} failed: {error}");
        run.state = RunState::Failed;
        run.ended_at = Some(self.deps.clock.now());
        run.error.clone_from(&error);
        self.deps.orders.give(Order::Sync(id.clone(), run)).await;
        if alarm == Alarm::Raise {
            let own = OwnAlarm { title: "SYNC_REFUSED", about: id.clone(), text: Some(error) };
            self.deps.orders.give(Order::OwnAlarm(own)).await;
        }
    }
}

// === impl Source ===

impl Source {
    /// Is the request over without a list?
    fn is_over(&self, now: Time) -> Option<Over> {
        let running = self.running.as_ref().filter(|running| running.run.state == RunState::Requested)?;
        if running.deadline <= now {
            return Some(Over::Late);
        }
        let patience = PATIENCE_MS.saturating_mul(1 << self.ended.min(8));
        let had_its_time = match running.call {
            Call::Open => false,
            Call::Taken => now.since(running.run.requested_at) >= patience,
            Call::Unanswered => true,
        };
        (had_its_time && self.again.is_some_and(|(_, at)| at <= now)).then_some(Over::Newer)
    }
}

/// Why a request is over without a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// Its deadline has passed.
    Late,
    /// There is a newer reason to ask.
    Newer,
}

/// Does a failure raise an alarm of our own?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alarm {
    Raise,
    None,
}

#[cfg(test)]
mod tests;
