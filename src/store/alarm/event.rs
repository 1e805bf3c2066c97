//! Alarm events: append-only, each once. The hot path of the writer: everything here works on many
//! rows with few statements.

use std::sync::Arc;

use model::alarm::{AlarmEnd, AlarmFact, AlarmListed, AlarmRecord, ClearType, ObjectType};
use model::text::Text;
use model::time::Time;

use crate::alarm::alarm_id_of;
use crate::alarm::columns::{
    BY_SYNC, HISTORY, KIND_END, KIND_LISTED, NO_ALARM_ID, RecordColumns, Varying, clear_type_of, read_extra,
};
use crate::alarm::identity::IdentityNo;
use crate::alarm::raw::RawPlace;
use crate::alarm::subject::{Digest16, Subject, digest_of_subject, put_subjects, subjects_by_ids};
use crate::error::{StoreError, expect_rows};
use crate::peer::SourceNo;
use crate::tx::Tx;
use crate::value::{Multi, Value};

/// An event to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewEvent<'a> {
    /// [`IdentityNo::event_id`] of its identity.
    pub id: i64,
    /// The identity's key: the peer's alarm id, or what stands for it.
    pub alarm_key: &'a str,
    /// What it says.
    pub fact: &'a AlarmFact,
    /// When its first byte was read.
    pub received_at: Time,
    /// Loaded on purpose from the past.
    pub history: bool,
    /// Told by a resync.
    pub by_sync: bool,
    /// Its raw message.
    pub raw: Option<RawPlace>,
}

/// What a stored event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A raise or a clear.
    Record(Arc<AlarmRecord>),
    /// The end of whatever is open. Told by a resync: its list lacked the alarm.
    End(AlarmEnd),
    /// The list of a resync names it.
    Listed(AlarmListed),
}

/// A stored event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmEvent {
    /// Number; within its identity in order of receipt.
    pub id: i64,
    /// Who told it.
    pub source: SourceNo,
    /// The identity's key.
    pub alarm_key: Text,
    /// What it says.
    pub told: Told,
    /// When its first byte was read.
    pub received_at: Time,
    /// Loaded on purpose from the past.
    pub history: bool,
    /// Told by a resync.
    pub by_sync: bool,
    /// Its raw message.
    pub raw: Option<RawPlace>,
}

crate::value::row!(EventRow {
    id: i64,
    source_no: i64,
    alarm_key: String,
    kind: i64,
    flags: i64,
    subject_id: Option<i64>,
    received_at: i64,
    ne_at: Option<i64>,
    ems_at: Option<i64>,
    cleared_at: Option<i64>,
    severity: i64,
    service_affecting: Option<i64>,
    clear_type: Option<i64>,
    extra: String,
    raw_block: Option<i64>,
    raw_index: Option<i64>,
});

static INSERT: Multi = Multi::new(
    "insert into alarm_event (id, kind, flags, subject_id, received_at, ne_lag, ems_lag, cleared_at, severity,
        service_affecting, clear_type, extra, raw_block, raw_index) values ",
    14,
    "",
);
static INSERT_OF_SUBJECT: Multi =
    Multi::new("insert into alarm_subject_identity (subject_id, identity_id) values ", 2, " on conflict do nothing");
static EVENTS_OF: Multi = Multi::new(
    "with k(identity_id, first, past) as (values ",
    3,
    ") select e.*, e.received_at - e.ne_lag as ne_at, e.received_at - e.ems_lag as ems_at, i.source_no, i.alarm_key from k cross join alarm_event e
        join alarm_identity i on i.id = k.identity_id where e.id >= k.first and e.id < k.past",
);
static SUBJECTS_OF_OBJECTS: Multi = Multi::new(
    "with k(object_type, object_id) as (values ",
    2,
    ") select s.id from k cross join alarm_subject s where s.object_type = k.object_type and s.object_id = k.object_id",
);
static SUBJECTS_OF_CIRCUITS: Multi = Multi::new(
    "with k(circuit_code) as (values ",
    1,
    ") select c.subject_id from k cross join alarm_subject_circuit c where c.circuit_code = k.circuit_code",
);
static IDENTITIES_OF_SUBJECTS: Multi = Multi::new(
    "with k(id) as (values ",
    1,
    ") select s.identity_id from k cross join alarm_subject_identity s where s.subject_id = k.id",
);

