use super::*;

fn plan(text: &str) -> Plan {
    toml::from_str(text).unwrap()
}

fn window(period: &str, plan: &Plan) -> (String, String) {
    let window = Period::parse(period).unwrap().window(plan, "2025-01-01".parse().ok()).unwrap();
    (plan.zone.write_local(window.start), plan.zone.write_local(window.end))
}

#[test]
fn periods_of_every_kind() {
    let cases = [
        ("2026-10", "", "2026-10-01", "2026-11-01"),
        ("2026-12", "", "2026-12-01", "2027-01-01"),
        ("2026-10", "period_start_day = 26", "2026-10-26", "2026-11-26"),
        ("2026-Q4", "", "2026-10-01", "2027-01-01"),
        ("2026-q1", "", "2026-01-01", "2026-04-01"),
        ("2026", "", "2026-01-01", "2027-01-01"),
        ("2026-10-31", "", "2026-10-01", "2026-11-01"),
        ("2026-10-25", "period_start_day = 26", "2026-09-26", "2026-10-26"),
        ("2026-01-25", "period_start_day = 26", "2025-12-26", "2026-01-26"),
        ("2026-05-31", "period = \"quarter\"", "2026-04-01", "2026-07-01"),
        ("2026-05-31", "period = \"year\"", "2026-01-01", "2027-01-01"),
        ("2025-01-01", "period = \"30d\"", "2025-01-01", "2025-01-31"),
        ("2025-01-30", "period = \"30d\"", "2025-01-01", "2025-01-31"),
        ("2025-01-31", "period = \"30d\"", "2025-01-31", "2025-03-02"),
        ("2024-12-31", "period = \"30d\"", "2024-12-02", "2025-01-01"),
        ("2025-01-30", "period = \"30d\"\nzone = \"America/New_York\"", "2025-01-01", "2025-01-31"),
    ];
    for (period, settings, start, end) in cases {
        let expected = (format!("{start} 00:00:00"), format!("{end} 00:00:00"));
        assert_eq!(window(period, &plan(settings)), expected, "{period} with {settings:?}");
    }
}

#[test]
fn month_with_a_clock_change_is_an_hour_longer() {
    let plan = plan("zone = \"Europe/Berlin\"");
    let window = Period::parse("2026-10").unwrap().window(&plan, None).unwrap();
    assert_eq!(window.length_ms(), (31 * 24 + 1) * 3_600_000);
}

#[test]
fn refuses_what_is_no_period() {
    for text in [
        "",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-Q",
        "26-10",
        "2026-1",
        "2026-10-32",
        "October",
        "１０２６",
        "2026-",
        "+026",
    ] {
        assert_eq!(Period::parse(text), Err(PeriodError::Form(text.to_owned())), "{text:?}");
    }
}

#[test]
fn thirty_days_need_an_anchor() {
    let period = Period::parse("2026-10-31").unwrap();
    assert_eq!(period.window(&plan("period = \"30d\""), None), Err(PeriodError::NoContractStart));
}
