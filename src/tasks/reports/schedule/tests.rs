use super::*;

#[test]
fn a_month_is_due_from_its_day_and_hour_on() {
    let settings = Reports { monthly: true, day: 4, hour: 6, ..Reports::default() };
    let due = |at: &str| due(&settings, Time::parse(at).unwrap()).map(|(label, _)| label);
    assert_eq!(due("2026-11-04T05:59:59+08:00"), None);
    assert_eq!(due("2026-11-04T06:00:00+08:00").as_deref(), Some("2026-10"));
    assert_eq!(due("2026-11-30T23:59:59+08:00").as_deref(), Some("2026-10"), "later too, after a stop");
    assert_eq!(due("2027-01-05T00:00:00+08:00").as_deref(), Some("2026-12"));
    assert_eq!(super::due(&Reports { monthly: false, ..settings }, Time::parse("2026-11-05T00:00:00Z").unwrap()), None);
}
