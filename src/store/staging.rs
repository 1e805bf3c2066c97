//! What a load will change, put aside in slices and applied slice by slice, so that the writer is never
//! held for long. A load that is interrupted goes on where it stopped: applying a slice twice changes nothing.

use std::collections::BTreeSet;

use model::resource::{Class, Row};
use model::time::Time;

use crate::cells::{ROW, push_cells, read_cells};
use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::notice::{place_of, places_told};
use crate::resource::{delete_rows, put_rows};
use crate::touched::mark_touched;
use crate::tx::Tx;
use crate::value::args;

/// One change to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Staged {
    /// Insert or replace by key.
    Put(Row),
    /// Delete by key.
    Delete(String),
}

/// The load whose next slice is to be applied.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// Number of the load.
    pub load: i64,
    /// Its class.
    pub class: Class,
    /// When it was asked for: what a peer told of since then stays as it was told.
    pub asked_at: Time,
    /// Now.
    pub at: Time,
    /// Figures of time up to here are kept: what the slice says of it marks them.
    pub kept_until: Time,
}

/// What became of a slice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Changes that were applied.
    pub rows: u64,
    /// Rows (hops by their place) that were left alone, because a notice is newer than the load.
    pub superseded: BTreeSet<String>,
}

/// What heads the text of a row that is put, and of a key that is deleted.
const PUT: char = '+';
const DELETE: char = '-';

const STAGE: &str = "insert into staging_slice (id, load_id, changes) values ($1, $2, $3)";
const FIRST: &str = "select id, changes from staging_slice where load_id = $1 order by id limit 1";
const DONE: &str = "delete from staging_slice where id = $1";
const DROP: &str = "delete from staging_slice
    where id in (select id from staging_slice where load_id = $1 order by id limit $2)";
const COUNT: &str = "select count(*) from staging_slice where load_id = $1";

/// Puts changes of a load aside as one slice: they will be applied in one transaction.
///
/// # Errors
/// What the database says.
pub async fn stage_slice(tx: &mut Tx, load: i64, changes: &[Staged]) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut text = String::new();
    for change in changes {
        if !text.is_empty() {
            text.push(ROW);
        }
        match change {
            Staged::Put(row) => {
                text.push(PUT);
                push_cells(&mut text, row);
            }
            Staged::Delete(key) => {
                text.push(DELETE);
                text.push_str(key);
            }
        }
    }
    let id = allocate(tx, Counter::Staging, 1).await?;
    tx.execute(STAGE, args![id, load, &text]).await.map(drop)
}

/// Applies the oldest slice of a load; `None` when all are applied.
///
/// # Errors
/// What the database says.
pub async fn apply_slice(tx: &mut Tx, slice: Slice) -> Result<Option<Applied>, StoreError> {
    let Slice { load, class, asked_at, at, kept_until } = slice;
    let Some((id, text)) = tx.fetch_optional::<(i64, String)>(FIRST, args![load]).await? else { return Ok(None) };
    let mut changes: Vec<(String, Option<Row>)> =
        text.split(ROW).map(|change| read_change(class, change)).collect::<Result<_, _>>()?;
    let told = places_told(tx, class, asked_at, changes.iter().map(|(key, _)| key.as_str())).await?;
    let mut applied = Applied::default();
    changes.retain(|(key, _)| match told.get(place_of(class, key)) {
        Some(place) => {
            applied.superseded.insert(place.clone());
            false
        }
        None => true,
    });
    mark_touched(tx, kept_until, class, &changes).await?;
    applied.rows = changes.len() as u64;
    // Changes keep their order: what was put before a deletion is stored before it.
    let (mut puts, mut deletes) = (Vec::new(), Vec::new());
    for (key, row) in changes {
        match row {
            Some(row) => {
                delete_rows(tx, at, class, &std::mem::take(&mut deletes)).await?;
                puts.push(row);
            }
            None => {
                put_rows(tx, at, &std::mem::take(&mut puts)).await?;
                deletes.push(key);
            }
        }
    }
    put_rows(tx, at, &puts).await?;
    delete_rows(tx, at, class, &deletes).await?;
    expect_rows("drop an applied slice", 1, tx.execute(DONE, args![id]).await?)?;
    Ok(Some(applied))
}

/// Throws up to `limit` slices of a load away; how many.
///
/// # Errors
/// What the database says.
pub async fn drop_slices(tx: &mut Tx, load: i64, limit: u32) -> Result<u64, StoreError> {
    tx.execute(DROP, args![load, limit]).await
}

/// How many slices of a load wait.
///
/// # Errors
/// What the database says.
pub async fn count_slices(tx: &mut Tx, load: i64) -> Result<u64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT, args![load]).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The key of a change, and the row if it is put.
fn read_change(class: Class, text: &str) -> Result<(String, Option<Row>), StoreError> {
    if let Some(cells) = text.strip_prefix(PUT) {
        let row = read_cells(class, cells);
        return Ok((row.key(), Some(row)));
    }
    match text.strip_prefix(DELETE) {
        Some(key) => Ok((key.to_owned(), None)),
        None => Err(StoreError::corrupt("staging_slice", "a change that neither puts nor deletes")),
    }
}
