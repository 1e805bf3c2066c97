//! What was given out: revisions of a customer's report, the figures that each is pinned to, and its
//! documents. Nothing of it is ever changed or deleted.

use model::report::{Format, Language};
use model::time::{Time, Window};

use super::LIMIT_MAX;
use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

const INSERT: &str = "insert into report_issue (id, customer_no, label, language, revision, is_final, content, digest,
    note, parts, generated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const LATEST: &str = "select * from report_issue where customer_no = $1 and label = $2 and language = $3
    order by revision desc limit 1";
static PIN: Multi =
    Multi::new("insert into report_pin (issue_id, circuit_code, period_start, period_end, version) values ", 5, "");
const PINS: &str = "select circuit_code, period_start, period_end, version from report_pin
    where issue_id = $1 and circuit_code > $2 order by circuit_code limit $3";
const ADD_DOCUMENT: &str = "insert into report_document (id, issue_id, customer_no, format, path, bytes, sha256,
    created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_ISSUE: &str = "select d.*, i.label, i.language, i.revision, i.is_final from report_document d
    join report_issue i on i.id = d.issue_id where d.issue_id = $1 order by d.id";
const BY_ID: &str = "select d.*, i.label, i.language, i.revision, i.is_final from report_document d
    join report_issue i on i.id = d.issue_id where d.id = $1";
const OF_CUSTOMER: &str = "select d.*, i.label, i.language, i.revision, i.is_final from report_document d
    join report_issue i on i.id = d.issue_id where d.customer_no = $1 and d.id < $2 order by d.id desc limit $3";

/// A revision of a customer's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Number; not used when it is added.
    pub id: i64,
    /// Customer.
    pub customer_no: String,
    /// The month, `2026-10`.
    pub label: String,
    /// Its language.
    pub language: Language,
    /// 1, 2, …
    pub revision: u32,
    /// The period was over when it was made.
    pub is_final: bool,
    /// Digest of what it says, without its number and the time at which it was made.
    pub content: String,
    /// The digest that is printed.
    pub digest: String,
    /// What changed since the revision before; empty for the first.
    pub note: String,
    /// Digests of its parts, as JSON.
    pub parts: String,
    /// When it was made.
    pub generated_at: Time,
}

/// A version of a circuit's figure that a report rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Circuit.
    pub circuit_code: String,
    /// Period.
    pub period: Window,
    /// Version.
    pub version: i64,
}

/// A file that was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Number.
    pub id: i64,
    /// Its revision of the report.
    pub issue_id: i64,
    /// Customer.
    pub customer_no: String,
    /// What it is written as.
    pub format: Format,
    /// Where it lies, below the folder of reports.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// When it was written.
    pub created_at: Time,
    /// The month.
    pub label: String,
    /// Language.
    pub language: Language,
    /// Revision.
    pub revision: u32,
    /// The period was over when it was made.
    pub is_final: bool,
}

/// A document to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewDocument<'a> {
    /// Its revision of the report.
    pub issue_id: i64,
    /// Customer.
    pub customer_no: &'a str,
    /// What it is written as.
    pub format: Format,
    /// Where it lies, below the folder of reports.
    pub path: &'a str,
    /// Length.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: &'a str,
    /// When it was written.
    pub created_at: Time,
}

crate::value::row!(IssueRow {
    id: i64,
    customer_no: String,
    label: String,
    language: String,
    revision: i64,
    is_final: bool,
    content: String,
    digest: String,
    note: String,
    parts: String,
    generated_at: i64,
});

crate::value::row!(DocumentRow {
    id: i64,
    issue_id: i64,
    customer_no: String,
    format: String,
    path: String,
    bytes: i64,
    sha256: String,
    created_at: i64,
    label: String,
    language: String,
    revision: i64,
    is_final: bool,
});

/// Adds a revision with what it is pinned to; its number.
///
/// # Errors
/// [`StoreError::Exists`] if the report has a revision of that number.
pub async fn add_issue(tx: &mut Tx, issue: &Issue, pins: &[Pin]) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::ReportIssue, 1).await?;
    let args = args![
        id,
        &issue.customer_no,
        &issue.label,
        issue.language.word(),
        issue.revision,
        issue.is_final,
        &issue.content,
        &issue.digest,
        &issue.note,
        &issue.parts,
        issue.generated_at,
    ];
    tx.execute(INSERT, args).await?;
    let row = |pin: &Pin| (pin.period.start, pin.period.end, pin.version);
    let rows: Vec<[Value<'_>; 5]> = pins
        .iter()
        .map(|pin| {
            let (start, end, version) = row(pin);
            [id.into(), Value::from(&pin.circuit_code), start.into(), end.into(), version.into()]
        })
        .collect();
    tx.execute_many(&PIN, &rows).await?;
    Ok(id)
}