/// Stores events, each under a number of its own.
///
/// # Errors
/// [`StoreError::Exists`] if a number is taken.
pub async fn put_events(tx: &mut Tx, events: &[NewEvent<'_>]) -> Result<(), StoreError> {
    let records: Vec<(Digest16, &AlarmRecord)> = events
        .iter()
        .filter_map(|event| match event.fact {
            AlarmFact::Record(record) => Some((digest_of_subject(record), record.as_ref())),
            AlarmFact::End(_) | AlarmFact::Listed(_) => None,
        })
        .collect();
    let mut subjects = put_subjects(tx, &records).await?.into_iter();
    let varying: Vec<Varying> = events.iter().map(|event| Varying::of(event.fact)).collect();
    let mut rows = Vec::with_capacity(events.len());
    let mut of_subjects = Vec::with_capacity(events.len());
    for (event, varying) in events.iter().zip(&varying) {
        let subject = if matches!(event.fact, AlarmFact::Record(_)) { subjects.next() } else { None };
        of_subjects.extend(subject.map(|subject| (subject, IdentityNo::of(event.id))));
        rows.push(event_values(event, varying, subject));
    }
    let stored = tx.execute_many(&INSERT, &rows).await?;
    expect_rows("put events", events.len() as u64, stored)?;
    of_subjects.sort_unstable();
    of_subjects.dedup();
    let pairs = of_subjects.iter().map(|(subject, identity)| [(*subject).into(), identity.0.into()]);
    tx.execute_many(&INSERT_OF_SUBJECT, &pairs.collect::<Vec<[Value<'_>; 2]>>()).await.map(drop)
}

/// Every event of these identities, in order of receipt within each.
///
/// # Errors
/// What the database says.
pub async fn events_of(tx: &mut Tx, identities: &[IdentityNo]) -> Result<Vec<AlarmEvent>, StoreError> {
    let keys = identities.iter().map(|identity| {
        let (first, past) = identity.range();
        [identity.0.into(), first.into(), past.into()]
    });
    let rows: Vec<EventRow> = tx.fetch_many(&EVENTS_OF, &keys.collect::<Vec<[Value<'_>; 3]>>()).await?;
    let subjects = subjects_by_ids(tx, rows.iter().filter_map(|row| row.subject_id)).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let subject = row.subject_id.and_then(|id| subjects.get(&id));
        events.push(AlarmEvent::read(row, subject.map(Arc::as_ref))?);
    }
    events.sort_unstable_by_key(|event| event.id);
    Ok(events)
}

/// Every event of every identity that ever had one of these objects as its subject, or named one
/// of these circuits: all that can matter to the figure of a circuit.
///
/// # Errors
/// What the database says.
pub async fn events_of_circuit(
    tx: &mut Tx,
    objects: &[(ObjectType, String)],
    circuit_codes: &[String],
) -> Result<Vec<AlarmEvent>, StoreError> {
    let keys: Vec<[Value<'_>; 2]> = objects.iter().map(|(kind, id)| [kind.word().into(), id.into()]).collect();
    let mut subjects: Vec<(i64,)> = tx.fetch_many(&SUBJECTS_OF_OBJECTS, &keys).await?;
    let keys: Vec<[Value<'_>; 1]> = circuit_codes.iter().map(|code| [code.into()]).collect();
    subjects.extend(tx.fetch_many::<(i64,), 1>(&SUBJECTS_OF_CIRCUITS, &keys).await?);
    subjects.sort_unstable();
    subjects.dedup();
    let keys: Vec<[Value<'_>; 1]> = subjects.iter().map(|(id,)| [(*id).into()]).collect();
    let found: Vec<(i64,)> = tx.fetch_many(&IDENTITIES_OF_SUBJECTS, &keys).await?;
    let mut identities: Vec<IdentityNo> = found.into_iter().map(|(id,)| IdentityNo(id)).collect();
    identities.sort_unstable();
    identities.dedup();
    events_of(tx, &identities).await
}

// === impl AlarmEvent ===

impl AlarmEvent {
    /// The identity it belongs to.
    pub fn identity(&self) -> IdentityNo {
        IdentityNo::of(self.id)
    }

    fn read(row: EventRow, subject: Option<&Subject>) -> Result<Self, StoreError> {
        let told = if row.kind == KIND_END {
            let [_, _, _, clear_user] = read_extra(&row.extra)?;
            let alarm_id = if row.flags & NO_ALARM_ID == 0 { row.alarm_key.clone() } else { String::new() };
            let clear_type = clear_type_of(row.clear_type)?.unwrap_or(ClearType::Ems);
            let clear_time = row.cleared_at.map(Time::from_ms);
            Told::End(AlarmEnd { alarm_id, clear_time, clear_type, clear_user })
        } else if row.kind == KIND_LISTED {
            let listed_at = row.cleared_at.ok_or_else(|| StoreError::corrupt("alarm_event", "cleared_at"))?;
            Told::Listed(AlarmListed {
                alarm_key: row.alarm_key.as_str().into(),
                ne_time: row.ne_at.map(Time::from_ms),
                ems_time: row.ems_at.map(Time::from_ms),
                listed_at: Time::from_ms(listed_at),
            })
        } else {
            let columns = RecordColumns {
                kind: row.kind,
                flags: row.flags,
                alarm_key: &row.alarm_key,
                ne_at: row.ne_at,
                ems_at: row.ems_at,
                cleared_at: row.cleared_at,
                severity: row.severity,
                service_affecting: row.service_affecting,
                clear_type: row.clear_type,
                extra: &row.extra,
            };
            Told::Record(Arc::new(columns.record(subject)?))
        };
        let raw = row.raw_block.zip(row.raw_index.and_then(|index| u32::try_from(index).ok()));
        Ok(AlarmEvent {
            id: row.id,
            source: SourceNo(row.source_no),
            alarm_key: row.alarm_key.into(),
            told,
            received_at: Time::from_ms(row.received_at),
            history: row.flags & HISTORY != 0,
            by_sync: row.flags & BY_SYNC != 0,
            raw: raw.map(|(block, index)| RawPlace { block, index }),
        })
    }
}

fn event_values<'a>(event: &NewEvent<'a>, varying: &'a Varying, subject_id: Option<i64>) -> [Value<'a>; 14] {
    let lag = |at: Time| event.received_at.since(at);
    let mut flags = 0;
    flags |= if event.history { HISTORY } else { 0 };
    flags |= if event.by_sync { BY_SYNC } else { 0 };
    flags |= if alarm_id_of(event.fact) == event.alarm_key { 0 } else { NO_ALARM_ID };
    [
        event.id.into(),
        varying.kind.into(),
        flags.into(),
        subject_id.into(),
        event.received_at.into(),
        varying.ne_at.map(lag).into(),
        varying.ems_at.map(lag).into(),
        varying.cleared_at.into(),
        varying.severity.into(),
        varying.service_affecting.into(),
        varying.clear_type.into(),
        Value::Text(&varying.extra),
        event.raw.map(|raw| raw.block).into(),
        event.raw.map(|raw| i64::from(raw.index)).into(),
    ]
}
