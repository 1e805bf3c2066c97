//! A notification as it is handed out: decoded, its sender let in.

use std::fmt::Write;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use async_snmp::{Oid, Value, VarBind};
use bytes::Bytes;
use model::time::Time;
use sha2::{Digest, Sha256};

use crate::usm::Conversation;

/// Characters of a value that are shown.
const SHOWN_MAX: usize = 400;

/// The version of SNMP that was spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// 1.
    V1,
    /// 2c.
    V2c,
    /// 3.
    V3,
}

/// A trap or an inform.
#[derive(Debug)]
pub struct Notification {
    /// Address and port it came from.
    pub from: SocketAddr,
    /// When it was read from the socket.
    pub received_at: Time,
    /// Version.
    pub version: Version,
    /// User of version 3; empty otherwise.
    pub user: String,
    /// The device in whose name it was sent, as it says: of another than its sender, if somebody forwards it.
    pub agent: Option<IpAddr>,
    /// The device's time since its start, in hundredths of a second; it wraps after 497 days.
    pub uptime: u32,
    /// What happened: the notification's OID. Version 1 is translated (RFC 3584).
    pub trap: Oid,
    /// What it is about, without the two that all notifications begin with.
    pub values: Vec<(Oid, Value)>,
    /// What makes it the same as another: its sender, when, and all it says.
    pub digest: [u8; 16],
    /// What the answer needs, if its sender waits for one.
    pub inform: Option<Inform>,
}

/// What the answer to an inform needs.
#[derive(Debug)]
pub struct Inform {
    pub(crate) request_id: i32,
    pub(crate) varbinds: Vec<VarBind>,
    pub(crate) way: Way,
}

/// How the answer goes back.
#[derive(Debug)]
pub(crate) enum Way {
    Community(Bytes),
    User(Box<Conversation>),
}

// === impl Version ===

impl Version {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Version::V1 => "v1",
            Version::V2c => "v2c",
            Version::V3 => "v3",
        }
    }
}

// === impl Notification ===

impl Notification {
    /// Its sender waits for an answer.
    pub fn is_inform(&self) -> bool {
        self.inform.is_some()
    }

    /// Everything it says in one line, as evidence. Neither community nor key is in it.
    pub fn line(&self) -> String {
        let kind = if self.is_inform() { "inform" } else { "trap" };
        let (at, from, version) = (self.received_at, self.from.ip(), self.version.word());
        let mut line = format!("{at} {from} {version} {kind}");
        // Writing to a text does not fail.
        let _ = match self.agent {
            Some(agent) => write!(line, " agent={agent} uptime={} {}", self.uptime, self.trap),
            None => write!(line, " uptime={} {}", self.uptime, self.trap),
        };
        for (oid, value) in &self.values {
            let _ = write!(line, " {oid}={:?}", shown(value));
        }
        line
    }
}

/// A value as text: numbers as numbers, texts as they are, other bytes in hex. It is cut at 400 characters.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Counter32(number) | Value::Gauge32(number) | Value::UInteger32(number) | Value::TimeTicks(number) => {
            number.to_string()
        }
        Value::Counter64(number) => number.to_string(),
        Value::ObjectIdentifier(oid) => oid.to_string(),
        Value::IpAddress(address) => IpAddr::from(*address).to_string(),
        Value::OctetString(bytes) | Value::Opaque(bytes) | Value::Nsap(bytes) => shown_bytes(bytes),
        _ => String::new(),
    }
}

fn shown_bytes(bytes: &[u8]) -> String {
    // Some agents count the zero that ends a text of C.
    let text = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    match std::str::from_utf8(text) {
        Ok(text) if !text.chars().any(|c| c.is_control() && !c.is_whitespace()) => {
            text.trim().chars().take(SHOWN_MAX).collect()
        }
        _ => format!("0x{}", hex::encode(bytes.get(..SHOWN_MAX / 2).unwrap_or(bytes))),
    }
}

/// What makes two notifications the same: who sent it, when on its device, and all it says. Its number is
/// not part of it, since devices that tell a thing several times give each its own; but a device without a
/// clock has nothing else that tells one event from the next.
pub(crate) fn digest_of(notification: &Notification, number: Option<i32>) -> [u8; 16] {
    let mut digest = Feed(Sha256::new());
    let Notification { from, user, agent, uptime, trap, values, .. } = notification;
    (from.ip(), user, agent, uptime, trap, values).hash(&mut digest);
    if *uptime == 0 {
        (number, number.is_none().then_some(notification.received_at)).hash(&mut digest);
    }
    let digest: [u8; 32] = digest.0.finalize().into();
    digest.first_chunk().copied().unwrap_or_default()
}

/// Takes what is hashed as bytes of a digest.
struct Feed(Sha256);

impl Hasher for Feed {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests;
