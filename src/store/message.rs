//! Replay memory: which messages were answered and how, for a day. Typed calls are known by their
//! `msgId`, notifications by their number; what is kept is a digest of each.

use std::collections::HashMap;

use model::source::SourceId;
use model::time::Time;
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// What a message is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId([u8; 16]);

/// A message to remember.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// SHA-256 of its body; half of it is kept.
    pub body_sha256: [u8; 32],
    /// When it was received.
    pub at: Time,
    /// The answer, to be given again; empty for plain success.
    pub answer: String,
}

/// What is remembered of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    body16: [u8; 16],
    /// The answer it got.
    pub answer: String,
}

crate::value::row!(Row { key16: Vec<u8>, body16: Vec<u8>, answer: String });

static INSERT: Multi =
    Multi::new("insert into message (id, key16, body16, at, answer) values ", 5, " on conflict do nothing");
static BY_KEYS: Multi = Multi::new(
    "with k(key16) as (values ",
    1,
    ") select m.key16, m.body16, m.answer from k cross join message m where m.key16 = k.key16",
);
const PURGE: &str = "delete from message where at < $1 and id < (select min(id) from message) + $2";

/// Remembers messages; one that is known keeps its first answer.
///
/// # Errors
/// What the database says.
pub async fn remember_messages(tx: &mut Tx, messages: &[Message]) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    let first = allocate(tx, Counter::Message, i64::try_from(messages.len()).unwrap_or(i64::MAX)).await?;
    let rows: Vec<[Value<'_>; 5]> = messages
        .iter()
        .zip(first..)
        .map(|(message, id)| {
            let body16 = message.body_sha256.first_chunk::<16>().map_or(&[][..], <[u8; 16]>::as_slice);
            [id.into(), Value::Bytes(&message.id.0), Value::Bytes(body16), message.at.into(), (&message.answer).into()]
        })
        .collect();
    tx.execute_many(&INSERT, &rows).await.map(drop)
}

/// Those of these messages that were answered before.
///
/// # Errors
/// What the database says.
pub async fn replayed(tx: &mut Tx, ids: &[MessageId]) -> Result<HashMap<MessageId, Remembered>, StoreError> {
    let keys: Vec<[Value<'_>; 1]> = ids.iter().map(|id| [Value::Bytes(&id.0)]).collect();
    let rows: Vec<Row> = tx.fetch_many(&BY_KEYS, &keys).await?;
    Ok(rows
        .into_iter()
        .map(|row| (MessageId(half(&row.key16)), Remembered { body16: half(&row.body16), answer: row.answer }))
        .collect())
}

/// Forgets up to `limit` of the oldest messages if they were received before `before`; how many.
///
/// # Errors
/// What the database says.
pub async fn purge_messages(tx: &mut Tx, before: Time, limit: u32) -> Result<u64, StoreError> {
    tx.execute(PURGE, args![before, limit]).await
}

// === impl MessageId ===

impl MessageId {
    /// Of a typed call.
    pub fn of_call(source: &SourceId, msg_id: &str) -> Self {
        Self::of(&["call", source.as_str(), msg_id])
    }

    /// Of a numbered notification.
    pub fn of_notification(source: &SourceId, interface: &str, id: u64) -> Self {
        Self::of(&["notification", source.as_str(), interface, &id.to_string()])
    }

    fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        MessageId(half(&hash.finalize()))
    }
}

// === impl Remembered ===

impl Remembered {
    /// It had this body.
    pub fn same_body(&self, body_sha256: &[u8; 32]) -> bool {
        self.body16 == half(body_sha256)
    }
}

fn half(digest: &[u8]) -> [u8; 16] {
    digest.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
