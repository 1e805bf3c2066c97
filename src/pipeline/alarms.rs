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
            AlarmFact::Record(record) => Said::Record(Arc::new((**record).clone())),
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

/// Keeps the messages that the new facts came from, deflated together.
pub(super) async fn store_raw(
    tx: &mut Tx,
    now: Time,
    fresh: &[&Telling],
    items: &[intake::Item],
) -> Result<Option<i64>, StoreError> {
    if fresh.iter().all(|telling| telling.raw.is_none()) {
        return Ok(None);
    }
    let packed = rows::pack_raw(items.iter().map(|item| item.submission.raw.as_slice()));
    rows::put_raw_block(tx, now, &packed).await.map(Some)
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
