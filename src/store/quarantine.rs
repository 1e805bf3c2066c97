//! What was refused, with the reason and its first bytes, for a person to look at.

use model::source::SourceId;
use model::time::Time;

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// Bytes that are kept of one thing.
pub const CONTENT_MAX: usize = 1 << 20;
/// Most rows of one list.
const LIMIT_MAX: i64 = 1000;

/// Something refused, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Number; not used when it is put.
    pub id: i64,
    /// When.
    pub at: Time,
    /// Who sent it.
    pub source: SourceId,
    /// What it is: `message`, `file`, `row`.
    pub kind: String,
    /// Its name: operation or file name.
    pub name: String,
    /// Why it was refused.
    pub reason: String,
    /// Its size in bytes, of which at most [`CONTENT_MAX`] are kept.
    pub size: u64,
}

crate::value::row!(Row { id: i64, at: i64, source: String, kind: String, name: String, reason: String, size: i64 });

const INSERT: &str = "insert into quarantine (id, at, source, kind, name, reason, size, content)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const PAGE: &str = "select id, at, source, kind, name, reason, size from quarantine
    where id < $1 order by id desc limit $2";
const CONTENT: &str = "select content from quarantine where id = $1";
const COUNT: &str = "select count(*) from quarantine";
const PURGE: &str = "delete from quarantine where id <= (select max(id) from quarantine) - $1";

/// Puts something aside; its number.
///
/// # Errors
/// What the database says.
pub async fn put_quarantine(tx: &mut Tx, what: &Quarantined, content: &[u8]) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::Quarantine, 1).await?;
    let kept = content.get(..CONTENT_MAX).unwrap_or(content);
    let size = i64::try_from(what.size).unwrap_or(i64::MAX);
    let args = args![id, what.at, what.source.as_str(), &what.kind, &what.name, &what.reason, size, kept];
    tx.execute(INSERT, args).await?;
    Ok(id)
}

/// What was put aside before number `before`, newest first, at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn quarantine_page(tx: &mut Tx, before: i64, limit: u32) -> Result<Vec<Quarantined>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows: Vec<Row> = tx.fetch_all(PAGE, args![before, limit]).await?;
    let quarantined = |row: Row| Quarantined {
        id: row.id,
        at: Time::from_ms(row.at),
        source: SourceId::new(&row.source),
        kind: row.kind,
        name: row.name,
        reason: row.reason,
        size: u64::try_from(row.size).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(quarantined).collect())
}

/// The bytes of one thing, as far as they were kept.
///
/// # Errors
/// What the database says.
pub async fn quarantine_content(tx: &mut Tx, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(tx.fetch_optional::<(Vec<u8>,)>(CONTENT, args![id]).await?.map(|(content,)| content))
}

/// How many things are held.
///
/// # Errors
/// What the database says.
pub async fn count_quarantine(tx: &mut Tx) -> Result<u64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT, &[]).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Keeps only the newest `keep`; how many went.
///
/// # Errors
/// What the database says.
pub async fn purge_quarantine(tx: &mut Tx, keep: u32) -> Result<u64, StoreError> {
    tx.execute(PURGE, args![keep]).await
}
