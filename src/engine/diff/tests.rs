use proptest::prelude::*;

use super::*;

fn interval(start: i64, end: i64, class: Class) -> Interval {
    let (start, end) = (Time::from_ms(start), Time::from_ms(end));
    Interval { start, end, class, code: None, down: None, degraded: None, evidence: vec!["alarm:1".into()] }
}

/// A ledger of minute-long pieces from a list of classes, neighbours joined.
fn ledger(from: i64, classes: &[Class]) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = Vec::new();
    for (at, class) in (from..).zip(classes) {
        match intervals.last_mut() {
            Some(last) if last.class == *class => last.end = Time::from_ms(at + 1),
            _ => intervals.push(interval(at, at + 1, *class)),
        }
    }
    intervals
}

fn class_at(ledger: &[Interval], at: i64) -> Option<Class> {
    let at = Time::from_ms(at);
    ledger.iter().find(|interval| interval.start <= at && at < interval.end).map(|interval| interval.class)
}

fn some_ledger() -> impl Strategy<Value = Vec<Interval>> {
    let class = prop_oneof![Just(Class::Up), Just(Class::Down), Just(Class::Unmeasured)];
    (0_i64..8, proptest::collection::vec(class, 0..24)).prop_map(|(from, classes)| ledger(from, &classes))
}

#[test]
fn what_counts_otherwise_is_told_once_with_both_sides() {
    use Class::{Down, Excluded, Up};
    let was = [interval(0, 10, Up), interval(10, 20, Down), interval(20, 30, Up)];
    let mut excluded = interval(12, 20, Excluded);
    (excluded.code, excluded.down) = (Some(ExclusionCode::CustomerPower), Some(true));
    let is = [interval(0, 10, Up), interval(10, 12, Down), excluded, interval(20, 30, Up)];
    let down = Kind { class: Down, code: None, down: true, degraded: false };
    let out = Kind { class: Excluded, code: Some(ExclusionCode::CustomerPower), down: true, degraded: false };
    let (start, end) = (Time::from_ms(12), Time::from_ms(20));
    assert_eq!(changes(&was, &is), [Change { start, end, was: Some(down), is: Some(out) }]);
}

#[test]
fn other_evidence_is_no_change() {
    let was = [interval(0, 10, Class::Down)];
    let is = [Interval { evidence: vec!["alarm:2".into()], ..interval(0, 10, Class::Down) }];
    assert_eq!(changes(&was, &is), []);
}

proptest! {
    #[test]
    fn every_instant_is_in_a_change_if_and_only_if_it_differs(was in some_ledger(), is in some_ledger()) {
        let changes = changes(&was, &is);
        for at in -1..40 {
            let inside: Vec<&Change> =
                changes.iter().filter(|c| c.start <= Time::from_ms(at) && Time::from_ms(at) < c.end).collect();
            let (before, after) = (class_at(&was, at), class_at(&is, at));
            prop_assert_eq!(inside.len(), usize::from(before != after));
            for change in inside {
                prop_assert_eq!((change.was.map(|k| k.class), change.is.map(|k| k.class)), (before, after));
            }
        }
        for pair in changes.windows(2) {
            prop_assert!(pair[0].end < pair[1].start || (pair[0].was, pair[0].is) != (pair[1].was, pair[1].is));
        }
    }
}
