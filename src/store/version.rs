//! Versions of figures: what a circuit's figure of a period was, what made it, and what it changed;
//! and the marks that ask for a new look at kept figures.

use model::alarm::ObjectType;
use model::time::{Time, Window};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::args;

/// Most rows of one page.
const LIMIT_MAX: i64 = 1000;

const INSERT: &str = "insert into figure_version (id, circuit_code, period_start, period_end, version, made_at,
    made_by, cause, plan, as_of, notable, digest, before, after, changes, figure)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const LATEST: &str = "select * from figure_version where circuit_code = $1 and period_start = $2 and period_end = $3
    order by version desc limit 1";
const OF_PERIOD: &str = "select * from figure_version where circuit_code = $1 and period_start = $2
    and period_end = $3 order by version desc limit $4";
const ONE: &str = "select * from figure_version where circuit_code = $1 and period_start = $2 and period_end = $3
    and version = $4";
const CLOSED_SINCE: &str = "select distinct period_start, period_end from figure_version
    where circuit_code = $1 and period_end > $2 and as_of >= period_end order by period_start limit $3";
const CLOSED_NUMBERS: &str = "select v.period_start, v.period_end, v.after from figure_version v
    where v.circuit_code = $1 and v.period_end > $2 and v.as_of >= v.period_end
    and v.version = (select max(l.version) from figure_version l where l.circuit_code = v.circuit_code
        and l.period_start = v.period_start and l.period_end = v.period_end)
    order by v.period_start, v.period_end limit $3";
const LOG: &str = "select * from figure_version where notable and id < $1 order by id desc limit $2";
const LOG_OF_CIRCUIT: &str = "select * from figure_version where notable and circuit_code = $3 and id < $1
    order by id desc limit $2";
const LAST_CLOSED: &str = "select coalesce(max(period_end), 0) from figure_version where as_of >= period_end";
const PUT_MARK: &str = "insert into figure_mark (id, circuit_code, contract_no, object_type, object_id, alarm_id,
    since, cause, revision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const MARKS: &str = "select * from figure_mark order by id limit $1";
const DROP_MARKS: &str = "delete from figure_mark where id <= $1";
const BEGUN: &str = "update meta set value = $1 where key = 'begun_at' and value = 0";
const BEGUN_AT: &str = "select value from meta where key = 'begun_at'";

/// A figure as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Number in the order of making; not used when it is added.
    pub id: i64,
    /// Circuit.
    pub circuit_code: String,
    /// Period.
    pub period: Window,
    /// 1, 2, … inside the circuit's period.
    pub version: i64,
    /// When it was made.
    pub made_at: Time,
    /// Who made it; empty: nobody, a fact did.
    pub made_by: String,
    /// What made it: `closed`, `baseline`, `correction:12`, `alarm:…`, `cutover:…`.
    pub cause: String,
    /// Name of the plan.
    pub plan: String,
    /// The figure covers the period up to here.
    pub as_of: Time,
    /// It changed a figure that somebody may have seen.
    pub notable: bool,
    /// SHA-256 of the figure's JSON.
    pub digest: [u8; 32],
    /// The numbers that it replaced, as JSON.
    pub before: Option<String>,
    /// Its numbers, as JSON.
    pub after: String,
    /// The stretches of time that count otherwise than before, as JSON.
    pub changes: String,
    /// The whole figure: JSON, deflated.
    pub figure: Vec<u8>,
}

/// What was told of a time whose figures may be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Number; not used when it is added.
    pub id: i64,
    /// The circuit; empty if another is meant.
    pub circuit_code: String,
    /// The contract whose circuits are meant; empty if others are.
    pub contract_no: String,
    /// The network object whose circuits are meant: those with a hop at it or below it.
    pub object: Option<(ObjectType, String)>,
    /// An alarm of the identity that was told of.
    pub alarm_id: Option<i64>,
    /// Figures of periods that end after this may be others now.
    pub since: Time,
    /// What was told.
    pub cause: String,
    /// It is looked at with an inventory that is at least of this revision.
    pub revision: i64,
}

crate::value::row!(Row {
    id: i64,
    circuit_code: String,
    period_start: i64,
    period_end: i64,
    version: i64,
    made_at: i64,
    made_by: String,
    cause: String,
    plan: String,
    as_of: i64,
    notable: bool,
    digest: Vec<u8>,
    before: Option<String>,
    after: String,
    changes: String,
    figure: Vec<u8>,
});

crate::value::row!(MarkRow {
    id: i64,
    circuit_code: String,
    contract_no: String,
    object_type: String,
    object_id: String,
    alarm_id: Option<i64>,
    since: i64,
    cause: String,
    revision: i64
});

/// Adds a version; its number in the order of making.
///
/// # Errors
/// [`StoreError::Exists`] if the circuit's period has a version of that number.
pub async fn add_version(tx: &mut Tx, version: &Version) -> Result<i64, StoreError> {
    let id = allocate(tx, Counter::FigureVersion, 1).await?;
    let args = args![
        id,
        &version.circuit_code,
        version.period.start,
        version.period.end,
        version.version,
        version.made_at,
        &version.made_by,
        &version.cause,
        &version.plan,
        version.as_of,
        version.notable,
        &version.digest[..],
        version.before.as_deref(),
        &version.after,
        &version.changes,
        &version.figure[..],
    ];
    tx.execute(INSERT, args).await?;
    Ok(id)
}

/// The last version of a circuit's period.
///
/// # Errors
/// What the database says.
pub async fn latest_version(tx: &mut Tx, circuit_code: &str, period: Window) -> Result<Option<Version>, StoreError> {
    let row: Option<Row> = tx.fetch_optional(LATEST, args![circuit_code, period.start, period.end]).await?;
    row.map(Version::read).transpose()
}

