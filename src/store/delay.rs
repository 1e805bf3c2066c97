//! Delay tests: who asked for which, how far they are, and what came out. The first result of a test stands.

use model::probe::{DelayResult, DelayTest, TestState};
use model::time::Time;

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::peer::SourceNo;
use crate::tx::Tx;
use crate::value::args;

/// Tests of one circuit, and tests that are due, at once.
const LIMIT: u32 = 1000;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, source_no, circuit_code, test, asked_by, asked_at, state, due_at, result, ended_at, reason ",
            "from delay_test ",
            $rest
        )
    };
}

const BY_ID: &str = select!("where id = $1 and circuit_code = $2");
const OF_CIRCUIT: &str = select!("where circuit_code = $1 order by id desc limit $2");
const DUE: &str =
    select!("where source_no = $1 and state in ('WAITING', 'RUNNING') and due_at <= $2 order by due_at, id limit $3");
const INSERT: &str =
    "insert into delay_test (id, source_no, circuit_code, test, asked_by, asked_at, state, due_at, result,
    ended_at, reason) values ($1, $2, $3, $4, $5, $6, 'WAITING', $6, '', null, '')";
const MOVE: &str = "update delay_test set state = $2, due_at = $3, reason = $4, ended_at = $5
    where id = $1 and result = ''";
const RESULT: &str = "update delay_test set state = 'DONE', result = $3, ended_at = $4, reason = ''
    where id = $1 and source_no = $2 and result = ''";
const EXISTS: &str = "select id from delay_test where id = $1 and source_no = $2";
const DROP: &str = "delete from delay_test where source_no = $1 and asked_at < $2";

/// A delay test of a circuit.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptTest {
    /// Number.
    pub id: i64,
    /// Manager.
    pub source: SourceNo,
    /// Circuit.
    pub circuit_code: String,
    /// What is tested.
    pub test: DelayTest,
    /// Login.
    pub asked_by: String,
    /// When.
    pub asked_at: Time,
    /// How far it is.
    pub state: TestState,
    /// When there is something to do about it.
    pub due_at: Time,
    /// What came out; `None` if nothing has yet.
    pub result: Option<DelayResult>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Why there is no result; may be empty.
    pub reason: String,
}

crate::value::row!(TestRow {
    id: i64,
    source_no: i64,
    circuit_code: String,
    test: String,
    asked_by: String,
    asked_at: i64,
    state: String,
    due_at: i64,
    result: String,
    ended_at: Option<i64>,
    reason: String,
});

/// Adds a test that is to be asked; its number.
///
/// # Errors
/// What the database says.
pub async fn add_test(
    tx: &mut Tx,
    (source, circuit_code): (SourceNo, &str),
    test: &DelayTest,
    (by, at): (&str, Time),
) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::DelayTest, 1).await?;
    let text = serde_json::to_string(test).map_err(|error| StoreError::corrupt("delay_test", error))?;
    tx.execute(INSERT, args![id, source.0, circuit_code, &text, by, at]).await?;
    Ok(id)
}

/// The test of a circuit with a number.
///
/// # Errors
/// What the database says.
pub async fn test_by_id(tx: &mut Tx, circuit_code: &str, id: i64) -> Result<Option<KeptTest>, StoreError> {
    let row: Option<TestRow> = tx.fetch_optional(BY_ID, args![id, circuit_code]).await?;
    row.map(KeptTest::read).transpose()
}

/// Tests of a circuit, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn tests_of_circuit(tx: &mut Tx, circuit_code: &str, limit: u32) -> Result<Vec<KeptTest>, StoreError> {
    let rows: Vec<TestRow> = tx.fetch_all(OF_CIRCUIT, args![circuit_code, limit.min(LIMIT)]).await?;
    rows.into_iter().map(KeptTest::read).collect()
}

/// Tests of a manager that are to be asked, or whose result is overdue.
///
/// # Errors
/// What the database says.
pub async fn due_tests(tx: &mut Tx, source: SourceNo, now: Time) -> Result<Vec<KeptTest>, StoreError> {
    let rows: Vec<TestRow> = tx.fetch_all(DUE, args![source.0, now, LIMIT]).await?;
    rows.into_iter().map(KeptTest::read).collect()
}

/// Keeps how far a test is (`state`, `due_at`, `reason`, `ended_at`), unless its result has come.
///
/// # Errors
/// What the database says.
pub async fn put_test(tx: &mut Tx, test: &KeptTest) -> Result<(), StoreError> {
    let args = args![test.id, test.state.word(), test.due_at, &test.reason, test.ended_at];
    tx.execute(MOVE, args).await.map(drop)
}

/// Keeps the result of a test; `false` if the manager has no such test. The first result stands.
///
/// # Errors
/// What the database says.
pub async fn put_result(
    tx: &mut Tx,
    (source, id): (SourceNo, i64),
    result: &DelayResult,
    at: Time,
) -> Result<bool, StoreError> {
    let text = serde_json::to_string(result).map_err(|error| StoreError::corrupt("delay_test", error))?;
    if tx.execute(RESULT, args![id, source.0, &text, at]).await? == 1 {
        return Ok(true);
    }
    let known: Option<(i64,)> = tx.fetch_optional(EXISTS, args![id, source.0]).await?;
    Ok(known.is_some())
}

/// Forgets tests that were asked for before `before`.
///
/// # Errors
/// What the database says.
pub async fn drop_tests(tx: &mut Tx, source: SourceNo, before: Time) -> Result<(), StoreError> {
    tx.execute(DROP, args![source.0, before]).await.map(drop)
}

// === impl KeptTest ===

impl KeptTest {
    fn read(row: TestRow) -> Result<Self, StoreError> {
        let corrupt = |error: &dyn std::fmt::Display| StoreError::corrupt("delay_test", error.to_string());
        let result = match row.result.as_str() {
            "" => None,
            text => Some(serde_json::from_str(text).map_err(|error| corrupt(&error))?),
        };
        Ok(KeptTest {
            id: row.id,
            source: SourceNo(row.source_no),
            circuit_code: row.circuit_code,
            test: serde_json::from_str(&row.test).map_err(|error| corrupt(&error))?,
            asked_by: row.asked_by,
            asked_at: Time::from_ms(row.asked_at),
            state: TestState::from_word(&row.state).ok_or_else(|| corrupt(&row.state))?,
            due_at: Time::from_ms(row.due_at),
            result,
            ended_at: row.ended_at.map(Time::from_ms),
            reason: row.reason,
        })
    }
}

#[cfg(test)]
mod tests;
