//! The files of a run: one for each customer and format.

use model::report::{FileState, Format};

use super::{LIMIT_MAX, Recipient};
use crate::error::{StoreError, expect_rows};
use crate::tx::Tx;
use crate::value::args;

const BY_ID: &str = "select * from report_file where id = $1";
const PAGE: &str = "select * from report_file where run_id = $1 and id > $2 order by id limit $3";
const PAGE_OF_STATE: &str =
    "select * from report_file where run_id = $1 and id > $2 and state = $4 order by id limit $3";
const NEXT: &str = "select * from report_file where run_id = $1 and state = 'waiting' and customer_no =
    (select min(customer_no) from report_file where run_id = $1 and state = 'waiting') order by id";
const FINISH: &str = "update report_file set state = 'done', document_id = $2 where id = $1 and state = 'waiting'";
const FAIL: &str = "update report_file set state = 'failed', error = $2 where id = $1 and state = 'waiting'";

/// One file of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Number.
    pub id: i64,
    /// Its run.
    pub run_id: i64,
    /// Whom it is for.
    pub recipient: Recipient,
    /// What it is written as.
    pub format: Format,
    /// Where it stands.
    pub state: FileState,
    /// Why it failed; empty otherwise.
    pub error: String,
    /// The document, once it is done.
    pub document_id: Option<i64>,
}

crate::value::row!(FileRow {
    id: i64,
    run_id: i64,
    customer_no: String,
    customer_name: String,
    format: String,
    state: String,
    error: String,
    document_id: Option<i64>,
});

/// The file with a number.
///
/// # Errors
/// What the database says.
pub async fn file_by_id(tx: &mut Tx, id: i64) -> Result<Option<File>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(File::read).transpose()
}

/// Files of a run after number `after`, of one state or of all; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn files_page(
    tx: &mut Tx,
    (run_id, state): (i64, Option<FileState>),
    after: i64,
    limit: u32,
) -> Result<Vec<File>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows = match state {
        Some(state) => tx.fetch_all(PAGE_OF_STATE, args![run_id, after, limit, state.word()]).await?,
        None => tx.fetch_all(PAGE, args![run_id, after, limit]).await?,
    };
    rows.into_iter().map(File::read).collect()
}

/// The waiting files of the next customer of a run; empty if none waits.
///
/// # Errors
/// What the database says.
pub async fn next_customer(tx: &mut Tx, run_id: i64) -> Result<Vec<File>, StoreError> {
    tx.fetch_all(NEXT, args![run_id]).await?.into_iter().map(File::read).collect()
}

/// A waiting file is made: it is this document.
///
/// # Errors
/// [`StoreError::RowCount`] if it does not wait.
pub async fn finish_file(tx: &mut Tx, id: i64, document_id: i64) -> Result<(), StoreError> {
    expect_rows("finish a report's file", 1, tx.execute(FINISH, args![id, document_id]).await?)
}

/// A waiting file could not be made.
///
/// # Errors
/// [`StoreError::RowCount`] if it does not wait.
pub async fn fail_file(tx: &mut Tx, id: i64, error: &str) -> Result<(), StoreError> {
    expect_rows("fail a report's file", 1, tx.execute(FAIL, args![id, error]).await?)
}

// === impl File ===

impl File {
    fn read(row: FileRow) -> Result<Self, StoreError> {
        let bad = |what: &str, word: &str| StoreError::corrupt("report_file", format!("{what} {word}"));
        Ok(File {
            id: row.id,
            run_id: row.run_id,
            recipient: Recipient { no: row.customer_no, name: row.customer_name },
            format: Format::from_word(&row.format).ok_or_else(|| bad("format", &row.format))?,
            state: FileState::from_word(&row.state).ok_or_else(|| bad("state", &row.state))?,
            error: row.error,
            document_id: row.document_id,
        })
    }
}
