//! Laws that hold between figures, whatever they are. `PROPTEST_CASES=10000` tries them longer.

use proptest::prelude::*;

use super::case::{CODES, Case, DAY, Method, any_case, any_method, october};
use super::*;
use crate::completeness::Completeness;
use crate::correction::Change;
use crate::ledger::Class;

fn any() -> impl Strategy<Value = (Method, Case)> {
    any_method().prop_flat_map(any_case)
}

/// What must not depend on where the calendar lies.
fn numbers(figure: &Figure) -> ([i64; 7], Option<Share>, u32, Option<i64>, i64, Quality) {
    let lengths = [
        figure.service_ms,
        figure.down_ms,
        figure.excluded_outage_ms,
        figure.excluded_window_ms,
        figure.unmeasured_ms,
        figure.not_in_service_ms,
        figure.outside_window_ms,
    ];
    (lengths, figure.availability, figure.outages, figure.longest_ms, figure.budget.left_ms, figure.quality)
}

proptest! {
    #[test]
    fn order_and_repetition_change_nothing((method, case) in any()) {
        let plan = method.plan();
        let mut turned = case.clone();
        turned.hits.extend_from_within(..);
        turned.hits.reverse();
        turned.suspends.extend_from_within(..);
        turned.suspends.reverse();
        turned.corrections.extend_from_within(..);
        turned.corrections.reverse();
        turned.tickets.extend_from_within(..);
        turned.tickets.reverse();
        turned.silences.extend_from_within(..);
        turned.silences.reverse();
        prop_assert_eq!(turned.evaluate(&plan), case.evaluate(&plan));
    }

    #[test]
    fn what_is_complete_is_what_the_ledger_measured((method, case) in any()) {
        let figure = case.evaluate(&method.plan());
        let of = |classes: &[Class]| {
            let those = figure.ledger.iter().filter(|interval| classes.contains(&interval.class));
            those.map(crate::ledger::Interval::length_ms).sum::<i64>()
        };
        let measured_ms = of(&[Class::Up, Class::Down, Class::Excluded]);
        let whole_ms = measured_ms + of(&[Class::Unmeasured]);
        prop_assert_eq!(Completeness::of(&figure), Completeness { measured_ms, whole_ms });
    }

    #[test]
    fn an_outage_told_in_two_parts_is_one((method, case) in any(), share in 1..100i64) {
        let plan = method.plan();
        let mut split = case.clone();
        split.hits.clear();
        for (place, impact, (start, end)) in case.hits.iter().copied() {
            let at = start + (end - start).max(0) * share / 100;
            split.hits.extend([(place, impact, (start, at)), (place, impact, (at, end))]);
        }
        prop_assert_eq!(split.evaluate(&plan), case.evaluate(&plan));
    }

    #[test]
    fn whole_weeks_later_it_is_the_same((method, case) in any(), weeks in -60..60i64) {
        // One zone without clock changes, and no dates of their own: hours, not holidays.
        let method = Method { zone: "UTC", hours: None, ..method };
        let plan = method.plan();
        let case = Case { period: october(&plan), ..case };
        prop_assert_eq!(numbers(&case.moved(weeks * 7 * DAY).evaluate(&plan)), numbers(&case.evaluate(&plan)));
    }

    #[test]
    fn parts_of_a_period_add_up((method, case) in any(), share in 0..=100i64) {
        let plan = method.plan();
        let (start, end) = case.period;
        let at = start + (end - start) / 100 * share;
        let part = |period| Case { period, as_of: case.as_of, ..case.clone() }.evaluate(&plan);
        let (whole, first, second) = (case.evaluate(&plan), part((start, at)), part((at, end)));
        let sum: Vec<i64> = numbers(&first).0.iter().zip(numbers(&second).0).map(|(a, b)| a + b).collect();
        prop_assert_eq!(sum, numbers(&whole).0.to_vec());
        // An outage open at the end of what was looked at is counted where it ends.
        prop_assert_eq!(first.outages + second.outages, whole.outages);
    }

    #[test]
    fn what_is_excluded_does_not_count((method, case) in any()) {
        let method = Method { exclusions: CODES.to_vec(), unmeasured: "leave_base", ..method };
        let mut case = case;
        case.corrections.push(((case.period.0 - 100 * DAY, case.period.1 + 100 * DAY), Change::Exclude(CODES[2])));
        let figure = case.evaluate(&method.plan());
        prop_assert_eq!((figure.down_ms, figure.outages, figure.unmeasured_ms), (0, 0, 0));
        prop_assert!(figure.ledger.iter().all(|interval| interval.class != Class::Down));
        prop_assert_eq!(figure.excluded_window_ms, figure.service_ms);
    }

    #[test]
    fn no_figure_is_negative_or_above_a_hundred((method, case) in any()) {
        let figure = case.evaluate(&method.plan());
        let (lengths, ..) = numbers(&figure);
        prop_assert!(lengths.iter().all(|ms| *ms >= 0), "{lengths:?}");
        prop_assert!(figure.down_ms + figure.excluded_outage_ms <= figure.service_ms);
        for share in [figure.availability, figure.gross_availability].into_iter().flatten() {
            prop_assert!((0..=10_000_000).contains(&share.rounded()));
        }
        let total: i64 = figure.ledger.iter().map(Interval::length_ms).sum();
        prop_assert_eq!(total, case.as_of - case.period.0, "intervals add up to the period");
    }
}
