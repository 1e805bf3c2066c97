//! An independent, slow figure: every second of two hours is looked at on its own. It shares no code
//! with the engine; what it knows of the network is written out by hand.

use proptest::prelude::*;

use super::small::{Case, PERIOD_S, Told, at, cutover, plan};
use super::*;

/// Seconds that the reference looks at, around the period.
const FROM: i64 = -1_800;
const TO: i64 = 2_400;
const OBJECTS: [&str; 9] = ["L1", "L2", "L3", "P1", "P3", "B1", "N1", "N2", "CIRCUIT"];

/// A plan's numbers as the reference wants them.
#[derive(Clone, Debug)]
struct Terms {
    merge_gap_s: i64,
    min_outage_s: i64,
    denominator: &'static str,
    unmeasured: &'static str,
    /// Minutes of the hour, as `00:MM` (the period begins at midnight).
    hours: Option<(i64, i64)>,
}

/// What the reference finds, in seconds.
#[derive(Debug, PartialEq)]
struct Slow {
    service: i64,
    down: i64,
    excluded_outage: i64,
    excluded: i64,
    unmeasured: i64,
    outages: Vec<i64>,
    classes: Vec<(Class, bool)>,
}

fn alternatives_of(object: &str) -> &'static [&'static str] {
    match object {
        "L1" | "P1" | "B1" | "N1" => &["1.1"],
        "L2" => &["1.2"],
        "L3" => &["2.1"],
        "P3" => &["1.2", "2.1"],
        "N2" => &["1.1", "1.2", "2.1"],
        _ => &[],
    }
}

/// The alarm touches the circuit then: L2 is part of the route only for a while.
fn touches(told: &Told, s: i64) -> bool {
    let exists = |alternative: &str| alternative != "1.2" || (200..400).contains(&s);
    told.object == "CIRCUIT" || alternatives_of(told.object).iter().any(|alternative| exists(alternative))
}

fn is_in_service(case: &Case, s: i64) -> bool {
    let suspended = case.suspended.iter().any(|(start, end)| (*start..*end).contains(&s));
    case.in_service.0 <= s && s < case.in_service.1 && !suspended
}

fn is_down(case: &Case, s: i64) -> bool {
    let outage = |told: &&Told| {
        let end = told.silence.map_or(told.cleared, |silence| Some(silence.0)).unwrap_or(i64::MAX);
        !told.degraded && told.raised <= s && s < end
    };
    let active: Vec<&Told> = case.alarms.iter().filter(outage).collect();
    let hit = |alternative: &str| active.iter().any(|told| alternatives_of(told.object).contains(&alternative));
    let protected = (200..400).contains(&s);
    let first = hit("1.1") && (!protected || hit("1.2"));
    is_in_service(case, s) && (active.iter().any(|told| told.object == "CIRCUIT") || first || hit("2.1"))
}

/// Outages as (start, end), counted by the plan's gap and minimum.
fn outages(case: &Case, terms: &Terms) -> Vec<(i64, i64)> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for s in (FROM..TO).filter(|s| is_down(case, *s)) {
        match found.last_mut() {
            Some(last) if last.1 == s => last.1 = s + 1,
            _ => found.push((s, s + 1)),
        }
    }
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for outage in found {
        match merged.last_mut() {
            Some(last) if outage.0 - last.1 < terms.merge_gap_s => last.1 = outage.1,
            _ => merged.push(outage),
        }
    }
    merged.retain(|(start, end)| end - start >= terms.min_outage_s);
    merged
}

fn class(case: &Case, terms: &Terms, outages: &[(i64, i64)], s: i64) -> (Class, bool) {
    let inside = |windows: &[(i64, i64)]| windows.iter().any(|(start, end)| *start <= s && s < *end);
    let work: Vec<(i64, i64)> = case
        .cutovers
        .iter()
        .filter_map(|c| c.affect)
        .map(|w| (w.start.since(at(0)) / 1000, w.end.since(at(0)) / 1000))
        .collect();
    let doubted =
        case.alarms.iter().any(|told| told.silence.is_some_and(|(from, to)| from <= s && s < to) && touches(told, s));
    let open = terms.hours.is_none_or(|(from, to)| (from * 60..to * 60).contains(&s.rem_euclid(86_400)));
    if !is_in_service(case, s) {
        (Class::NotInService, false)
    } else if !open {
        (Class::OutsideWindow, false)
    } else if inside(&work) {
        (Class::Excluded, inside(outages))
    } else if inside(outages) {
        (Class::Down, false)
    } else if inside(&case.silences) || doubted {
        (Class::Unmeasured, false)
    } else {
        (Class::Up, false)
    }
}

fn slow(case: &Case, terms: &Terms) -> Slow {
    let outages = outages(case, terms);
    let classes: Vec<(Class, bool)> = (0..case.as_of).map(|s| class(case, terms, &outages, s)).collect();
    let count = |wanted: Class| classes.iter().filter(|(class, _)| *class == wanted).count() as i64;
    let counted = |(start, end): (i64, i64)| {
        (start..end).filter(|s| class(case, terms, &outages, *s).0 == Class::Down).count() as i64
    };
    let ended = outages.iter().filter(|(_, end)| 0 < *end && *end <= case.as_of && *end < TO);
    let unmeasured = count(Class::Unmeasured);
    let (in_service, in_down) = match terms.unmeasured {
        "leave_base" => (0, 0),
        "up" => (unmeasured, 0),
        _ => (unmeasured, unmeasured),
    };
    Slow {
        service: count(Class::Up) + count(Class::Down) + count(Class::Excluded) + in_service,
        down: count(Class::Down) + in_down,
        excluded_outage: classes.iter().filter(|key| **key == (Class::Excluded, true)).count() as i64,
        excluded: count(Class::Excluded),
        unmeasured,
        outages: ended.map(|outage| counted(*outage)).filter(|seconds| *seconds > 0).collect(),
        classes,
    }
}

