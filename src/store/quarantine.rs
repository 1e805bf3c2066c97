//! What was refused, with the reason and its first bytes, for a person to look at.
//!
//! Nothing that comes from outside makes it grow without end: what is refused again and again is one
//! row with a count, and of each kind the oldest rows fall out.

use model::source::SourceId;
use model::time::Time;
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// Bytes that are kept of one thing.
pub const CONTENT_MAX: usize = 1 << 20;
/// For so long after the first time the same is counted, not kept again.
pub const FOLD_MS: i64 = 3_600_000;
/// Most rows of one list.
const LIMIT_MAX: i64 = 1000;
/// After so many new rows the oldest of each kind fall out.
const PURGE_EVERY: i64 = 64;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $rows:literal rows, $bytes:expr;)*) => {
        /// What a refused thing is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $name),* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),*];

            /// Its word.
            pub const fn word(self) -> &'static str {
                match self { $(Kind::$name => $word),* }
            }

            /// The kind of a word.
            pub fn from_word(word: &str) -> Option<Kind> {
                match word { $($word => Some(Kind::$name),)* _ => None }
            }

            /// Rows and bytes that are kept of it.
            const fn limits(self) -> (i64, i64) {
                match self { $(Kind::$name => ($rows, $bytes)),* }
            }
        }
    };
}

kinds! {
    /// A message that could not be read or is no call.
    Message = "message", 2000 rows, 16 << 20;
    /// A call whose caller was not let in, or that was a replay.
    Caller = "caller", 2000 rows, 16 << 20;
    /// Rows of a message or file.
    Row = "row", 2000 rows, 64 << 20;
    /// A file, or a whole list.
    File = "file", 2000 rows, 64 << 20;
    /// Something that a good row names and nobody holds, for reconciliation.
    Unknown = "unknown", 10000 rows, 1 << 20;
}

/// Something refused, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Number; not used when it is put.
    pub id: i64,
    /// When.
    pub at: Time,
    /// Who sent it; for [`Kind::Message`] and [`Kind::Caller`] who it said it was.
    pub source: SourceId,
    /// Address it came from; empty where we fetched it ourselves or it is a known peer's.
    pub address: String,
    /// What it is.
    pub kind: Kind,
    /// Its name: operation, file or object.
    pub name: String,
    /// Why it was refused.
    pub reason: String,
    /// Its size in bytes, of which at most [`CONTENT_MAX`] are kept.
    pub size: u64,
    /// How often the same came again.
    pub repeats: u64,
    /// When it came last.
    pub last_at: Time,
}

/// Which refused things. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuarantineFilter {
    /// Of one kind.
    pub kind: Option<Kind>,
    /// From one sender, as it called itself.
    pub source: Option<SourceId>,
}

/// What makes two refused things the same.
pub type Likeness = [u8; 16];

crate::value::row!(Row {
    id: i64,
    at: i64,
    source: String,
    address: String,
    kind: String,
    name: String,
    reason: String,
    size: i64,
    repeats: i64,
    last_at: i64,
});

const INSERT: &str = "insert into quarantine
    (id, at, source, address, kind, name, reason, size, repeats, last_at, likeness, kept, content)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const FOLD: &str = "update quarantine set repeats = repeats + $1, last_at = $2
    where id = (select max(id) from quarantine where likeness = $3 and at >= $4) returning id";
const PAGE: &str = "select id, at, source, address, kind, name, reason, size, repeats, last_at from quarantine
    where id < $1 order by id desc limit $2";
const PAGE_OF_KIND: &str = "select id, at, source, address, kind, name, reason, size, repeats, last_at from quarantine
    where kind = $1 and id < $2 order by id desc limit $3";
// Of a source there is no index: what is held is bounded, and a person asks.
const PAGE_OF_SOURCE: &str =
    "select id, at, source, address, kind, name, reason, size, repeats, last_at from quarantine
    where source = $1 and ($2 = '' or kind = $3) and id < $4 order by id desc limit $5";
const BY_ID: &str = "select id, at, source, address, kind, name, reason, size, repeats, last_at from quarantine
    where id = $1";
const CONTENT: &str = "select content from quarantine where id = $1";
const COUNT: &str = "select count(*) from quarantine";
const PURGE_ROWS: &str = "delete from quarantine where kind = $1 and id <=
    (select id from quarantine where kind = $2 order by id desc limit 1 offset $3)";
const PURGE_BYTES: &str = "delete from quarantine where kind = $1 and id <= (select max(id) from
    (select id, sum(kept) over (order by id desc) as total from quarantine where kind = $2) as sums where total > $3)";

