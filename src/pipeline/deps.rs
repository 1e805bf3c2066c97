//! What the writer works with, given once at start.

use std::sync::Arc;

use collectors::habits::Habits;
use engine::plan::PlanFile;
use intake::{Clock, Doorbell};
use model::resource::Class;
use model::source::SourceId;
use model::time::Time;
use store::Db;
use tokio::sync::mpsc;
use web::board::Board;

use super::late::KeptUntil;
use super::sources::Setup;
use crate::metrics::Metrics;

/// Everything around the writer.
pub struct Deps {
    /// The database.
    pub db: Db,
    /// Now.
    pub clock: Clock,
    /// What readers see.
    pub board: Board,
    /// Counters.
    pub metrics: Metrics,
    /// Our own system code.
    pub own: SourceId,
    /// The configured sources.
    pub setups: Vec<Setup>,
    /// Rules of faults and dispatch.
    pub live: engine::live::Settings,
    /// The SLA plans: when a fault breaks the first promise.
    pub plans: Arc<PlanFile>,
    /// Up to where figures are kept.
    pub kept_until: KeptUntil,
    /// How the EOMS peer speaks, if there is one.
    pub eoms: Option<Habits>,
    /// Wakes the dispatcher.
    pub dispatch: Doorbell,
    /// Wakes the builder of inventories.
    pub inventory: Doorbell,
    /// Wakes whoever fetches performance files.
    pub performance: Doorbell,
    /// Work for the resync task.
    pub resyncs: mpsc::Sender<Resync>,
    /// Work for the resource task.
    pub resources: mpsc::Sender<ResourceErrand>,
}

/// Something for the resync task.
#[derive(Debug)]
pub enum Resync {
    /// Ask a source for its list.
    Ask {
        /// Source.
        source: SourceId,
        /// `start`, `gap`, `rebuilt`, `silence`, `command` or `confirm`.
        reason: &'static str,
    },
    /// The source has put its list on its site.
    Ready {
        /// Source.
        source: SourceId,
        /// What it announced.
        announced: Box<Announced>,
    },
}

/// The announcement of an alarm list.
#[derive(Clone, Debug)]
pub struct Announced {
    /// Echo of our request.
    pub sync_req_id: String,
    /// The peer's result code; 0 is ok.
    pub result: u32,
    /// Absolute paths on its site.
    pub files: Vec<String>,
    /// Rows it says there are.
    pub alarm_count: u64,
    /// Time of the list on its clock.
    pub sync_start: Time,
    /// When it finished it.
    pub sync_end: Time,
}

/// Something for the resource task.
#[derive(Debug)]
pub enum ResourceErrand {
    /// Files are ready.
    Ready {
        /// Source.
        source: SourceId,
        /// Echo of our request.
        sync_req_id: String,
        /// Class.
        class: Class,
        /// FULL (else INC).
        full: bool,
        /// Absolute paths on its site.
        files: Vec<String>,
        /// When it was received.
        at: Time,
    },
    /// The peer gives up.
    Abort {
        /// Echo of our request.
        sync_req_id: String,
        /// Why.
        reason: String,
    },
    /// A person asks for a load.
    Ask {
        /// Source.
        source: SourceId,
        /// One class, or all.
        class: Option<Class>,
        /// FULL (else INC).
        full: bool,
    },
    /// A person approves a load.
    Approve {
        /// Its number.
        id: i64,
        /// Login.
        by: String,
    },
    /// A row came by a notice: others may have waited for it.
    Release,
    /// A person gives a load up.
    Cancel {
        /// Its number.
        id: i64,
        /// Login.
        by: String,
    },
}
