//! The alarm stage: facts of a whole group → the book → episodes that changed → rows.
//!
//! Everything is done for the group at once: one look-up of the identities that are not in memory,
//! one insert of the new facts, one update of the episodes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use model::alarm::AlarmFact;
use model::source::SourceId;
use model::time::Time;
use store::alarm::{self as rows, AlarmEvent, AlarmRow, EventDigest, NewEvent, RawPlace};
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
    pub digest: EventDigest,
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
        let alarm_key: Arc<str> = match &fact {
            AlarmFact::Record(record) => engine::episode::identity(record).into(),
            AlarmFact::End(end) => end.alarm_id.as_str().into(),
        };
        let digest = rows::digest_of(&fact, received_at);
        let key = IdentityKey { source: source.clone(), alarm_key };
        Telling { source: source.clone(), source_no, key, fact, digest, received_at, origin, raw }
    }

    fn said(&self) -> Said {
        match &self.fact {
            AlarmFact::Record(record) => Said::Record(Arc::clone(record)),
            AlarmFact::End(end) => Said::End(Arc::new(end.clone())),
        }
    }
}

/// Reads the identities of these tellings that are not in memory.
pub(super) async fn load_missing(tx: &mut Tx, book: &mut Book, tellings: &[Telling]) -> Result<(), StoreError> {
    let missing: BTreeSet<(&IdentityKey, SourceNo)> =
        tellings.iter().filter(|t| !book.holds(&t.key)).map(|t| (&t.key, t.source_no)).collect();
    let keys: Vec<(SourceNo, &str)> = missing.iter().map(|(key, no)| (*no, &*key.alarm_key)).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let mut told: HashMap<(SourceNo, Arc<str>), Vec<Told>> = HashMap::new();
    for event in rows::events_of(tx, &keys).await? {
        told.entry(event.identity()).or_default().push(told_of(event));
    }
    let mut entries: HashMap<(SourceNo, Arc<str>), Vec<Entry>> = HashMap::new();
    if !told.is_empty() {
        for row in rows::alarms_of(tx, &keys).await? {
            let entry = Entry { alarm: row.alarm, event_id: row.event_id };
            entries.entry((row.source, row.alarm_key)).or_default().push(entry);
        }
    }
    for (key, no) in missing {
        let stored = (no, key.alarm_key.clone());
        book.load(key.clone(), told.remove(&stored).unwrap_or_default(), entries.remove(&stored).unwrap_or_default());
    }
    Ok(())
}

/// Tells the book everything; which tellings were new.
pub(super) fn tell(book: &mut Book, tellings: &[Telling]) -> Vec<usize> {
    let fresh = tellings.iter().enumerate().filter(|(_, telling)| {
        let told = Told {
            event_id: 0,
            digest: telling.digest.event,
            received_at: telling.received_at,
            origin: telling.origin,
            said: telling.said(),
        };
        book.tell(&telling.key, told)
    });
    fresh.map(|(index, _)| index).collect()
}

/// Begins to pack the messages that the new facts came from. The block has its number at once, so
/// that the facts can be stored meanwhile.
pub(super) async fn pack_raw(
    tx: &mut Tx,
    fresh: &[&Telling],
    items: &mut [intake::Item],
) -> Result<Option<Packing>, StoreError> {
    if fresh.iter().all(|telling| telling.raw.is_none()) {
        return Ok(None);
    }
    let block = rows::next_raw_block(tx).await?;
    let messages: Vec<Vec<u8>> = items.iter_mut().map(|item| std::mem::take(&mut item.submission.raw)).collect();
    let packed = tokio::task::spawn_blocking(move || rows::pack_raw(messages.iter().map(Vec::as_slice)));
    Ok(Some(Packing { block, packed }))
}

/// Stores the new facts and gives them their numbers.
pub(super) async fn store_facts(
    tx: &mut Tx,
    book: &mut Book,
    fresh: &[&Telling],
    raw_block: Option<i64>,
) -> Result<(), StoreError> {
    let events: Vec<NewEvent<'_>> = fresh
        .iter()
        .map(|telling| NewEvent {
            source: telling.source_no,
            alarm_key: &telling.key.alarm_key,
            fact: &telling.fact,
            digest: telling.digest,
            received_at: telling.received_at,
            history: telling.origin == Origin::History,
            by_sync: telling.origin == Origin::Sync,
            raw: raw_block.zip(telling.raw).map(|(block, index)| RawPlace { block, index }),
        })
        .collect();
    let ids = rows::put_events(tx, &events).await?;
    for (telling, id) in fresh.iter().zip(ids) {
        book.number(&telling.key, telling.digest.event, id);
    }
    Ok(())
}

/// An episode as a row.
pub(super) fn row_of(key: &IdentityKey, entry: &Entry, source: SourceNo, changed_seq: i64) -> AlarmRow {
    AlarmRow {
        alarm: entry.alarm.clone(),
        source,
        alarm_key: key.alarm_key.clone(),
        event_id: entry.event_id,
        changed_seq,
    }
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
    };
    Told { event_id: event.id, digest: event.digest, received_at: event.received_at, origin, said }
}
