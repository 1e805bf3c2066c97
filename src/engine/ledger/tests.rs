use proptest::prelude::*;

use super::*;

const SPAN: i64 = 60;

fn window(start: i64, end: i64) -> Window {
    Window { start: Time::from_ms(start), end: Time::from_ms(end) }
}

fn any_window() -> impl Strategy<Value = Window> {
    (-5..SPAN + 5, 0..25i64).prop_map(|(start, length)| window(start, start + length))
}

fn any_windows() -> impl Strategy<Value = Vec<Window>> {
    proptest::collection::vec(any_window(), 0..5).prop_map(spans::union)
}

fn any_exclusions() -> impl Strategy<Value = Vec<Exclusion>> {
    let code = prop_oneof![Just(ExclusionCode::PlannedCutover), Just(ExclusionCode::CustomerPower)];
    let exclusion = (any_window(), code).prop_map(|(window, code)| Exclusion { window, code, evidence: "x".into() });
    proptest::collection::vec(exclusion, 0..5)
}

/// One millisecond at a time, straight from the precedence of the specification.
fn slow(layers: &Layers<'_>, at: Time) -> (Class, Option<ExclusionCode>, Option<bool>, Option<bool>) {
    let inside = |windows: &[Window]| windows.iter().any(|window| window.holds(at));
    let codes = layers.exclusions.iter().filter(|exclusion| exclusion.window.holds(at)).map(|e| e.code);
    if !inside(layers.in_service) {
        (Class::NotInService, None, None, None)
    } else if !inside(layers.open) {
        (Class::OutsideWindow, None, None, None)
    } else if let Some(code) = codes.min() {
        (Class::Excluded, Some(code), Some(inside(layers.outages)), None)
    } else if inside(layers.outages) {
        (Class::Down, None, None, None)
    } else if inside(layers.unmeasured) {
        (Class::Unmeasured, None, None, None)
    } else {
        (Class::Up, None, None, Some(inside(layers.impaired)))
    }
}

proptest! {
    #[test]
    fn agrees_with_a_walk_through_every_millisecond(
        in_service in any_windows(),
        open in any_windows(),
        exclusions in any_exclusions(),
        outages in any_windows(),
        unmeasured in any_windows(),
        impaired in any_windows(),
    ) {
        let layers = Layers {
            in_service: &in_service,
            open: &open,
            exclusions: &exclusions,
            outages: &outages,
            unmeasured: &unmeasured,
            impaired: &impaired,
        };
        let ledger = partition(&layers, window(0, SPAN));
        prop_assert_eq!(ledger.iter().map(Interval::length_ms).sum::<i64>(), SPAN);
        prop_assert_eq!(ledger.first().map(|i| i.start), Some(Time::from_ms(0)));
        for pair in ledger.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
            let key = |i: &Interval| (i.class, i.code, i.down, i.degraded);
            prop_assert_ne!(key(&pair[0]), key(&pair[1]), "neighbours differ");
        }
        for interval in &ledger {
            for ms in interval.start.ms()..interval.end.ms() {
                let expected = slow(&layers, Time::from_ms(ms));
                prop_assert_eq!((interval.class, interval.code, interval.down, interval.degraded), expected);
            }
        }
    }
}

#[test]
fn an_empty_span_has_no_intervals() {
    let layers = Layers {
        in_service: &[Window::ALWAYS],
        open: &[Window::ALWAYS],
        exclusions: &[],
        outages: &[],
        unmeasured: &[],
        impaired: &[],
    };
    assert_eq!(partition(&layers, window(5, 5)), []);
    assert_eq!(partition(&layers, window(0, 5)).len(), 1);
}

#[test]
fn evidence_is_cited_where_it_overlaps_and_once() {
    let outages = [window(10, 20), window(30, 40)];
    let layers = Layers {
        in_service: &[Window::ALWAYS],
        open: &[Window::ALWAYS],
        exclusions: &[],
        outages: &outages,
        unmeasured: &[],
        impaired: &[],
    };
    let mut ledger = partition(&layers, window(0, SPAN));
    let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
    let evidence = [(window(12, 35), &b), (window(0, 11), &a), (window(10, 20), &b), (window(20, 30), &a)];
    cite(&mut ledger, evidence, |interval| interval.class == Class::Down);
    settle(&mut ledger);
    let cited: Vec<Vec<&str>> = ledger.iter().map(|i| i.evidence.iter().map(|e| &**e).collect()).collect();
    assert_eq!(cited, [vec![], vec!["a", "b"], vec![], vec!["b"], vec![]]);
}
