//! Subjects: the static part of alarm records, stored once each, found again by digest, and kept in
//! a bounded cache because the same objects alarm again and again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use model::alarm::{AlarmRecord, ObjectType, Specialty};
use model::text::{Text, read_shared};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::tx::Tx;
use crate::value::{Multi, Value};

/// Subjects whose id is remembered: 24 bytes each.
const IDS_MAX: usize = 200_000;
/// Subjects whose content is remembered: some 700 bytes each.
const CONTENTS_MAX: usize = 5_000;

/// First half of a SHA-256.
pub(crate) type Digest16 = [u8; 16];

/// What does not vary from event to event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Subject {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    circuit_codes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    specialty: Option<Specialty>,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    ems_name: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    ne_id: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    ne_name: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    ne_type: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    vendor: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    object_id: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_type: Option<ObjectType>,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    layer_rate: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    location: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    alarm_title: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    native_cause: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    probable_cause: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    event_type: Text,
    #[serde(skip_serializing_if = "is_empty", deserialize_with = "read_shared")]
    repair_advice: Text,
}

/// What this process remembers of committed subjects.
#[derive(Default)]
pub(crate) struct Subjects {
    ids: Mutex<Recent<Digest16, i64>>,
    contents: Mutex<Recent<i64, Arc<Subject>>>,
}

/// A bounded map: when the young half is full it becomes the old half, and the old one is forgotten.
struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

crate::value::row!(IdRow { id: i64, digest: Vec<u8> });
crate::value::row!(ContentRow { id: i64, content: String });

static IDS_OF: Multi = Multi::new(
    "with k(digest) as (values ",
    1,
    ") select s.id, s.digest from k cross join alarm_subject s where s.digest = k.digest",
);
static CONTENTS_OF: Multi = Multi::new(
    "with k(id) as (values ",
    1,
    ") select s.id, s.content from k cross join alarm_subject s where s.id = k.id",
);
static INSERT: Multi =
    Multi::new("insert into alarm_subject (id, digest, object_type, object_id, ne_id, content) values ", 6, "");
static INSERT_CIRCUIT: Multi =
    Multi::new("insert into alarm_subject_circuit (circuit_code, subject_id) values ", 2, " on conflict do nothing");

