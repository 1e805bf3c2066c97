use std::collections::BTreeMap;

use model::alarm::Severity;
use model::threshold::ThresholdKey;
use proptest::prelude::*;

use super::*;

const STEP: i64 = 900_000;
/// Periods of the property tests.
const PERIODS: i64 = 40;

fn rule(set: f64, reset: f64, (needed, of): (u32, u32)) -> Threshold {
    Threshold {
        id: 1,
        version: 1,
        key: ThresholdKey {
            service_type: String::new(),
            service_level: String::new(),
            customer_no: String::new(),
            param: "ES".to_owned(),
            granularity: Granularity::M15,
            direction: if reset < set { Direction::Above } else { Direction::Below },
        },
        set,
        reset,
        needed,
        of,
        severity: Severity::Minor,
        enabled: true,
        note: String::new(),
        since: Time::from_ms(0),
        changed_by: String::new(),
    }
}

fn at(period: i64) -> Time {
    Time::from_ms(period * STEP)
}

fn whole(rule: &Threshold, rows: &BTreeMap<i64, f64>) -> Vec<Crossing> {
    let mut sweep = Sweep::new(rule, Vec::new(), (at(0), at(PERIODS)));
    rows.iter().for_each(|(period, value)| sweep.add(at(*period), *value));
    sweep.into_crossings()
}

/// (raised, cleared) in periods of a list of values; NaN was not measured.
fn crossed(rule: &Threshold, values: &[f64]) -> Vec<(i64, Option<i64>)> {
    let rows = (0..).zip(values.iter().copied()).filter(|(_, value)| !value.is_nan()).collect();
    let period = |at: Time| at.ms() / STEP;
    let found = whole(rule, &rows);
    found.iter().map(|crossing| (period(crossing.raised_at), crossing.cleared_at.map(period))).collect()
}

#[test]
fn between_reset_and_set_nothing_changes() {
    let rule = rule(10.0, 4.0, (1, 1));
    assert_eq!(crossed(&rule, &[9.0, 10.0, 5.0, 9.0, 4.0, 9.0, 11.0]), [(2, Some(5)), (7, None)]);
    let below = super::tests::rule(3.0, 5.0, (1, 1));
    assert_eq!(crossed(&below, &[4.0, 3.0, 4.0, 5.0, 2.0]), [(2, Some(4)), (5, None)]);
}

#[test]
fn n_of_m_periods_must_speak_for_a_change() {
    let rule = rule(10.0, 4.0, (2, 3));
    assert_eq!(crossed(&rule, &[10.0, 0.0, 10.0, 0.0, 10.0, 0.0]), [(3, Some(6))]);
    assert_eq!(crossed(&rule, &[10.0, 0.0, 0.0, 10.0, 0.0, 0.0]), []);
}

#[test]
fn a_gap_speaks_for_nothing_and_takes_its_place() {
    let gap = f64::NAN;
    let rule = rule(10.0, 4.0, (2, 3));
    assert_eq!(crossed(&rule, &[10.0, gap, 10.0, gap, 0.0, gap, 0.0]), [(3, Some(7))]);
    assert_eq!(crossed(&rule, &[10.0, gap, gap, 10.0, gap]), []);
    assert_eq!(crossed(&rule, &[10.0, 10.0, gap, gap, gap]), [(2, None)]);
}

#[test]
fn what_was_before_a_threshold_is_not_judged_by_it() {
    let rule = Threshold { since: at(2), ..rule(10.0, 4.0, (2, 2)) };
    assert_eq!(crossed(&rule, &[11.0, 11.0, 11.0, 11.0]), [(4, None)]);
}

