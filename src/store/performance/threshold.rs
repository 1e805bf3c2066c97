//! Thresholds over performance data. There are few, so they are read as a whole.

use model::threshold::{Threshold, ThresholdKey};

use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate, last_of};
use crate::tx::Tx;
use crate::value::args;

/// Most thresholds.
pub const THRESHOLDS_MAX: usize = 2_000;

const INSERT: &str =
    "insert into pm_threshold (id, service_type, service_level, customer_no, param, granularity, direction, content)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const CHANGE: &str = "update pm_threshold set service_type = $2, service_level = $3, customer_no = $4, param = $5,
    granularity = $6, direction = $7, content = $8 where id = $1";
const DROP: &str = "delete from pm_threshold where id = $1";
const BY_ID: &str = "select content from pm_threshold where id = $1";
const ALL: &str = "select content from pm_threshold
    order by param, granularity, direction, customer_no, service_level, service_type limit $1";

/// All thresholds, at most [`THRESHOLDS_MAX`].
///
/// # Errors
/// What the database says.
pub async fn thresholds(tx: &mut Tx) -> Result<Vec<Threshold>, StoreError> {
    let limit = i64::try_from(THRESHOLDS_MAX).unwrap_or(i64::MAX);
    tx.fetch_all(ALL, args![limit]).await?.into_iter().map(read).collect()
}

/// The threshold with a number.
///
/// # Errors
/// What the database says.
pub async fn threshold_by_id(tx: &mut Tx, id: i64) -> Result<Option<Threshold>, StoreError> {
    tx.fetch_optional(BY_ID, args![id]).await?.map(read).transpose()
}

/// Adds a threshold; with its number and version.
///
/// # Errors
/// [`StoreError::Exists`] if there is one that looks at the same thing for the same circuits.
pub async fn add_threshold(tx: &mut Tx, threshold: &Threshold) -> Result<Threshold, StoreError> {
    let id = allocate(tx, Counter::PmThreshold, 1).await?;
    let threshold = Threshold { id, version: id, ..threshold.clone() };
    write(tx, INSERT, &threshold).await?;
    Ok(threshold)
}

/// Puts a threshold in the place of the one with its number; with its new version.
///
/// # Errors
/// [`StoreError::Exists`] if there is another one that looks at the same thing for the same circuits;
/// [`StoreError::RowCount`] if there is none with this number.
pub async fn put_threshold(tx: &mut Tx, threshold: &Threshold) -> Result<Threshold, StoreError> {
    let version = allocate(tx, Counter::PmThreshold, 1).await?;
    let threshold = Threshold { version, ..threshold.clone() };
    expect_rows("change a threshold", 1, write(tx, CHANGE, &threshold).await?)?;
    Ok(threshold)
}

async fn write(tx: &mut Tx, statement: &'static str, threshold: &Threshold) -> Result<u64, StoreError> {
    let content = serde_json::to_string(threshold).map_err(|error| StoreError::corrupt("pm_threshold", error))?;
    let ThresholdKey { service_type, service_level, customer_no, param, granularity, direction } = &threshold.key;
    let (seconds, side) = (granularity.0, direction.word());
    let args = args![threshold.id, service_type, service_level, customer_no, param, seconds, side, &content];
    tx.execute(statement, args).await
}

/// Drops a threshold; `false` if there is none with this number.
///
/// # Errors
/// What the database says.
pub async fn drop_threshold(tx: &mut Tx, id: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(DROP, args![id]).await? > 0)
}

/// Was there ever a threshold?
///
/// # Errors
/// What the database says.
pub async fn has_had_thresholds(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(last_of(tx, Counter::PmThreshold).await? > 0)
}

fn read((content,): (String,)) -> Result<Threshold, StoreError> {
    serde_json::from_str(&content).map_err(|error| StoreError::corrupt("pm_threshold", error))
}

#[cfg(test)]
mod tests;
