//! Who is measured: (source, object, location) is a subject, and with the circuit that it was told for a link.
//! Both are written once and known by number.

use std::collections::{HashMap, HashSet};

use model::pm::{Location, Row};
use model::sample::Sample;
use model::source::SourceId;
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::meta::{Counter, allocate};
use crate::peer::SourceNo;
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

/// Links that are remembered: some 40 bytes each.
const REMEMBERED: usize = 1_000_000;
/// Subjects of one circuit or object that are read.
const OF_CIRCUIT_MAX: u32 = 64;

static SUBJECTS: Multi = Multi::new(
    "with k(digest) as (values ",
    1,
    ") select s.id, s.id as subject, s.digest from k join pm_subject s on s.digest = k.digest",
);
static LINKS: Multi = Multi::new(
    "with k(digest) as (values ",
    1,
    ") select l.id, l.subject, l.digest from k join pm_link l on l.digest = k.digest",
);
static ADD_SUBJECTS: Multi = Multi::new(
    "insert into pm_subject (id, source_no, object_id, object_type, layer_rate, location, digest) values ",
    7,
    "",
);
static ADD_LINKS: Multi = Multi::new("insert into pm_link (id, subject, circuit_code, digest) values ", 4, "");
const OF_CIRCUIT: &str = "select s.id, l.id as link, p.source, s.object_id, s.object_type, s.layer_rate, s.location
    from pm_link l join pm_subject s on s.id = l.subject join peer_state p on p.source_no = s.source_no
    where l.circuit_code = $1 order by s.id limit $2";

const ABOUT: &str = "select s.id, l.id as link, p.source, s.object_id, s.object_type, s.layer_rate, s.location, l.circuit_code
    from pm_link l join pm_subject s on s.id = l.subject join peer_state p on p.source_no = s.source_no where l.id = $1";
const CIRCUITS: &str =
    "select id, circuit_code from pm_link where subject >= $1 and subject < $2 and circuit_code <> ''";
const OF_OBJECT: &str = "select s.id, l.id as link, p.source, s.object_id, s.object_type, s.layer_rate, s.location
    from pm_subject s join pm_link l on l.subject = s.id and l.circuit_code = '' join peer_state p
    on p.source_no = s.source_no where s.object_id = $1 order by s.id limit $2";

/// First half of a SHA-256.
type Key = [u8; 16];

/// Numbers of a row: subject and link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Of (source, object, location).
    pub subject: i64,
    /// Of that with the circuit.
    pub link: i64,
}

/// The numbers that were met lately.
#[derive(Default)]
pub struct Known {
    links: HashMap<Key, Numbers>,
}

/// A measured object of a circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Numbers.
    pub numbers: Numbers,
    /// Who measures it.
    pub source: SourceId,
    /// The object in its words.
    pub object_id: String,
    /// Its type in its words.
    pub object_type: String,
    /// Layer rate.
    pub layer_rate: String,
    /// Where on the object.
    pub location: Location,
}

crate::value::row!(NumberRow { id: i64, subject: i64, digest: Vec<u8> });
crate::value::row!(SubjectRow {
    id: i64,
    link: i64,
    source: String,
    object_id: String,
    object_type: String,
    layer_rate: String,
    location: String,
});
crate::value::row!(LinkRow {
    id: i64,
    link: i64,
    source: String,
    object_id: String,
    object_type: String,
    layer_rate: String,
    location: String,
    circuit_code: String,
});

// === impl Known ===

impl Known {
    /// The numbers of each row; the rows that are not known are for [`learn`].
    pub fn numbers<'r>(&self, source: SourceNo, rows: &'r [Row]) -> (Vec<Option<Numbers>>, Vec<&'r Row>) {
        let (mut unknown, mut met) = (Vec::new(), HashSet::new());
        let numbers = rows.iter().map(|row| {
            let key = link_key(source, row);
            let found = self.links.get(&key).copied();
            if found.is_none() && met.insert(key) {
                unknown.push(row);
            }
            found
        });
        (numbers.collect(), unknown)
    }

    /// Remembers what was learnt, once it is committed.
    pub fn remember(&mut self, learnt: Vec<(Key, Numbers)>) {
        if self.links.len() + learnt.len() > REMEMBERED {
            self.links.clear();
        }
        self.links.extend(learnt);
    }
}

/// Numbers of the rows' subjects and links; new ones are written.
///
/// # Errors
/// What the database says.
pub async fn learn(tx: &mut Tx, source: SourceNo, rows: &[&Row]) -> Result<Vec<(Key, Numbers)>, StoreError> {
    let keys: Vec<Key> = rows.iter().map(|row| subject_key(source, row)).collect();
    let mut subjects = find(tx, &SUBJECTS, &keys).await?;
    let mut fresh: Vec<(&Row, Key)> = Vec::new();
    for (row, key) in rows.iter().zip(&keys) {
        if !subjects.contains_key(key) && !fresh.iter().any(|(_, known)| known == key) {
            fresh.push((row, *key));
        }
    }
    add_subjects(tx, source, &fresh, &mut subjects).await?;
    let links: Vec<Key> = rows.iter().map(|row| link_key(source, row)).collect();
    let mut known = find(tx, &LINKS, &links).await?;
    let mut fresh: Vec<(&Row, Key, i64)> = Vec::new();
    for ((row, key), link) in rows.iter().zip(&keys).zip(&links) {
        if !known.contains_key(link) {
            let subject = subjects.get(key).map_or(0, |numbers| numbers.subject);
            fresh.push((row, *link, subject));
        }
    }
    add_links(tx, &fresh, &mut known).await?;
    Ok(known.into_iter().collect())
}

