//! The alarm stage: facts of a whole group → the book → episodes that changed → rows.
//!
//! Everything is done for the group at once: one look-up of the identities that are not in memory,
//! one insert of the new facts, one update of the episodes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use model::alarm::AlarmFact;
use model::source::SourceId;
use model::text::Text;
use model::time::Time;
use store::alarm::{self as rows, AlarmEvent, AlarmRow, IdentityNo, NewEvent, RawPlace};
use store::peer::SourceNo;
use store::{StoreError, Tx};
use tokio::task::JoinHandle;

use super::book::{Book, Entry, IdentityKey, Origin, Said, Told};

/// One fact on its way into the book.
pub(super) struct Telling {
    pub source: SourceId,
    pub source_no: SourceNo,
    pub key: IdentityKey,
    pub fact: AlarmFact,
    pub received_at: Time,
    pub origin: Origin,
    /// Which raw message of the group it came from.
    pub raw: Option<u32>,
}

/// The messages of a group, being packed beside the writer: that is a good part of a group's work.
pub(super) struct Packing {
    /// Number of their block.
    pub block: i64,
    packed: JoinHandle<Vec<u8>>,
}

// === impl Packing ===

impl Packing {
    /// Waits for the block and keeps it.
    pub(super) async fn store(self, tx: &mut Tx, now: Time) -> Result<(), StoreError> {
        // Packing ends early only when the runtime does.
        let packed = self.packed.await.map_err(|_| StoreError::Closed)?;
        rows::put_raw_block(tx, self.block, now, &packed).await
    }
}

// === impl Telling ===

impl Telling {
    /// Of a fact that `source` told.
    pub(super) fn new(
        source: &SourceId,
        source_no: SourceNo,
        fact: AlarmFact,
        received_at: Time,
        origin: Origin,
        raw: Option<u32>,
    ) -> Self {
        let key = IdentityKey { source: source.clone(), alarm_key: alarm_key(&fact) };
        Telling { source: source.clone(), source_no, key, fact, received_at, origin, raw }
    }

    fn said(&self) -> Said {
        match &self.fact {
            AlarmFact::Record(record) => Said::Record(Arc::clone(record)),
            AlarmFact::End(end) => Said::End(Arc::new(end.clone())),
            AlarmFact::Listed(listed) => Said::Listed(Arc::new(listed.clone())),
        }
    }
}

/// What a fact's alarm is known by at its source: the peer's id, or what stands for it.
pub(crate) fn alarm_key(fact: &AlarmFact) -> Text {
    match fact {
        AlarmFact::Record(record) => engine::episode::identity(record),
        AlarmFact::End(end) => end.alarm_id.as_str().into(),
        AlarmFact::Listed(listed) => listed.alarm_key.clone(),
    }
}

/// Reads the identities of these tellings whose facts are not in memory; new ones get their numbers.
pub(super) async fn load_missing(tx: &mut Tx, book: &mut Book, tellings: &[Telling]) -> Result<(), StoreError> {
    load(tx, book, tellings.iter().map(|telling| (&telling.key, telling.source_no))).await?;
    let new: BTreeSet<_> = tellings.iter().filter(|t| !book.knows(&t.key)).map(|t| (&t.key, t.source_no)).collect();
    let keys: Vec<(SourceNo, &str)> = new.iter().map(|(key, source)| (*source, &*key.alarm_key)).collect();
    let numbers = rows::add_identities(tx, &keys).await?;
    for ((key, _), no) in new.into_iter().zip(numbers) {
        book.put(key.clone(), no, Some(Vec::new()), Vec::new());
    }
    Ok(())
}

