//! Alarm rows: the episodes that the engine made of the events, as lists and restarts need them.

use std::collections::HashMap;
use std::sync::Arc;

use model::alarm::{Acknowledgement, Alarm, Effect};
use model::fault::FaultNo;
use model::source::SourceId;
use model::text::{Text, shared};
use model::time::Time;

use crate::alarm::columns::{RecordColumns, clear_type_number, clear_type_of, place_of, word_at};
use crate::alarm::identity::IdentityNo;
use crate::alarm::subject::{Subject, subjects_by_ids};
use crate::error::{StoreError, expect_rows};
use crate::peer::{SourceNo, source_names};
use crate::tx::Tx;
use crate::value::{Multi, Value, args};

const FOUND_BY_SYNC: i64 = 1;
const TOGGLING: i64 = 2;
const CAUSE: i64 = 4;

/// Alarms of one page of [`each_active_alarm`].
const PAGE: i64 = 2000;
/// Most alarms of one list.
const LIMIT_MAX: i64 = 1000;

/// An alarm with what only the store and the writer need.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmRow {
    /// The alarm.
    pub alarm: Arc<Alarm>,
    /// Its source.
    pub source: SourceNo,
    /// Its identity's key.
    pub alarm_key: Text,
    /// The event whose values are in force: `alarm.record` is read from it.
    pub event_id: i64,
}

crate::value::row!(pub(super) AlarmColumns {
    id: i64,
    source_no: i64,
    alarm_key: String,
    raised_at: i64,
    event_id: i64,
    received_at: i64,
    cleared_at: Option<i64>,
    clear_type: Option<i64>,
    raises: i64,
    flags: i64,
    effect: i64,
    fault_no: Option<i64>,
    parent_alarm: Option<i64>,
    explained_by: String,
    circuits: i64,
    event_kind: i64,
    event_flags: i64,
    subject_id: Option<i64>,
    ne_at: Option<i64>,
    ems_at: Option<i64>,
    event_cleared_at: Option<i64>,
    event_severity: i64,
    service_affecting: Option<i64>,
    event_clear_type: Option<i64>,
    extra: String,
    acked_by: Option<String>,
    acked_at: Option<i64>,
    ack_note: Option<String>,
});

/// What every query of alarms selects; `a` is the alarm, `i` its identity, `e` its event, `k` who has seen it.
macro_rules! select_alarm {
    () => {
        "select a.id, i.source_no, i.alarm_key, a.raised_at, a.event_id,
            coalesce(a.received_at, e.received_at) as received_at, a.cleared_at, a.clear_type,
            a.raises, a.flags, a.effect, a.fault_no, a.parent_alarm, a.explained_by, a.circuits,
            e.kind as event_kind, e.flags as event_flags, e.subject_id,
            e.received_at - e.ne_lag as ne_at, e.received_at - e.ems_lag as ems_at,
            e.cleared_at as event_cleared_at, e.severity as event_severity, e.service_affecting,
            e.clear_type as event_clear_type, e.extra,
            k.acked_by, k.acked_at, k.note as ack_note"
    };
}
pub(super) use select_alarm;

/// What an alarm needs beside its own row. The number of its identity heads its own ([`IdentityNo`]).
macro_rules! join_alarm {
    () => {
        " join alarm_identity i on i.id = a.id / 4194304 join alarm_event e on e.id = a.event_id
            left join alarm_ack k on k.alarm_id = a.id"
    };
}
pub(super) use join_alarm;

static PUT: Multi = Multi::new(
    "insert into alarm (id, raised_at, event_id, received_at, cleared_at, clear_type, raises, flags, effect, fault_no,
        parent_alarm, explained_by, circuits) values ",
    13,
    " on conflict (id) do update set raised_at = excluded.raised_at, event_id = excluded.event_id,
        received_at = excluded.received_at, cleared_at = excluded.cleared_at, clear_type = excluded.clear_type,
        raises = excluded.raises, flags = excluded.flags, effect = excluded.effect, fault_no = excluded.fault_no,
        parent_alarm = excluded.parent_alarm, explained_by = excluded.explained_by, circuits = excluded.circuits",
);
static BY_IDS: Multi = Multi::new(
    "with q(id) as (values ",
    1,
    concat!(") ", select_alarm!(), " from q cross join alarm a", join_alarm!(), " where a.id = q.id"),
);
static OF_FAULTS: Multi = Multi::new(
    "with q(fault_no) as (values ",
    1,
    concat!(") ", select_alarm!(), " from q cross join alarm a", join_alarm!(), " where a.fault_no = q.fault_no"),
);
static OF_IDENTITIES: Multi = Multi::new(
    "with q(first, past) as (values ",
    2,
    concat!(
        ") ",
        select_alarm!(),
        " from q cross join alarm a",
        join_alarm!(),
        " where a.id >= q.first and a.id < q.past"
    ),
);
static DELETE: Multi = Multi::new("with q(id) as (values ", 1, ") delete from alarm where id in (select id from q)");
const ACTIVE_AFTER: &str = concat!(
    select_alarm!(),
    " from alarm a",
    join_alarm!(),
    " where a.cleared_at is null and a.id > $1 order by a.id limit $2"
);
const OF_FAULT_AFTER: &str = concat!(
    select_alarm!(),
    " from alarm a",
    join_alarm!(),
    " where a.fault_no = $1 and a.id > $2 order by a.id limit $3"
);
const PAST_OF_OPEN_FAULTS: &str = concat!(
    select_alarm!(),
    " from fault f cross join alarm a",
    join_alarm!(),
    " where f.state in ('open', 'cleared', 'closed_still_down') and f.fault_no >= $1 and a.fault_no = f.fault_no
        and a.cleared_at is not null and (f.fault_no > $1 or a.id > $2) order by f.fault_no, a.id limit $3"
);
const ACKNOWLEDGE: &str = "insert into alarm_ack (alarm_id, acked_by, acked_at, note) values ($1, $2, $3, $4)
    on conflict (alarm_id) do update set acked_by = excluded.acked_by, acked_at = excluded.acked_at, note = excluded.note";
