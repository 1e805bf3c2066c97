use super::*;

fn at(s: i64) -> Time {
    Time::from_ms(1_790_000_000_000 + s * 1000)
}

fn record(status: AlarmStatus, raised: i64, cleared: Option<i64>) -> Said {
    Said::Record(Arc::new(AlarmRecord {
        alarm_id: "A1".into(),
        alarm_status: Some(status),
        ne_time: Some(at(raised)),
        ems_time: Some(at(raised + 1)),
        clear_time: cleared.map(at),
        ..AlarmRecord::default()
    }))
}

fn told(n: i64, said: Said, origin: Origin) -> Told {
    Told { event_id: n, digest: n, received_at: at(100), origin, said }
}

fn key() -> IdentityKey {
    IdentityKey { source: SourceId::new("GD_TNMS"), alarm_key: "A1".into() }
}

fn tell_all(facts: &[Told]) -> Vec<Alarm> {
    let mut book = Book::default();
    let mut last = 0;
    for fact in facts {
        book.tell(&key(), fact.clone());
        book.recompute(&key(), || {
            last += 1;
            last
        });
    }
    let entries = book.identities.remove(&key()).unwrap().entries;
    let mut alarms: Vec<Alarm> = entries.into_iter().map(|entry| entry.alarm).collect();
    alarms.iter_mut().for_each(|alarm| alarm.id = 0);
    alarms
}

#[test]
fn order_and_repetition_do_not_matter() {
    let facts = [
        told(1, record(AlarmStatus::Active, 0, None), Origin::Live),
        told(2, record(AlarmStatus::Cleared, 0, Some(10)), Origin::Live),
        told(3, record(AlarmStatus::Active, 20, None), Origin::Live),
    ];
    let expected = tell_all(&facts);
    assert_eq!(expected.len(), 2);
    assert_eq!(expected[0].cleared_at, Some(at(10)));
    for order in [[2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]] {
        let mut shuffled: Vec<Told> = order.iter().map(|i| facts[*i].clone()).collect();
        shuffled.extend(facts.iter().cloned());
        assert_eq!(tell_all(&shuffled), expected, "{order:?}");
    }
}

#[test]
fn a_late_earlier_raise_moves_the_episode_and_the_old_number_goes() {
    let mut book = Book::default();
    let mut last = 0;
    let mut next = || {
        last += 1;
        last
    };
    book.tell(&key(), told(1, record(AlarmStatus::Active, 20, None), Origin::Live));
    assert_eq!(book.recompute(&key(), &mut next).put.len(), 1);
    book.tell(&key(), told(2, record(AlarmStatus::Active, 5, None), Origin::Live));
    let change = book.recompute(&key(), &mut next);
    assert_eq!((change.gone.as_slice(), change.put.len()), ([1].as_slice(), 1));
    assert_eq!((change.put[0].alarm.raised_at, change.put[0].alarm.raises), (at(5), 2));
    assert!(book.entry_mut(1).is_none() && book.entry_mut(2).is_some());
}

#[test]
fn only_what_a_resync_alone_told_is_found_by_sync() {
    let raise = record(AlarmStatus::Active, 0, None);
    assert!(tell_all(&[told(1, raise.clone(), Origin::Sync)])[0].found_by_sync);
    assert!(!tell_all(&[told(1, raise.clone(), Origin::Sync), told(2, raise, Origin::Live)])[0].found_by_sync);
}
