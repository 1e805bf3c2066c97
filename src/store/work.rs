//! Planned work: every revision of every cutover notice; the highest revision is in force. Key protection:
//! of each task the notice in force.

use std::collections::BTreeSet;

use model::time::{Time, Window};
use model::work::{Cutover, KeyProtection};

use crate::error::{StoreError, expect_rows};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Most rows of one list.
const LIMIT_MAX: i64 = 1000;
/// Cutovers of one page of [`each_cutover`].
const PAGE: i64 = 1000;

const INSERT: &str = "insert into cutover (cutover_no, revision, received_at, affect_start, affect_end, content)
    values ($1, $2, $3, $4, $5, $6) on conflict (cutover_no, revision) do nothing";
const REPLACE: &str = "update cutover set affect_start = $3, affect_end = $4, content = $5
    where cutover_no = $1 and revision = $2";
const REVISIONS: &str = "select received_at, content from cutover where cutover_no = $1 order by revision limit $2";
const IN_FORCE_AFTER: &str = "select c.cutover_no, c.content from cutover c
    where c.cutover_no > $1
    and c.revision = (select max(l.revision) from cutover l where l.cutover_no = c.cutover_no)
    and (c.affect_end is null or c.affect_end > $2) and (c.affect_start is null or c.affect_start < $3)
    order by c.cutover_no limit $4";
const OF_CIRCUIT_AFTER: &str = "select c.cutover_no, c.content
    from cutover_circuit k join cutover c on c.cutover_no = k.cutover_no
    where k.circuit_code = $5 and k.cutover_no > $1
    and c.revision = (select max(l.revision) from cutover l where l.cutover_no = c.cutover_no)
    and (c.affect_end is null or c.affect_end > $2) and (c.affect_start is null or c.affect_start < $3)
    order by k.cutover_no limit $4";
static LINK: Multi =
    Multi::new("insert into cutover_circuit (circuit_code, cutover_no) values ", 2, " on conflict do nothing");
const PUT_PROTECTION: &str = "insert into key_protection (task_no, window_end, content) values ($1, $2, $3)
    on conflict (task_no) do update set window_end = excluded.window_end, content = excluded.content";
const PROTECTION: &str = "select content from key_protection where task_no = $1";
const PROTECTIONS: &str = "select content from key_protection
    where task_no > $1 and coalesce(window_end, $2) >= $2 order by task_no limit $3";

/// Stores a revision; `false` if it is held already (then the first stands).
///
/// # Errors
/// What the database says.
pub async fn put_cutover(tx: &mut Tx, cutover: &Cutover, received_at: Time) -> Result<bool, StoreError> {
    let content = serde_json::to_string(cutover).map_err(|error| StoreError::corrupt("cutover", error))?;
    let (start, end) = (cutover.affect.map(|affect| affect.start), cutover.affect.map(|affect| affect.end));
    let args = args![&cutover.cutover_no, cutover.revision, received_at, start, end, &content];
    let is_new = tx.execute(INSERT, args).await? == 1;
    if is_new {
        link(tx, cutover).await?;
    }
    Ok(is_new)
}

/// Puts another content in the place of a revision; when it was first received stays.
///
/// # Errors
/// [`StoreError::RowCount`] if there is no such revision.
pub async fn replace_cutover(tx: &mut Tx, cutover: &Cutover) -> Result<(), StoreError> {
    let content = serde_json::to_string(cutover).map_err(|error| StoreError::corrupt("cutover", error))?;
    let (start, end) = (cutover.affect.map(|affect| affect.start), cutover.affect.map(|affect| affect.end));
    let touched = tx.execute(REPLACE, args![&cutover.cutover_no, cutover.revision, start, end, &content]).await?;
    expect_rows("replace cutover", 1, touched)?;
    link(tx, cutover).await
}

/// Notes the circuits that a revision names. One that leaves a later revision stays noted, and is sifted out.
async fn link(tx: &mut Tx, cutover: &Cutover) -> Result<(), StoreError> {
    let circuits: BTreeSet<&String> = cutover.circuit_codes.iter().collect();
    let links: Vec<[Value<'_>; 2]> =
        circuits.into_iter().map(|circuit| [circuit.into(), (&cutover.cutover_no).into()]).collect();
    tx.execute_many(&LINK, &links).await.map(drop)
}

/// The revisions of a cutover with when each was received, lowest first; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn revisions_of(tx: &mut Tx, cutover_no: &str) -> Result<Vec<(Time, Cutover)>, StoreError> {
    let rows: Vec<(i64, String)> = tx.fetch_all(REVISIONS, args![cutover_no, LIMIT_MAX]).await?;
    rows.iter().map(|(at, content)| Ok((Time::from_ms(*at), read(content)?))).collect()
}

/// Visits the revision in force of every cutover that affects service inside a window (or that does
/// not say when), by number. Cancelled ones are visited too.
///
/// # Errors
/// What the database says.
pub async fn each_cutover(
    tx: &mut Tx,
    window: Window,
    mut visit: impl FnMut(Cutover) + Send,
) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let page: Vec<(String, String)> =
            tx.fetch_all(IN_FORCE_AFTER, args![&after, window.start, window.end, PAGE]).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after.clone_from(last);
        for (_, content) in &page {
            visit(read(content)?);
        }
    }
}

/// The same for those that name a circuit.
///
/// # Errors
/// What the database says.
pub async fn cutovers_of_circuit(tx: &mut Tx, circuit_code: &str, window: Window) -> Result<Vec<Cutover>, StoreError> {
    let (mut after, mut found) = (String::new(), Vec::new());
    loop {
        let args = args![&after, window.start, window.end, PAGE, circuit_code];
        let page: Vec<(String, String)> = tx.fetch_all(OF_CIRCUIT_AFTER, args).await?;
        let Some((last, _)) = page.last() else { return Ok(found) };
        after.clone_from(last);
        for (_, content) in &page {
            let cutover = read(content)?;
            if cutover.circuit_codes.iter().any(|code| code == circuit_code) {
                found.push(cutover);
            }
        }
    }
}

/// Stores what is in force for a task from now on.
///
/// # Errors
/// What the database says.
pub async fn put_key_protection(tx: &mut Tx, task: &KeyProtection) -> Result<(), StoreError> {
    let content = serde_json::to_string(task).map_err(|error| StoreError::corrupt("key_protection", error))?;
    let end = task.window.map(|window| window.end);
    tx.execute(PUT_PROTECTION, args![&task.task_no, end, &content]).await.map(drop)
}

/// What is in force for a task.
///
/// # Errors
/// What the database says.
pub async fn key_protection_by_no(tx: &mut Tx, task_no: &str) -> Result<Option<KeyProtection>, StoreError> {
    tx.fetch_optional(PROTECTION, args![task_no]).await?.map(read_protection).transpose()
}

/// The tasks after a number whose time ends at an instant or later, by number; at most 1,000. One that
/// does not say when is listed too.
///
/// # Errors
/// What the database says.
pub async fn key_protections_page(
    tx: &mut Tx,
    ends_after: Time,
    after: &str,
    limit: u32,
) -> Result<Vec<KeyProtection>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    tx.fetch_all(PROTECTIONS, args![after, ends_after, limit]).await?.into_iter().map(read_protection).collect()
}

fn read_protection((content,): (String,)) -> Result<KeyProtection, StoreError> {
    serde_json::from_str(&content).map_err(|error| StoreError::corrupt("key_protection", error))
}

fn read(content: &str) -> Result<Cutover, StoreError> {
    serde_json::from_str(content).map_err(|error| StoreError::corrupt("cutover", error))
}

#[cfg(test)]
mod tests;