/// The digest of a record's static part.
pub(crate) fn digest_of_subject(record: &AlarmRecord) -> Digest16 {
    let mut hash = Sha256::new();
    let texts = [
        record.specialty.map_or("", Specialty::word),
        &record.ems_name,
        &record.ne_id,
        &record.ne_name,
        &record.ne_type,
        &record.vendor,
        &record.object_id,
        record.object_type.map_or("", ObjectType::word),
        &record.layer_rate,
        &record.location,
        &record.alarm_title,
        &record.native_cause,
        &record.probable_cause,
        &record.event_type,
        &record.repair_advice,
    ];
    for text in texts.into_iter().chain(record.circuit_codes.iter().map(String::as_str)) {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    half(&hash.finalize())
}

/// The first 16 bytes of a digest.
pub(crate) fn half(digest: &[u8]) -> Digest16 {
    let mut half = [0; 16];
    half.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    half
}

/// The ids of the subjects of these records; new ones are stored.
pub(crate) async fn put_subjects(tx: &mut Tx, wanted: &[(Digest16, &AlarmRecord)]) -> Result<Vec<i64>, StoreError> {
    let mut unknown: HashMap<Digest16, &AlarmRecord> = HashMap::new();
    for (digest, record) in wanted {
        if tx.subject_id(digest).is_none() {
            unknown.insert(*digest, record);
        }
    }
    if !unknown.is_empty() {
        find_known(tx, &mut unknown).await?;
        insert(tx, unknown).await?;
    }
    let ids = wanted.iter().map(|(digest, _)| tx.subject_id(digest));
    ids.collect::<Option<Vec<i64>>>()
        .ok_or_else(|| StoreError::corrupt("alarm_subject", "a subject just stored is absent"))
}

async fn find_known(tx: &mut Tx, unknown: &mut HashMap<Digest16, &AlarmRecord>) -> Result<(), StoreError> {
    let keys: Vec<[Value<'_>; 1]> = unknown.keys().map(|digest| [Value::Bytes(digest.as_slice())]).collect();
    let found: Vec<IdRow> = tx.fetch_many(&IDS_OF, &keys).await?;
    drop(keys);
    for IdRow { id, digest } in found {
        let digest = half(&digest);
        unknown.remove(&digest);
        tx.new_subjects.insert(digest, id);
    }
    Ok(())
}

async fn insert(tx: &mut Tx, new: HashMap<Digest16, &AlarmRecord>) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    let first = allocate(tx, Counter::Subject, count).await?;
    let mut new: Vec<(Digest16, &AlarmRecord)> = new.into_iter().collect();
    new.sort_unstable_by_key(|(digest, _)| *digest);
    let contents: Vec<String> =
        new.iter().map(|(_, record)| serde_json::to_string(&Subject::of(record)).unwrap_or_default()).collect();
    let mut rows = Vec::with_capacity(new.len());
    let mut circuits = Vec::new();
    for (((digest, record), content), id) in new.iter().zip(&contents).zip(first..) {
        rows.push([
            id.into(),
            Value::Bytes(digest.as_slice()),
            record.object_type.map_or("", ObjectType::word).into(),
            (&record.object_id).into(),
            (&record.ne_id).into(),
            content.into(),
        ]);
        circuits.extend(record.circuit_codes.iter().map(|code| [Value::from(code), id.into()]));
    }
    tx.execute_many(&INSERT, &rows).await?;
    tx.execute_many(&INSERT_CIRCUIT, &circuits).await?;
    tx.new_subjects.extend(new.iter().map(|(digest, _)| *digest).zip(first..));
    Ok(())
}

/// The contents of these subjects, from memory where possible.
pub(crate) async fn subjects_by_ids(
    tx: &mut Tx,
    ids: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, Arc<Subject>>, StoreError> {
    let mut known = HashMap::new();
    let mut missing = Vec::new();
    for id in ids {
        if known.contains_key(&id) {
            continue;
        }
        match tx.shared.subjects.contents.lock().get(&id) {
            Some(subject) => drop(known.insert(id, subject)),
            None => missing.push([Value::from(id)]),
        }
    }
    missing.sort_unstable_by_key(|[id]| if let Value::Int(id) = id { *id } else { None });
    missing.dedup_by_key(|[id]| if let Value::Int(id) = id { *id } else { None });
    let rows: Vec<ContentRow> = tx.fetch_many(&CONTENTS_OF, &missing).await?;
    for ContentRow { id, content } in rows {
        let subject: Subject = serde_json::from_str(&content).map_err(|e| StoreError::corrupt("alarm_subject", e))?;
        let subject = Arc::new(subject);
        tx.shared.subjects.contents.lock().put(id, Arc::clone(&subject), CONTENTS_MAX);
        known.insert(id, subject);
    }
    Ok(known)
}

fn is_empty(text: &Text) -> bool {
    text.is_empty()
}

// === impl Subject ===

impl Subject {
    fn of(record: &AlarmRecord) -> Self {
        Subject {
            circuit_codes: record.circuit_codes.clone(),
            specialty: record.specialty,
            ems_name: record.ems_name.clone(),
            ne_id: record.ne_id.clone(),
            ne_name: record.ne_name.clone(),
            ne_type: record.ne_type.clone(),
            vendor: record.vendor.clone(),
            object_id: record.object_id.clone(),
            object_type: record.object_type,
            layer_rate: record.layer_rate.clone(),
            location: record.location.clone(),
            alarm_title: record.alarm_title.clone(),
            native_cause: record.native_cause.clone(),
            probable_cause: record.probable_cause.clone(),
            event_type: record.event_type.clone(),
            repair_advice: record.repair_advice.clone(),
        }
    }

    /// Puts the static part into a record.
    pub(crate) fn fill(&self, record: &mut AlarmRecord) {
        record.circuit_codes.clone_from(&self.circuit_codes);
        record.specialty = self.specialty;
        record.ems_name.clone_from(&self.ems_name);
        record.ne_id.clone_from(&self.ne_id);
        record.ne_name.clone_from(&self.ne_name);
        record.ne_type.clone_from(&self.ne_type);
        record.vendor.clone_from(&self.vendor);
        record.object_id.clone_from(&self.object_id);
        record.object_type = self.object_type;
        record.layer_rate.clone_from(&self.layer_rate);
        record.location.clone_from(&self.location);
        record.alarm_title.clone_from(&self.alarm_title);
        record.native_cause.clone_from(&self.native_cause);
        record.probable_cause.clone_from(&self.probable_cause);
        record.event_type.clone_from(&self.event_type);
        record.repair_advice.clone_from(&self.repair_advice);
    }
}

// === impl Subjects ===

impl Subjects {
    /// Takes over what a transaction stored, after its commit.
    pub(crate) fn learn(&self, new: HashMap<Digest16, i64>) {
        if new.is_empty() {
            return;
        }
        let mut ids = self.ids.lock();
        for (digest, id) in new {
            ids.put(digest, id, IDS_MAX);
        }
    }
}

impl Tx {
    /// The id of a subject that this transaction stored or that was committed before.
    fn subject_id(&self, digest: &Digest16) -> Option<i64> {
        self.new_subjects.get(digest).copied().or_else(|| self.shared.subjects.ids.lock().get(digest))
    }
}

// === impl Recent ===

impl<K: Hash + Eq + Copy, V: Clone> Recent<K, V> {
    fn get(&mut self, key: &K) -> Option<V> {
        self.young.get(key).or_else(|| self.old.get(key)).cloned()
    }

    fn put(&mut self, key: K, value: V, max: usize) {
        if self.young.len() >= max / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Recent { young: HashMap::new(), old: HashMap::new() }
    }
}
