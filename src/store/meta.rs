//! Counters that move in the transaction of what they number: a number is never given twice and,
//! if the transaction fails, not at all.
//!
//! Counters of the hot path take numbers in blocks: what a committed transaction left over is handed
//! out from memory. A restart skips the rest of a block, so numbers rise but have gaps.

use std::collections::HashMap;
use std::ops::Range;

use parking_lot::Mutex;

use crate::error::StoreError;
use crate::tx::Tx;
use crate::value::args;

/// Numbers that a hot counter takes at once, beyond those that are needed.
const BLOCK: i64 = 1024;

/// Numbers that are taken from the database and not given yet.
#[derive(Default)]
pub(crate) struct Reserve(Mutex<HashMap<Counter, Range<i64>>>);

/// A counter; its value is the last number given (of a hot one: taken).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counter {
    /// Who may write.
    LeaderEpoch,
    /// Changes, in one sequence: the ids of live events.
    ChangeSeq,
    /// Sources.
    Source,
    /// Alarm subjects.
    Subject,
    /// Alarm identities.
    Identity,
    /// Blocks of raw messages.
    RawBlock,
    /// Silences.
    Silence,
    /// Remembered messages.
    Message,
    /// Faults.
    Fault,
    /// Outbox rows.
    Outbox,
    /// Resource changes.
    ResourceChange,
    /// Revisions of the inventory: a number for each write of its rows.
    Inventory,
    /// Resource loads.
    Load,
    /// Quarantined things.
    Quarantine,
    /// Staged slices of loads.
    Staging,
    /// API tokens.
    Token,
    /// Audit entries.
    Audit,
    /// The running number of `syncReqId`.
    Request,
    /// Corrections.
    Correction,
    /// Credits.
    Credit,
    /// Versions of figures.
    FigureVersion,
    /// Marks on kept figures.
    FigureMark,
    /// Runs of reports.
    ReportRun,
    /// Files of such runs.
    ReportFile,
    /// Standing reports.
    ReportStanding,
    /// Revisions of reports.
    ReportIssue,
    /// Documents of such revisions.
    ReportDocument,
    /// Announced files of performance data.
    PmFile,
    /// Measured objects.
    PmSubject,
    /// Measured objects with their circuit.
    PmLink,
    /// Slots of performance data.
    PmSlot,
    /// Thresholds over it, and their versions.
    PmThreshold,
    /// Crossings of thresholds.
    PmCrossing,
    /// Performance tasks at managers.
    PmTask,
    /// Stretches of the past that are asked for again.
    PmHistory,
    /// Delay tests.
    DelayTest,
}

const ALLOCATE: &str = "update meta set value = value + $1 where key = $2 returning value";
const VALUE: &str = "select value from meta where key = $1";

/// Takes `count` numbers and returns the first of them; they follow each other.
///
/// # Errors
/// What the database says.
pub async fn allocate(tx: &mut Tx, counter: Counter, count: i64) -> Result<i64, StoreError> {
    if let Some(first) = tx.take_reserved(counter, count) {
        return Ok(first);
    }
    let spare = counter.block();
    let (last,): (i64,) = tx.fetch_one(ALLOCATE, args![count + spare, counter.key()]).await?;
    if spare > 0 {
        tx.reserved.insert(counter, last - spare + 1..last + 1);
    }
    Ok(last - spare - count + 1)
}

/// The last number given; 0 if none was.
///
/// # Errors
/// What the database says.
pub async fn last_of(tx: &mut Tx, counter: Counter) -> Result<i64, StoreError> {
    let (last,): (i64,) = tx.fetch_one(VALUE, args![counter.key()]).await?;
    Ok(last)
}

// === impl Reserve ===

impl Reserve {
    /// Takes over what a committed transaction left.
    pub(crate) fn put(&self, left: HashMap<Counter, Range<i64>>) {
        if !left.is_empty() {
            self.0.lock().extend(left);
        }
    }
}

impl Tx {
    /// Numbers that this transaction took, else numbers left by committed ones.
    fn take_reserved(&mut self, counter: Counter, count: i64) -> Option<i64> {
        if let Some(range) = self.reserved.get_mut(&counter) {
            return take(range, count);
        }
        take(self.shared.reserve.0.lock().get_mut(&counter)?, count)
    }
}

fn take(range: &mut Range<i64>, count: i64) -> Option<i64> {
    let first = range.start;
    (range.end - first >= count).then(|| {
        range.start += count;
        first
    })
}

// === impl Counter ===

impl Counter {
    fn block(self) -> i64 {
        match self {
            Counter::ChangeSeq | Counter::Subject | Counter::Identity | Counter::RawBlock | Counter::Message => BLOCK,
            _ => 0,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Counter::LeaderEpoch => "leader_epoch",
            Counter::ChangeSeq => "change_seq",
            Counter::Source => "source_no",
            Counter::Subject => "alarm_subject",
            Counter::Identity => "alarm_identity",
            Counter::RawBlock => "raw_block",
            Counter::Silence => "silence",
            Counter::Message => "message",
            Counter::Fault => "fault_no",
            Counter::Outbox => "outbox",
            Counter::ResourceChange => "resource_change",
            Counter::Load => "resource_load",
            Counter::Quarantine => "quarantine",
            Counter::Staging => "staging_slice",
            Counter::Token => "api_token",
            Counter::Audit => "audit",
            Counter::Request => "request_no",
            Counter::Correction => "correction",
            Counter::Credit => "credit",
            Counter::FigureVersion => "figure_version",
            Counter::FigureMark => "figure_mark",
            Counter::Inventory => "inventory",
            Counter::ReportRun => "report_run",
            Counter::ReportFile => "report_file",
            Counter::ReportStanding => "report_standing",
            Counter::ReportIssue => "report_issue",
            Counter::ReportDocument => "report_document",
            Counter::PmFile => "pm_file",
            Counter::PmSubject => "pm_subject",
            Counter::PmLink => "pm_link",
            Counter::PmSlot => "pm_slot",
            Counter::PmThreshold => "pm_threshold",
            Counter::PmCrossing => "pm_crossing",
            Counter::PmTask => "pm_task",
            Counter::PmHistory => "pm_history",
            Counter::DelayTest => "delay_test",
        }
    }
}
