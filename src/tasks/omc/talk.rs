//! What is said in one session: alarms and their numbers, requests for what is missing, lists.

use intake::{Content, Refusal, Submission};
use model::code::ResultCode;
use model::time::Time;
use omc::{Event, OmcError, Reply, Sequence, Session, Step};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::batch::{PAUSE_MS, Told, commit};
use super::door::{Ask, Door};
use crate::tasks::TaskDeps;
use crate::tasks::peers::TaskPeer;

/// Alarms that are handed over together.
const TOGETHER: usize = 256;
/// How long what is missing may take, as the writer has it too.
const MISSING_MS: i64 = crate::pipeline::GAP_MS;
/// A busy writer is told something without a number this often.
const TRIES: u32 = 10;
/// An OMC whose clock is off by more is not asked for the time.
const CLOCK_OFF_MS: i64 = 86_400_000;

/// Why a session is over.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// We are stopping.
    #[error("we are stopping")]
    Stopped,
    /// The session.
    #[error("{}", with_cause(.0))]
    Lost(#[from] OmcError),
    /// The writer did not take an alarm.
    #[error("the writer does not take its alarms: {0}")]
    Refused(#[from] Refusal),
}

/// A session and what it waits for.
pub(super) struct Talk<'a> {
    deps: &'a TaskDeps,
    peer: &'a TaskPeer,
    session: Session,
    /// `None` when it is not known what was committed.
    sequence: Option<Sequence>,
    /// Missing alarms were asked for and are waited for until then.
    missing_until: Option<Instant>,
    list: Option<List>,
}

/// A list that was asked for.
struct List {
    req_id: u32,
    sync_req_id: String,
    asked_at: Time,
    /// When the OMC began it, by its clock.
    begun_at: Option<Time>,
    answer: Option<oneshot::Sender<Result<(), String>>>,
}

// === impl Talk ===

impl<'a> Talk<'a> {
    /// A session that goes on after `sequence`.
    pub(super) fn new(deps: &'a TaskDeps, peer: &'a TaskPeer, session: Session, sequence: Sequence) -> Self {
        Talk { deps, peer, session, sequence: Some(sequence), missing_until: None, list: None }
    }

    /// Talks until the session is over; the numbers, if it is known what of them is committed.
    /// `again`: there was a session before this one.
    pub(super) async fn run(mut self, door: &Door, again: bool, stop: &CancellationToken) -> (Option<Sequence>, Ended) {
        let ended = match self.talk(door, again, stop).await {
            Ok(()) => {
                self.session.close().await;
                return (self.sequence, Ended::Stopped);
            }
            Err(ended) => ended,
        };
        self.deps.metrics.count_omc(&self.peer.source, "lost");
        if let Some(list) = self.list.take().filter(|list| list.answer.is_none()) {
            // Its end will not be told any more: whoever waits for it may ask again.
            self.tell(|| self.announced(&list, Err(()))).await;
        }
        (self.sequence, ended)
    }

