//! The inventory: rows of every class as they are now, and what they were before they changed.

use model::resource::{Class, Row};
use model::time::{Time, Window};

use crate::cells::{ROW, read_cells, read_into, write_cells};
use crate::error::{StoreError, expect_rows};
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Rows of one page of [`rows_of_class`].
const PAGE: i64 = 2000;
/// Most rows of one list.
const LIMIT_MAX: i64 = 1000;

/// What a row was before it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceChange {
    /// Number, in order of time.
    pub id: i64,
    /// When.
    pub at: Time,
    /// It was deleted (else changed).
    pub deleted: bool,
    /// The row before.
    pub before: Row,
}

/// A row as it was for a time, by when we learnt it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowVersion {
    /// From then until then; the present one has no end.
    pub held: Window,
    /// The row.
    pub row: Row,
}

static ADD: Multi = Multi::new(
    "insert into resource (class, key, parent, content, changed_at) values ",
    5,
    " on conflict (class, key) do nothing",
);
static PUT: Multi = Multi::new(
    "insert into resource (class, key, parent, content, changed_at) values ",
    5,
    " on conflict (class, key) do update set parent = excluded.parent, content = excluded.content,
        changed_at = excluded.changed_at where resource.content <> excluded.content",
);
static LOG_CHANGED: Multi = Multi::new(
    "with k(id, at, class, key, content) as (values ",
    5,
    ") insert into resource_change (id, since, at, class, key, op, before)
        select k.id, r.changed_at, k.at, r.class, r.key, 'MOD', r.content from k cross join resource r
        where r.class = k.class and r.key = k.key and r.content <> k.content",
);
static LOG_DELETED: Multi = Multi::new(
    "with k(id, at, class, key) as (values ",
    4,
    ") insert into resource_change (id, since, at, class, key, op, before)
        select k.id, r.changed_at, k.at, r.class, r.key, 'DEL', r.content from k cross join resource r
        where r.class = k.class and r.key = k.key",
);
static DELETE: Multi = Multi::new(
    "with k(class, key) as (values ",
    2,
    ") delete from resource where (class, key) in (select class, key from k)",
);
static OF_KEYS: Multi = Multi::new(
    "with k(class, key) as (values ",
    2,
    ") select r.key, r.content from k cross join resource r where r.class = k.class and r.key = k.key",
);
/// A page as one text: a row for each of its rows costs more than the rows.
const PAGE_AFTER: &str = "select max(key), string_agg(content, $4) from
    (select key, content from resource where class = $1 and key > $2 order by key limit $3) page";
const OF_PARENT: &str = "select content from resource
    where class = $1 and parent = $2 and parent <> '' and class <> 'ROUTE' and key > $3 order by key limit $4";
const OF_CIRCUIT: &str = "select content from resource
    where class = $1 and parent = $2 and key > $3 and key < $5 order by key limit $4";
const COUNT: &str = "select count(*) from resource where class = $1";
const NOW: &str = "select changed_at, content from resource where class = $1 and key = $2";
const BEFORE: &str = "select since, at, before from resource_change
    where class = $1 and key = $2 order by id desc limit $3";
const CHANGES: &str = "select id, at, op, before from resource_change
    where class = $1 and key = $2 and id < $3 order by id desc limit $4";