/// The last revision of a customer's report.
///
/// # Errors
/// What the database says.
pub async fn latest_issue(
    tx: &mut Tx,
    customer_no: &str,
    label: &str,
    language: Language,
) -> Result<Option<Issue>, StoreError> {
    let row = tx.fetch_optional(LATEST, args![customer_no, label, language.word()]).await?;
    row.map(Issue::read).transpose()
}

/// What a revision is pinned to, by circuit code, after `after`; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn pins_of_issue(tx: &mut Tx, issue_id: i64, after: &str) -> Result<Vec<Pin>, StoreError> {
    let rows: Vec<(String, i64, i64, i64)> = tx.fetch_all(PINS, args![issue_id, after, LIMIT_MAX]).await?;
    let pin = |(circuit_code, start, end, version)| Pin {
        circuit_code,
        period: Window::new(Time::from_ms(start), Time::from_ms(end)),
        version,
    };
    Ok(rows.into_iter().map(pin).collect())
}

/// Adds a document; its number.
///
/// # Errors
/// [`StoreError::Exists`] if the revision has one of that format.
pub async fn add_document(tx: &mut Tx, document: NewDocument<'_>) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::ReportDocument, 1).await?;
    let args = args![
        id,
        document.issue_id,
        document.customer_no,
        document.format.word(),
        document.path,
        i64::try_from(document.bytes).unwrap_or(i64::MAX),
        document.sha256,
        document.created_at,
    ];
    tx.execute(ADD_DOCUMENT, args).await?;
    Ok(id)
}

/// The documents of a revision.
///
/// # Errors
/// What the database says.
pub async fn documents_of_issue(tx: &mut Tx, issue_id: i64) -> Result<Vec<Document>, StoreError> {
    tx.fetch_all(OF_ISSUE, args![issue_id]).await?.into_iter().map(Document::read).collect()
}

/// The document with a number.
///
/// # Errors
/// What the database says.
pub async fn document_by_id(tx: &mut Tx, id: i64) -> Result<Option<Document>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(Document::read).transpose()
}

/// A customer's documents before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn documents_of_customer(
    tx: &mut Tx,
    customer_no: &str,
    before: i64,
    limit: u32,
) -> Result<Vec<Document>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows = tx.fetch_all(OF_CUSTOMER, args![customer_no, before, limit]).await?;
    rows.into_iter().map(Document::read).collect()
}

// === impl Issue ===

impl Issue {
    fn read(row: IssueRow) -> Result<Self, StoreError> {
        Ok(Issue {
            id: row.id,
            customer_no: row.customer_no,
            label: row.label,
            language: language("report_issue", &row.language)?,
            revision: u32::try_from(row.revision).unwrap_or_default(),
            is_final: row.is_final,
            content: row.content,
            digest: row.digest,
            note: row.note,
            parts: row.parts,
            generated_at: Time::from_ms(row.generated_at),
        })
    }
}

// === impl Document ===

impl Document {
    /// The revision that it took the place of.
    pub fn supersedes(&self) -> Option<u32> {
        self.revision.checked_sub(1).filter(|before| *before > 0)
    }

    fn read(row: DocumentRow) -> Result<Self, StoreError> {
        let format = Format::from_word(&row.format)
            .ok_or_else(|| StoreError::corrupt("report_document", format!("format {}", row.format)))?;
        Ok(Document {
            id: row.id,
            issue_id: row.issue_id,
            customer_no: row.customer_no,
            format,
            path: row.path,
            bytes: u64::try_from(row.bytes).unwrap_or_default(),
            sha256: row.sha256,
            created_at: Time::from_ms(row.created_at),
            label: row.label,
            language: language("report_document", &row.language)?,
            revision: u32::try_from(row.revision).unwrap_or_default(),
            is_final: row.is_final,
        })
    }
}

fn language(table: &'static str, word: &str) -> Result<Language, StoreError> {
    Language::from_word(word).ok_or_else(|| StoreError::corrupt(table, format!("language {word}")))
}