/// Reads those of these identities whose facts are in the store and not in memory.
pub(super) async fn load<'a>(
    tx: &mut Tx,
    book: &mut Book,
    keys: impl Iterator<Item = (&'a IdentityKey, SourceNo)>,
) -> Result<(), StoreError> {
    let missing: BTreeSet<(&IdentityKey, SourceNo)> = keys.filter(|(key, _)| !book.knows(key)).collect();
    let mut wanted: BTreeMap<IdentityNo, &IdentityKey> = BTreeMap::new();
    let mut unknown: Vec<(&IdentityKey, SourceNo)> = Vec::new();
    for (key, source) in missing {
        match book.number(key) {
            Some(no) => drop(wanted.insert(no, key)),
            None => unknown.push((key, source)),
        }
    }
    let keys: Vec<(SourceNo, &str)> = unknown.iter().map(|(key, source)| (*source, &*key.alarm_key)).collect();
    let found = rows::identities_by_keys(tx, &keys).await?;
    wanted.extend(unknown.iter().zip(found).filter_map(|((key, _), no)| Some((no?, *key))));
    if wanted.is_empty() {
        return Ok(());
    }
    let numbers: Vec<IdentityNo> = wanted.keys().copied().collect();
    let mut told: HashMap<IdentityNo, Vec<Told>> = HashMap::new();
    for event in rows::events_of(tx, &numbers).await? {
        told.entry(event.identity()).or_default().push(told_of(event));
    }
    let mut entries: HashMap<IdentityNo, Vec<Entry>> = HashMap::new();
    for row in rows::alarms_of(tx, &numbers).await? {
        entries.entry(IdentityNo::of(row.alarm.id)).or_default().push(entry_of(row));
    }
    for (no, key) in wanted {
        let told = told.remove(&no).unwrap_or_default();
        book.put(key.clone(), no, Some(told), entries.remove(&no).unwrap_or_default());
    }
    Ok(())
}

/// Those of these lists that refute an end that the book holds.
pub(super) fn refuting(book: &Book, listed: Vec<Telling>) -> impl Iterator<Item = Telling> {
    listed.into_iter().filter(|telling| match &telling.fact {
        AlarmFact::Listed(listed) => book.is_refuted_by(&telling.key, telling.received_at, listed),
        _ => false,
    })
}

/// Tells the book everything; which tellings were new, and their numbers.
pub(super) fn tell(book: &mut Book, tellings: &[Telling]) -> Vec<(usize, i64)> {
    let tell = |(index, telling): (usize, &Telling)| {
        let id = book.tell(&telling.key, telling.received_at, telling.origin, telling.said())?;
        Some((index, id))
    };
    tellings.iter().enumerate().filter_map(tell).collect()
}

/// Begins to pack the messages that the new facts came from. The block has its number at once, so
/// that the facts can be stored meanwhile.
pub(super) async fn pack_raw(
    tx: &mut Tx,
    fresh: &[(&Telling, i64)],
    items: &[intake::Item],
) -> Result<Option<Packing>, StoreError> {
    if fresh.iter().all(|(telling, _)| telling.raw.is_none()) {
        return Ok(None);
    }
    let block = rows::next_raw_block(tx).await?;
    let messages: Vec<Vec<u8>> = items.iter().map(|item| item.submission.raw.clone()).collect();
    let packed = tokio::task::spawn_blocking(move || rows::pack_raw(messages.iter().map(Vec::as_slice)));
    Ok(Some(Packing { block, packed }))
}

/// Stores the new facts under their numbers.
pub(super) async fn store_facts(
    tx: &mut Tx,
    fresh: &[(&Telling, i64)],
    raw_block: Option<i64>,
) -> Result<(), StoreError> {
    let mut events: Vec<NewEvent<'_>> = Vec::with_capacity(fresh.len());
    for (telling, id) in fresh {
        events.push(NewEvent {
            id: *id,
            alarm_key: &telling.key.alarm_key,
            fact: &telling.fact,
            received_at: telling.received_at,
            history: telling.origin == Origin::History,
            by_sync: telling.origin == Origin::Sync,
            raw: raw_block.zip(telling.raw).map(|(block, index)| RawPlace { block, index }),
        });
    }
    rows::put_events(tx, &events).await
}

/// An episode as a row.
pub(super) fn row_of(key: &IdentityKey, entry: &Entry, source: SourceNo) -> AlarmRow {
    let alarm = Arc::clone(&entry.alarm);
    AlarmRow { alarm, source, alarm_key: key.alarm_key.clone(), event_id: entry.event_id }
}

/// A row as the book holds it.
pub(super) fn entry_of(row: AlarmRow) -> Entry {
    Entry { alarm: row.alarm, event_id: row.event_id }
}

/// A stored event as the book holds it.
pub(super) fn told_of(event: AlarmEvent) -> Told {
    let origin = match (event.history, event.by_sync) {
        (true, _) => Origin::History,
        (false, true) => Origin::Sync,
        (false, false) => Origin::Live,
    };
    let said = match event.told {
        rows::Told::Record(record) => Said::Record(record),
        rows::Told::End(end) => Said::End(Arc::new(end)),
        rows::Told::Listed(listed) => Said::Listed(Arc::new(listed)),
    };
    Told { event_id: event.id, received_at: event.received_at, origin, said }
}
