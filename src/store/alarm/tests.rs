//! Alarm events, episodes and pages on both engines: fed twice, shuffled into batches, read back equal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::alarm::{
    Acknowledgement, Alarm, AlarmEnd, AlarmFact, AlarmListed, AlarmRecord, AlarmStatus, ClearType, Effect, ObjectType,
    ServiceAffecting, Severity, Specialty,
};
use model::fault::{FaultNo, FaultState};
use model::source::{SourceId, SourceKind};
use model::time::Time;

use super::*;
use crate::StoreError;
use crate::peer::{SourceNo, register_source};
use crate::testing::{TestDb, both};
use crate::tx::Tx;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn record(n: i64) -> AlarmRecord {
    AlarmRecord {
        alarm_id: format!("ALM-{n:06}").into(),
        circuit_codes: if n % 10 == 0 { vec![format!("北京天津ANE{n:04}NP")] } else { Vec::new() },
        specialty: Some(Specialty::Transport),
        ems_name: "EMS-1".into(),
        ne_id: format!("NE-{}", n % 7).into(),
        object_id: format!("PORT-{}", n % 20).into(),
        object_type: Some(ObjectType::Port),
        alarm_title: "收无光 100%_LOS".into(),
        native_cause: "R_LOS".into(),
        severity: Severity::ALL[usize::try_from(n % 5).unwrap()],
        service_affecting: Some(ServiceAffecting::Yes),
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(NOW.plus_s(n)),
        ems_time: Some(NOW.plus_s(n + 1)),
        additional_text: if n % 3 == 0 { "光功率过低".into() } else { "".into() },
        ..AlarmRecord::default()
    }
}

fn clear(n: i64) -> AlarmRecord {
    AlarmRecord {
        alarm_status: Some(AlarmStatus::Cleared),
        clear_time: Some(NOW.plus_s(n + 60)),
        clear_type: Some(ClearType::Manual),
        ..record(n)
    }
}

fn end(n: i64) -> AlarmFact {
    AlarmFact::End(AlarmEnd {
        alarm_id: format!("ALM-{n:06}"),
        clear_time: Some(NOW.plus_s(n + 90)),
        clear_type: ClearType::System,
        clear_user: "张三".to_owned(),
    })
}

fn listed(n: i64) -> AlarmFact {
    AlarmFact::Listed(AlarmListed {
        alarm_key: format!("ALM-{n:06}").into(),
        ne_time: record(n).ne_time,
        ems_time: None,
        listed_at: NOW.plus_s(n + 120),
    })
}

