//! Who did what: append-only, and chained. Each entry carries a keyed digest over itself and the
//! digest before it, so that whoever edits, deletes or reorders entries must know the key; what is cut
//! off at the end is found by a checkpoint that was kept elsewhere ([`Checkpoint`]).

mod chain;

use model::time::{Time, Window};

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

/// Which entries; what is empty lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this login or token.
    pub who: String,
    /// Of things that begin so: `report.` for all about reports.
    pub what: String,
    /// About this object.
    pub object: String,
    /// In this time.
    pub during: Option<Window>,
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
const PAGE: &str = "select * from audit where id < $1 and ($3 = '' or who = $3)
    and ($4 = '' or substr(what, 1, length($4)) = $4) and ($5 = '' or object = $5) and at >= $6 and at < $7
    order by id desc limit $2";

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

/// Entries that a filter lets through, before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn audit_page(
    tx: &mut Tx,
    filter: &AuditFilter,
    before: i64,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let AuditFilter { who, what, object, during } = filter;
    let (from, to) = during.map_or((i64::MIN, i64::MAX), |during| (during.start.ms(), during.end.ms()));
    let args = args![before, limit, who, what, object, from, to];
    Ok(tx.fetch_all(PAGE, args).await?.into_iter().map(AuditEntry::read).collect())
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
