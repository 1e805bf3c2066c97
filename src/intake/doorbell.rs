//! A doorbell wakes a reconciler. It carries no data: the reconciler looks at the database.

use std::sync::Arc;

use tokio::sync::Notify;

/// Rings for one waiting reconciler. Rings while nobody waits are kept as one.
#[derive(Clone, Debug, Default)]
pub struct Doorbell(Arc<Notify>);

impl Doorbell {
    /// Wakes the reconciler, now or when it next waits.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring.
    pub async fn wait(&self) {
        self.0.notified().await;
    }
}