async fn find(tx: &mut Tx, statement: &'static Multi, keys: &[Key]) -> Result<HashMap<Key, Numbers>, StoreError> {
    let wanted: Vec<[Value<'_>; 1]> = keys.iter().map(|key| [Value::Bytes(key)]).collect();
    let rows: Vec<NumberRow> = tx.fetch_many(statement, &wanted).await?;
    rows.into_iter()
        .map(|row| {
            let key = Key::try_from(row.digest.as_slice()).map_err(|error| StoreError::corrupt("pm_subject", error))?;
            Ok((key, Numbers { subject: row.subject, link: row.id }))
        })
        .collect()
}

async fn add_subjects(
    tx: &mut Tx,
    source: SourceNo,
    fresh: &[(&Row, Key)],
    known: &mut HashMap<Key, Numbers>,
) -> Result<(), StoreError> {
    if fresh.is_empty() {
        return Ok(());
    }
    let first = allocate(tx, Counter::PmSubject, fresh.len() as i64).await?;
    let mut rows: Vec<[Value<'_>; 7]> = Vec::with_capacity(fresh.len());
    for ((row, key), id) in fresh.iter().zip(first..) {
        known.insert(*key, Numbers { subject: id, link: id });
        rows.push([
            id.into(),
            source.0.into(),
            (&row.object_id).into(),
            (&row.object_type).into(),
            (&row.layer_rate).into(),
            row.location.word().into(),
            Value::Bytes(key),
        ]);
    }
    tx.execute_many(&ADD_SUBJECTS, &rows).await.map(drop)
}

async fn add_links(
    tx: &mut Tx,
    fresh: &[(&Row, Key, i64)],
    known: &mut HashMap<Key, Numbers>,
) -> Result<(), StoreError> {
    if fresh.is_empty() {
        return Ok(());
    }
    let first = allocate(tx, Counter::PmLink, fresh.len() as i64).await?;
    let mut rows: Vec<[Value<'_>; 4]> = Vec::with_capacity(fresh.len());
    for ((row, key, subject), id) in fresh.iter().zip(first..) {
        known.insert(*key, Numbers { subject: *subject, link: id });
        rows.push([id.into(), (*subject).into(), (&row.circuit_code).into(), Value::Bytes(key)]);
    }
    tx.execute_many(&ADD_LINKS, &rows).await.map(drop)
}

/// What is measured of a circuit, at most 64 objects.
///
/// # Errors
/// What the database says.
pub async fn subjects_of_circuit(tx: &mut Tx, code: &str) -> Result<Vec<Subject>, StoreError> {
    let rows: Vec<SubjectRow> = tx.fetch_all(OF_CIRCUIT, args![code, OF_CIRCUIT_MAX]).await?;
    rows.into_iter().map(Subject::read).collect()
}

/// Who was measured under a link, and for which circuit.
///
/// # Errors
/// What the database says.
pub async fn subject_of_link(tx: &mut Tx, link: i64) -> Result<Option<(Subject, String)>, StoreError> {
    let row: Option<LinkRow> = tx.fetch_optional(ABOUT, args![link]).await?;
    let Some(LinkRow { id, link, source, object_id, object_type, layer_rate, location, circuit_code }) = row else {
        return Ok(None);
    };
    let row = SubjectRow { id, link, source, object_id, object_type, layer_rate, location };
    Ok(Some((Subject::read(row)?, circuit_code)))
}

/// The circuit of each link of a page that names one.
///
/// # Errors
/// What the database says.
pub async fn circuits_of_page(tx: &mut Tx, page: i64) -> Result<HashMap<i64, String>, StoreError> {
    let rows: Vec<(i64, String)> = tx.fetch_all(CIRCUITS, args![page << 8, (page + 1) << 8]).await?;
    Ok(rows.into_iter().collect())
}

/// What is measured of an object and was told for no circuit, at most 64 places on it.
///
/// # Errors
/// What the database says.
pub async fn subjects_of_object(tx: &mut Tx, object_id: &str) -> Result<Vec<Subject>, StoreError> {
    let rows: Vec<SubjectRow> = tx.fetch_all(OF_OBJECT, args![object_id, OF_CIRCUIT_MAX]).await?;
    rows.into_iter().map(Subject::read).collect()
}

// === impl Subject ===

impl Subject {
    fn read(row: SubjectRow) -> Result<Self, StoreError> {
        let location =
            Location::from_word(&row.location).ok_or_else(|| StoreError::corrupt("pm_subject", &row.location))?;
        Ok(Subject {
            numbers: Numbers { subject: row.id, link: row.link },
            source: SourceId::new(&row.source),
            object_id: row.object_id,
            object_type: row.object_type,
            layer_rate: row.layer_rate,
            location,
        })
    }
}

impl Numbers {
    /// A row with these numbers.
    pub fn sample(self, row: &Row, revision: i64) -> Sample {
        Sample {
            subject: self.subject,
            link: self.link,
            start: row.start,
            revision,
            measured_s: row.measured_s,
            status: row.status,
        }
    }
}

fn subject_key(source: SourceNo, row: &Row) -> Key {
    key(source, row, None)
}

fn link_key(source: SourceNo, row: &Row) -> Key {
    key(source, row, Some(&row.circuit_code))
}

fn key(source: SourceNo, row: &Row, circuit: Option<&str>) -> Key {
    let mut digest = Sha256::new();
    digest.update(source.0.to_le_bytes());
    digest.update([row.location as u8, circuit.is_some().into()]);
    digest.update((row.object_id.len() as u64).to_le_bytes());
    digest.update(row.object_id.as_bytes());
    digest.update(circuit.unwrap_or_default().as_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    digest.first_chunk().copied().unwrap_or_default()
}
