//! What an operator asks of the daemon's tasks: each command is answered when it is accepted, not
//! when it is done. The root serves the other end.

use model::fault::FaultNo;
use model::resource::Class;
use model::source::SourceId;
use intake::Refusal;
use tokio::sync::{mpsc, oneshot};

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Ask a source for its active alarms.
    Resync(SourceId),
    /// Ask a source for resources.
    Load {
        /// Source.
        source: SourceId,
        /// Class; `None` = every class.
        class: Option<Class>,
        /// FULL (else INC).
        full: bool,
    },
    /// Apply a load that waits for approval.
    ApproveLoad(i64),
    /// Give a load up.
    CancelLoad(i64),
    /// Send a fault to EOMS now.
    Dispatch(FaultNo),
}

/// A command on its way.
#[derive(Debug)]
pub struct Order {
    /// What.
    pub command: Command,
    /// Login of who asks.
    pub by: String,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Result<(), Refusal>>,
}

/// The door for commands. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Commands(mpsc::Sender<Order>);

/// The other end.
pub type Orders = mpsc::Receiver<Order>;

// === impl Commands ===

impl Commands {
    /// A door with at most `limit` commands waiting.
    pub fn new(limit: usize) -> (Self, Orders) {
        let (door, orders) = mpsc::channel(limit);
        (Commands(door), orders)
    }

    /// Gives a command and waits until it is accepted.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many wait; otherwise what the task says.
    pub async fn give(&self, command: Command, by: &str) -> Result<(), Refusal> {
        let (answer, accepted) = oneshot::channel();
        let order = Order { command, by: by.to_owned(), answer };
        self.0.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refusal::Busy,
            mpsc::error::TrySendError::Closed(_) => Refusal::Stopping,
        })?;
        accepted.await.unwrap_or(Err(Refusal::Stopping))
    }
}
