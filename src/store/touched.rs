//! Which kept figures a change of the inventory bears on: a mark for each circuit, contract or network object,
//! written with the change.
//!
//! Looked at are rows that a figure rests on: routes, circuits and contracts, and the elements, boards, ports and
//! links by which alarms find them. These are now what they always were, so one that hangs elsewhere than was told
//! bears on all kept time. A status acts from when it was learnt and another plan from the next period, so neither
//! touches a period that is over.

use std::collections::BTreeMap;

use model::alarm::ObjectType;
use model::resource::{Class, Row};
use model::time::Time;

use crate::error::StoreError;
use crate::meta::{Counter, last_of};
use crate::resource::rows_of_keys;
use crate::tx::Tx;
use crate::version::{Mark, put_mark};

/// Whose figures a change bears on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target<'a> {
    Contract(&'a str),
    Circuit(&'a str),
    /// Those with a hop at it or below it.
    Object(ObjectType, &'a str),
}

/// Marks what the changes of one transaction, by key and before they are written, tell of the time before
/// `kept_until`. A row of `None` is deleted. The figures are computed again when the inventory shows the change.
///
/// # Errors
/// What the database says.
pub async fn mark_touched(
    tx: &mut Tx,
    kept_until: Time,
    class: Class,
    changes: &[(String, Option<Row>)],
) -> Result<(), StoreError> {
    let nothing_is_kept = kept_until <= Time::default();
    if nothing_is_kept || !bears_on_figures(class) {
        return Ok(());
    }
    let keys: Vec<String> = changes.iter().map(|(key, _)| key.clone()).collect();
    let held: BTreeMap<String, Row> = rows_of_keys(tx, class, &keys).await?.into_iter().collect();
    let mut touched: BTreeMap<Target<'_>, Time> = BTreeMap::new();
    for (key, row) in changes {
        if let Some(since) = since(held.get(key), row.as_ref()).filter(|since| *since < kept_until) {
            let target = Target::of(class, key, held.get(key).filter(|_| row.is_none()));
            touched.entry(target).and_modify(|first| *first = since.min(*first)).or_insert(since);
        }
    }
    if touched.is_empty() {
        return Ok(());
    }
    let revision = last_of(tx, Counter::Inventory).await? + 1;
    for (target, since) in touched {
        put_mark(tx, &target.mark(Mark { since, revision, ..Mark::default() })).await?;
    }
    Ok(())
}

const fn bears_on_figures(class: Class) -> bool {
    matches!(
        class,
        Class::Route | Class::Circuit | Class::Contract | Class::Ne | Class::Board | Class::Port | Class::Link
    )
}

// === impl Target ===

impl<'a> Target<'a> {
    /// Whom a row is about; `gone`: the row as it was, if it is deleted.
    fn of(class: Class, key: &'a str, gone: Option<&'a Row>) -> Self {
        match (class, gone) {
            (Class::Contract, _) => Target::Contract(key),
            // The ports of a board that is gone hang below its element.
            (Class::Board, Some(board)) => Target::Object(ObjectType::Ne, board.get("neId")),
            (Class::Ne, _) => Target::Object(ObjectType::Ne, key),
            (Class::Board, None) => Target::Object(ObjectType::Board, key),
            (Class::Port, _) => Target::Object(ObjectType::Port, key),
            (Class::Link, _) => Target::Object(ObjectType::Link, key),
            _ => Target::Circuit(key.split('|').next().unwrap_or_default()),
        }
    }

    fn mark(self, mark: Mark) -> Mark {
        let cause = "inventory".to_owned();
        match self {
            Target::Contract(no) => Mark { contract_no: no.to_owned(), cause: "plan".to_owned(), ..mark },
            Target::Circuit(code) => Mark { circuit_code: code.to_owned(), cause, ..mark },
            Target::Object(kind, id) => Mark { object: Some((kind, id.to_owned())), cause, ..mark },
        }
    }
}

/// The first instant of which a change says something else; `None` if of none that is over.
fn since(was: Option<&Row>, is: Option<&Row>) -> Option<Time> {
    match (was, is) {
        (None, None) => None,
        (Some(was), Some(is)) => changed_since(was, is),
        (Some(row), None) | (None, Some(row)) => match row.class {
            Class::Route => Some(from(row, "validFrom")),
            // What was kept of a circuit that is gone stays.
            Class::Circuit => is.map(|_| Time::MIN),
            _ => Some(Time::MIN),
        },
    }
}

fn changed_since(was: &Row, is: &Row) -> Option<Time> {
    let differs = |name: &str| was.get(name) != is.get(name);
    let began = |name: &str| from(was, name).min(from(is, name));
    let ended = |name: &str| to(was, name).min(to(is, name));
    match is.class {
        Class::Route => {
            let cells = is.class.columns().iter().filter(|column| column.name != "validTo");
            let moved = cells.map(|column| column.name).any(differs).then(|| began("validFrom"));
            moved.or(differs("validTo").then(|| ended("validTo")))
        }
        Class::Circuit => {
            let life = [
                differs("inServiceTime").then(|| began("inServiceTime")),
                differs("outOfServiceTime").then(|| ended("outOfServiceTime")),
                (differs("contractNo") || differs("vpnId")).then_some(Time::MIN),
            ];
            life.into_iter().flatten().min()
        }
        Class::Ne => differs("emsName").then_some(Time::MIN),
        Class::Board => differs("neId").then_some(Time::MIN),
        Class::Port => (differs("neId") || differs("boardId")).then_some(Time::MIN),
        Class::Link => (differs("aPortId") || differs("zPortId")).then_some(Time::MIN),
        _ => None,
    }
}

/// A time that begins something; absent, it was so since ever.
fn from(row: &Row, name: &str) -> Time {
    Time::parse(row.get(name)).unwrap_or(Time::MIN)
}

/// A time that ends something; absent, it is so for ever.
fn to(row: &Row, name: &str) -> Time {
    Time::parse(row.get(name)).unwrap_or(Time::MAX)
}

#[cfg(test)]
mod tests;
