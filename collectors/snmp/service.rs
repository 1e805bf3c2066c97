//! From the listener to the writer and back: notifications become alarm facts, a batch for each source,
//! and an inform is answered when what it says is committed. Nothing that was taken is given up because
//! the writer is busy: it waits, the queue behind it fills, and what does not fit there is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use intake::submission::{Answer, Content, RefusedRow, Submission};
use intake::{Intake, Refusal};
use model::alarm::AlarmFact;
use model::code::ResultCode;
use model::source::SourceId;
use model::time::Time;
use snmp::{Dropped, Drops, Listener, Notification, Reason};
use tokio_util::sync::CancellationToken;

use crate::snmp::decode::{Told, decode};
use crate::snmp::recent::{Fate, Recent};
use crate::snmp::rules::Rules;
use crate::snmp::uptime::Uptimes;

/// Notifications that are taken at once.
const TAKEN_MAX: usize = 512;
/// Batches that wait for their commit while the next is read.
const IN_FLIGHT_MAX: usize = 4;
/// Before a busy writer is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// What became of a notification that was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// Its fact is committed.
    Kept,
    /// It was told before.
    Repeated,
    /// It says nothing about an alarm, and a map says so.
    Ignored,
    /// No map has it; it is in quarantine.
    Unknown,
    /// It lacks what its map needs; it is in quarantine.
    Nameless,
    /// The writer refused it for good.
    Refused,
}

/// Takes note of what becomes of notifications.
pub trait Notes: Drops {
    /// So many notifications of a source ended so.
    fn ended(&self, source: &SourceId, ended: Ended, count: u64);
    /// An inform of a source was answered.
    fn answered(&self, source: &SourceId);
}

/// The service.
pub struct TrapService {
    listener: Listener,
    rules: Arc<Rules>,
    intake: Intake,
    notes: Arc<dyn Notes>,
}

/// What one run of the service remembers.
#[derive(Default)]
struct Memory {
    recent: Recent,
    uptimes: Uptimes,
}

/// What of a batch goes to the writer in one piece.
#[derive(Default)]
struct Parcel {
    notifications: Vec<Notification>,
    facts: Vec<AlarmFact>,
    lines: Vec<String>,
}

/// What is alike in a parcel: its source, what becomes of it, and which notification is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    source: SourceId,
    ended: Ended,
    trap: String,
}

type Parcels = BTreeMap<Kind, Parcel>;

/// A parcel after the writer's word.
struct Done {
    kind: Kind,
    parcel: Parcel,
    outcome: Result<Answer, Refusal>,
}

// === impl TrapService ===

impl TrapService {
    /// A service before the writer.
    pub fn new(listener: Listener, rules: Arc<Rules>, intake: Intake, notes: Arc<dyn Notes>) -> Self {
        TrapService { listener, rules, intake, notes }
    }

    /// The listener.
    pub fn listener(&self) -> &Listener {
        &self.listener
    }

