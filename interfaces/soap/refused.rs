//! What is refused before a service sees it, or as a replay: told to whoever keeps the bad.

use std::net::IpAddr;

use bytes::Bytes;
use model::code::ResultCode;
use model::time::Time;

use crate::reply::Fault;

/// Bytes of a refused message that are told.
pub const HEAD_LIMIT: usize = 4096;

/// A call that was refused. Nothing of it holds a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When it was received.
    pub received_at: Time,
    /// The connection's address.
    pub address: IpAddr,
    /// Service that was called.
    pub service: &'static str,
    /// `serCaller` as it was told, not proved; empty if the message could not be read that far.
    pub caller: String,
    /// Code of the answer.
    pub code: ResultCode,
    /// Sentence of the answer.
    pub reason: String,
    /// Bytes of the message, as far as they were read or announced.
    pub size: u64,
}

/// Takes note of refused calls.
pub trait Refusals: Send + Sync {
    /// Takes note at once, without waiting for anything: the answer is not held up. `head` makes the
    /// beginning of the message, its passwords blanked; that is work, to be done only where it is kept.
    fn note(&self, refused: Refused, head: &dyn Fn() -> String) -> News;
}

/// Is a refused call worth a line of the log?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It is.
    Fresh,
    /// The like was told before, or too much comes.
    Stale,
}

/// A message that was not read to its end.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The answer.
    pub fault: Fault,
    /// What was read of it.
    pub head: Bytes,
    /// Its size, as far as it is known.
    pub size: u64,
}