async fn source(tx: &mut Tx) -> SourceNo {
    register_source(tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap()
}

/// Stores facts, each identity's in order; their numbers.
async fn put(test: &TestDb, facts: &[AlarmFact]) -> Vec<i64> {
    let mut tx = test.db.write().await.unwrap();
    let source = source(&mut tx).await;
    let keys: BTreeSet<&str> = facts.iter().map(alarm_id_of).collect();
    let keys: Vec<(SourceNo, &str)> = keys.into_iter().map(|key| (source, key)).collect();
    let numbers = add_identities(&mut tx, &keys).await.unwrap();
    let mut next: BTreeMap<&str, (IdentityNo, usize)> =
        keys.iter().zip(numbers).map(|((_, key), no)| (*key, (no, 0))).collect();
    let number = |fact| {
        let (no, place) = next.get_mut(alarm_id_of(fact)).unwrap();
        *place += 1;
        no.event_id(*place - 1).unwrap()
    };
    let ids: Vec<i64> = facts.iter().map(number).collect();
    let event = |(fact, id): (_, &i64)| NewEvent {
        id: *id,
        alarm_key: alarm_id_of(fact),
        fact,
        received_at: NOW,
        history: false,
        by_sync: true,
        raw: Some(RawPlace { block: 3, index: 1 }),
    };
    let new: Vec<NewEvent<'_>> = facts.iter().zip(&ids).map(event).collect();
    put_events(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

fn facts(count: i64) -> Vec<AlarmFact> {
    let one = |n| [AlarmFact::Record(Arc::new(record(n))), AlarmFact::Record(Arc::new(clear(n))), end(n), listed(n)];
    (0..count).flat_map(one).collect()
}

#[tokio::test]
async fn events_are_kept_once_and_read_back_whole() {
    for test in both().await {
        let facts = facts(400);
        let ids = put(&test, &facts).await;
        let mut tx = test.db.write().await.unwrap();
        let event = NewEvent { id: ids[7], alarm_key: "A", ..whole(&facts[7]) };
        assert!(matches!(put_events(&mut tx, &[event]).await, Err(StoreError::Exists(_))), "{}", test.engine);
        tx.rollback().await.unwrap();

        let mut tx = test.db.read().await.unwrap();
        let keys: Vec<String> = (0..401).map(|n| format!("ALM-{n:06}")).collect();
        let wanted: Vec<(SourceNo, &str)> = keys.iter().map(|key| (SourceNo(1), key.as_str())).collect();
        let numbers = identities_by_keys(&mut tx, &wanted).await.unwrap();
        assert_eq!(numbers[400], None);
        let numbers: Vec<IdentityNo> = numbers.into_iter().flatten().collect();
        assert_eq!(numbers[7], IdentityNo::of(ids[7 * 4]));
        let events = events_of(&mut tx, &numbers).await.unwrap();
        assert_eq!(events.len(), facts.len());
        for ((event, fact), id) in events.iter().zip(&facts).zip(ids) {
            assert_eq!(event.id, id);
            assert!(event.by_sync && !event.history && event.received_at == NOW);
            assert_eq!(event.raw, Some(RawPlace { block: 3, index: 1 }));
            match (&event.told, fact) {
                (Told::Record(stored), AlarmFact::Record(told)) => assert_eq!(**stored, **told),
                (Told::End(stored), AlarmFact::End(told)) => assert_eq!(stored, told),
                (Told::Listed(stored), AlarmFact::Listed(told)) => assert_eq!(stored, told),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn what_touches_a_circuit_is_found_with_all_events_of_its_identities() {
    for test in both().await {
        put(&test, &facts(40)).await;
        let mut tx = test.db.read().await.unwrap();
        let objects = [(ObjectType::Port, "PORT-3".to_owned()), (ObjectType::Ne, "PORT-4".to_owned())];
        let events = events_of_circuit(&mut tx, &objects, &["北京天津ANE0030NP".to_owned()]).await.unwrap();
        let mut keys: Vec<&str> = events.iter().map(|event| event.alarm_key.as_ref()).collect();
        keys.dedup();
        assert_eq!(keys, ["ALM-000003", "ALM-000023", "ALM-000030"], "{}", test.engine);
        assert_eq!(events.len(), 12, "the ends and lists too");
    }
}

fn whole(fact: &AlarmFact) -> NewEvent<'_> {
    let id = IdentityNo(1).event_id(0).unwrap();
    NewEvent { id, alarm_key: "K", fact, received_at: NOW, history: true, by_sync: false, raw: None }
}

#[tokio::test]
async fn a_rolled_back_subject_is_not_remembered() {
    for test in both().await {
        let fact = AlarmFact::Record(Arc::new(record(1)));
        let mut tx = test.db.write().await.unwrap();
        put_events(&mut tx, &[whole(&fact)]).await.unwrap();
        tx.rollback().await.unwrap();
        let ids = put(&test, &[fact]).await;
        let mut tx = test.db.read().await.unwrap();
        let events = events_of(&mut tx, &[IdentityNo::of(ids[0])]).await.unwrap();
        assert_eq!(events.len(), 1, "{}", test.engine);
    }
}

fn alarm(n: i64, event_id: i64, source: SourceNo) -> AlarmRow {
    let alarm = Alarm {
        id: event_id,
        source: SourceId::new("GD_TNMS"),
        record: Arc::new(record(n)),
        raised_at: NOW.plus_s(n),
        received_at: NOW,
        cleared_at: (n % 2 == 0).then(|| NOW.plus_s(n + 60)),
        clear_type: (n % 2 == 0).then_some(ClearType::Manual),
        raises: if n % 3 == 0 { 1 } else { 3 },
        found_by_sync: n % 3 == 0,
        toggling: n % 5 == 0,
        effect: Effect::Outage,
        fault: (n % 4 == 0).then_some(FaultNo(n)),
        is_cause: n % 7 == 0,
        parent: (n % 7 != 0).then_some(7),
        explained_by: "LINK-1".into(),
        circuits: 12,
        acknowledged: None,
    };
    AlarmRow { alarm: Arc::new(alarm), source, alarm_key: format!("ALM-{n:06}").into(), event_id }
}

#[tokio::test]
async fn alarms_are_put_changed_listed_and_removed() {
    for test in both().await {
        let facts: Vec<AlarmFact> = (0..300).map(|n| AlarmFact::Record(Arc::new(record(n)))).collect();
        let ids = put(&test, &facts).await;
        let mut rows: Vec<AlarmRow> =
            (0..300).zip(ids.iter().copied()).map(|(n, id)| alarm(n, id, SourceNo(1))).collect();
        let mut tx = test.db.write().await.unwrap();
        put_alarms(&mut tx, &rows).await.unwrap();
        put_alarms(&mut tx, &rows).await.unwrap();
        let note = Acknowledgement { by: "noc".to_owned(), at: NOW, note: "在处理".to_owned() };
        acknowledge(&mut tx, ids[3], Some(&note)).await.unwrap();
        Arc::make_mut(&mut rows[3].alarm).acknowledged = Some(Arc::new(note.clone()));
        Arc::make_mut(&mut rows[5].alarm).raises = 9;
        put_alarms(&mut tx, &rows[5..6]).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = test.db.read().await.unwrap();
        let mut active = Vec::new();
        each_active_alarm(&mut tx, |row| active.push(row)).await.unwrap();
        let expected: Vec<AlarmRow> = rows.iter().filter(|row| row.alarm.cleared_at.is_none()).cloned().collect();
        assert_eq!(active, expected, "{}", test.engine);
        assert_eq!(alarm_by_id(&mut tx, ids[3]).await.unwrap().unwrap(), rows[3]);
        assert_eq!(alarms_of(&mut tx, &[IdentityNo::of(ids[7])]).await.unwrap(), rows[7..8]);
        drop(tx);

        let mut tx = test.db.write().await.unwrap();
        let missing = acknowledge(&mut tx, 4_000, Some(&note)).await;
        assert!(matches!(missing, Err(StoreError::Dangling(_))), "{}: {missing:?}", test.engine);
        tx.rollback().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        acknowledge(&mut tx, ids[3], None).await.unwrap();
        delete_alarms(&mut tx, &ids[..2]).await.unwrap();
        assert_eq!(alarms_by_ids(&mut tx, &ids[..4]).await.unwrap().len(), 2, "{}", test.engine);
    }
}

#[tokio::test]
async fn alarms_are_found_by_their_fault() {
    for test in both().await {
        let facts: Vec<AlarmFact> = (0..12).map(|n| AlarmFact::Record(Arc::new(record(n)))).collect();
        let ids = put(&test, &facts).await;
        let mut rows: Vec<AlarmRow> =
            (0..12).zip(ids.iter().copied()).map(|(n, id)| alarm(n, id, SourceNo(1))).collect();
        for (n, row) in rows.iter_mut().enumerate() {
            Arc::make_mut(&mut row.alarm).fault = Some(FaultNo(1 + i64::try_from(n % 3).unwrap()));
        }
        let mut tx = test.db.write().await.unwrap();
        put_alarms(&mut tx, &rows).await.unwrap();
        let faults = [(1, FaultState::Open), (2, FaultState::Closed), (3, FaultState::Cleared)];
        let faults = faults.map(|(n, state)| Arc::new(crate::fault::tests::fault(n, state)));
        crate::fault::put_faults(&mut tx, &faults).await.unwrap();
        let of_first: Vec<AlarmRow> = rows.iter().step_by(3).cloned().collect();
        assert_eq!(alarms_of_fault(&mut tx, FaultNo(1), 0, 9).await.unwrap(), of_first, "{}", test.engine);
        assert_eq!(alarms_of_fault(&mut tx, FaultNo(1), ids[0], 2).await.unwrap(), of_first[1..3]);
        let mut past = Vec::new();
        each_past_alarm_of_open_faults(&mut tx, |row| past.push(row)).await.unwrap();
        let is_past = |row: &&AlarmRow| row.alarm.cleared_at.is_some() && row.alarm.fault != Some(FaultNo(2));
        let mut expected: Vec<AlarmRow> = rows.iter().filter(is_past).cloned().collect();
        expected.sort_by_key(|row| (row.alarm.fault, row.alarm.id));
        assert_eq!(past, expected, "{}", test.engine);
    }
}

#[tokio::test]
async fn history_is_paged_and_filtered() {
    for test in both().await {
        let facts: Vec<AlarmFact> = (0..50).map(|n| AlarmFact::Record(Arc::new(record(n)))).collect();
        let ids = put(&test, &facts).await;
        let rows: Vec<AlarmRow> = (0..50).zip(ids).map(|(n, id)| alarm(n, id, SourceNo(1))).collect();
        let mut tx = test.db.write().await.unwrap();
        put_alarms(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.read().await.unwrap();
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let page = alarms_page(&mut tx, &AlarmFilter::default(), after, 20).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(AlarmCursor { raised_at: last.alarm.raised_at, id: last.alarm.id });
            seen.extend(page);
        }
        seen.reverse();
        assert_eq!(seen, rows, "{}", test.engine);
        let count = async |tx: &mut Tx, filter: AlarmFilter| alarms_page(tx, &filter, None, 1000).await.unwrap().len();
        let all = AlarmFilter::default;
        assert_eq!(count(&mut tx, AlarmFilter { state: AlarmStateFilter::Active, ..all() }).await, 25);
        assert_eq!(count(&mut tx, AlarmFilter { state: AlarmStateFilter::Cleared, ..all() }).await, 25);
        let severities = vec![Severity::Critical, Severity::Indeterminate];
        assert_eq!(count(&mut tx, AlarmFilter { severities, ..all() }).await, 20);
        assert_eq!(count(&mut tx, AlarmFilter { source: Some(SourceNo(2)), ..all() }).await, 0);
        assert_eq!(count(&mut tx, AlarmFilter { fault: Some(FaultNo(8)), ..all() }).await, 1);
        let of_faults = alarms_of_faults(&mut tx, &[FaultNo(8), FaultNo(9), FaultNo(12)]).await.unwrap();
        let faults: Vec<_> = of_faults.iter().map(|row| row.alarm.fault).collect();
        assert_eq!(faults, [Some(FaultNo(8)), Some(FaultNo(12))], "{}: the ninth holds none", test.engine);
        assert_eq!(count(&mut tx, AlarmFilter { text: "port-3\"".to_owned(), ..all() }).await, 3);
        assert_eq!(count(&mut tx, AlarmFilter { text: "收无光 100%_l".to_owned(), ..all() }).await, 50);
        assert_eq!(count(&mut tx, AlarmFilter { text: "100_".to_owned(), ..all() }).await, 0);
        assert_eq!(count(&mut tx, AlarmFilter { text: "alm-000007".to_owned(), ..all() }).await, 1, "by its key");
        assert_eq!(count(&mut tx, AlarmFilter { from: Some(NOW.plus_s(40)), ..all() }).await, 10);
    }
}

#[tokio::test]
async fn raw_messages_come_back() {
    for test in both().await {
        let messages: Vec<Vec<u8>> = (0..50).map(|n| format!("<alarm>{n}</alarm>").repeat(20).into_bytes()).collect();
        let packed = pack_raw(messages.iter().map(Vec::as_slice));
        assert!(packed.len() < 4_000);
        let mut tx = test.db.write().await.unwrap();
        let block = next_raw_block(&mut tx).await.unwrap();
        put_raw_block(&mut tx, block, NOW, &packed).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.read().await.unwrap();
        for index in [0, 7, 49] {
            let raw = raw_by_place(&mut tx, RawPlace { block, index }).await.unwrap().unwrap();
            assert_eq!(raw, messages[usize::try_from(index).unwrap()], "{}", test.engine);
        }
        assert!(raw_by_place(&mut tx, RawPlace { block, index: 50 }).await.is_err());
        assert_eq!(raw_by_place(&mut tx, RawPlace { block: 99, index: 0 }).await.unwrap(), None);
    }
}