#[test]
fn the_nearest_threshold_holds() {
    let of = |customer: &str, level: &str, kind: &str, set: f64| {
        let mut threshold = rule(set, 0.0, (1, 1));
        threshold.key.customer_no = customer.to_owned();
        threshold.key.service_level = level.to_owned();
        threshold.key.service_type = kind.to_owned();
        threshold
    };
    let mut list = vec![
        of("", "", "", 1.0),
        of("", "", "SDH", 2.0),
        of("", "AAA", "", 3.0),
        of("", "AAA", "SDH", 4.0),
        of("GROUP", "", "", 5.0),
        of("OWN", "", "", 6.0),
    ];
    let served = |kind, level, customers: &[&'static str]| Served {
        service_type: kind,
        service_level: level,
        customers: customers.to_vec(),
    };
    let set = |list: &[Threshold], served| in_force(list, &served).first().map(|threshold| threshold.set);
    assert_eq!(set(&list, served("ATM", "A", &["X"])), Some(1.0));
    assert_eq!(set(&list, served("SDH", "A", &["X"])), Some(2.0));
    assert_eq!(set(&list, served("ATM", "AAA", &["X"])), Some(3.0));
    assert_eq!(set(&list, served("SDH", "AAA", &[])), Some(4.0));
    assert_eq!(set(&list, served("SDH", "AAA", &["X", "GROUP"])), Some(5.0));
    assert_eq!(set(&list, served("SDH", "AAA", &["OWN", "GROUP"])), Some(6.0));
    list[5].enabled = false;
    assert_eq!(set(&list, served("SDH", "AAA", &["OWN", "GROUP"])), None, "one that is off hides the others");
    list.reverse();
    assert_eq!(set(&list, served("SDH", "AAA", &["X", "GROUP"])), Some(5.0));
}

/// What a keeper does with changes; what was said of an end is never unsaid, only the whole taken back.
fn keep(held: &mut Vec<Crossing>, changes: Vec<Change>) {
    for change in changes {
        match change {
            Change::Raise(crossing) => held.push(crossing),
            Change::End { raised_at, cleared_at } => {
                let crossing = held.iter_mut().find(|known| known.raised_at == raised_at).unwrap();
                assert!(crossing.cleared_at.is_none_or(|end| cleared_at < end));
                crossing.cleared_at = Some(cleared_at);
            }
            Change::TakeBack { raised_at } => {
                let before = held.len();
                held.retain(|known| known.raised_at != raised_at);
                assert_eq!(held.len(), before - 1);
            }
        }
    }
    held.sort_by_key(|crossing| crossing.raised_at);
}

/// Judges periods anew as the daemon does: a few at a time, until what follows stands.
fn rejudge(
    rule: &Threshold,
    held: &mut Vec<Crossing>,
    rows: &BTreeMap<i64, f64>,
    (first, last): (i64, i64),
    piece: i64,
) {
    let mut sweep = Sweep::new(rule, held.clone(), (at(first), at(last)));
    let mut next = sweep.read_from().ms() / STEP;
    loop {
        let until = next + piece;
        rows.range(next..until).for_each(|(period, value)| sweep.add(at(*period), *value));
        next = until;
        if sweep.settled(at(until)) {
            return keep(held, sweep.finish(Some(at(until))));
        }
        if until > PERIODS {
            return keep(held, sweep.finish(None));
        }
    }
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), Just(Some(0.0)), Just(Some(5.0)), Just(Some(12.0))]
}

proptest! {
    /// Rows in any order, corrected and told again, several at once, seen before they are judged: the crossings are
    /// those of all rows in order.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        told in prop::collection::vec((0..PERIODS, value()), 0..120),
        batches in prop::collection::vec((1_usize..5, any::<bool>()), 1..40),
        (of, needed, piece) in (1_u32..6).prop_flat_map(|of| (Just(of), 1..=of, 1_i64..9)),
    ) {
        let rule = rule(10.0, 4.0, (needed, of));
        let (mut rows, mut held, mut waiting) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut sizes = batches.iter().cycle();
        let mut rest = told.as_slice();
        while !rest.is_empty() || !waiting.is_empty() {
            let (size, judge) = sizes.next().unwrap();
            let (batch, later) = rest.split_at((*size).min(rest.len()));
            rest = later;
            for (period, value) in batch {
                match value {
                    Some(value) => rows.insert(*period, *value),
                    None => rows.remove(period),
                };
            }
            let periods = || batch.iter().map(|(period, _)| *period);
            waiting.extend(periods().min().zip(periods().max()));
            if *judge || rest.is_empty() {
                waiting.drain(..).for_each(|touched| rejudge(&rule, &mut held, &rows, touched, piece));
            }
        }
        prop_assert_eq!(held, whole(&rule, &rows));
    }
}
