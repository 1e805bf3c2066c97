//! Versions: a figure that was given out stays what it was. Whatever changes it makes the next version,
//! which says what made it, what it replaced, and which stretches of time count otherwise
//! (semantics §4, "Corrections and approvals").

use std::io::{Read, Write};

use engine::diff::{Change, changes};
use engine::figure::Figure;
use engine::ledger::Interval;
use engine::sla::Share;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use model::time::{Time, Window};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::version::{Version, add_version, closed_numbers, latest_version};
use store::{StoreError, Tx};

/// Bytes of a kept figure: a ledger of a year of minutes is far shorter.
const FIGURE_MAX: u64 = 256 << 20;

/// The numbers of a figure that people compare.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Numbers {
    /// Percent, five decimals; null = not applicable.
    pub availability: Option<Share>,
    /// Counted down time.
    pub down_ms: i64,
    /// Excluded time that overlaps an outage.
    pub excluded_outage_ms: i64,
    /// What is left of the promise; negative = it is broken.
    pub left_ms: i64,
    /// Down time that the whole period allows.
    pub allowed_ms: i64,
    /// Met so far; null = not applicable.
    pub met: Option<bool>,
}

/// The numbers of a kept figure, read back.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptNumbers {
    availability: Option<serde_json::Number>,
    /// Counted down time.
    pub down_ms: i64,
    /// Down time that the whole period allows.
    pub allowed_ms: i64,
    /// Met; null = not applicable.
    pub met: Option<bool>,
}

/// A figure to be kept.
pub struct Made<'a> {
    /// The figure.
    pub figure: &'a Figure,
    /// Name of its plan.
    pub plan: &'a str,
    /// The figure that it replaces; `None`: the last version, if there is one.
    pub before: Option<&'a Figure>,
    /// What made it.
    pub cause: &'a str,
    /// Who made it; empty: a fact did.
    pub by: &'a str,
    /// When.
    pub at: Time,
}

/// The part of a kept figure that is compared.
#[derive(Deserialize)]
struct Kept {
    ledger: Vec<Interval>,
}

// === impl Numbers ===

impl Numbers {
    /// Those of a figure.
    pub fn of(figure: &Figure) -> Self {
        Numbers {
            availability: figure.availability,
            down_ms: figure.down_ms,
            excluded_outage_ms: figure.excluded_outage_ms,
            left_ms: figure.budget.left_ms,
            allowed_ms: figure.budget.allowed_ms,
            met: figure.budget.met,
        }
    }
}

// === impl KeptNumbers ===

impl KeptNumbers {
    /// Hundred-thousandths of a percent; `None` = not applicable.
    pub fn availability(&self) -> Option<i64> {
        let decimal = self.availability.as_ref()?.to_string();
        let (whole, rest) = decimal.split_once('.').unwrap_or((&decimal, ""));
        format!("{whole}{rest:0<5.5}").parse().ok()
    }
}

/// The numbers of a circuit's closed periods that end after `since`, of each the last version, oldest first.
///
/// # Errors
/// What the database says, or that a version cannot be read.
pub async fn kept_numbers(
    tx: &mut Tx,
    circuit_code: &str,
    since: Time,
) -> Result<Vec<(Window, KeptNumbers)>, StoreError> {
    let read = |json: &str| serde_json::from_str(json).map_err(|error| corrupt(&error));
    let kept = closed_numbers(tx, circuit_code, since).await?;
    kept.into_iter().map(|(period, json)| Ok((period, read(&json)?))).collect()
}

/// Keeps a figure as the next version of its circuit's period, unless the last one says the same; the
/// number of what was kept.
///
/// # Errors
/// What the database says, or that the last version cannot be read.
pub async fn keep(tx: &mut Tx, made: &Made<'_>) -> Result<Option<i64>, StoreError> {
    let figure = made.figure;
    let json = written(figure)?;
    let digest: [u8; 32] = Sha256::digest(&json).into();
    let last = latest_version(tx, &figure.circuit_code, figure.period).await?;
    if last.as_ref().is_some_and(|last| last.digest == digest && last.plan == made.plan) {
        return Ok(None);
    }
    let (before, was) = match (made.before, &last) {
        (Some(before), _) => (Some(written(&Numbers::of(before))?), Some(before.ledger.clone())),
        (None, Some(last)) => (Some(last.after.clone().into_bytes()), Some(ledger(last)?)),
        (None, None) => (None, None),
    };
    let after = written(&Numbers::of(figure))?;
    let changes: Vec<Change> = was.map_or(Vec::new(), |was| changes(&was, &figure.ledger));
    let notable = before.as_ref().is_some_and(|before| *before != after) || !changes.is_empty();
    let version = Version {
        id: 0,
        circuit_code: figure.circuit_code.clone(),
        period: figure.period,
        version: last.map_or(1, |last| last.version + 1),
        made_at: made.at,
        made_by: made.by.to_owned(),
        cause: made.cause.to_owned(),
        plan: made.plan.to_owned(),
        as_of: figure.as_of,
        notable,
        digest,
        before: before.map(text).transpose()?,
        after: text(after)?,
        changes: text(written(&changes)?)?,
        figure: deflated(&json)?,
    };
    add_version(tx, &version).await?;
    Ok(Some(version.version))
}

/// The whole figure of a version, as JSON.
///
/// # Errors
/// If it cannot be read.
pub fn figure_json(version: &Version) -> Result<String, StoreError> {
    let mut json = String::new();
    DeflateDecoder::new(version.figure.as_slice())
        .take(FIGURE_MAX)
        .read_to_string(&mut json)
        .map_err(|error| corrupt(&error))?;
    Ok(json)
}

/// The figure covers the whole period.
pub fn is_closed(version: &Version) -> bool {
    version.as_of >= version.period.end
}

fn ledger(version: &Version) -> Result<Vec<Interval>, StoreError> {
    let kept: Kept = serde_json::from_str(&figure_json(version)?).map_err(|error| corrupt(&error))?;
    Ok(kept.ledger)
}

fn deflated(json: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(json).and_then(|()| packed.finish()).map_err(|error| corrupt(&error))
}

fn written(what: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(what).map_err(|error| corrupt(&error))
}

fn text(json: Vec<u8>) -> Result<String, StoreError> {
    String::from_utf8(json).map_err(|error| corrupt(&error))
}

fn corrupt(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Corrupt { table: "figure_version", what: error.to_string() }
}

#[cfg(test)]
mod tests;
