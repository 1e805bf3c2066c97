//! Background work: reconcilers that look at the database and do what is due. Each is a struct with a
//! `run(Arc<Self>, stop)` for the supervisor, and may be started again at any time.
//!
//! - [`alive`]: asks peers whether they are alive
//! - [`filters`]: puts the configured filters on what managers report
//! - [`resync`]: compares a manager's list of active alarms with ours
//! - [`omc`]: hears what OMCs say on their sockets
//! - [`resources`]: asks for resource files and loads them
//! - [`delays`]: asks IP managers for delay tests
//! - [`measuring`]: keeps the performance tasks of managers as they are wanted
//! - [`performance`]: fetches performance files; [`rollup`]: tends what is kept of them;
//!   [`thresholds`]: judges what they bring
//! - [`inventory`]: builds the inventory anew after a load
//! - [`dispatch`]: says to the e-ops system what the outbox holds
//! - [`figures`]: keeps the figures of periods that are over; [`checkpoints`]: keeps the ends of the audit log
//! - [`reports`]: makes the reports of customers; [`mail`]: sends them
//! - [`purge`]: forgets what is old; [`aside`]: writes what the gate refused into quarantine
//! - [`peers`]: the peers as these tasks call them; `fetch`: their files

pub mod alive;
pub mod aside;
pub mod checkpoints;
pub mod delays;
mod delivery;
pub mod dispatch;
mod fetch;
pub mod figures;
pub mod filters;
pub mod inventory;
pub mod mail;
pub mod measuring;
pub mod omc;
pub mod peers;
pub mod performance;
pub mod purge;
pub mod reports;
pub mod resources;
pub mod resync;
pub mod rollup;
pub mod sftp;
pub mod thresholds;

use std::sync::Arc;

use ftp::Spool;
use intake::{Clock, Doorbell, Intake};
use model::source::SourceId;
use model::time::Zone;
use store::meta::{Counter, allocate};
use store::{Db, StoreError};

use crate::config::Resources;
use crate::metrics::Metrics;
use crate::pipeline::order::Orders;

pub use peers::TaskPeer;

/// What every task needs.
#[derive(Clone)]
pub struct TaskDeps {
    /// The database.
    pub db: Db,
    /// Now.
    pub clock: Clock,
    /// Counters.
    pub metrics: Metrics,
    /// The inner door to the writer.
    pub orders: Orders,
    /// The outer door to the writer.
    pub intake: Intake,
    /// Our own system code.
    pub own: SourceId,
    /// The configured peers.
    pub peers: Arc<Vec<TaskPeer>>,
    /// Where fetched files wait.
    pub spool: Spool,
    /// Rules of resource loads.
    pub resources: Resources,
    /// Rung when the outbox has something new.
    pub dispatch: Doorbell,
    /// Rung when resources have changed.
    pub inventory: Doorbell,
    /// Rung when performance files were announced.
    pub performance: Doorbell,
}

impl TaskDeps {
    /// The peer with a system code.
    pub(crate) fn peer(&self, source: &SourceId) -> Option<&TaskPeer> {
        self.peers.iter().find(|peer| peer.source == *source)
    }

    /// The number of a new request: `<sysCode>-<interface>-<yyyyMMddHHmmss>-<nnnnnn>`.
    pub(crate) async fn request_id(&self, interface: &str, zone: &Zone) -> Result<String, StoreError> {
        let mut tx = self.db.write().await?;
        let number = allocate(&mut tx, Counter::Request, 1).await?;
        tx.commit().await?;
        let at = zone.civil(self.clock.now()).strftime("%Y%m%d%H%M%S").to_string();
        Ok(format!("{}-{interface}-{at}-{:06}", self.own, number.rem_euclid(1_000_000)))
    }
}
