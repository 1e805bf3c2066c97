//! Identities: a source and the peer's alarm id (or what stands for it), written down once. The
//! number of an identity heads the numbers of its events and alarms, so that those of one identity
//! lie side by side in their tables, are found without an index, and tell whose they are.

use std::collections::HashMap;

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::peer::SourceNo;
use crate::tx::Tx;
use crate::value::{Multi, Value};

/// Events that one identity can have. Numbers stay exact in JSON up to 2³¹ identities.
const EVENTS: i64 = 4_194_304;

/// Number of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityNo(pub i64);

crate::value::row!(KnownRow { place: i64, id: i64 });

static BY_KEYS: Multi = Multi::new(
    "with k(place, source_no, alarm_key) as (values ",
    3,
    ") select k.place, i.id from k cross join alarm_identity i
        where i.source_no = k.source_no and i.alarm_key = k.alarm_key",
);
static INSERT: Multi = Multi::new("insert into alarm_identity (id, source_no, alarm_key) values ", 3, "");

/// The numbers of identities, in the order of their keys; `None` for one of which nothing was told.
///
/// # Errors
/// What the database says.
pub async fn identities_by_keys(tx: &mut Tx, keys: &[(SourceNo, &str)]) -> Result<Vec<Option<IdentityNo>>, StoreError> {
    let wanted = keys.iter().zip(0_i64..).map(|((source, key), place)| [place.into(), source.0.into(), (*key).into()]);
    let wanted: Vec<[Value<'_>; 3]> = wanted.collect();
    let found: Vec<KnownRow> = tx.fetch_many(&BY_KEYS, &wanted).await?;
    let found: HashMap<i64, i64> = found.into_iter().map(|row| (row.place, row.id)).collect();
    Ok((0_i64..).zip(keys).map(|(place, _)| found.get(&place).copied().map(IdentityNo)).collect())
}

/// Writes new identities down; their numbers, in order.
///
/// # Errors
/// [`StoreError::Exists`] if one is known.
pub async fn add_identities(tx: &mut Tx, keys: &[(SourceNo, &str)]) -> Result<Vec<IdentityNo>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let first = allocate(tx, Counter::Identity, i64::try_from(keys.len()).unwrap_or(i64::MAX)).await?;
    let rows = keys.iter().zip(first..).map(|((source, key), id)| [id.into(), source.0.into(), (*key).into()]);
    let rows: Vec<[Value<'_>; 3]> = rows.collect();
    tx.execute_many(&INSERT, &rows).await?;
    Ok(keys.iter().zip(first..).map(|(_, id)| IdentityNo(id)).collect())
}

// === impl IdentityNo ===

impl IdentityNo {
    /// The identity of an event or an alarm.
    pub const fn of(id: i64) -> Self {
        IdentityNo(id.div_euclid(EVENTS))
    }

    /// The number of its event with this place in the order of receipt, from 0; `None` beyond the
    /// last that it can have.
    pub fn event_id(self, place: usize) -> Option<i64> {
        let place = i64::try_from(place).ok().filter(|place| *place < EVENTS)?;
        Some(self.0 * EVENTS + place)
    }

    /// Its events and alarms: from the first number to before the second.
    pub(crate) const fn range(self) -> (i64, i64) {
        (self.0 * EVENTS, (self.0 + 1) * EVENTS)
    }
}
