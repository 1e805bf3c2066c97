//! Alarm events, episodes and pages on both engines: fed twice, shuffled into batches, read back equal.

use std::sync::Arc;

use model::alarm::{
    Acknowledgement, Alarm, AlarmEnd, AlarmFact, AlarmRecord, AlarmStatus, ClearType, Effect, ObjectType,
    ServiceAffecting, Severity, Specialty,
};
use model::fault::FaultNo;
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
        alarm_id: format!("ALM-{n:06}"),
        circuit_codes: if n % 10 == 0 { vec![format!("北京天津ANE{n:04}NP")] } else { Vec::new() },
        specialty: Some(Specialty::Transport),
        ems_name: "EMS-1".to_owned(),
        ne_id: format!("NE-{}", n % 7),
        object_id: format!("PORT-{}", n % 20),
        object_type: Some(ObjectType::Port),
        alarm_title: "收无光 100%_LOS".to_owned(),
        native_cause: "R_LOS".to_owned(),
        severity: Severity::ALL[usize::try_from(n % 5).unwrap()],
        service_affecting: Some(ServiceAffecting::Yes),
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(NOW.plus_s(n)),
        ems_time: Some(NOW.plus_s(n + 1)),
        additional_text: if n % 3 == 0 { "光功率过低".to_owned() } else { String::new() },
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

