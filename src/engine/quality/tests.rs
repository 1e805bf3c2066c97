use super::*;
use crate::ledger::Class;

fn plan(text: &str) -> Plan {
    toml::from_str(text).unwrap()
}

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

fn interval(start: i64, end: i64, class: Class) -> Interval {
    Interval { start: at(start), end: at(end), class, code: None, down: None, degraded: None, evidence: Vec::new() }
}

fn advised(text: &str, part: i64, longest_s: Option<i64>) -> String {
    credit(&plan(text).credits, Share::new(part, 10_000), longest_s.map(|s| s * 1000)).to_string()
}

#[test]
fn the_last_band_that_applies_counts() {
    let ladder = "credits = [{ below = 99.9, percent = 10 }, { below = 99, percent = 25.5 }]";
    for (part, expected) in [(10_000, "0"), (9_990, "0"), (9_989, "10"), (9_900, "10"), (9_899, "25.5"), (0, "25.5")] {
        assert_eq!(advised(ladder, part, None), expected, "{part}");
    }
    assert_eq!(credit(&plan(ladder).credits, None, None), Percent::ZERO, "not applicable");
}

#[test]
fn kinds_add_up_to_a_hundred_at_most() {
    let both = "credits = [{ below = 99.9, percent = 60 }, { longer_than_s = 600, percent = 5 }, { longer_than_s = 3600, percent = 50 }]";
    assert_eq!(advised(both, 10_000, Some(600)), "0", "not longer");
    assert_eq!(advised(both, 9_000, Some(601)), "65");
    assert_eq!(advised(both, 9_000, Some(3_601)), "100");
}

#[test]
fn an_even_pace_burns_at_one() {
    // 99 %: an hour allows 36 s.
    let ledger =
        [interval(0, 7_200, Class::Up), interval(7_200, 7_236, Class::Down), interval(7_236, 10_800, Class::Up)];
    let burn = Burn::of(&plan("target = 99"), &ledger, at(10_800));
    let rates = [burn.hour, burn.six_hours, burn.three_days].map(|rate| rate.unwrap().to_string());
    assert_eq!(rates, ["1.00", "0.33", "0.33"], "cut to the period");
    assert_eq!(serde_json::to_string(&burn.six_hours).unwrap(), "0.33");
    let burn = Burn::of(&plan("target = 99"), &ledger, at(7_236));
    assert_eq!(burn.hour.map(Rate::hundredths), Some(100));
}

#[test]
fn there_is_no_pace_without_service_or_budget() {
    let ledger = [interval(0, 3_600, Class::NotInService)];
    assert_eq!(Burn::of(&plan(""), &ledger, at(3_600)).hour, None);
    let ledger = [interval(0, 3_600, Class::Down)];
    assert_eq!(Burn::of(&plan("target = 100"), &ledger, at(3_600)).hour, None);
    assert_eq!(Burn::of(&plan("target = 99"), &ledger, at(3_600)).hour.map(Rate::hundredths), Some(10_000));
}