/// Puts something aside, or counts it if the same was put aside lately; its number.
///
/// # Errors
/// What the database says.
pub async fn put_quarantine(tx: &mut Tx, what: &Quarantined, content: &[u8]) -> Result<i64, StoreError> {
    let likeness = what.likeness();
    let repeats = i64::try_from(what.repeats).unwrap_or(i64::MAX - 1);
    let since = what.at.plus_ms(-FOLD_MS);
    let fold = args![repeats + 1, what.last_at, likeness.as_slice(), since];
    if let Some((id,)) = tx.fetch_optional::<(i64,)>(FOLD, fold).await? {
        return Ok(id);
    }
    let id = allocate(tx, Counter::Quarantine, 1).await?;
    let content = content.get(..CONTENT_MAX).unwrap_or(content);
    let size = i64::try_from(what.size).unwrap_or(i64::MAX);
    let kept = i64::try_from(content.len()).unwrap_or(i64::MAX);
    let args = args![
        id,
        what.at,
        what.source.as_str(),
        &what.address,
        what.kind.word(),
        &what.name,
        &what.reason,
        size,
        repeats,
        what.last_at,
        likeness.as_slice(),
        kept,
        content,
    ];
    tx.execute(INSERT, args).await?;
    if id % PURGE_EVERY == 0 {
        purge_quarantine(tx).await?;
    }
    Ok(id)
}

/// What was put aside before number `before`, newest first, at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn quarantine_page(
    tx: &mut Tx,
    filter: &QuarantineFilter,
    before: i64,
    limit: u32,
) -> Result<Vec<Quarantined>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows: Vec<Row> = match (&filter.source, filter.kind) {
        (None, None) => tx.fetch_all(PAGE, args![before, limit]).await?,
        (None, Some(kind)) => tx.fetch_all(PAGE_OF_KIND, args![kind.word(), before, limit]).await?,
        (Some(source), kind) => {
            let kind = kind.map_or("", Kind::word);
            tx.fetch_all(PAGE_OF_SOURCE, args![source.as_str(), kind, kind, before, limit]).await?
        }
    };
    rows.into_iter().map(Quarantined::read).collect()
}

/// One thing.
///
/// # Errors
/// What the database says.
pub async fn quarantined_by_id(tx: &mut Tx, id: i64) -> Result<Option<Quarantined>, StoreError> {
    tx.fetch_optional::<Row>(BY_ID, args![id]).await?.map(Quarantined::read).transpose()
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

/// Lets the oldest of each kind fall out, down to its limits; how many went.
///
/// # Errors
/// What the database says.
pub async fn purge_quarantine(tx: &mut Tx) -> Result<u64, StoreError> {
    let mut gone = 0;
    for kind in Kind::ALL {
        let (rows, bytes) = kind.limits();
        gone += tx.execute(PURGE_ROWS, args![kind.word(), kind.word(), rows]).await?;
        gone += tx.execute(PURGE_BYTES, args![kind.word(), kind.word(), bytes]).await?;
    }
    Ok(gone)
}

// === impl Quarantined ===

impl Quarantined {
    /// Something that was refused once, now.
    pub fn once(kind: Kind, source: &SourceId, at: Time) -> Self {
        Quarantined {
            id: 0,
            at,
            source: source.clone(),
            address: String::new(),
            kind,
            name: String::new(),
            reason: String::new(),
            size: 0,
            repeats: 0,
            last_at: at,
        }
    }

    /// Equal for what is refused from the same hand for the same reason, wherever in a message that
    /// was: numbers within a reason do not count. Of files each has its own, of unknown objects too.
    pub fn likeness(&self) -> Likeness {
        let without_digits = |text: &str| -> String {
            let mut last = false;
            let mut once = |c: char| {
                let digit = c.is_ascii_digit();
                (!std::mem::replace(&mut last, digit) || !digit).then_some(if digit { '0' } else { c })
            };
            text.chars().filter_map(&mut once).collect()
        };
        let reason = without_digits(&self.reason);
        let (name, reason) = match self.kind {
            Kind::Message | Kind::Caller | Kind::File => (self.name.as_str(), reason.as_str()),
            // Rows are named by their message, which is another one each time.
            Kind::Row => ("", reason.as_str()),
            Kind::Unknown => (self.name.as_str(), ""),
        };
        let mut hash = Sha256::new();
        for part in [self.kind.word(), self.source.as_str(), &self.address, name, reason] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().first_chunk().copied().unwrap_or_default()
    }

    fn read(row: Row) -> Result<Self, StoreError> {
        let kind = Kind::from_word(&row.kind).ok_or_else(|| StoreError::corrupt("quarantine", &row.kind))?;
        Ok(Quarantined {
            id: row.id,
            at: Time::from_ms(row.at),
            source: SourceId::new(&row.source),
            address: row.address,
            kind,
            name: row.name,
            reason: row.reason,
            size: u64::try_from(row.size).unwrap_or_default(),
            repeats: u64::try_from(row.repeats).unwrap_or_default(),
            last_at: Time::from_ms(row.last_at),
        })
    }
}

#[cfg(test)]
mod tests;
