//! Rows that wait for their parents are tried again after every load and when a parent comes by a notice,
//! class by class in load order, so
//! that a row that is freed frees those that wait for it.

use std::collections::BTreeSet;

use model::resource::{Class, Row};
use store::load::{HeldRow, count_held, held_rows, release_rows};
use store::resource::{delete_rows, put_rows, rows_of_keys, rows_of_parent};
use store::touched::mark_touched;
use store::{StoreError, Tx};

use super::diff::{Diff, Mode, Write};
use super::parents::{Missing, Parents};
use super::{LoadError, Loader};

/// Rows tried in one transaction.
const SLICE: u32 = 200;
/// Hops of one circuit that are compared.
const PAGE: u32 = 1000;

/// Loads every waiting row whose parents are there now; how many.
pub(super) async fn release(loader: &Loader) -> Result<u64, LoadError> {
    let mut released = 0;
    for class in Class::ALL {
        let mut tx = loader.db.read().await?;
        if count_held(&mut tx, *class).await? == 0 {
            continue;
        }
        let parents = Parents::read(&mut tx, *class).await?;
        drop(tx);
        released += release_class(loader, *class, &parents).await?;
    }
    Ok(released)
}

async fn release_class(loader: &Loader, class: Class, parents: &Parents) -> Result<u64, LoadError> {
    let (mut after, mut released) = (String::new(), 0);
    loop {
        if loader.stop.is_cancelled() {
            return Err(LoadError::Stopped);
        }
        let mut tx = loader.db.write().await?;
        let page = held_rows(&mut tx, class, &after, SLICE).await?;
        let Some(last) = page.last() else { return Ok(released) };
        after = last.row.key();
        let waits = |held: &HeldRow| matches!(parents.missing(&held.row).first(), Some(Missing::Parent(_)));
        let free: Vec<Row> = page.into_iter().filter(|held| !waits(held)).map(|held| held.row).collect();
        released += free.len() as u64;
        take(loader, &mut tx, class, free).await?;
        tx.commit().await?;
        tokio::task::yield_now().await;
    }
}

/// Stores rows as an incremental file would.
async fn take(loader: &Loader, tx: &mut Tx, class: Class, rows: Vec<Row>) -> Result<(), StoreError> {
    let at = loader.clock.now();
    let keys: Vec<String> = rows.iter().map(Row::key).collect();
    let held = held_now(tx, class, &rows, &keys).await?;
    let mut diff = Diff::new(class, at);
    held.iter().for_each(|row| diff.hold(row));
    let mut writes: Vec<Write> = rows.into_iter().filter_map(|row| diff.put(row)).collect();
    writes.extend(held.iter().filter_map(|row| diff.rest(row, Mode::Incremental)));
    let changes: Vec<_> = writes.iter().map(Write::change).collect();
    mark_touched(tx, loader.kept_until.get(), class, &changes).await?;
    let (mut puts, mut deletes) = (Vec::new(), Vec::new());
    for write in writes {
        match write {
            Write::Put(row) => puts.push(row),
            Write::Delete(key) => deletes.push(key),
        }
    }
    put_rows(tx, at, &puts).await?;
    delete_rows(tx, at, class, &deletes).await?;
    release_rows(tx, class, &keys).await.map(drop)
}

/// The rows that these may replace: by key; of routes, all hops of the same circuits.
async fn held_now(tx: &mut Tx, class: Class, rows: &[Row], keys: &[String]) -> Result<Vec<Row>, StoreError> {
    if class != Class::Route {
        return Ok(rows_of_keys(tx, class, keys).await?.into_iter().map(|(_, row)| row).collect());
    }
    let circuits: BTreeSet<&str> = rows.iter().map(Row::parent).collect();
    let mut held = Vec::new();
    for circuit in circuits {
        let mut after = String::new();
        loop {
            let page = rows_of_parent(tx, (class, circuit), &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.key();
            held.extend(page);
        }
    }
    Ok(held)
}