    /// Takes and keeps until the stop. What waits then is lost, as at a crash: informs come again.
    pub async fn run(&self, stop: CancellationToken) {
        let mut memory = Memory::default();
        let mut in_flight = FuturesUnordered::new();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                Some(done) = in_flight.next(), if !in_flight.is_empty() => self.settle(&mut memory, done),
                taken = self.listener.next(TAKEN_MAX), if in_flight.len() < IN_FLIGHT_MAX => {
                    let parcels = self.sort(&mut memory, taken);
                    if !parcels.is_empty() {
                        in_flight.push(self.keep(parcels));
                    }
                }
            }
        }
    }

    /// What was told before is left out; the rest is decoded and goes to its source's parcel.
    fn sort(&self, memory: &mut Memory, taken: Vec<Notification>) -> Parcels {
        let mut parcels = Parcels::new();
        for notification in taken {
            let address = self.rules.address_of(&notification);
            let Some((device, group)) = self.rules.device(address) else {
                self.stranger(&notification, address);
                continue;
            };
            if let Some(fate) = memory.recent.meet(notification.digest, notification.received_at) {
                self.repeated(&group.source, &notification, fate);
                continue;
            }
            let at = memory.uptimes.place(address, notification.uptime, notification.received_at);
            let (ended, fact) = match decode(&notification, device, group, at) {
                Told::Fact(fact) => (Ended::Kept, Some(fact)),
                Told::Nothing => (Ended::Ignored, None),
                Told::Unknown => (Ended::Unknown, None),
                Told::Nameless => (Ended::Nameless, None),
            };
            let kind = Kind::new(&group.source, ended, &notification);
            parcels.entry(kind).or_default().add(notification, fact);
        }
        parcels
    }

    async fn keep(&self, parcels: Parcels) -> Vec<Done> {
        let keep = async |(kind, parcel): (Kind, Parcel)| {
            let outcome = self.submit(&kind, &parcel).await;
            Done { kind, parcel, outcome }
        };
        join_all(parcels.into_iter().map(keep)).await
    }

    /// Asks until the writer has taken it or refuses it for good. At the stop this ends with its task.
    async fn submit(&self, kind: &Kind, parcel: &Parcel) -> Result<Answer, Refusal> {
        loop {
            match self.intake.submit(parcel.submission(kind)).await {
                Err(refusal) if refusal.temporary() => tokio::time::sleep(PAUSE).await,
                outcome => return outcome,
            }
        }
    }

    fn settle(&self, memory: &mut Memory, done: Vec<Done>) {
        for Done { kind: Kind { source, ended, .. }, parcel, outcome } in done {
            let refused: BTreeSet<usize> = match &outcome {
                Ok(answer) => answer.refused.iter().map(|row| row.index).collect(),
                Err(refusal) => {
                    tracing::warn!(source.id = %source, error = %refusal, "notifications of {source} were refused: {refusal}");
                    (0..parcel.notifications.len()).collect()
                }
            };
            for (index, notification) in parcel.notifications.iter().enumerate() {
                // A fact that was refused alone is in quarantine and stays refused.
                if outcome.is_ok() {
                    memory.recent.kept(notification.digest);
                    self.acknowledge(&source, notification);
                } else {
                    memory.recent.forget(notification.digest);
                }
                let ended = if refused.contains(&index) { Ended::Refused } else { ended };
                self.notes.ended(&source, ended, 1);
            }
        }
    }

    fn acknowledge(&self, source: &SourceId, notification: &Notification) {
        if self.listener.acknowledge(notification) {
            self.notes.answered(source);
        }
    }

    /// Of one that is kept the answer was lost; one that still waits is answered with the first.
    fn repeated(&self, source: &SourceId, notification: &Notification, fate: Fate) {
        self.notes.ended(source, Ended::Repeated, 1);
        if fate == Fate::Kept {
            self.acknowledge(source, notification);
        }
    }

    /// A forwarder speaks for a device that nobody configured.
    fn stranger(&self, notification: &Notification, address: IpAddr) {
        let (reason, at) = (Reason::Device, notification.received_at);
        let line = notification.line();
        self.notes.note(&Dropped { from: Some(address), reason, at, bytes: line.as_bytes(), count: 1 });
    }
}

// === impl Kind ===

impl Kind {
    fn new(source: &SourceId, ended: Ended, notification: &Notification) -> Self {
        let trap = if ended.is_put_aside() { notification.trap.to_string() } else { String::new() };
        Kind { source: source.clone(), ended, trap }
    }

    /// Why it is put aside, if it is.
    fn refusal(&self) -> Option<RefusedRow> {
        let trap = &self.trap;
        let (code, reason) = match self.ended {
            Ended::Unknown => (
                ResultCode::NotFound,
                format!("notification {trap} is in no trap map: add it to one, or to the ignore of one"),
            ),
            Ended::Nameless => (
                ResultCode::MissingField,
                format!("notification {trap} lacks the values that its trap map names as key"),
            ),
            Ended::Kept | Ended::Repeated | Ended::Ignored | Ended::Refused => return None,
        };
        Some(RefusedRow::whole(code, reason))
    }
}

// === impl Ended ===

impl Ended {
    /// Its word, for counters.
    pub const fn word(self) -> &'static str {
        match self {
            Ended::Kept => "kept",
            Ended::Repeated => "repeated",
            Ended::Ignored => "ignored",
            Ended::Unknown => "unknown",
            Ended::Nameless => "nameless",
            Ended::Refused => "refused",
        }
    }

    const fn is_put_aside(self) -> bool {
        matches!(self, Ended::Unknown | Ended::Nameless)
    }
}

// === impl Parcel ===

impl Parcel {
    fn add(&mut self, notification: Notification, fact: Option<AlarmFact>) {
        self.facts.extend(fact);
        self.lines.push(notification.line());
        self.notifications.push(notification);
    }

    fn submission(&self, kind: &Kind) -> Submission {
        let content = if self.facts.is_empty() { Content::Heard } else { Content::Alarms(self.facts.clone()) };
        Submission {
            source: kind.source.clone(),
            received_at: self.notifications.first().map_or(Time::MIN, |first| first.received_at),
            message: None,
            notification: None,
            raw: self.lines.join("\n").into_bytes(),
            content,
            refused: kind.refusal().into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