/// The plan's availability in hundred-thousandths of a percent, by whole-number search.
fn percent(slow: &Slow, denominator: &str) -> Option<f64> {
    let (up, whole) = match denominator {
        "net_of_excluded_outage" => {
            (slow.service - slow.excluded_outage - slow.down, slow.service - slow.excluded_outage)
        }
        "net_of_windows" => (slow.service - slow.excluded - slow.down, slow.service - slow.excluded),
        _ => (slow.service - slow.down, slow.service),
    };
    (whole > 0).then(|| 100.0 * up as f64 / whole as f64)
}

fn any_told() -> impl Strategy<Value = Told> {
    let object = proptest::sample::select(OBJECTS.to_vec());
    (
        object,
        any::<bool>(),
        -1_000..1_000i64,
        proptest::option::of(0..400i64),
        proptest::option::weighted(0.2, 0..100i64),
    )
        .prop_map(|(object, quiet, raised, length, doubt)| {
            let cleared = length.map(|length| raised + length);
            let silence = doubt.zip(cleared).map(|(doubt, end)| ((end - doubt).max(raised), end));
            Told { object, degraded: quiet && raised % 3 == 0, raised, cleared, silence }
        })
}

fn any_case() -> impl Strategy<Value = Case> {
    let windows = || proptest::collection::vec((-100..700i64, 0..200i64), 0..3);
    (
        proptest::collection::vec(any_told(), 0..8),
        windows(),
        windows(),
        windows(),
        (-1_200..300i64, 300..2_000i64),
        prop_oneof![3 => Just(PERIOD_S), 1 => 0..PERIOD_S],
    )
        .prop_map(|(alarms, works, silences, suspended, in_service, as_of)| Case {
            in_service,
            alarms,
            cutovers: works
                .iter()
                .enumerate()
                .map(|(i, (start, length))| numbered(i, *start, start + length))
                .collect(),
            silences: silences.into_iter().map(|(start, length)| (start, start + length)).collect(),
            suspended: suspended.into_iter().map(|(start, length)| (start, start + length)).collect(),
            as_of,
            ..Case::default()
        })
}

fn numbered(number: usize, start: i64, end: i64) -> Cutover {
    Cutover { cutover_no: format!("W{number}"), ..cutover(start, end) }
}

fn any_terms() -> impl Strategy<Value = Terms> {
    (
        prop_oneof![Just(0), 1..120i64],
        prop_oneof![Just(0), 1..60i64],
        proptest::sample::select(vec!["net_of_excluded_outage", "net_of_windows", "gross"]),
        proptest::sample::select(vec!["leave_base", "up", "down"]),
        proptest::option::of((0..5i64, 6..12i64)),
    )
        .prop_map(|(merge_gap_s, min_outage_s, denominator, unmeasured, hours)| Terms {
            merge_gap_s,
            min_outage_s,
            denominator,
            unmeasured,
            hours,
        })
}

fn plan_of(terms: &Terms) -> Plan {
    let hours = terms.hours.map_or_else(String::new, |(from, to)| {
        format!("service_window = {{ from = \"00:{from:02}\", to = \"00:{to:02}\" }}")
    });
    plan(&format!(
        "merge_gap_s = {}\nmin_outage_s = {}\ndenominator = \"{}\"\nunmeasured = \"{}\"\n{hours}",
        terms.merge_gap_s, terms.min_outage_s, terms.denominator, terms.unmeasured
    ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn agrees_with_a_look_at_every_second(case in any_case(), terms in any_terms()) {
        let figure = case.evaluate(&plan_of(&terms));
        let slow = slow(&case, &terms);
        let ms = |s: i64| s * 1000;
        prop_assert_eq!(figure.service_ms, ms(slow.service));
        prop_assert_eq!(figure.down_ms, ms(slow.down));
        prop_assert_eq!(figure.excluded_outage_ms, ms(slow.excluded_outage));
        prop_assert_eq!(figure.excluded_window_ms, ms(slow.excluded));
        prop_assert_eq!(figure.unmeasured_ms, ms(slow.unmeasured));
        prop_assert_eq!(i64::from(figure.outages), slow.outages.len() as i64);
        prop_assert_eq!(figure.longest_ms, slow.outages.iter().max().map(|s| ms(*s)));
        let total = figure.ledger.iter().map(Interval::length_ms).sum::<i64>();
        prop_assert_eq!(total, ms(case.as_of), "intervals add up to the period");
        for interval in &figure.ledger {
            for s in interval.start.since(at(0)) / 1000..interval.end.since(at(0)) / 1000 {
                let expected = slow.classes[usize::try_from(s).unwrap()];
                prop_assert_eq!((interval.class, interval.down == Some(true)), expected, "second {}", s);
            }
        }
        let text = serde_json::to_value(&figure).unwrap();
        let (got, expected) = (text["availability"].as_f64(), percent(&slow, terms.denominator));
        prop_assert_eq!(got.is_some(), expected.is_some());
        for (got, expected) in got.into_iter().zip(expected) {
            prop_assert!((0.0..=100.0).contains(&got));
            prop_assert!((got - expected).abs() <= 0.000_005_1, "{} for {}", got, expected);
        }
    }

    #[test]
    fn the_order_of_facts_does_not_matter(case in any_case(), terms in any_terms()) {
        let plan = plan_of(&terms);
        let figure = case.evaluate(&plan);
        let mut turned = case.clone();
        turned.cutovers.reverse();
        turned.cutovers.extend(case.cutovers.iter().cloned());
        turned.silences.reverse();
        prop_assert_eq!(turned.evaluate(&plan), figure);
    }
}
