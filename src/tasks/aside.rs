//! Writes what the gate refused into quarantine: at most once a second, together with what the writer
//! commits anyway, so that no flood of refused calls holds up an acknowledgement.

use std::sync::Arc;
use std::time::Duration;

use intake::Doorbell;
use parking_lot::Mutex;
use store::quarantine::Quarantined;
use tokio_util::sync::CancellationToken;

use crate::aside::{Fate, Hand, Heap};
use crate::metrics::Metrics;
use crate::pipeline::order::{Order, Orders};

/// Between two writes.
const PAUSE: Duration = Duration::from_secs(1);

/// What many threads put aside.
pub struct Pile {
    heap: Mutex<Heap>,
    bell: Doorbell,
    metrics: Metrics,
}

/// The task and what it needs.
pub struct Asides {
    /// What waits.
    pub pile: Arc<Pile>,
    /// The inner door to the writer.
    pub orders: Orders,
}

// === impl Pile ===

impl Pile {
    /// An empty one.
    pub fn new(metrics: Metrics) -> Arc<Self> {
        Arc::new(Pile { heap: Mutex::default(), bell: Doorbell::default(), metrics })
    }

    /// Takes a thing; it does not wait.
    pub fn put(&self, hand: Hand, what: Quarantined, content: impl FnOnce() -> Vec<u8>) -> Fate {
        let kind = what.kind;
        let fate = self.heap.lock().put(hand, what, content);
        self.metrics.count_quarantined(kind, fate);
        self.bell.ring();
        fate
    }
}

/// Writes until the stop; what came in the last second before it is lost, as after a crash.
///
/// # Errors
/// None; a commit that fails is tried again.
pub async fn run(asides: Arc<Asides>, stop: CancellationToken) -> anyhow::Result<()> {
    loop {
        let taken = asides.pile.heap.lock().take();
        let pause = async {
            let mut written = taken.is_empty();
            while !written {
                written = asides.orders.give(Order::Aside(taken.clone())).await;
                tokio::time::sleep(PAUSE).await;
            }
            asides.pile.bell.wait().await;
        };
        tokio::select! {
            () = pause => {}
            () = stop.cancelled() => return Ok(()),
        }
    }
}
