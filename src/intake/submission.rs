//! What may be handed to the writer, and its answers.

use model::alarm::AlarmFact;
use model::code::ResultCode;
use model::fault::FaultNo;
use model::pm::TaskStatus;
use model::probe::DelayResult;
use model::resource::{Class, Row};
use model::source::SourceId;
use model::text::Text;
use model::ticket::Repair;
use model::time::{Time, Window};
use model::work::{Cutover, KeyProtection, OpType};

/// Something received, decoded, to be made durable.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The peer that said it (for what an operator did: our own system code).
    pub source: SourceId,
    /// When its first byte was read.
    pub received_at: Time,
    /// Message key of a typed SOAP call, for replay detection; `None` where the interface has none.
    pub message: Option<MessageKey>,
    /// Number of the notification, for duplicates and gaps.
    pub notification: Option<Notification>,
    /// The bytes it was decoded from; kept compressed.
    pub raw: Vec<u8>,
    /// What it says.
    pub content: Content,
    /// Rows of the peer's batch that could not be read, by their position in the peer's message. They
    /// go into quarantine with the commit, and into the remembered answer.
    pub refused: Vec<RefusedRow>,
}

/// `msgId` of a call with the digest of its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageKey {
    /// The caller's id of the message.
    pub msg_id: String,
    /// SHA-256 of the operation's arguments without the header.
    pub body_sha256: [u8; 32],
}

/// A numbered notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Interface the number counts for (service name).
    pub interface: &'static str,
    /// `notificationId`.
    pub id: u64,
    /// What it says holds from its receipt, so told again it would do something again. Such a one is
    /// remembered by its number for a day, also over a restart. Most say when they hold: facts that a
    /// repetition leaves as they are.
    pub acts_once: bool,
    /// The listener knows that the peer counts anew from here: what lies before is not missing, but unknown.
    pub anew: bool,
    /// Digest of what it says; not used where there is a [`MessageKey`].
    pub digest: u64,
}

/// What a submission says.
#[derive(Clone, Debug)]
pub enum Content {
    /// The peer is alive; nothing else.
    Heard,
    /// Alarm raises, clears and ends. Row numbers of refused rows come back in the answer.
    Alarms(Vec<AlarmFact>),
    /// Alarms loaded on purpose from the past: `neTime` always wins, no fault is opened.
    History(Vec<AlarmFact>),
    /// The peer rebuilt its alarm list: ask for a sync.
    AlarmListRebuilt {
        /// Its reason.
        reason: String,
    },
    /// A resync's announcement; the files are fetched by a task.
    SyncReady {
        /// Echo of our request.
        sync_req_id: String,
        /// The peer's result code; 0 is ok.
        result: u32,
        /// Absolute paths on the peer's site.
        files: Vec<String>,
        /// Rows it says there are.
        alarm_count: u64,
        /// Time of the snapshot on the peer's clock.
        sync_start: Time,
        /// When it finished it.
        sync_end: Time,
    },
    /// A checked alarm snapshot, read from its files: what it clears is decided now.
    Snapshot(Snapshot),
    /// A part of the alarms that the snapshot before it lists.
    SnapshotPart(SnapshotPart),
    /// Planned work.
    Cutovers(Vec<Cutover>),
    /// Protection of important circuits.
    KeyProtections(Vec<KeyProtection>),
    /// Resource files are ready; they are fetched by a task.
    ResourceReady {
        /// Echo of our request.
        sync_req_id: String,
        /// Class.
        class: Class,
        /// FULL (else INC).
        full: bool,
        /// Absolute paths on the peer's site.
        files: Vec<String>,
    },
    /// The peer gives a resource sync up.
    ResourceAbort {
        /// Echo of our request.
        sync_req_id: String,
        /// Why.
        reason: String,
    },
    /// Performance files are ready; they are fetched by a task.
    PerformanceReady(PerformanceReady),
    /// How a performance task stands at its manager.
    TaskStatus {
        /// `pmTaskId`.
        task_id: String,
        /// How.
        status: TaskStatus,
        /// Why; may be empty.
        reason: String,
    },
    /// The result of a delay test.
    TestResult {
        /// `testId`.
        test_id: String,
        /// What came out.
        result: DelayResult,
    },
    /// One resource changed.
    ResourceChange(ResourceChange),
    /// A ticket moved in EOMS.
    Sheet(SheetEvent),
    /// An operator acknowledges an alarm (or takes it back).
    Acknowledge {
        /// [`model::alarm::Alarm::id`].
        alarm: i64,
        /// Login.
        by: String,
        /// The note; `None` takes the acknowledgement back.
        note: Option<String>,
    },
    /// A person asks for something to be done.
    Command {
        /// Login.
        by: String,
        /// What.
        command: Command,
    },
}

/// What a person may ask for. The answer says that it is noted; tasks do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Compare the active alarms of a source with its own list.
    Resync(SourceId),
    /// Ask a network manager again for what its performance tasks measured in a stretch of the past.
    PmHistory {
        /// Manager.
        source: SourceId,
        /// The stretch.
        window: Window,
    },
    /// Load resources of a source.
    Load {
        /// Resource system.
        source: SourceId,
        /// One class, or all.
        class: Option<Class>,
        /// FULL (else INC).
        full: bool,
    },
    /// Apply a load that waits because it would delete much.
    ApproveLoad(i64),
    /// Give a load up.
    CancelLoad(i64),
    /// Send a fault to EOMS now.
    Dispatch(FaultNo),
    /// Settle a dispatch whose outcome only a person can find out.
    Settle {
        /// Our key of the ticket.
        alarm_id: String,
        /// The number under which EOMS has it; `None`: EOMS has none, send it.
        sheet_no: Option<String>,
    },
}

