//! The chain of the audit log, and whether it is whole.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{AuditEntry, Row};
use crate::error::StoreError;
use crate::meta::{Counter, last_of};
use crate::tx::Tx;
use crate::value::args;

/// Entries read at once.
const PAGE: i64 = 1000;
/// Breaks that are told: after an edit with another key everything is broken.
const BREAKS_MAX: usize = 20;

const COUNT: &str = "select count(*) from audit";
const LAST: &str = "select id, mac from audit order by id desc limit 1";
const NEXT: &str = "select * from audit where id > $1 order by id limit $2";

/// The secret of the chain: without it no entry can be made to fit.
#[derive(Clone)]
pub struct AuditKey([u8; 32]);

/// The end of the chain at some time, to be kept where the database's owner cannot change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// Entries up to here.
    pub count: u64,
    /// Number of the last of them; 0 if there is none.
    pub last_id: i64,
    /// Its digest in hex; empty if there is none.
    pub head: String,
    /// Digest over the three, so that a checkpoint cannot be made up either.
    pub seal: String,
}

/// What the check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The end of the chain.
    pub end: Checkpoint,
    /// What is broken, oldest first, the first twenty; empty = the chain is whole.
    pub breaks: Vec<Break>,
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The entry; of what is missing at the end, the last that there is.
    pub id: i64,
    /// What is wrong.
    pub kind: BreakKind,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakKind {
    /// The entry was changed, or the one before it was deleted, added or moved.
    DoesNotFit,
    /// Entries at the end are missing.
    CutOff,
    /// The chain says something else than a checkpoint: it was written anew.
    NotAsChecked,
    /// The checkpoint was not made with this key.
    FalseCheckpoint,
}

// === impl AuditKey ===

impl AuditKey {
    /// A key of 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        AuditKey(bytes)
    }

    /// The digest of an entry that follows `before`.
    pub(super) fn seal(&self, before: &[u8], entry: &AuditEntry) -> [u8; 32] {
        let (id, at) = (entry.id.to_be_bytes(), entry.at.ms().to_be_bytes());
        let texts = [&entry.who, &entry.what, &entry.object, &entry.detail].map(String::as_bytes);
        self.digest([before, &id, &at].into_iter().chain(texts))
    }

    /// A digest over parts; each is told its length, so that none can grow at another's expense.
    fn digest<'a>(&self, parts: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut mac = match <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0) {
            Ok(mac) => mac,
            Err(never) => unreachable!("HMAC takes keys of any length: {never}"),
        };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn checkpoint(&self, count: u64, last_id: i64, head: &[u8]) -> Checkpoint {
        let seal = self.digest([&count.to_be_bytes()[..], &last_id.to_be_bytes(), head].into_iter());
        Checkpoint { count, last_id, head: hex::encode(head), seal: hex::encode(seal) }
    }
}

impl Default for AuditKey {
    /// The key of databases that nobody has to trust: those of tests.
    fn default() -> Self {
        AuditKey([0; 32])
    }
}

impl std::fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditKey(***)")
    }
}

/// Reads the whole log and tells what does not fit, also with checkpoints that were kept elsewhere.
///
/// # Errors
/// What the database says.
pub async fn verify(tx: &mut Tx, checkpoints: &[Checkpoint]) -> Result<Chain, StoreError> {
    let key = tx.shared.audit_key.clone();
    let numbered = last_of(tx, Counter::Audit).await?;
    let (mut count, mut last_id, mut head) = (0_u64, 0_i64, Vec::new());
    let mut breaks = Vec::new();
    let mut kept_at: HashMap<u64, Vec<&Checkpoint>> = HashMap::new();
    for kept in checkpoints {
        kept_at.entry(kept.count).or_default().push(kept);
    }
    loop {
        let page: Vec<Row> = tx.fetch_all(NEXT, args![last_id, PAGE]).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let mac = row.mac.clone();
            let entry = AuditEntry::read(row);
            if key.seal(&head, &entry)[..] != mac[..] {
                breaks.push(Break { id: entry.id, kind: BreakKind::DoesNotFit });
            }
            (count, last_id, head) = (count + 1, entry.id, mac);
            let mut here = kept_at.get(&count).into_iter().flatten();
            if here.any(|kept| kept.last_id != last_id || kept.head != hex::encode(&head)) {
                breaks.push(Break { id: last_id, kind: BreakKind::NotAsChecked });
            }
        }
    }
    let made_here = |kept: &Checkpoint| {
        hex::decode(&kept.head).is_ok_and(|head| key.checkpoint(kept.count, kept.last_id, &head) == *kept)
    };
    let false_one = |kept: &&Checkpoint| !made_here(kept);
    breaks.extend(
        checkpoints.iter().filter(false_one).map(|kept| Break { id: kept.last_id, kind: BreakKind::FalseCheckpoint }),
    );
    if last_id != numbered || checkpoints.iter().any(|kept| kept.count > count) {
        breaks.push(Break { id: last_id, kind: BreakKind::CutOff });
    }
    breaks.truncate(BREAKS_MAX);
    Ok(Chain { end: key.checkpoint(count, last_id, &head), breaks })
}

/// The end of the chain, as the database says it.
///
/// # Errors
/// What the database says.
pub async fn end_of_chain(tx: &mut Tx) -> Result<Checkpoint, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT, args![]).await?;
    let last: Option<(i64, Vec<u8>)> = tx.fetch_optional(LAST, args![]).await?;
    let (last_id, head) = last.unwrap_or_default();
    Ok(tx.shared.audit_key.checkpoint(count.unsigned_abs(), last_id, &head))
}
