//! Who may call. The checks run in the contract's order, on the very element that is executed:
//! known caller, password, source address, message id, call time.

use std::collections::HashMap;
use std::net::IpAddr;

use futures_util::future::BoxFuture;
use ipnet::IpNet;
use model::code::ResultCode;
use model::source::SourceId;
use model::time::{Time, Zone};

use crate::blank::blank_known;
use crate::contract::{Contract, Style};
use crate::envelope::Envelope;
use crate::header::{Credentials, Header, text_of};
use crate::reply::{Fault, Reply};
use crate::secret::Secret;
use crate::tree::Element;

/// A call's time may differ from ours by this much, unless a peer says otherwise.
pub const CALL_TIME_WINDOW_MS: i64 = 15 * 60 * 1000;
/// Longest `msgId`.
pub const MSG_ID_LIMIT: usize = 64;

/// A system that may call us.
#[derive(Clone, Debug)]
pub struct Peer {
    /// `serCaller`.
    pub caller: String,
    /// Who that is to us.
    pub source: SourceId,
    /// `callerPwd`.
    pub password: Secret,
    /// Addresses it may call from; empty means none.
    pub allow: Vec<IpNet>,
    /// Zone of its `callTime`.
    pub zone: Zone,
    /// How far `callTime` may be from our clock, either way.
    pub call_time_window_ms: i64,
    /// Services it may call, by contract name.
    pub services: Vec<String>,
    /// A namespace of its own in which it calls them, beside the contract's.
    pub namespace: Option<String>,
}

/// Identifies a typed message for 24 hours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageKey {
    /// The caller's id.
    pub msg_id: String,
    /// SHA-256 of the operation's name and arguments, without the header.
    pub body_sha256: [u8; 32],
}

/// What is remembered of a message id.
#[derive(Clone, Debug)]
pub enum Recall {
    /// Nothing: the call goes on.
    Unknown,
    /// The same message was answered; this was the answer.
    Answered(Reply),
    /// The id came with another body.
    OtherBody,
}

/// Messages that a [`ReplayMemory`] is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Every typed message.
    All,
    /// Those whose `callTime` is stale: fresh ones go on to a writer that settles replays itself.
    Stale,
}

/// The first answers of the last 24 hours. The gate asks; whoever commits a message remembers
/// its answer in the same transaction.
pub trait ReplayMemory: Send + Sync {
    /// Which messages it wants to be asked about.
    fn about(&self) -> About {
        About::All
    }

    /// What is known of `key` from `source`.
    fn recall<'a>(&'a self, source: &'a SourceId, key: &'a MessageKey) -> BoxFuture<'a, Recall>;
}

/// Remembers nothing: for services whose every operation may be repeated.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMemory;

/// The configured peers.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    peers: HashMap<String, Peer>,
}

/// A call that passed the checks that need no memory.
#[derive(Debug)]
pub(crate) struct Visitor<'g> {
    pub(crate) peer: &'g Peer,
    pub(crate) header: Header,
    pub(crate) message: Option<MessageKey>,
    /// What is wrong with `callTime`; a remembered answer is still given.
    pub(crate) stale: Option<Refused>,
}

/// Why a call does not reach its service.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Not authenticated, or not fresh.
    Fault(Fault),
    /// Authenticated, but its header is wrong in content.
    Content(ResultCode, String),
}

// === impl Peer ===

impl Peer {
    /// A peer with the default zone and call time window, that may call nothing from nowhere yet.
    pub fn new(caller: &str, password: Secret) -> Self {
        Peer {
            caller: caller.to_owned(),
            source: SourceId::new(caller),
            password,
            allow: Vec::new(),
            zone: Zone::china(),
            call_time_window_ms: CALL_TIME_WINDOW_MS,
            services: Vec::new(),
            namespace: None,
        }
    }

    fn allows(&self, remote: IpAddr) -> bool {
        let remote = remote.to_canonical();
        self.allow.iter().any(|net| net.contains(&remote))
    }

    fn speaks(&self, contract: &Contract, operation: Element<'_>) -> bool {
        let namespace = operation.namespace();
        namespace == contract.namespace || self.namespace.as_deref() == Some(namespace)
    }

