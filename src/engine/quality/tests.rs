use model::time::{Time, Window};

use super::*;
use crate::ledger::{self, Layers};
use crate::terms::Terms;

fn plan(text: &str) -> Plan {
    toml::from_str(text).unwrap()
}

fn at(s: i64) -> Time {
    Time::from_ms(s * 1000)
}

/// In seconds: a period of three hours up to `as_of`, in service from `begins`, with one outage.
fn burn(text: &str, begins: i64, (from, to): (i64, i64), as_of: i64) -> Burn {
    let (plan, outages) = (plan(text), [Window::new(at(from), at(to))]);
    let terms = Terms::new(&plan, Window::new(at(0), at(10_800)), at(as_of));
    let layers = Layers {
        in_service: &[Window::new(at(begins), Time::MAX)],
        open: &[Window::ALWAYS],
        exclusions: &[],
        outages: &outages,
        unmeasured: &[],
        impaired: &[],
    };
    let mut found = Tally::new(&terms, &outages);
    ledger::walk(&layers, Window::new(at(-7_200), terms.as_of), |piece| found.take(&piece));
    Burn::of(&plan, &found.latest)
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
    let outage = (7_200, 7_236);
    let found = burn("target = 99", -7_200, outage, 10_800);
    let rates = [found.hour, found.six_hours, found.three_days].map(|rate| rate.unwrap().to_string());
    assert_eq!(rates, ["1.00", "0.33", "0.33"], "cut to the period");
    assert_eq!(serde_json::to_string(&found.six_hours).unwrap(), "0.33");
    assert_eq!(burn("target = 99", -7_200, outage, 7_236).hour.map(Rate::hundredths), Some(100));
}

#[test]
fn there_is_no_pace_without_service_or_budget() {
    let down = (0, 3_600);
    assert_eq!(burn("", 3_600, down, 3_600).hour, None);
    assert_eq!(burn("target = 100", 0, down, 3_600).hour, None);
    assert_eq!(burn("target = 99", 0, down, 3_600).hour.map(Rate::hundredths), Some(10_000));
}
