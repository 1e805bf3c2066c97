//! Which resources a peer told of by notice, and when: such a row is newer than any file that was asked
//! for before, so a load that is still under way must leave it alone.

use std::collections::HashSet;

use model::resource::Class;
use model::time::Time;

use crate::error::StoreError;
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Parts of a ROUTE key that name a hop's place; the last one says from when it is there.
const PLACE_PARTS: usize = 4;

const PUT: &str = "insert into resource_notice (class, place, at) values ($1, $2, $3)
    on conflict (class, place) do update set at = excluded.at where resource_notice.at < excluded.at";
static SINCE: Multi = Multi::new(
    "with k(class, place, since) as (values ",
    3,
    ") select n.place from k cross join resource_notice n
        where n.class = k.class and n.place = k.place and n.at >= k.since",
);
const ANY_SINCE: &str = "select at from resource_notice where class = $1 and at >= $2 limit 1";
const PURGE: &str = "delete from resource_notice where at < $1
    and not exists (select 1 from resource_load where ended_at is null and started_at <= resource_notice.at)";

/// Notes that a peer told of a row.
///
/// # Errors
/// What the database says.
pub async fn put_notice(tx: &mut Tx, class: Class, key: &str, at: Time) -> Result<(), StoreError> {
    tx.execute(PUT, args![class.word(), place_of(class, key), at]).await.map(drop)
}

/// Of these keys, the places of which a peer told at or after `since`.
///
/// # Errors
/// What the database says.
pub async fn places_told(
    tx: &mut Tx,
    class: Class,
    since: Time,
    keys: impl Iterator<Item = &str>,
) -> Result<HashSet<String>, StoreError> {
    // As a rule a peer told of nothing meanwhile, and no place need be looked up.
    if tx.fetch_optional::<(i64,)>(ANY_SINCE, args![class.word(), since]).await?.is_none() {
        return Ok(HashSet::new());
    }
    let places: HashSet<&str> = keys.map(|key| place_of(class, key)).collect();
    let wanted: Vec<[Value<'_>; 3]> =
        places.into_iter().map(|place| [class.word().into(), place.into(), since.into()]).collect();
    let found: Vec<(String,)> = tx.fetch_many(&SINCE, &wanted).await?;
    Ok(found.into_iter().map(|(place,)| place).collect())
}

/// Forgets notices from before `before` that no load under way can meet; how many.
///
/// # Errors
/// What the database says.
pub async fn purge_notices(tx: &mut Tx, before: Time) -> Result<u64, StoreError> {
    tx.execute(PURGE, args![before]).await
}

/// What a notice is about, by the key of a row: a hop is known by its place in the route.
pub fn place_of(class: Class, key: &str) -> &str {
    if class != Class::Route {
        return key;
    }
    let end = key.match_indices('|').nth(PLACE_PARTS - 1).map_or(key.len(), |(at, _)| at);
    key.get(..end).unwrap_or(key)
}

#[cfg(test)]
mod tests;