    fn check_time(&self, call_time: &str, now: Time) -> Result<(), Refused> {
        if call_time.is_empty() {
            return Err(Refused::Content(ResultCode::MissingField, "callTime is missing".to_owned()));
        }
        let at = self
            .zone
            .read_local(call_time)
            .map_err(|error| Refused::Content(ResultCode::BadValue, format!("callTime: {error}")))?;
        if at.since(now).abs() <= self.call_time_window_ms {
            return Ok(());
        }
        let minutes = self.call_time_window_ms / 60_000;
        let message = format!(
            "callTime {call_time} is more than {minutes} min from our clock ({}, zone {}); set the clock and send again",
            self.zone.write_local(now),
            self.zone
        );
        Err(refuse(ResultCode::StaleCallTime, message))
    }
}

// === impl NoMemory ===

impl ReplayMemory for NoMemory {
    fn recall<'a>(&'a self, _source: &'a SourceId, _key: &'a MessageKey) -> BoxFuture<'a, Recall> {
        Box::pin(std::future::ready(Recall::Unknown))
    }
}

// === impl Gate ===

impl Gate {
    /// A gate for these peers; of two with the same caller the later counts.
    pub fn new(peers: impl IntoIterator<Item = Peer>) -> Self {
        Gate { peers: peers.into_iter().map(|peer| (peer.caller.clone(), peer)).collect() }
    }

    /// The contract's checks, in its order.
    pub(crate) fn check(
        &self,
        contract: &Contract,
        envelope: &Envelope,
        remote: IpAddr,
        now: Time,
    ) -> Result<Visitor<'_>, Refused> {
        let operation = envelope.content();
        let found = Credentials::find(operation, contract.style);
        let header = found.header();
        // A password in the wrong place is still a password.
        let unknown = || unknown_caller(&self.without_secrets(&header.caller));
        let peer = self.peers.get(text_of(found.caller)).ok_or_else(unknown)?;
        // The password as it was written: white space may be a part of it.
        if !found.password.is_some_and(|password| peer.password.matches(password.text())) {
            return Err(refuse(ResultCode::BadPassword, format!("callerPwd is wrong for {:?}", header.caller)));
        }
        if !peer.allows(remote) {
            let message = format!("{:?} may not call from {}", header.caller, remote.to_canonical());
            return Err(refuse(ResultCode::NotAllowed, message));
        }
        if !peer.services.iter().any(|service| service == contract.name) || !peer.speaks(contract, operation) {
            let message = format!("{:?} may not call {}", header.caller, contract.name);
            return Err(refuse(ResultCode::NotAllowed, message));
        }
        let message = match contract.style {
            Style::Typed => Some(message_key(&found, envelope)?),
            Style::Positional => None,
        };
        let stale = peer.check_time(&header.call_time, now).err();
        Ok(Visitor { peer, header, message, stale })
    }

    /// A text without the password of any peer.
    pub(crate) fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.peers.values().for_each(|peer| blank_known(&mut text, peer.password.reveal()));
        text
    }

    /// Some peer calls in that namespace.
    pub(crate) fn knows_namespace(&self, namespace: &str) -> bool {
        self.peers.values().any(|peer| peer.namespace.as_deref() == Some(namespace))
    }
}

/// The key of a typed call.
fn message_key(found: &Credentials<'_>, envelope: &Envelope) -> Result<MessageKey, Refused> {
    let msg_id = text_of(found.msg_id);
    if msg_id.is_empty() {
        return Err(Refused::Content(ResultCode::MissingField, "header/msgId is missing".to_owned()));
    }
    if msg_id.chars().count() > MSG_ID_LIMIT {
        let message = format!("header/msgId is longer than {MSG_ID_LIMIT} characters");
        return Err(Refused::Content(ResultCode::BadValue, message));
    }
    Ok(MessageKey { msg_id: msg_id.to_owned(), body_sha256: envelope.digest() })
}

fn unknown_caller(caller: &str) -> Refused {
    let message = match caller {
        "" => "the header names no serCaller".to_owned(),
        caller => format!("serCaller {caller:?} is not configured here as a peer"),
    };
    refuse(ResultCode::UnknownCaller, message)
}

fn refuse(code: ResultCode, message: String) -> Refused {
    Refused::Fault(Fault::client(code, message))
}

#[cfg(test)]
mod tests;
