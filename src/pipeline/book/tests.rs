use super::*;

use model::alarm::AlarmStatus;

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

fn key() -> IdentityKey {
    IdentityKey { source: SourceId::new("GD_TNMS"), alarm_key: "A1".into() }
}

fn empty() -> Book {
    let mut book = Book::default();
    book.put(key(), IdentityNo(1), Some(Vec::new()), Vec::new());
    book
}

fn entries(book: &Book) -> &[Entry] {
    &book.find(&key()).unwrap().entries
}

fn tell_all(facts: &[(Said, Origin)]) -> Vec<Alarm> {
    let mut book = empty();
    for (said, origin) in facts {
        book.tell(&key(), at(100), *origin, said.clone());
        book.recompute(&key());
        assert_eq!(book.active(), entries(&book).iter().filter(|entry| entry.alarm.cleared_at.is_none()).count());
    }
    entries(&book).iter().map(|entry| Alarm { id: 0, ..entry.alarm.as_ref().clone() }).collect()
}

#[test]
fn order_and_repetition_do_not_matter() {
    let facts = [
        (record(AlarmStatus::Active, 0, None), Origin::Live),
        (record(AlarmStatus::Cleared, 0, Some(10)), Origin::Live),
        (record(AlarmStatus::Active, 20, None), Origin::Live),
    ];
    let expected = tell_all(&facts);
    assert_eq!(expected.len(), 2);
    assert_eq!(expected[0].cleared_at, Some(at(10)));
    for order in [[2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]] {
        let mut shuffled: Vec<_> = order.iter().map(|i| facts[*i].clone()).collect();
        shuffled.extend(facts.iter().cloned());
        assert_eq!(tell_all(&shuffled), expected, "{order:?}");
    }
}

#[test]
fn an_earlier_raise_that_is_told_later_moves_the_alarm_and_keeps_its_number() {
    let mut book = empty();
    let first = book.tell(&key(), at(100), Origin::Live, record(AlarmStatus::Active, 20, None)).unwrap();
    let change = book.recompute(&key());
    assert_eq!((change.put.len(), change.put[0].alarm.id, change.active), (1, first, 1));
    book.tell(&key(), at(100), Origin::Live, record(AlarmStatus::Active, 5, None)).unwrap();
    let change = book.recompute(&key());
    assert_eq!((change.gone.as_slice(), change.put.len(), change.active), ([].as_slice(), 1, 0));
    let alarm = &change.put[0].alarm;
    assert_eq!((alarm.id, alarm.raised_at, alarm.raises), (first, at(5), 2));
    // A clear between them makes two alarms of it; the number stays with the raise that was told first.
    book.tell(&key(), at(101), Origin::Live, record(AlarmStatus::Cleared, 5, Some(10)));
    book.recompute(&key());
    let numbers: Vec<_> = entries(&book).iter().map(|entry| (entry.alarm.raised_at, entry.alarm.id == first)).collect();
    assert_eq!(numbers, [(at(5), false), (at(20), true)]);
}

#[test]
fn an_alarm_keeps_its_number_whatever_comes_later() {
    let mut book = empty();
    let raised = book.tell(&key(), at(100), Origin::Live, record(AlarmStatus::Active, 0, None)).unwrap();
    book.recompute(&key());
    book.tell(&key(), at(101), Origin::Live, record(AlarmStatus::Cleared, 0, Some(10)));
    let change = book.recompute(&key());
    assert_eq!((change.put[0].alarm.id, change.active), (raised, -1));
    let again = book.tell(&key(), at(102), Origin::Live, record(AlarmStatus::Active, 20, None)).unwrap();
    let change = book.recompute(&key());
    assert_eq!((change.put.len(), change.put[0].alarm.id, change.active), (1, again, 1));
}

#[test]
fn only_what_a_resync_alone_told_is_found_by_sync() {
    let raise = record(AlarmStatus::Active, 0, None);
    assert!(tell_all(&[(raise.clone(), Origin::Sync)])[0].found_by_sync);
    let said_live = record(AlarmStatus::Active, 0, None);
    let Said::Record(mut other) = said_live else { unreachable!() };
    Arc::make_mut(&mut other).additional_text = "live".into();
    assert!(!tell_all(&[(raise, Origin::Sync), (Said::Record(other), Origin::Live)])[0].found_by_sync);
}

#[test]
fn quiet_identities_go_and_active_ones_lose_their_facts_only() {
    let mut book = Book::default();
    let key = |n: usize| IdentityKey { source: SourceId::new("GD_TNMS"), alarm_key: format!("A{n}").into() };
    for n in 0..3 * TOLD {
        book.put(key(n), IdentityNo(i64::try_from(n).unwrap() + 1), Some(Vec::new()), Vec::new());
        book.tell(&key(n), at(0), Origin::Live, record(AlarmStatus::Active, 0, None));
        if n % 2 == 0 {
            book.tell(&key(n), at(1), Origin::Live, record(AlarmStatus::Cleared, 0, Some(1)));
        }
        book.recompute(&key(n));
        book.forget_quiet();
    }
    assert_eq!(book.active(), 3 * TOLD / 2);
    assert!(book.len() < 3 * TOLD, "quiet ones are gone");
    assert!(book.is_active(&key(1)) && !book.knows(&key(1)), "an active one stays, without its facts");
    assert!(!book.is_active(&key(0)) && book.number(&key(0)).is_none());
    assert!(book.knows(&key(3 * TOLD - 1)));
    let no = book.number(&key(1)).unwrap();
    assert!(book.entry_mut(no.event_id(0).unwrap()).is_some());
}
