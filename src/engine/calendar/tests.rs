use super::*;

fn plan(text: &str) -> Plan {
    toml::from_str(text).unwrap()
}

fn windows(plan: &Plan, start: &str, end: &str) -> Vec<(String, String)> {
    let span = Window { start: Time::parse(start).unwrap(), end: Time::parse(end).unwrap() };
    let local = |at: Time| plan.zone.write_local(at);
    open_windows(plan, span).into_iter().map(|window| (local(window.start), local(window.end))).collect()
}

fn hours(plan: &Plan, start: &str, end: &str) -> i64 {
    let span = Window { start: Time::parse(start).unwrap(), end: Time::parse(end).unwrap() };
    spans::length_ms(&open_windows(plan, span)) / 3_600_000
}

#[test]
fn office_hours_with_holidays_and_workdays() {
    let plan = plan(
        r#"service_window = { days = ["mon", "tue", "wed", "thu", "fri"], from = "08:00", to = "18:00",
           holidays = ["2026-10-01"], workdays = ["2026-10-10"] }"#,
    );
    // Wednesday 30 September to Sunday 11 October, Thursday 1 a holiday, Saturday 10 worked.
    let open = windows(&plan, "2026-09-30T12:00:00+08:00", "2026-10-12T00:00:00+08:00");
    let days: Vec<&str> = open.iter().map(|(start, _)| &start[5..10]).collect();
    assert_eq!(days, ["09-30", "10-02", "10-05", "10-06", "10-07", "10-08", "10-09", "10-10"]);
    assert_eq!(open[0], ("2026-09-30 12:00:00".to_owned(), "2026-09-30 18:00:00".to_owned()));
    assert_eq!(open[1], ("2026-10-02 08:00:00".to_owned(), "2026-10-02 18:00:00".to_owned()));
}

#[test]
fn whole_days_touch_and_are_one() {
    let plan = plan(r#"service_window = { days = ["sat", "sun"], from = "00:00", to = "24:00" }"#);
    let open = windows(&plan, "2026-10-05T00:00:00+08:00", "2026-10-19T00:00:00+08:00");
    assert_eq!(open.len(), 2);
    assert_eq!(open[0], ("2026-10-10 00:00:00".to_owned(), "2026-10-12 00:00:00".to_owned()));
}

#[test]
fn clock_changes_move_instants_and_not_hours() {
    let day = "zone = \"Europe/Berlin\"\nservice_window = { from = \"08:00\", to = \"18:00\" }";
    // The clock goes back on 25 October 2026 and forward on 29 March 2026.
    assert_eq!(hours(&plan(day), "2026-10-24T00:00:00+02:00", "2026-10-27T00:00:00+01:00"), 30);
    let whole = "zone = \"Europe/Berlin\"\nservice_window = { from = \"00:00\", to = \"24:00\" }";
    assert_eq!(hours(&plan(whole), "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"), 25);
    assert_eq!(hours(&plan(whole), "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"), 23);
    let night = "zone = \"Europe/Berlin\"\nservice_window = { from = \"02:30\", to = \"04:00\" }";
    // 02:30 does not exist on 29 March: the window begins at 03:30, as RFC 5545 reads it.
    let open = windows(&plan(night), "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00");
    assert_eq!(open, [("2026-03-29 03:30:00".to_owned(), "2026-03-29 04:00:00".to_owned())]);
}

#[test]
fn no_window_is_always() {
    assert_eq!(hours(&plan(""), "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"), 24);
    assert_eq!(hours(&plan(""), "2026-10-02T00:00:00Z", "2026-10-02T00:00:00Z"), 0);
}