const TAKE_BACK: &str = "delete from alarm_ack where alarm_id = $1";

/// Stores alarms, new or changed, by [`Alarm::id`]. The acknowledgement has its own [`acknowledge`].
///
/// # Errors
/// What the database says.
pub async fn put_alarms(tx: &mut Tx, alarms: &[AlarmRow]) -> Result<(), StoreError> {
    let rows: Vec<[Value<'_>; 13]> = alarms.iter().map(alarm_values).collect();
    let touched = tx.execute_many(&PUT, &rows).await?;
    expect_rows("put alarms", alarms.len() as u64, touched)
}

/// Removes alarms that a re-evaluation of their events no longer yields.
///
/// # Errors
/// What the database says.
pub async fn delete_alarms(tx: &mut Tx, ids: &[i64]) -> Result<(), StoreError> {
    let keys: Vec<[Value<'_>; 1]> = ids.iter().map(|id| [(*id).into()]).collect();
    tx.execute_many(&DELETE, &keys).await.map(drop)
}

/// Notes that an operator has seen an alarm; `None` takes it back.
///
/// # Errors
/// [`StoreError::Dangling`] if there is no such alarm.
pub async fn acknowledge(tx: &mut Tx, alarm: i64, note: Option<&Acknowledgement>) -> Result<(), StoreError> {
    match note {
        Some(note) => tx.execute(ACKNOWLEDGE, args![alarm, &note.by, note.at, &note.note]).await,
        None => tx.execute(TAKE_BACK, args![alarm]).await,
    }
    .map(drop)
}

/// The alarms of these identities, by raise time.
///
/// # Errors
/// What the database says.
pub async fn alarms_of(tx: &mut Tx, identities: &[IdentityNo]) -> Result<Vec<AlarmRow>, StoreError> {
    let ranges = identities.iter().map(|identity| identity.range());
    let keys: Vec<[Value<'_>; 2]> = ranges.map(|(first, past)| [first.into(), past.into()]).collect();
    let rows = tx.fetch_many(&OF_IDENTITIES, &keys).await?;
    let mut alarms = read(tx, rows).await?;
    alarms.sort_unstable_by_key(|row| (row.alarm.raised_at, row.alarm.id));
    Ok(alarms)
}

/// One alarm.
///
/// # Errors
/// What the database says.
pub async fn alarm_by_id(tx: &mut Tx, id: i64) -> Result<Option<AlarmRow>, StoreError> {
    Ok(alarms_by_ids(tx, &[id]).await?.pop())
}

/// Those of these alarms that exist, by number.
///
/// # Errors
/// What the database says.
pub async fn alarms_by_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<AlarmRow>, StoreError> {
    let keys: Vec<[Value<'_>; 1]> = ids.iter().map(|id| [(*id).into()]).collect();
    let rows = tx.fetch_many(&BY_IDS, &keys).await?;
    let mut alarms = read(tx, rows).await?;
    alarms.sort_unstable_by_key(|row| row.alarm.id);
    Ok(alarms)
}

/// The alarms of faults, by number.
///
/// # Errors
/// What the database says.
pub async fn alarms_of_faults(tx: &mut Tx, faults: &[FaultNo]) -> Result<Vec<AlarmRow>, StoreError> {
    let keys: Vec<[Value<'_>; 1]> = faults.iter().map(|fault| [fault.0.into()]).collect();
    let rows = tx.fetch_many(&OF_FAULTS, &keys).await?;
    let mut alarms = read(tx, rows).await?;
    alarms.sort_unstable_by_key(|row| row.alarm.id);
    Ok(alarms)
}

/// Visits every active alarm, by number; memory is bounded by a page.
///
/// # Errors
/// What the database says.
pub async fn each_active_alarm(tx: &mut Tx, mut visit: impl FnMut(AlarmRow) + Send) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let rows: Vec<AlarmColumns> = tx.fetch_all(ACTIVE_AFTER, args![after, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        read(tx, rows).await?.into_iter().for_each(&mut visit);
    }
}

/// The alarms of a fault by number, after alarm `after`; at most 1,000.
///
/// # Errors
/// What the database says.
pub async fn alarms_of_fault(tx: &mut Tx, fault: FaultNo, after: i64, limit: u32) -> Result<Vec<AlarmRow>, StoreError> {
    let limit = i64::from(limit).clamp(1, LIMIT_MAX);
    let rows = tx.fetch_all(OF_FAULT_AFTER, args![fault.0, after, limit]).await?;
    read(tx, rows).await
}

/// Visits every alarm that is over and belongs to a fault that may still change, by fault.
///
/// # Errors
/// What the database says.
pub async fn each_past_alarm_of_open_faults(
    tx: &mut Tx,
    mut visit: impl FnMut(AlarmRow) + Send,
) -> Result<(), StoreError> {
    let mut after = (0, 0);
    loop {
        let rows: Vec<AlarmColumns> = tx.fetch_all(PAST_OF_OPEN_FAULTS, args![after.0, after.1, PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.fault_no.unwrap_or(i64::MAX), last.id);
        read(tx, rows).await?.into_iter().for_each(&mut visit);
    }
}

/// Alarms of rows that one of our queries selected.
pub(super) async fn read(tx: &mut Tx, rows: Vec<AlarmColumns>) -> Result<Vec<AlarmRow>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let subjects = subjects_by_ids(tx, rows.iter().filter_map(|row| row.subject_id)).await?;
    let sources = source_names(tx).await?;
    rows.into_iter().map(|row| row.alarm(&subjects, &sources)).collect()
}

// === impl AlarmColumns ===

impl AlarmColumns {
    fn alarm(
        self,
        subjects: &HashMap<i64, Arc<Subject>>,
        sources: &HashMap<i64, SourceId>,
    ) -> Result<AlarmRow, StoreError> {
        let bad = |what: &str| StoreError::corrupt("alarm", what);
        let columns = RecordColumns {
            kind: self.event_kind,
            flags: self.event_flags,
            alarm_key: &self.alarm_key,
            ne_at: self.ne_at,
            ems_at: self.ems_at,
            cleared_at: self.event_cleared_at,
            severity: self.event_severity,
            service_affecting: self.service_affecting,
            clear_type: self.event_clear_type,
            extra: &self.extra,
        };
        let record = columns.record(self.subject_id.and_then(|id| subjects.get(&id)).map(Arc::as_ref))?;
        // Nearly always the key is the record's own id: then it is the same text, not another copy.
        let own = record.alarm_id == self.alarm_key.as_str();
        let alarm_key = if own { record.alarm_id.clone() } else { self.alarm_key.into() };
        let acknowledged = self.acked_by.zip(self.acked_at).map(|(by, at)| {
            let note = self.ack_note.unwrap_or_default();
            Arc::new(Acknowledgement { by, at: Time::from_ms(at), note })
        });
        let alarm = Alarm {
            id: self.id,
            source: sources.get(&self.source_no).cloned().ok_or_else(|| bad("source_no"))?,
            record: Arc::new(record),
            raised_at: Time::from_ms(self.raised_at),
            received_at: Time::from_ms(self.received_at),
            cleared_at: self.cleared_at.map(Time::from_ms),
            clear_type: clear_type_of(self.clear_type)?,
            raises: u32::try_from(self.raises).map_err(|_| bad("raises"))?,
            found_by_sync: self.flags & FOUND_BY_SYNC != 0,
            toggling: self.flags & TOGGLING != 0,
            effect: word_at(Effect::ALL, Some(self.effect)).flatten().ok_or_else(|| bad("effect"))?,
            fault: self.fault_no.map(FaultNo),
            is_cause: self.flags & CAUSE != 0,
            parent: self.parent_alarm,
            explained_by: shared(&self.explained_by),
            circuits: u32::try_from(self.circuits).map_err(|_| bad("circuits"))?,
            acknowledged,
        };
        Ok(AlarmRow { alarm: Arc::new(alarm), source: SourceNo(self.source_no), alarm_key, event_id: self.event_id })
    }
}

fn alarm_values(row: &AlarmRow) -> [Value<'_>; 13] {
    let alarm = &row.alarm;
    let mut flags = 0;
    flags |= if alarm.found_by_sync { FOUND_BY_SYNC } else { 0 };
    flags |= if alarm.toggling { TOGGLING } else { 0 };
    flags |= if alarm.is_cause { CAUSE } else { 0 };
    // Most alarms are raised once: then the event says when it was received.
    let told_once = row.event_id == alarm.id && alarm.raises == 1;
    let received_at = (!told_once).then_some(alarm.received_at);
    [
        alarm.id.into(),
        alarm.raised_at.into(),
        row.event_id.into(),
        received_at.into(),
        alarm.cleared_at.into(),
        alarm.clear_type.map(clear_type_number).into(),
        alarm.raises.into(),
        flags.into(),
        place_of(Effect::ALL, alarm.effect).into(),
        alarm.fault.map(|fault| fault.0).into(),
        alarm.parent.into(),
        (&alarm.explained_by).into(),
        alarm.circuits.into(),
    ]
}
