//! The seam between those who listen and the one who writes.
//!
//! A listener decodes what it received into a [`Submission`] and hands it to [`Intake::submit`].
//! The answer comes only after the writer has committed it, so a listener that answers its peer
//! after `submit` returns `Ok` has kept the promise "acknowledged means kept".
//!
//! - [`submission`]: what may be handed over, and the answers
//! - [`clock`]: the only source of "now"
//! - [`doorbell`]: wakes a reconciler without telling it anything

pub mod clock;
pub mod doorbell;
pub mod submission;

pub use clock::Clock;
pub use doorbell::Doorbell;
pub use submission::{Answer, Command, Content, Refusal, Submission};

use tokio::sync::{mpsc, oneshot};

/// A submission on its way to the writer.
#[derive(Debug)]
pub struct Item {
    /// What was handed over.
    pub submission: Submission,
    /// Where the answer goes; the listener may have gone away.
    pub answer: oneshot::Sender<Result<Answer, Refusal>>,
}

/// The door to the writer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    door: mpsc::Sender<Item>,
}

/// The writer's end of the queue.
pub type Queue = mpsc::Receiver<Item>;

// === impl Intake ===

impl Intake {
    /// A door and its queue of at most `limit` waiting submissions.
    pub fn new(limit: usize) -> (Self, Queue) {
        let (door, queue) = mpsc::channel(limit);
        (Intake { door }, queue)
    }

    /// Hands a submission over and waits until it is committed.
    ///
    /// # Errors
    /// [`Refusal::Busy`] at once when the queue is full; otherwise what the writer says.
    pub async fn submit(&self, submission: Submission) -> Result<Answer, Refusal> {
        let (answer, committed) = oneshot::channel();
        self.door.try_send(Item { submission, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refusal::Busy,
            mpsc::error::TrySendError::Closed(_) => Refusal::Stopping,
        })?;
        committed.await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Submissions waiting now.
    pub fn waiting(&self) -> usize {
        self.door.max_capacity() - self.door.capacity()
    }

    /// Submissions that may wait.
    pub fn limit(&self) -> usize {
        self.door.max_capacity()
    }
}
