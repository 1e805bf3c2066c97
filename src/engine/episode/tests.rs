use proptest::prelude::*;

use super::*;

type Said = Vec<Event<&'static str>>;
type Life = (i64, Option<i64>, Vec<(i64, &'static str)>, u32);

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

fn raise(s: i64, ems: i64, value: &'static str) -> Event<&'static str> {
    Event::Raise { at: at(s), ems: Some(at(ems)), value }
}

fn clear(s: i64, raised: i64, value: &'static str) -> Event<&'static str> {
    Event::Clear { at: at(s), proves: Some((at(raised), None, value)), kind: ClearType::Ems, by: String::new() }
}

fn end(s: i64) -> Event<&'static str> {
    Event::End { at: at(s), kind: ClearType::System, by: "robot".to_owned() }
}

fn unlisted(s: i64) -> Event<&'static str> {
    Event::Unlisted { at: at(s) }
}

fn listed(raised: i64, s: i64) -> Event<&'static str> {
    Event::Listed { raised: at(raised), at: at(s) }
}

fn lives(events: &[Event<&'static str>]) -> Vec<Life> {
    let seconds = |time: Time| time.ms() / 1000;
    let life = |e: Episode<&'static str>| {
        let values = e.values.into_iter().map(|(from, value)| (seconds(from), value)).collect();
        (seconds(e.raised), e.cleared.map(seconds), values, e.raises)
    };
    episodes(events).into_iter().map(life).collect()
}

#[test]
fn sweeps_by_event_time() {
    let v = "v";
    let cases: Vec<(&str, Said, Vec<Life>)> = vec![
        ("an open alarm", vec![raise(10, 10, v)], vec![(10, None, vec![(10, v)], 1)]),
        ("a clear before its raise", vec![clear(20, 10, v), raise(10, 10, v)], vec![(10, Some(20), vec![(10, v)], 1)]),
        ("a clear proves a lost raise", vec![clear(20, 10, v)], vec![(10, Some(20), vec![(10, v)], 1)]),
        ("an end alone closes nothing", vec![end(20)], vec![]),
        ("an end waits for an earlier raise", vec![end(20), raise(10, 10, v)], vec![(10, Some(20), vec![(10, v)], 1)]),
        ("a repeat is counted", vec![raise(10, 10, v), raise(15, 15, v)], vec![(10, None, vec![(10, v)], 2)]),
        ("a duplicate is not", vec![raise(10, 10, v), raise(10, 10, v)], vec![(10, None, vec![(10, v)], 1)]),
        (
            "a reused id is two episodes",
            vec![raise(30, 30, "b"), clear(20, 10, "a"), raise(10, 10, "a")],
            vec![(10, Some(20), vec![(10, "a")], 1), (30, None, vec![(30, "b")], 1)],
        ),
        (
            "at one instant an open episode is cleared before it is raised again",
            vec![raise(10, 10, v), end(20), raise(20, 20, v)],
            vec![(10, Some(20), vec![(10, v)], 1), (20, None, vec![(20, v)], 1)],
        ),
        (
            "at one instant a closed one is raised before it is cleared",
            vec![raise(20, 20, v), end(20)],
            vec![(20, Some(20), vec![(20, v)], 1)],
        ),
        (
            "a second clear closes nothing",
            vec![raise(10, 10, v), end(20), end(25)],
            vec![(10, Some(20), vec![(10, v)], 1)],
        ),
    ];
    for (name, events, expected) in cases {
        assert_eq!(lives(&events), expected, "{name}");
    }
}

#[test]
fn a_later_list_refutes_what_an_earlier_one_cleared() {
    let v = "v";
    let open = || vec![(10, None, vec![(10, v)], 1)];
    let cleared = |s| vec![(10, Some(s), vec![(10, v)], 1)];
    let cases: Vec<(&str, Said, Vec<Life>)> = vec![
        ("a list without it clears", vec![raise(10, 10, v), unlisted(20)], cleared(20)),
        ("a later one with it refutes that", vec![raise(10, 10, v), unlisted(20), listed(10, 30)], open()),
        ("whichever came first", vec![listed(10, 30), unlisted(20), raise(10, 10, v)], open()),
        ("a list of the same instant does not", vec![raise(10, 10, v), unlisted(20), listed(10, 20)], cleared(20)),
        ("nor an earlier one", vec![raise(10, 10, v), unlisted(20), listed(10, 15)], cleared(20)),
        ("a raise at the instant of the clear is meant", vec![raise(20, 20, v), unlisted(20), listed(20, 30)], {
            vec![(20, None, vec![(20, v)], 1)]
        }),
        (
            "a raise after it is another alarm",
            vec![raise(10, 10, v), unlisted(20), raise(25, 25, v), listed(25, 30)],
            vec![(10, Some(20), vec![(10, v)], 1), (25, None, vec![(25, v)], 1)],
        ),
        (
            "the next list without it clears again",
            vec![raise(10, 10, v), unlisted(20), listed(10, 30), unlisted(40)],
            cleared(40),
        ),
        (
            "what its manager said of the end stands",
            vec![raise(10, 10, v), unlisted(20), clear(25, 10, v), listed(10, 30)],
            cleared(25),
        ),
        ("so does the end of an id", vec![raise(10, 10, v), end(25), listed(10, 30)], cleared(25)),
    ];
    for (name, events, expected) in cases {
        assert_eq!(lives(&events), expected, "{name}");
    }
    let by_peer = Event::End { at: at(20), kind: ClearType::Sync, by: String::new() };
    assert_eq!(lives(&[raise(10, 10, v), by_peer, listed(10, 30)]), cleared(20), "its manager's own resync stands");
}

#[test]
fn a_list_is_needed_once_only() {
    let held = [raise(10, 10, "v"), unlisted(20)];
    assert!(refutes(&listed(10, 30), &held));
    assert!(!refutes(&listed(10, 20), &held) && !refutes(&listed(21, 30), &held));
    assert!(!refutes(&listed(10, 30), &[raise(10, 10, "v"), end(20)]));
    let refuted = [unlisted(20), listed(10, 30)];
    assert!(!refutes(&listed(10, 40), &refuted));
    assert!(refutes(&listed(10, 40), &[refuted.to_vec(), vec![unlisted(35)]].concat()));
}

#[test]
fn values_take_force_in_turn() {
    let first_by_ems = [raise(10, 14, "major"), raise(10, 11, "minor")];
    assert_eq!(lives(&first_by_ems), [(10, None, vec![(10, "minor"), (14, "major")], 1)]);
    let first_by_content = [raise(10, 11, "b"), raise(10, 11, "a")];
    assert_eq!(lives(&first_by_content), [(10, None, vec![(10, "a"), (11, "b")], 1)]);
    let clear_says_nothing = [raise(10, 10, "said"), clear(20, 10, "another")];
    assert_eq!(lives(&clear_says_nothing), [(10, Some(20), vec![(10, "said")], 1)]);
    let after_the_end = [raise(10, 10, "a"), raise(10, 25, "b"), end(20)];
    assert_eq!(lives(&after_the_end), [(10, Some(20), vec![(10, "a")], 1)]);
    let repeat = [raise(10, 10, "a"), raise(15, 16, "b"), end(20)];
    assert_eq!(lives(&repeat), [(10, Some(20), vec![(10, "a"), (15, "b")], 2)]);
}

#[test]
fn clear_before_its_own_raise_has_no_length() {
    let found = episodes(&[clear(5, 10, "v")]);
    let [life] = found.as_slice() else { panic!("one episode, got {found:?}") };
    assert_eq!((life.raised, life.cleared, life.negative_clear), (at(10), Some(at(10)), true));
}

#[test]
fn names_who_cleared() {
    let found = episodes(&[raise(10, 10, "v"), end(20)]);
    assert_eq!((found[0].clear_kind, found[0].clear_by.as_str()), (Some(ClearType::System), "robot"));
}

#[test]
fn believes_the_element_within_reason() {
    let now = Time::parse("2026-11-07T00:00:00Z").unwrap();
    let live = TimeRule::Live { received: now };
    let record = |ne: i64, ems: i64| AlarmRecord {
        ne_time: Some(now.plus_s(ne)),
        ems_time: Some(now.plus_s(ems)),
        clear_time: Some(now.plus_s(ne)),
        ..AlarmRecord::default()
    };
    let day = 86_400;
    assert_eq!(live.raise_time(&record(-60, -50)), Some(now.plus_s(-60)));
    assert_eq!(live.raise_time(&record(300, -50)), Some(now.plus_s(300)));
    assert_eq!(live.raise_time(&record(301, -50)), Some(now.plus_s(-50)));
    assert_eq!(live.raise_time(&record(-400 * day, -50)), Some(now.plus_s(-400 * day)));
    assert_eq!(live.raise_time(&record(-401 * day, 900)), Some(now));
    assert_eq!(live.clear_time(&record(301, -50)), Some(now.plus_s(-50)));
    assert_eq!(live.end_time(None), Some(now));
    assert_eq!(TimeRule::History.raise_time(&record(-900 * day, -50)), Some(now.plus_s(-900 * day)));
    assert_eq!(TimeRule::History.raise_time(&AlarmRecord::default()), None);
}

#[test]
fn identity_without_id_is_what_the_alarm_is_about() {
    let record = AlarmRecord { object_id: "a|b".into(), ..AlarmRecord::default() };
    let other = AlarmRecord { object_id: "a".into(), layer_rate: "b".into(), ..AlarmRecord::default() };
    assert_ne!(identity(&record), identity(&other));
    assert_eq!(identity(&AlarmRecord { alarm_id: "A1".into(), ..record }), "A1");
}

fn any_event() -> impl Strategy<Value = Event<u8>> {
    let time = || (0..12i64).prop_map(at);
    let kind = prop_oneof![Just(ClearType::Ems), Just(ClearType::Sync)];
    prop_oneof![
        (time(), proptest::option::of(time()), 0..3u8).prop_map(|(at, ems, value)| Event::Raise { at, ems, value }),
        (time(), proptest::option::of((time(), proptest::option::of(time()), 0..3u8)), kind)
            .prop_map(|(at, proves, kind)| Event::Clear { at, proves, kind, by: String::new() }),
        time().prop_map(|at| Event::End { at, kind: ClearType::System, by: String::new() }),
        time().prop_map(|at| Event::Unlisted { at }),
        (time(), time()).prop_map(|(raised, at)| Event::Listed { raised, at }),
    ]
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(
        events in proptest::collection::vec(any_event(), 0..24),
        shuffle in any::<u64>(),
    ) {
        let mut twice: Vec<Event<u8>> = events.iter().chain(&events).cloned().collect();
        // A cheap shuffle from a number: sort by a hash of position and seed.
        let mut keyed: Vec<(u64, Event<u8>)> = twice.drain(..).enumerate().map(|(i, event)| {
            ((i as u64 + 1).wrapping_mul(shuffle | 1).rotate_left(17), event)
        }).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Event<u8>> = keyed.into_iter().map(|(_, event)| event).collect();
        prop_assert_eq!(episodes(&shuffled), episodes(&events));
    }

    #[test]
    fn a_refuted_end_is_as_if_never_told(events in proptest::collection::vec(any_event(), 0..24)) {
        let lists: Vec<(Time, Time)> = events.iter().filter_map(|event| match event {
            Event::Listed { raised, at } => Some((*raised, *at)),
            _ => None,
        }).collect();
        let stands = |event: &&Event<u8>| match event {
            Event::Unlisted { at } => !lists.iter().any(|(raised, list)| raised <= at && at < list),
            Event::Listed { .. } => false,
            _ => true,
        };
        let standing: Vec<Event<u8>> = events.iter().filter(stands).cloned().collect();
        prop_assert_eq!(episodes(&standing), episodes(&events));
        for list in events.iter().filter(|event| matches!(event, Event::Listed { .. })) {
            prop_assert!(!refutes(list, &events), "what is held needs no telling again");
        }
    }

    #[test]
    fn episodes_follow_each_other(events in proptest::collection::vec(any_event(), 0..24)) {
        let found = episodes(&events);
        for pair in found.windows(2) {
            prop_assert!(pair[0].cleared.is_some_and(|end| end <= pair[1].raised));
        }
        for episode in &found {
            prop_assert_eq!(episode.values.first().map(|(from, _)| *from), Some(episode.raised));
            prop_assert!(episode.values.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1));
            prop_assert!(episode.raises > 0);
        }
    }
}