/// Stores rows by key and logs what those that change were before; how many are new or changed.
///
/// # Errors
/// What the database says.
pub async fn put_rows(tx: &mut Tx, at: Time, rows: &[Row]) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let texts: Vec<(&Row, String, String)> = rows.iter().map(|row| (row, row.key(), write_cells(row))).collect();
    let texts = last_of_each(&texts);
    let put: Vec<[Value<'_>; 5]> = texts
        .iter()
        .map(|(row, key, content)| {
            [row.class.word().into(), key.into(), row.parent().into(), content.into(), at.into()]
        })
        .collect();
    // Most loads bring rows that are all new: then there is nothing to log.
    let added = tx.execute_many(&ADD, &put).await?;
    if added == put.len() as u64 {
        return revised(tx, added).await;
    }
    let first = allocate(tx, Counter::ResourceChange, i64::try_from(texts.len()).unwrap_or(i64::MAX)).await?;
    let log: Vec<[Value<'_>; 5]> = texts
        .iter()
        .zip(first..)
        .map(|((row, key, content), id)| [id.into(), at.into(), row.class.word().into(), key.into(), content.into()])
        .collect();
    tx.execute_many(&LOG_CHANGED, &log).await?;
    let changed = tx.execute_many(&PUT, &put).await?;
    revised(tx, added + changed).await
}

/// Deletes rows by key and logs what they were; how many there were.
///
/// # Errors
/// What the database says.
pub async fn delete_rows(tx: &mut Tx, at: Time, class: Class, keys: &[String]) -> Result<u64, StoreError> {
    if keys.is_empty() {
        return Ok(0);
    }
    let mut keys: Vec<&String> = keys.iter().collect();
    keys.sort_unstable();
    keys.dedup();
    let first = allocate(tx, Counter::ResourceChange, i64::try_from(keys.len()).unwrap_or(i64::MAX)).await?;
    let log: Vec<[Value<'_>; 4]> =
        keys.iter().zip(first..).map(|(key, id)| [id.into(), at.into(), class.word().into(), (*key).into()]).collect();
    let logged = tx.execute_many(&LOG_DELETED, &log).await?;
    let delete: Vec<[Value<'_>; 2]> = keys.iter().map(|key| [class.word().into(), (*key).into()]).collect();
    let deleted = tx.execute_many(&DELETE, &delete).await?;
    expect_rows("delete resources", logged, deleted)?;
    revised(tx, deleted).await
}

/// Visits every row of a class, by key; memory is bounded by a page.
///
/// # Errors
/// What the database says.
pub async fn rows_of_class(tx: &mut Tx, class: Class, mut visit: impl FnMut(&Row) + Send) -> Result<(), StoreError> {
    let mut after = String::new();
    let mut row = Row { class, cells: Vec::new() };
    let separator = ROW.to_string();
    loop {
        let page: (Option<String>, Option<String>) =
            tx.fetch_one(PAGE_AFTER, args![class.word(), &after, PAGE, &separator]).await?;
        let (Some(last), Some(rows)) = page else { return Ok(()) };
        after = last;
        for text in rows.split(ROW) {
            read_into(&mut row, text);
            visit(&row);
        }
    }
}

/// Those of these rows that exist, with their keys.
///
/// # Errors
/// What the database says.
pub async fn rows_of_keys(tx: &mut Tx, class: Class, keys: &[String]) -> Result<Vec<(String, Row)>, StoreError> {
    let wanted: Vec<[Value<'_>; 2]> = keys.iter().map(|key| [class.word().into(), key.into()]).collect();
    let found: Vec<(String, String)> = tx.fetch_many(&OF_KEYS, &wanted).await?;
    Ok(found.into_iter().map(|(key, content)| (key, read_cells(class, &content))).collect())
}

/// Rows below a parent ([`Class::parent_column`]) by key, after `after`, at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn rows_of_parent(
    tx: &mut Tx,
    (class, parent): (Class, &str),
    after: &str,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let page: Vec<(String,)> = if class == Class::Route {
        // The keys of a circuit's hops lie between its code with a bar and its code with what follows a bar.
        let (from, to) = (format!("{parent}|"), format!("{parent}}}"));
        let after = if after < from.as_str() { &from } else { after };
        tx.fetch_all(OF_CIRCUIT, args![class.word(), parent, after, limit, &to]).await?
    } else {
        tx.fetch_all(OF_PARENT, args![class.word(), parent, after, limit]).await?
    };
    Ok(page.iter().map(|(content,)| read_cells(class, content)).collect())
}

/// How many rows a class has.
///
/// # Errors
/// What the database says.
pub async fn count_of_class(tx: &mut Tx, class: Class) -> Result<u64, StoreError> {
    let (count,): (i64,) = tx.fetch_one(COUNT, args![class.word()]).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// What a row was before, latest change first, before change number `before`; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn changes_of_row(
    tx: &mut Tx,
    (class, key): (Class, &str),
    before: i64,
    limit: u32,
) -> Result<Vec<ResourceChange>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let page: Vec<(i64, i64, String, String)> = tx.fetch_all(CHANGES, args![class.word(), key, before, limit]).await?;
    let change = |(id, at, op, before): (i64, i64, String, String)| {
        let before = read_cells(class, &before);
        ResourceChange { id, at: Time::from_ms(at), deleted: op == "DEL", before }
    };
    Ok(page.into_iter().map(change).collect())
}

/// What a row was and is, oldest first; the 1,000 latest versions.
///
/// # Errors
/// What the database says.
pub async fn versions_of_row(tx: &mut Tx, (class, key): (Class, &str)) -> Result<Vec<RowVersion>, StoreError> {
    let now: Vec<(i64, String)> = tx.fetch_all(NOW, args![class.word(), key]).await?;
    let before: Vec<(i64, i64, String)> = tx.fetch_all(BEFORE, args![class.word(), key, LIMIT_MAX]).await?;
    let version = |since: i64, until: Time, content: &str| RowVersion {
        held: Window::new(Time::from_ms(since), until),
        row: read_cells(class, content),
    };
    let before = before.iter().rev().map(|(since, at, content)| version(*since, Time::from_ms(*at), content));
    Ok(before.chain(now.iter().map(|(since, content)| version(*since, Time::MAX, content))).collect())
}

/// Gives the inventory its next revision if rows were written; how many.
async fn revised(tx: &mut Tx, written: u64) -> Result<u64, StoreError> {
    if written > 0 {
        allocate(tx, Counter::Inventory, 1).await?;
    }
    Ok(written)
}

pub(crate) fn read_class(word: &str) -> Result<Class, StoreError> {
    Class::from_word(word).ok_or_else(|| StoreError::corrupt("resource", format!("class {word}")))
}

/// One statement may not change a row twice: of rows with one key the last stands.
fn last_of_each<'t, 'r>(texts: &'t [(&'r Row, String, String)]) -> Vec<&'t (&'r Row, String, String)> {
    let mut seen = std::collections::HashSet::with_capacity(texts.len());
    let mut kept: Vec<_> = texts.iter().rev().filter(|(row, key, _)| seen.insert((row.class, key))).collect();
    kept.reverse();
    kept
}

#[cfg(test)]
mod tests;