/// A whole list of active alarms at one instant of the peer's clock. What it says of each alarm
/// follows in parts, so that a long list does not keep live alarms waiting.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Echo of our request.
    pub sync_req_id: String,
    /// Instant of the list.
    pub sync_start: Time,
    /// What each alarm that it lists is known by.
    pub listed: Vec<Text>,
    /// Complete and unfiltered, so that what is missing may be cleared.
    pub may_clear: bool,
    /// Why not, if it may not clear; empty otherwise.
    pub refusal: String,
}

/// Some of the alarms of a snapshot.
#[derive(Clone, Debug)]
pub struct SnapshotPart {
    /// As [`Snapshot::sync_req_id`].
    pub sync_req_id: String,
    /// The alarms.
    pub alarms: Vec<AlarmFact>,
    /// All others were told before: the resync ends with this one.
    pub last: bool,
}

/// An announcement of performance files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerformanceReady {
    /// Task at the manager; empty if it names none.
    pub task_id: String,
    /// The periods that they hold: rows that begin outside are refused.
    pub period: Window,
    /// Absolute paths on the peer's site.
    pub files: Vec<String>,
}

/// One change of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// ADD, MOD or DEL.
    pub op: OpType,
    /// Class.
    pub class: Class,
    /// Key values joined by `|`.
    pub key: String,
    /// Named cells; those not named keep their value on MOD.
    pub fields: Vec<(String, String)>,
    /// The row, where every field is known (ADD).
    pub row: Option<Row>,
}

/// What EOMS said of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SheetEvent {
    /// Operation, e.g. `confirmWorkSheet`.
    pub operation: String,
    /// Our key (`<sysCode>_<faultNo>-<episode>`); may be empty when `sheet_no` is there.
    pub alarm_id: String,
    /// EOMS's number; may be empty.
    pub sheet_no: String,
    /// EOMS's word for the state (`syncSheetState`).
    pub sheet_status: String,
    /// Who.
    pub by: String,
    /// When it happened there.
    pub at: Option<Time>,
    /// Limit for the repair.
    pub deal_time_limit: Option<Time>,
    /// When service was restored (`replyWorkSheet`).
    pub restored_at: Option<Time>,
    /// Cause class, responsible party, action: as one text.
    pub text: String,
    /// The same in parts (`replyWorkSheet`).
    pub repair: Option<Repair>,
    /// Exclusion code that EOMS proposes (`replyWorkSheet`).
    pub exclusion: String,
    /// What becomes of the ticket's clock (`suspendWorkSheet`, `resumeWorkSheet`).
    pub clock: Option<ClockWord>,
}

/// What EOMS said of a ticket's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockWord {
    /// It stops, for this reason code.
    Stops(String),
    /// It runs again.
    Runs,
}

/// The writer's answer after the commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Rows that were refused: number in the submission, code, sentence. Their neighbours are kept.
    pub refused: Vec<RefusedRow>,
}

/// One row of a batch that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    /// Position in the submission, from 0; [`RefusedRow::WHOLE`] where the message as a whole was refused.
    pub index: usize,
    /// Code.
    pub code: ResultCode,
    /// What is wrong and what to do.
    pub reason: String,
}

/// Why nothing of a submission was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The queue is full.
    #[error("too many requests are waiting; try again in a few seconds")]
    Busy,
    /// The daemon is stopping.
    #[error("the service is stopping; try again in a few seconds")]
    Stopping,
    /// The same `msgId` came with other content.
    #[error("msgId was used before with another body")]
    Replayed,
    /// The thing it names does not exist.
    #[error("{0} does not exist")]
    NotFound(String),
    /// What it asks is not possible in the present state.
    #[error("{0}")]
    StateForbids(String),
    /// There is no performance task of this number.
    #[error("there is no performance task {0}")]
    UnknownTask(String),
    /// It contradicts what is held.
    #[error("{0}")]
    Conflict(String),
    /// The row's parent is not held.
    #[error("{0}")]
    ParentAbsent(String),
    /// The content as a whole is wrong.
    #[error("{0}")]
    BadValue(String),
    /// The database failed.
    #[error("storage failed; nothing was kept, try again")]
    Storage,
}

// === impl RefusedRow ===

impl RefusedRow {
    /// The index of a refusal that is about no single row.
    pub const WHOLE: usize = usize::MAX;

    /// A refusal of the message as a whole.
    pub fn whole(code: ResultCode, reason: String) -> Self {
        RefusedRow { index: Self::WHOLE, code, reason }
    }

    /// It is about the message as a whole.
    pub fn is_whole(&self) -> bool {
        self.index == Self::WHOLE
    }
}

// === impl Refusal ===

impl Refusal {
    /// The interface's result code.
    pub fn code(&self) -> ResultCode {
        match self {
            Refusal::Busy | Refusal::Stopping => ResultCode::Busy,
            Refusal::Replayed => ResultCode::ReplayedMsgId,
            Refusal::NotFound(_) => ResultCode::NotFound,
            Refusal::StateForbids(_) => ResultCode::StateForbids,
            Refusal::UnknownTask(_) => ResultCode::UnknownTask,
            Refusal::Conflict(_) => ResultCode::Conflict,
            Refusal::ParentAbsent(_) => ResultCode::ParentAbsent,
            Refusal::BadValue(_) => ResultCode::BadValue,
            Refusal::Storage => ResultCode::Internal,
        }
    }

    /// The peer should try again later.
    pub fn temporary(&self) -> bool {
        matches!(self, Refusal::Busy | Refusal::Stopping | Refusal::Storage)
    }
}