    /// Until the stop.
    async fn talk(&mut self, door: &Door, again: bool, stop: &CancellationToken) -> Result<(), Ended> {
        let mut asks = door.queue.lock().await;
        let source = &self.peer.source;
        let from = self.sequence.as_ref().and_then(Sequence::ask_from);
        tracing::info!(source.id = %source, alarm.seq = from, "logged in to {source}");
        self.heard().await;
        if let Some(from) = from {
            self.session.ask_messages(from)?;
        } else if again {
            // Nothing can be asked for by its number: a list tells what came while we were away. At the start
            // of the daemon one is asked for anyhow.
            let reason = "logged in again, and none of its numbers is known".to_owned();
            self.tell(|| Content::AlarmListRebuilt { reason: reason.clone() }).await;
        }
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                Some(ask) = asks.recv() => self.ask_list(ask)?,
                event = self.session.next() => self.take(event?).await?,
                () = sleep_until(self.missing_until.unwrap_or_else(Instant::now)), if self.missing_until.is_some() => {
                    self.give_up("missing");
                }
            }
        }
    }

    async fn take(&mut self, event: Event) -> Result<(), Ended> {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            match event {
                Event::Alarm(body) => next = self.take_alarms(body).await?,
                Event::Messages(Reply { refused: None, .. }) => {}
                Event::Messages(Reply { refused: Some(said), .. }) => self.no_messages(said).await,
                Event::ListTaken(reply) => self.list_taken(reply),
                Event::List(reply, file) => self.list_ended(&reply, &file).await,
                Event::Alive => self.heard().await,
                Event::Closed => return Err(OmcError::Closed.into()),
            }
        }
        Ok(())
    }

    /// Takes this alarm and those that are here already; the event behind them.
    async fn take_alarms(&mut self, first: Vec<u8>) -> Result<Option<Event>, Ended> {
        let mut sequence = self.sequence.take().unwrap_or_default();
        let (mut told, mut body) = (Vec::new(), Some(first));
        let mut behind = None;
        while let Some(alarm) = body.take() {
            told.extend(self.read(alarm, &mut sequence));
            match (told.len() < TOGETHER).then(|| self.session.at_hand()).flatten() {
                Some(Event::Alarm(next)) => body = Some(next),
                other => behind = other,
            }
        }
        commit(self.deps, self.peer, told).await?;
        if !sequence.is_missing() {
            self.missing_until = None;
        } else if self.missing_until.is_none()
            && let Some(from) = sequence.ask_from()
        {
            tracing::info!(source.id = %self.peer.source, alarm.seq = from, "alarms of {} are missing from {from} on: asking for them", self.peer.source);
            self.missing_until = Some(Instant::now() + self.deps.clock.real(MISSING_MS));
            self.session.ask_messages(from)?;
        }
        self.sequence = Some(sequence);
        Ok(behind)
    }

    /// Reads an alarm; `None` if it is an old one again.
    fn read(&self, body: Vec<u8>, sequence: &mut Sequence) -> Option<Told> {
        let collectors::omc::alarms::Told { seq, digest, fact } =
            collectors::omc::alarms::read(&body, &self.peer.habits);
        let place = seq.and_then(|seq| sequence.note(seq, digest));
        let event = match (place, &fact) {
            (None, _) => Some("unnumbered"),
            (Some((_, Step::New)), Ok(_)) => None,
            (Some((_, Step::New)), Err(_)) => Some("unreadable"),
            (Some((_, Step::Gap)), _) => Some("gap"),
            (Some((_, Step::Repeat)), _) => Some("repeat"),
            (Some((_, Step::Anew)), _) => Some("anew"),
        };
        event.into_iter().for_each(|event| self.deps.metrics.count_omc(&self.peer.source, event));
        let is_old = matches!(place, Some((_, Step::Repeat)));
        (!is_old).then(|| Told { place, digest, fact, body, received_at: self.deps.clock.now() })
    }

    /// What is missing will not come: its list will tell.
    fn give_up(&mut self, event: &'static str) {
        self.deps.metrics.count_omc(&self.peer.source, event);
        self.missing_until = None;
        self.sequence.iter_mut().for_each(Sequence::give_up);
    }

    /// The OMC does not send messages again.
    async fn no_messages(&mut self, said: String) {
        self.give_up("no_messages");
        let reason = format!("it does not send its messages again: {said}");
        self.tell(|| Content::AlarmListRebuilt { reason: reason.clone() }).await;
    }

    fn ask_list(&mut self, ask: Ask) -> Result<(), OmcError> {
        if ask.answer.is_closed() {
            return Ok(());
        }
        let Ask { sync_req_id, answer } = ask;
        let req_id = self.session.ask_list()?;
        let asked_at = self.deps.clock.now();
        self.list = Some(List { req_id, sync_req_id, asked_at, begun_at: None, answer: Some(answer) });
        Ok(())
    }

    fn list_taken(&mut self, reply: Reply) {
        let Some(list) = self.list.as_mut().filter(|list| list.req_id == reply.req_id) else { return };
        let Some(answer) = list.answer.take() else { return };
        list.begun_at = Some(reply.at);
        if reply.refused.is_some() {
            self.list = None;
        }
        // Whoever asked may have gone: the list is then one that nobody waits for.
        drop(answer.send(reply.refused.map_or(Ok(()), Err)));
    }

    async fn list_ended(&mut self, reply: &Reply, file: &str) {
        let Some(mut list) = self.list.take_if(|list| list.req_id == reply.req_id) else { return };
        if let Some(answer) = list.answer.take() {
            drop(answer.send(Ok(())));
        }
        let ended = match &reply.refused {
            None => Ok(file),
            Some(said) => {
                tracing::warn!(source.id = %self.peer.source, "{} made no list: {said}", self.peer.source);
                Err(())
            }
        };
        self.tell(|| self.announced(&list, ended)).await;
    }

    /// What becomes of a list, as managers announce it.
    fn announced(&self, list: &List, file: Result<&str, ()>) -> Content {
        let now = self.deps.clock.now();
        let begun = list.begun_at.filter(|at| at.since(now).abs() < CLOCK_OFF_MS).unwrap_or(list.asked_at);
        let is_absolute = |file: &str| file.starts_with('/') || file.starts_with("ftp://");
        let absolute = |file: &str| if is_absolute(file) { file.to_owned() } else { format!("/{file}") };
        Content::SyncReady {
            sync_req_id: list.sync_req_id.clone(),
            result: if file.is_ok() { 0 } else { u32::from(ResultCode::DownstreamDown.number()) },
            files: file.into_iter().map(absolute).collect(),
            alarm_count: 0,
            sync_start: begun,
            sync_end: now,
        }
    }

    async fn heard(&self) {
        self.tell(|| Content::Heard).await;
    }

    /// Tells the writer something that has no number, again while it is busy.
    async fn tell(&self, content: impl Fn() -> Content) {
        for _ in 0..TRIES {
            let submission = Submission {
                source: self.peer.source.clone(),
                received_at: self.deps.clock.now(),
                message: None,
                notification: None,
                raw: Vec::new(),
                content: content(),
                refused: Vec::new(),
            };
            match self.deps.intake.submit(submission).await {
                Ok(_) => return,
                Err(refusal) if refusal.temporary() => self.deps.clock.sleep(PAUSE_MS).await,
                Err(refusal) => {
                    tracing::warn!(source.id = %self.peer.source, error = %refusal, "the writer refuses a word of {}: {refusal}", self.peer.source);
                    return;
                }
            }
        }
    }
}

fn with_cause(error: &OmcError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