/// Versions of a circuit's period, newest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn versions_of_period(tx: &mut Tx, circuit_code: &str, period: Window) -> Result<Vec<Version>, StoreError> {
    let args = args![circuit_code, period.start, period.end, LIMIT_MAX];
    tx.fetch_all(OF_PERIOD, args).await?.into_iter().map(Version::read).collect()
}

/// One version of a circuit's period.
///
/// # Errors
/// What the database says.
pub async fn version_by_number(
    tx: &mut Tx,
    circuit_code: &str,
    period: Window,
    number: i64,
) -> Result<Option<Version>, StoreError> {
    let row: Option<Row> = tx.fetch_optional(ONE, args![circuit_code, period.start, period.end, number]).await?;
    row.map(Version::read).transpose()
}

/// Periods of a circuit that are closed and end after `since`, oldest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn closed_periods(tx: &mut Tx, circuit_code: &str, since: Time) -> Result<Vec<Window>, StoreError> {
    let rows: Vec<(i64, i64)> = tx.fetch_all(CLOSED_SINCE, args![circuit_code, since, LIMIT_MAX]).await?;
    Ok(rows.into_iter().map(|(start, end)| Window::new(Time::from_ms(start), Time::from_ms(end))).collect())
}

/// The numbers of the closed periods of a circuit that end after `since`, of each the last version's, as JSON,
/// oldest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn closed_numbers(tx: &mut Tx, circuit_code: &str, since: Time) -> Result<Vec<(Window, String)>, StoreError> {
    let rows: Vec<(i64, i64, String)> = tx.fetch_all(CLOSED_NUMBERS, args![circuit_code, since, LIMIT_MAX]).await?;
    let read = |(start, end, after)| (Window::new(Time::from_ms(start), Time::from_ms(end)), after);
    Ok(rows.into_iter().map(read).collect())
}

/// The end of the last closed period of all circuits; the beginning of time if none is.
///
/// # Errors
/// What the database says.
pub async fn closed_until(tx: &mut Tx) -> Result<Time, StoreError> {
    let (until,): (i64,) = tx.fetch_one(LAST_CLOSED, args![]).await?;
    Ok(Time::from_ms(until))
}

/// Notable versions before number `before`, newest first, of one circuit or of all; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn versions_page(
    tx: &mut Tx,
    circuit_code: Option<&str>,
    before: i64,
    limit: u32,
) -> Result<Vec<Version>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows = match circuit_code {
        Some(code) => tx.fetch_all(LOG_OF_CIRCUIT, args![before, limit, code]).await?,
        None => tx.fetch_all(LOG, args![before, limit]).await?,
    };
    rows.into_iter().map(Version::read).collect()
}

/// Keeps a mark until somebody has looked.
///
/// # Errors
/// What the database says.
pub async fn put_mark(tx: &mut Tx, mark: &Mark) -> Result<(), StoreError> {
    let id = allocate(tx, Counter::FigureMark, 1).await?;
    let (kind, object) = mark.object.as_ref().map_or(("", ""), |(kind, object)| (kind.word(), object.as_str()));
    let args = args![
        id,
        &mark.circuit_code,
        &mark.contract_no,
        kind,
        object,
        mark.alarm_id,
        mark.since,
        &mark.cause,
        mark.revision,
    ];
    tx.execute(PUT_MARK, args).await.map(drop)
}

/// The oldest marks; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn oldest_marks(tx: &mut Tx, limit: u32) -> Result<Vec<Mark>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    Ok(tx.fetch_all(MARKS, args![limit]).await?.into_iter().map(Mark::read).collect())
}

/// Drops the marks up to a number: somebody has looked.
///
/// # Errors
/// What the database says.
pub async fn drop_marks(tx: &mut Tx, up_to: i64) -> Result<u64, StoreError> {
    tx.execute(DROP_MARKS, args![up_to]).await
}

/// When this database was first used: `now` if that is now.
///
/// # Errors
/// What the database says.
pub async fn begun_at(tx: &mut Tx, now: Time) -> Result<Time, StoreError> {
    tx.execute(BEGUN, args![now]).await?;
    Ok(begun(tx).await?.unwrap_or(now))
}

/// When this database was first used; `None` if it has not been yet.
///
/// # Errors
/// What the database says.
pub async fn begun(tx: &mut Tx) -> Result<Option<Time>, StoreError> {
    let (at,): (i64,) = tx.fetch_one(BEGUN_AT, args![]).await?;
    Ok((at > 0).then(|| Time::from_ms(at)))
}

// === impl Version ===

impl Version {
    fn read(row: Row) -> Result<Self, StoreError> {
        let digest = <[u8; 32]>::try_from(row.digest.as_slice());
        Ok(Version {
            id: row.id,
            circuit_code: row.circuit_code,
            period: Window::new(Time::from_ms(row.period_start), Time::from_ms(row.period_end)),
            version: row.version,
            made_at: Time::from_ms(row.made_at),
            made_by: row.made_by,
            cause: row.cause,
            plan: row.plan,
            as_of: Time::from_ms(row.as_of),
            notable: row.notable,
            digest: digest.map_err(|error| StoreError::corrupt("figure version", error))?,
            before: row.before,
            after: row.after,
            changes: row.changes,
            figure: row.figure,
        })
    }
}

// === impl Mark ===

impl Mark {
    fn read(row: MarkRow) -> Self {
        Mark {
            id: row.id,
            circuit_code: row.circuit_code,
            contract_no: row.contract_no,
            object: ObjectType::from_word(&row.object_type).map(|kind| (kind, row.object_id)),
            alarm_id: row.alarm_id,
            since: Time::from_ms(row.since),
            cause: row.cause,
            revision: row.revision,
        }
    }
}

#[cfg(test)]
mod tests;
