//! Who did what: append-only, and chained. Each entry carries a keyed digest over itself and the
//! digest before it, so that whoever edits, deletes or reorders entries must know the key; what is cut
//! off at the end is found by a checkpoint that was kept elsewhere ([`Checkpoint`]).

mod chain;

use model::time::Time;

pub use chain::{AuditKey, Break, BreakKind, Chain, Checkpoint, end_of_chain, verify};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// Most entries of one page.
const LIMIT_MAX: i64 = 1000;

/// One thing that somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Number; not used when it is added.
    pub id: i64,
    /// When.
    pub at: Time,
    /// Login, token name, or `system`.
    pub who: String,
    /// What, as a dotted word: `alarm.acknowledge`.
    pub what: String,
    /// On what: an id.
    pub object: String,
    /// Before and after, or a note. Never a secret.
    pub detail: String,
}

crate::value::row!(pub(crate) Row {
    id: i64,
    at: i64,
    who: String,
    what: String,
    object: String,
    detail: String,
    mac: Vec<u8>
});

const INSERT: &str = "insert into audit (id, at, who, what, object, detail, mac) values ($1, $2, $3, $4, $5, $6, $7)";
const HEAD: &str = "select mac from audit order by id desc limit 1";
const PAGE: &str = "select * from audit where id < $1 order by id desc limit $2";
const OF_OBJECT: &str = "select * from audit where object = $1 and id < $2 order by id desc limit $3";

/// Adds an entry at the end of the chain; its number.
///
/// # Errors
/// What the database says.
pub async fn add_audit(tx: &mut Tx, entry: &AuditEntry) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::Audit, 1).await?;
    let entry = AuditEntry { id, ..entry.clone() };
    let head: Option<(Vec<u8>,)> = tx.fetch_optional(HEAD, args![]).await?;
    let mac = tx.shared.audit_key.seal(head.as_ref().map_or(&[], |(mac,)| mac.as_slice()), &entry);
    let args = args![id, entry.at, &entry.who, &entry.what, &entry.object, &entry.detail, &mac[..]];
    tx.execute(INSERT, args).await?;
    Ok(id)
}

/// Entries before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn audit_page(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    Ok(tx.fetch_all(PAGE, args![before, limit]).await?.into_iter().map(AuditEntry::read).collect())
}

/// Entries about one object before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn audit_of_object(
    tx: &mut Tx,
    object: &str,
    before: i64,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    Ok(tx.fetch_all(OF_OBJECT, args![object, before, limit]).await?.into_iter().map(AuditEntry::read).collect())
}

// === impl AuditEntry ===

impl AuditEntry {
    fn read(row: Row) -> Self {
        AuditEntry {
            id: row.id,
            at: Time::from_ms(row.at),
            who: row.who,
            what: row.what,
            object: row.object,
            detail: row.detail,
        }
    }
}

#[cfg(test)]
mod tests;
