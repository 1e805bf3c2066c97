//! Counters that move in the transaction of what they number: a number is never given twice and,
//! if the transaction fails, not at all.

use crate::error::StoreError;
use crate::tx::Tx;
use crate::value::args;

/// A counter; its value is the last number given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Who may write.
    LeaderEpoch,
    /// Changes, in one sequence: the ids of live events.
    ChangeSeq,
    /// Sources.
    Source,
    /// Alarm subjects.
    Subject,
    /// Alarm events.
    Event,
    /// Alarms (episodes).
    Alarm,
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
    /// Resource loads.
    Load,
    /// Quarantined things.
    Quarantine,
    /// Staged rows of loads.
    Staging,
    /// API tokens.
    Token,
    /// Audit entries.
    Audit,
    /// The running number of `syncReqId`.
    Request,
}

const ALLOCATE: &str = "update meta set value = value + $1 where key = $2 returning value";
const VALUE: &str = "select value from meta where key = $1";

/// Takes `count` numbers and returns the first of them; they follow each other.
///
/// # Errors
/// What the database says.
pub async fn allocate(tx: &mut Tx, counter: Counter, count: i64) -> Result<i64, StoreError> {
    let (last,): (i64,) = tx.fetch_one(ALLOCATE, args![count, counter.key()]).await?;
    Ok(last - count + 1)
}

/// The last number given; 0 if none was.
///
/// # Errors
/// What the database says.
pub async fn last_of(tx: &mut Tx, counter: Counter) -> Result<i64, StoreError> {
    let (last,): (i64,) = tx.fetch_one(VALUE, args![counter.key()]).await?;
    Ok(last)
}

// === impl Counter ===

impl Counter {
    fn key(self) -> &'static str {
        match self {
            Counter::LeaderEpoch => "leader_epoch",
            Counter::ChangeSeq => "change_seq",
            Counter::Source => "source_no",
            Counter::Subject => "alarm_subject",
            Counter::Event => "alarm_event",
            Counter::Alarm => "alarm",
            Counter::RawBlock => "raw_block",
            Counter::Silence => "silence",
            Counter::Message => "message",
            Counter::Fault => "fault_no",
            Counter::Outbox => "outbox",
            Counter::ResourceChange => "resource_change",
            Counter::Load => "resource_load",
            Counter::Quarantine => "quarantine",
            Counter::Staging => "staging_row",
            Counter::Token => "api_token",
            Counter::Audit => "audit",
            Counter::Request => "request_no",
        }
    }
}
