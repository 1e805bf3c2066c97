//! Credits of circuits: one that counts for each circuit and month, and those that it took the place of.
//! They are never deleted.

use model::credit::{Credit, CreditState};

use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// Most credits of one page.
const LIMIT_MAX: i64 = 1000;
/// Most credits of one customer and month.
const CUSTOMER_MAX: i64 = 100_000;

const INSERT: &str = "insert into credit (id, label, circuit_code, customer_no, state, content)
    values ($1, $2, $3, $4, $5, $6)";
const CHANGE: &str = "update credit set state = $3, content = $4 where id = $1 and state = $2";
const BY_ID: &str = "select content from credit where id = $1";
const CURRENT: &str = "select content from credit where circuit_code = $1 and label = $2
    and state not in ('superseded', 'replaced')";
const CURRENT_OF: &str = "select content from credit where customer_no = $1 and label = $2
    and state not in ('superseded', 'replaced')
    order by id limit $3";
const PAGE: &str = "select content from credit where id < $1 and ($3 = '' or state = $3) and ($4 = '' or label = $4)
    and ($5 = '' or customer_no = $5) order by id desc limit $2";

/// Which credits; what is empty lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreditFilter {
    /// Those that stand so.
    pub state: Option<CreditState>,
    /// Of this month.
    pub label: String,
    /// Of this customer.
    pub customer_no: String,
}

/// Adds a credit; with its number.
///
/// # Errors
/// [`StoreError::Exists`] if another one counts for the circuit and month.
pub async fn add_credit(tx: &mut Tx, credit: &Credit) -> Result<Credit, StoreError> {
    let id = allocate(tx, Counter::Credit, 1).await?;
    let credit = Credit { id, ..credit.clone() };
    let content = written(&credit)?;
    let Credit { label, circuit_code, customer_no, state, .. } = &credit;
    tx.execute(INSERT, args![id, label, circuit_code, customer_no, state.word(), &content]).await?;
    Ok(credit)
}

/// Stores what became of a credit that stood in a state.
///
/// # Errors
/// [`StoreError::RowCount`] if it does not stand so any more.
pub async fn put_credit(tx: &mut Tx, credit: &Credit, before: CreditState) -> Result<(), StoreError> {
    let content = written(credit)?;
    let changed = tx.execute(CHANGE, args![credit.id, before.word(), credit.state.word(), &content]).await?;
    expect_rows("change a credit", 1, changed)
}

/// The credit with a number.
///
/// # Errors
/// What the database says.
pub async fn credit_by_id(tx: &mut Tx, id: i64) -> Result<Option<Credit>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(read).transpose()
}

/// The credit that counts for a circuit and month.
///
/// # Errors
/// What the database says.
pub async fn current_credit(tx: &mut Tx, circuit_code: &str, label: &str) -> Result<Option<Credit>, StoreError> {
    tx.fetch_optional(CURRENT, args![circuit_code, label]).await?.map(read).transpose()
}

/// The credits that count for a customer's circuits in a month, at most 100,000.
///
/// # Errors
/// What the database says.
pub async fn current_credits_of_customer(
    tx: &mut Tx,
    customer_no: &str,
    label: &str,
) -> Result<Vec<Credit>, StoreError> {
    tx.fetch_all(CURRENT_OF, args![customer_no, label, CUSTOMER_MAX]).await?.into_iter().map(read).collect()
}

/// Credits that a filter lets through, before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn credits_page(
    tx: &mut Tx,
    filter: &CreditFilter,
    before: i64,
    limit: u32,
) -> Result<Vec<Credit>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let state = filter.state.map_or("", CreditState::word);
    let args = args![before, limit, state, &filter.label, &filter.customer_no];
    tx.fetch_all(PAGE, args).await?.into_iter().map(read).collect()
}

fn written(credit: &Credit) -> Result<String, StoreError> {
    serde_json::to_string(credit).map_err(|error| StoreError::corrupt("credit", error))
}

fn read((content,): (String,)) -> Result<Credit, StoreError> {
    serde_json::from_str(&content).map_err(|error| StoreError::corrupt("credit", error))
}

#[cfg(test)]
mod tests;
