//! What the tasks of the daemon ask of the writer. Peers and people come through the intake; this is
//! the inner door. An order is answered when it is committed.

use std::sync::Arc;

use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use model::source::{SourceId, SyncRun};
use store::load::Load;
use tokio::sync::{mpsc, oneshot};

use crate::aside::Aside;

/// Orders that may wait.
const WAITING: usize = 256;

/// One order.
pub enum Order {
    /// A new inventory was built: count anew with it.
    Swap(Arc<Inventory>, Arc<Knowledge>),
    /// A call to EOMS ended.
    Sent(Sent),
    /// A resync moved.
    Sync(SourceId, SyncRun),
    /// A resource load moved.
    Load(Box<Load>),
    /// An alarm of our own begins or ends.
    OwnAlarm(OwnAlarm),
    /// Calls were refused: they go into quarantine.
    Aside(Vec<Aside>),
}

/// How a call to EOMS ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Outbox row.
    pub outbox: i64,
    /// How.
    pub outcome: SendOutcome,
}

/// The outcome of one try. Unknown is a state: the peer may have taken it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The peer has it; its number for the ticket, where it said one.
    Delivered {
        /// `sheetNo`; may be empty.
        sheet_no: String,
        /// Its word for the ticket's state, where it was asked; empty otherwise.
        sheet_status: String,
    },
    /// Not sent; try again after so many seconds.
    Later {
        /// Seconds.
        after_s: i64,
        /// Why.
        error: String,
    },
    /// Sent, but nobody knows whether it arrived; ask again after so many seconds.
    Unknown {
        /// Seconds.
        after_s: i64,
        /// Why.
        error: String,
    },
    /// The peer refuses it for good: a person must act.
    Never {
        /// Its words.
        error: String,
    },
}

/// An alarm that Linesman itself raises, about one of its peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnAlarm {
    /// What it is, e.g. `SYNC_REFUSED`.
    pub title: &'static str,
    /// The peer it is about.
    pub about: SourceId,
    /// Why; `None` ends it.
    pub text: Option<String>,
}

pub(super) struct OrderItem {
    pub order: Order,
    pub done: oneshot::Sender<()>,
}

/// The inner door. Cheap to clone.
#[derive(Clone)]
pub struct Orders(mpsc::Sender<OrderItem>);

/// The writer's end of the inner door.
pub struct OrderQueue(pub(super) mpsc::Receiver<OrderItem>);

// === impl Orders ===

impl Orders {
    /// A door and its queue.
    pub fn new() -> (Self, OrderQueue) {
        let (door, queue) = mpsc::channel(WAITING);
        (Orders(door), OrderQueue(queue))
    }

    /// Hands an order over and waits until it is committed; `false` if the daemon stops or the
    /// commit failed (then the order is asked again by whoever looks at the database next).
    pub async fn give(&self, order: Order) -> bool {
        let (done, committed) = oneshot::channel();
        self.0.send(OrderItem { order, done }).await.is_ok() && committed.await.is_ok()
    }
}