async fn source(tx: &mut Tx) -> SourceNo {
    register_source(tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap()
}

async fn put(test: &TestDb, facts: &[AlarmFact]) -> Vec<i64> {
    let mut tx = test.db.write().await.unwrap();
    let source = source(&mut tx).await;
    let new: Vec<NewEvent<'_>> = facts
        .iter()
        .map(|fact| NewEvent {
            source,
            alarm_key: alarm_id_of(fact),
            fact,
            digest: digest_of(fact, NOW),
            received_at: NOW,
            history: false,
            by_sync: true,
            raw: Some(RawPlace { block: 3, index: 1 }),
        })
        .collect();
    let ids = put_events(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

fn facts(count: i64) -> Vec<AlarmFact> {
    let one = |n| [AlarmFact::Record(Arc::new(record(n))), AlarmFact::Record(Arc::new(clear(n))), end(n)];
    (0..count).flat_map(one).collect()
}

#[tokio::test]
async fn events_are_kept_once_and_read_back_whole() {
    for test in both().await {
        let facts = facts(400);
        let ids = put(&test, &facts).await;
        assert_eq!(ids, put(&test, &facts).await, "{}: fed twice", test.engine);
        let mixed = [facts[7].clone(), AlarmFact::Record(Arc::new(record(5_000))), facts[7].clone()];
        let again = put(&test, &mixed).await;
        assert_eq!((again[0], again[2]), (ids[7], ids[7]));

        let mut tx = test.db.read().await.unwrap();
        let keys: Vec<String> = (0..400).map(|n| format!("ALM-{n:06}")).collect();
        let wanted: Vec<(SourceNo, &str)> = keys.iter().map(|key| (SourceNo(1), key.as_str())).collect();
        let events = events_of(&mut tx, &wanted).await.unwrap();
        assert_eq!(events.len(), facts.len());
        for ((event, fact), id) in events.iter().zip(&facts).zip(ids) {
            assert_eq!(event.id, id);
            assert_eq!(event.digest, digest_of(fact, NOW).event);
            assert!(event.by_sync && !event.history && event.received_at == NOW);
            assert_eq!(event.raw, Some(RawPlace { block: 3, index: 1 }));
            match (&event.told, fact) {
                (Told::Record(stored), AlarmFact::Record(told)) => assert_eq!(**stored, **told),
                (Told::End(stored), AlarmFact::End(told)) => assert_eq!(stored, told),
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
        assert_eq!(events.len(), 9, "the ends too");
    }
}

#[tokio::test]
async fn a_rolled_back_subject_is_not_remembered() {
    for test in both().await {
        let fact = AlarmFact::Record(Arc::new(record(1)));
        let mut tx = test.db.write().await.unwrap();
        let source = source(&mut tx).await;
        let event = NewEvent {
            source,
            alarm_key: "K",
            fact: &fact,
            digest: digest_of(&fact, NOW),
            received_at: NOW,
            history: true,
            by_sync: false,
            raw: None,
        };
        put_events(&mut tx, &[event]).await.unwrap();
        tx.rollback().await.unwrap();
        put(&test, &[fact]).await;
        let mut tx = test.db.read().await.unwrap();
        let events = events_of(&mut tx, &[(SourceNo(1), "ALM-000001")]).await.unwrap();
        assert_eq!(events.len(), 1, "{}", test.engine);
    }
}

#[test]
fn the_same_words_are_another_event_only_if_they_carry_no_time() {
    let later = NOW.plus_s(5);
    let timed = AlarmFact::Record(Arc::new(record(1)));
    assert_eq!(digest_of(&timed, NOW), digest_of(&timed, later));
    let timeless = AlarmFact::Record(Arc::new(AlarmRecord { ne_time: None, ems_time: None, ..record(1) }));
    assert_ne!(digest_of(&timeless, NOW), digest_of(&timeless, later));
    assert_ne!(digest_of(&timed, NOW).event, digest_of(&AlarmFact::Record(Arc::new(clear(1))), NOW).event);
}

fn alarm(n: i64, event_id: i64, source: SourceNo) -> AlarmRow {
    let alarm = Alarm {
        id: n + 1,
        source: SourceId::new("GD_TNMS"),
        record: Arc::new(record(n)),
        raised_at: NOW.plus_s(n),
        received_at: NOW,
        cleared_at: (n % 2 == 0).then(|| NOW.plus_s(n + 60)),
        clear_type: (n % 2 == 0).then_some(ClearType::Manual),
        raises: 3,
        found_by_sync: n % 3 == 0,
        toggling: n % 5 == 0,
        effect: Effect::Outage,
        fault: (n % 4 == 0).then_some(FaultNo(n)),
        is_cause: n % 7 == 0,
        explained_by: "LINK-1".to_owned(),
        circuits: 12,
        acknowledged: None,
    };
    AlarmRow { alarm, source, alarm_key: format!("ALM-{n:06}").into(), event_id, changed_seq: n }
}

#[tokio::test]
async fn alarms_are_put_changed_listed_and_removed() {
    for test in both().await {
        let facts: Vec<AlarmFact> = (0..300).map(|n| AlarmFact::Record(Arc::new(record(n)))).collect();
        let ids = put(&test, &facts).await;
        let mut rows: Vec<AlarmRow> = (0..300).zip(ids).map(|(n, id)| alarm(n, id, SourceNo(1))).collect();
        let mut tx = test.db.write().await.unwrap();
        put_alarms(&mut tx, &rows).await.unwrap();
        put_alarms(&mut tx, &rows).await.unwrap();
        let note = Acknowledgement { by: "noc".to_owned(), at: NOW, note: "在处理".to_owned() };
        acknowledge(&mut tx, 4, Some(&note)).await.unwrap();
        rows[3].alarm.acknowledged = Some(note.clone());
        rows[5].alarm.raises = 9;
        put_alarms(&mut tx, &rows[5..6]).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = test.db.read().await.unwrap();
        let mut active = Vec::new();
        each_active_alarm(&mut tx, |row| active.push(row)).await.unwrap();
        let expected: Vec<AlarmRow> = rows.iter().filter(|row| row.alarm.cleared_at.is_none()).cloned().collect();
        assert_eq!(active, expected, "{}", test.engine);
        assert_eq!(alarm_by_id(&mut tx, 4).await.unwrap().unwrap(), rows[3]);
        assert_eq!(alarms_of(&mut tx, &[(SourceNo(1), "ALM-000007")]).await.unwrap(), rows[7..8]);
        drop(tx);

        let mut tx = test.db.write().await.unwrap();
        let missing = acknowledge(&mut tx, 4_000, Some(&note)).await;
        assert!(matches!(missing, Err(StoreError::Dangling(_))), "{}: {missing:?}", test.engine);
        tx.rollback().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        acknowledge(&mut tx, 4, None).await.unwrap();
        delete_alarms(&mut tx, &[1, 2]).await.unwrap();
        let twin = AlarmRow { alarm: Alarm { id: 9_999, ..rows[3].alarm.clone() }, ..rows[3].clone() };
        assert_eq!(alarms_by_ids(&mut tx, &[1, 2, 4]).await.unwrap().len(), 1);
        let refused = put_alarms(&mut tx, &[twin]).await;
        assert!(matches!(refused, Err(StoreError::Exists("the alarm"))), "{}: {refused:?}", test.engine);
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
