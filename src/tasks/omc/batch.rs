//! Alarms on their way to the writer: those that came together go together, each with its number, and the next
//! are read from the socket when they are committed. A busy writer so slows the OMC down instead of losing anything.

use collectors::fields::Wrong;
use collectors::omc::INTERFACE;
use futures_util::future::join_all;
use intake::submission::{Notification, RefusedRow};
use intake::{Content, Refusal, Submission};
use model::alarm::AlarmFact;
use model::time::Time;
use omc::{Place, Step};

use crate::tasks::TaskDeps;
use crate::tasks::peers::TaskPeer;

/// A busy writer is asked again after this.
pub(super) const PAUSE_MS: i64 = 200;

/// One alarm, decoded.
pub(super) struct Told {
    /// Its place, and what that means; `None` without a number.
    pub(super) place: Option<(Place, Step)>,
    /// Tells it from another alarm under its number.
    pub(super) digest: u64,
    /// What it says.
    pub(super) fact: Result<AlarmFact, Wrong>,
    /// As it came.
    pub(super) body: Vec<u8>,
    /// When.
    pub(super) received_at: Time,
}

// === impl Told ===

impl Told {
    fn submission(&self, peer: &TaskPeer) -> Submission {
        let notification = |(place, step): (Place, Step)| Notification {
            interface: INTERFACE,
            id: place.0,
            acts_once: false,
            anew: step == Step::Anew,
            digest: self.digest,
        };
        let (content, refused) = match &self.fact {
            Ok(fact) => (Content::Alarms(vec![fact.clone()]), Vec::new()),
            Err(wrong) => (Content::Heard, vec![RefusedRow::whole(wrong.code, wrong.reason.clone())]),
        };
        let (notification, raw) = (self.place.map(notification), self.body.clone());
        let (source, received_at) = (peer.source.clone(), self.received_at);
        Submission { source, received_at, message: None, notification, raw, content, refused }
    }
}

/// Hands them over in their order and waits until all are committed, however long the writer takes. What it refuses
/// for good is in quarantine and would be refused again.
///
/// # Errors
/// [`Refusal::Stopping`]: it is not known what was committed.
pub(super) async fn commit(deps: &TaskDeps, peer: &TaskPeer, mut told: Vec<Told>) -> Result<(), Refusal> {
    while !told.is_empty() {
        let answers = join_all(told.iter().map(|told| deps.intake.submit(told.submission(peer)))).await;
        let mut again = Vec::new();
        for (told, answer) in told.into_iter().zip(answers) {
            match answer {
                Ok(_) => {}
                Err(Refusal::Busy | Refusal::Storage) => again.push(told),
                Err(Refusal::Stopping) => return Err(Refusal::Stopping),
                Err(refusal) => {
                    tracing::warn!(source.id = %peer.source, error = %refusal, "an alarm of {} was refused: {refusal}", peer.source);
                }
            }
        }
        if !again.is_empty() {
            deps.clock.sleep(PAUSE_MS).await;
        }
        told = again;
    }
    Ok(())
}
