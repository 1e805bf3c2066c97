use super::*;

const HOUR: i64 = 3_600_000;

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

fn interval(start: &str, end: &str, class: Class) -> Interval {
    Interval { start: at(start), end: at(end), class, code: None, down: None, degraded: None, evidence: Vec::new() }
}

#[test]
fn an_interval_over_midnight_counts_on_both_days() {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let span = Window::new(at("2026-10-01T00:00:00+08:00"), at("2026-10-04T00:00:00+08:00"));
    let ledger = [
        interval("2026-10-01T00:00:00+08:00", "2026-10-01T22:00:00+08:00", Class::Up),
        interval("2026-10-01T22:00:00+08:00", "2026-10-02T01:00:00+08:00", Class::Down),
        interval("2026-10-02T01:00:00+08:00", "2026-10-02T12:00:00+08:00", Class::Unmeasured),
    ];
    let days = days(&ledger, &zone, span);
    let told: Vec<_> =
        days.iter().map(|day| (day.date.to_string(), day.told_ms, day.down_ms, day.unmeasured_ms)).collect();
    let first = ("2026-10-01".to_owned(), 24 * HOUR, 2 * HOUR, 0);
    let second = ("2026-10-02".to_owned(), 12 * HOUR, HOUR, 11 * HOUR);
    assert_eq!(told, [first, second], "of the third day the ledger does not tell");
    assert_eq!(days[1].window.length_ms(), 24 * HOUR);
}

#[test]
fn a_day_is_as_long_as_its_zone_says_and_no_longer_than_the_span() {
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let span = Window::new(at("2026-10-24T10:00:00Z"), at("2026-10-27T10:00:00Z"));
    let ledger = [interval("2026-10-24T10:00:00Z", "2026-10-27T10:00:00Z", Class::Excluded)];
    let days = days(&ledger, &zone, span);
    let hours: Vec<_> = days.iter().map(|day| (day.window.length_ms() / HOUR, day.excluded_ms / HOUR)).collect();
    assert_eq!(hours, [(12, 12), (25, 25), (24, 24), (11, 11)]);
    assert_eq!(days.iter().map(|day| day.told_ms).sum::<i64>(), span.length_ms(), "days add up to the span");
}

#[test]
fn no_ledger_has_no_days() {
    let span = Window::new(at("2026-10-24T10:00:00Z"), at("2026-10-27T10:00:00Z"));
    assert_eq!(days(&[], &Zone::china(), span), []);
}
