//! Corrections and what proves them. They are never deleted and say who did what.

use model::correction::{Correction, CorrectionState};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// Most corrections of one page.
const LIMIT_MAX: i64 = 1000;
/// Most corrections of one circuit that are read for its figure.
const CIRCUIT_MAX: i64 = 10_000;

const INSERT: &str = "insert into correction (id, circuit_code, state, content) values ($1, $2, $3, $4)";
const DECIDE: &str = "update correction set state = $2, content = $3 where id = $1 and state = 'proposed'";
const BY_ID: &str = "select content from correction where id = $1";
const APPROVED_OF: &str = "select content from correction where circuit_code = $1 and state = 'approved'
    order by id limit $2";
const PAGE: &str = "select content from correction where id < $1 order by id desc limit $2";
const PAGE_OF_STATE: &str = "select content from correction where state = $3 and id < $1 order by id desc limit $2";
const PAGE_OF_CIRCUIT: &str = "select content from correction where circuit_code = $3 and id < $1
    order by id desc limit $2";
const PUT_PROOF: &str = "insert into correction_proof (correction_id, content) values ($1, $2)";
const PROOF: &str = "select content from correction_proof where correction_id = $1";

/// Which corrections.
#[derive(Clone, Copy, Debug)]
pub enum CorrectionFilter<'a> {
    /// All.
    All,
    /// Those that stand so.
    State(CorrectionState),
    /// Those of a circuit.
    Circuit(&'a str),
}

/// Adds a correction with its proof; its number.
///
/// # Errors
/// What the database says.
pub async fn add_correction(
    tx: &mut Tx,
    correction: &Correction,
    proof: Option<&[u8]>,
) -> Result<Correction, StoreError> {
    let id = allocate(tx, Counter::Correction, 1).await?;
    let correction = Correction { id, ..correction.clone() };
    let content = written(&correction)?;
    tx.execute(INSERT, args![id, &correction.circuit_code, correction.state.word(), &content]).await?;
    if let Some(proof) = proof {
        tx.execute(PUT_PROOF, args![id, proof]).await?;
    }
    Ok(correction)
}

/// Stores what was decided of a proposed correction; `false` if it is not proposed any more.
///
/// # Errors
/// What the database says.
pub async fn decide_correction(tx: &mut Tx, correction: &Correction) -> Result<bool, StoreError> {
    let content = written(correction)?;
    Ok(tx.execute(DECIDE, args![correction.id, correction.state.word(), &content]).await? == 1)
}

/// The correction with a number.
///
/// # Errors
/// What the database says.
pub async fn correction_by_id(tx: &mut Tx, id: i64) -> Result<Option<Correction>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(read).transpose()
}

/// Approved corrections of a circuit, oldest first.
///
/// # Errors
/// What the database says.
pub async fn corrections_of_circuit(tx: &mut Tx, circuit_code: &str) -> Result<Vec<Correction>, StoreError> {
    tx.fetch_all(APPROVED_OF, args![circuit_code, CIRCUIT_MAX]).await?.into_iter().map(read).collect()
}

/// Corrections before number `before`, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn corrections_page(
    tx: &mut Tx,
    filter: CorrectionFilter<'_>,
    before: i64,
    limit: u32,
) -> Result<Vec<Correction>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows = match filter {
        CorrectionFilter::All => tx.fetch_all(PAGE, args![before, limit]).await?,
        CorrectionFilter::State(state) => tx.fetch_all(PAGE_OF_STATE, args![before, limit, state.word()]).await?,
        CorrectionFilter::Circuit(code) => tx.fetch_all(PAGE_OF_CIRCUIT, args![before, limit, code]).await?,
    };
    rows.into_iter().map(read).collect()
}

/// What proves a correction.
///
/// # Errors
/// What the database says.
pub async fn correction_proof(tx: &mut Tx, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let row: Option<(Vec<u8>,)> = tx.fetch_optional(PROOF, args![id]).await?;
    Ok(row.map(|(content,)| content))
}

fn written(correction: &Correction) -> Result<String, StoreError> {
    serde_json::to_string(correction).map_err(|error| StoreError::corrupt("correction", error))
}

fn read((content,): (String,)) -> Result<Correction, StoreError> {
    serde_json::from_str(&content).map_err(|error| StoreError::corrupt("correction", error))
}

#[cfg(test)]
mod tests;
