//! What a load will change, put aside and applied in slices, so that the writer is never held for
//! long. A load that is interrupted goes on where it stopped: applying a row twice changes nothing.

use std::collections::BTreeSet;

use model::resource::{Class, Row};
use model::time::Time;

use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::notice::{place_of, places_told};
use crate::resource::{delete_rows, put_rows, read_cells, read_class, write_cells};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// One change to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Staged {
    /// Insert or replace by key.
    Put(Row),
    /// Delete by key.
    Delete(Class, String),
}

/// A part of a load to be applied.
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
    /// Changes, oldest first.
    pub limit: u32,
}

/// What became of a slice. With neither, all is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Changes that were applied.
    pub rows: u64,
    /// Rows (hops by their place) that were left alone, because a notice is newer than the load.
    pub superseded: BTreeSet<String>,
}

crate::value::row!(StagedRow { id: i64, op: String, class: String, key: String, content: String });

static STAGE: Multi = Multi::new("insert into staging_row (id, load_id, op, class, key, content) values ", 6, "");
const FIRST: &str = "select id, op, class, key, content from staging_row where load_id = $1 order by id limit $2";
const DROP_UP_TO: &str = "delete from staging_row where load_id = $1 and id <= $2";
const DROP: &str = "delete from staging_row
    where id in (select id from staging_row where load_id = $1 order by id limit $2)";
const COUNT: &str = "select count(*) from staging_row where load_id = $1";

/// Puts changes of a load aside, in order.
///
/// # Errors
/// What the database says.
pub async fn stage_rows(tx: &mut Tx, load: i64, changes: &[Staged]) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let first = allocate(tx, Counter::Staging, i64::try_from(changes.len()).unwrap_or(i64::MAX)).await?;
    let texts: Vec<(&str, Class, String, String)> = changes
        .iter()
        .map(|change| match change {
            Staged::Put(row) => ("PUT", row.class, row.key(), write_cells(row)),
            Staged::Delete(class, key) => ("DEL", *class, key.clone(), String::new()),
        })
        .collect();
    let rows: Vec<[Value<'_>; 6]> = texts
        .iter()
        .zip(first..)
        .map(|((op, class, key, content), id)| {
            [id.into(), load.into(), (*op).into(), class.word().into(), key.into(), content.into()]
        })
        .collect();
    let stored = tx.execute_many(&STAGE, &rows).await?;
    expect_rows("stage rows", changes.len() as u64, stored)
}

/// Applies a part of a load's changes.
///
/// # Errors
/// What the database says.
pub async fn apply_staged(tx: &mut Tx, slice: Slice) -> Result<Applied, StoreError> {
    let Slice { load, class, asked_at, at, limit } = slice;
    let rows: Vec<StagedRow> = tx.fetch_all(FIRST, args![load, limit]).await?;
    let mut applied = Applied::default();
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(applied) };
    let count = rows.len() as u64;
    let told = places_told(tx, class, asked_at, rows.iter().map(|row| row.key.as_str())).await?;
    let mut puts: Vec<Row> = Vec::new();
    for row in rows {
        let class = read_class(&row.class)?;
        if let Some(place) = told.get(place_of(class, &row.key)) {
            applied.superseded.insert(place.clone());
            continue;
        }
        applied.rows += 1;
        if row.op == "PUT" {
            puts.push(read_cells(class, &row.content)?);
        } else {
            // Changes keep their order: what was put before a deletion is stored before it.
            put_rows(tx, at, &std::mem::take(&mut puts)).await?;
            delete_rows(tx, at, class, &[row.key]).await?;
        }
    }
    put_rows(tx, at, &puts).await?;
    let dropped = tx.execute(DROP_UP_TO, args![load, last]).await?;
    expect_rows("drop applied rows", count, dropped)?;
    Ok(applied)
}

/// Throws up to `limit` of a load's changes away; how many.
///
/// # Errors
/// What the database says.
pub async fn drop_staged(tx: &mut Tx, load: i64, limit: u32) -> Result<u64, StoreError> {
    tx.execute(DROP, args![load, limit]).await
}

/// How many changes of a load wait.
///
/// # Errors
/// What the database says.
pub async fn count_staged(tx: &mut Tx, load: i64) -> Result<u64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT, args![load]).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}
