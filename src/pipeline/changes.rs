//! Small changes that go straight into the store: one resource, the state of a resync.

use intake::submission::ResourceChange;
use intake::{Refusal, Submission};
use model::resource::{Class, Row};
use model::source::{SourceId, SyncRun};
use model::work::OpType;
use store::touched::mark_touched;
use store::{StoreError, load, notice, peer, resource};

use super::content::{Context, Stop};
use super::deps::ResourceErrand;
use crate::load::diff::{Diff, Mode, Write};

/// Hops of one circuit that a notice is compared with.
const HOPS: u32 = 1000;

/// Applies a `resourceChangeNotify`.
pub(super) async fn take(cx: &mut Context<'_>, submission: &Submission, change: ResourceChange) -> Result<(), Stop> {
    let held = held_rows(cx, &change).await?;
    let mut diff = Diff::new(change.class, submission.received_at);
    held.iter().for_each(|row| diff.hold(row));
    let mut writes = Vec::new();
    match change.op {
        OpType::Add | OpType::Mod => {
            let row = complete(&change, &held)?;
            if row.ends_before_it_begins() {
                let reason = format!("validTo of {} lies before its validFrom", row.key());
                return Err(Refusal::BadValue(reason).into());
            }
            require_parents(cx, &row).await?;
            writes.extend(diff.put(row));
        }
        OpType::Del | OpType::Cancel => {
            let row =
                find(&change, &held).ok_or_else(|| Refusal::NotFound(format!("{} {}", change.class, change.key)))?;
            diff.remove(row);
        }
    }
    writes.extend(held.iter().filter_map(|row| diff.rest(row, Mode::Incremental)));
    // A file that was asked for before now, and rows of it that wait for their parents, are older.
    notice::put_notice(cx.tx, change.class, &change.key, submission.received_at).await?;
    load::release_rows(cx.tx, change.class, &waiting_keys(&change)).await?;
    cx.stage.wrote = true;
    let changes: Vec<_> = writes.iter().map(Write::change).collect();
    mark_touched(cx.tx, cx.deps.kept_until.get(), change.class, &changes).await?;
    for write in writes {
        match write {
            Write::Put(row) => {
                cx.stage.resources.push(ResourceErrand::Release);
                resource::put_rows(cx.tx, submission.received_at, &[row]).await?
            }
            Write::Delete(key) => resource::delete_rows(cx.tx, submission.received_at, change.class, &[key]).await?,
        };
        cx.stage.ring_inventory = true;
    }
    Ok(())
}

/// Under which keys the row of a change may wait for its parents; a hop with or without validity.
fn waiting_keys(change: &ResourceChange) -> Vec<String> {
    let place = notice::place_of(change.class, &change.key);
    let open = (change.class == Class::Route).then(|| format!("{place}|"));
    open.into_iter().chain([change.key.clone()]).collect()
}

/// Notes where a resync stands.
pub(super) async fn put_sync(cx: &mut Context<'_>, source: &SourceId, run: SyncRun) -> Result<(), StoreError> {
    let Some(number) = cx.state.number(source) else { return Ok(()) };
    peer::put_sync(cx.tx, number, &run).await?;
    cx.stage.wrote = true;
    cx.state.sources.put_sync(source, run);
    cx.stage.sources.insert(source.clone());
    Ok(())
}

/// The rows that a change is about: one, or the hops of a circuit.
async fn held_rows(cx: &mut Context<'_>, change: &ResourceChange) -> Result<Vec<Row>, Stop> {
    if change.class == Class::Route {
        let circuit = change.key.split('|').next().unwrap_or_default();
        return Ok(resource::rows_of_parent(cx.tx, (Class::Route, circuit), "", HOPS).await?);
    }
    let found = resource::rows_of_keys(cx.tx, change.class, std::slice::from_ref(&change.key)).await?;
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

/// The whole row after the change: fields that it does not name keep their value.
fn complete(change: &ResourceChange, held: &[Row]) -> Result<Row, Refusal> {
    if let Some(row) = &change.row {
        return Ok(row.clone());
    }
    let mut row = find(change, held)
        .cloned()
        .ok_or_else(|| Refusal::NotFound(format!("{} {}; send ADD with all its fields", change.class, change.key)))?;
    for (name, value) in &change.fields {
        let index = change.class.columns().iter().position(|column| column.name == name);
        match index.and_then(|index| row.cells.get_mut(index)) {
            Some(cell) => cell.clone_from(value),
            None => return Err(Refusal::BadValue(format!("{} has no field {name}", change.class))),
        }
    }
    Ok(row)
}

/// The held row that a change names; of a hop the one that is open.
fn find<'a>(change: &ResourceChange, held: &'a [Row]) -> Option<&'a Row> {
    let exact = held.iter().find(|row| row.key() == change.key);
    let position = |row: &&Row| {
        change.class == Class::Route && row.get("validTo").is_empty() && same_position(&row.key(), &change.key)
    };
    exact
        .filter(|row| change.class != Class::Route || row.get("validTo").is_empty())
        .or_else(|| held.iter().find(position))
}

fn same_position(key: &str, other: &str) -> bool {
    key.split('|').take(4).eq(other.split('|').take(4))
}

/// A row whose mandatory parent is absent is refused: the notice comes again, or a load brings both.
async fn require_parents(cx: &mut Context<'_>, row: &Row) -> Result<(), Stop> {
    for (column, cell) in row.class.columns().iter().zip(&row.cells) {
        let Some(parent) = column.refers.filter(|_| column.mandatory && !cell.is_empty()) else { continue };
        if resource::rows_of_keys(cx.tx, parent, std::slice::from_ref(cell)).await?.is_empty() {
            let reason = format!("{} {} names {parent} {cell}, which is not held", row.class, row.key());
            return Err(Refusal::ParentAbsent(reason).into());
        }
    }
    Ok(())
}
