//! Which kept figures a change of the inventory bears on: a mark for each circuit, written with the change.
//!
//! Looked at are rows that a figure rests on for themselves: routes, circuits and contracts. A status acts
//! from when it was learnt and another plan from the next period, so neither touches a period that is over.

use std::collections::BTreeMap;

use model::resource::{Class, Row};
use model::time::Time;

use crate::error::StoreError;
use crate::meta::{Counter, last_of};
use crate::resource::rows_of_keys;
use crate::tx::Tx;
use crate::version::{Mark, put_mark};

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
    if nothing_is_kept || !matches!(class, Class::Route | Class::Circuit | Class::Contract) {
        return Ok(());
    }
    let keys: Vec<String> = changes.iter().map(|(key, _)| key.clone()).collect();
    let held: BTreeMap<String, Row> = rows_of_keys(tx, class, &keys).await?.into_iter().collect();
    let mut touched: BTreeMap<&str, Time> = BTreeMap::new();
    for (key, row) in changes {
        if let Some(since) = since(held.get(key), row.as_ref()).filter(|since| *since < kept_until) {
            let of = key.split('|').next().unwrap_or_default();
            touched.entry(of).and_modify(|first| *first = since.min(*first)).or_insert(since);
        }
    }
    if touched.is_empty() {
        return Ok(());
    }
    let revision = last_of(tx, Counter::Inventory).await? + 1;
    for (of, since) in touched {
        let mark = Mark { since, revision, ..Mark::default() };
        let mark = match class {
            Class::Contract => Mark { contract_no: of.to_owned(), cause: "plan".to_owned(), ..mark },
            _ => Mark { circuit_code: of.to_owned(), cause: "inventory".to_owned(), ..mark },
        };
        put_mark(tx, &mark).await?;
    }
    Ok(())
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
                differs("contractNo").then_some(Time::MIN),
            ];
            life.into_iter().flatten().min()
        }
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
