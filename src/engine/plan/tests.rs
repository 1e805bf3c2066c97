use super::*;

/// The example of the interface contract, as it stands there.
const EXAMPLE: &str = r#"
[plan.office]
target = 99.5                       # percent
zone = "Asia/Shanghai"
period = "month"                    # month | quarter | year | 30d
clock = "alarm"
merge_gap_s = 0
min_outage_s = 0
denominator = "net_of_excluded_outage"
unmeasured = "leave_base"           # leave_base | up | down
notice_h = 72
exclusions = ["PLANNED_CUTOVER"]    # absent = the default list
service_window = { days = ["mon","tue","wed","thu","fri"], from = "08:00", to = "18:00", holidays = ["2026-10-01"], workdays = [] }   # absent = 24x7
restore_within_s = 14400
credits = [ { below = 99.9, percent = 10 }, { below = 99.0, percent = 25 } ]
"#;

fn read(text: &str) -> Result<PlanFile, toml::de::Error> {
    toml::from_str(text)
}

#[test]
fn reads_the_example() {
    let file = read(EXAMPLE).unwrap();
    assert_eq!(file.faults(), Vec::<String>::new());
    let plan = &file.plan["office"];
    assert_eq!(plan.target, Percent::from_millionths(99_500_000));
    assert_eq!(plan.exclusions, [ExclusionCode::PlannedCutover]);
    assert_eq!(plan.credits[1].below.unwrap().to_string(), "99");
    assert_eq!(plan.service_window.as_ref().unwrap().to.hour_minute(), (18, 0));
}

#[test]
fn absent_keys_are_the_built_in_plan() {
    let file = read("[plan.a]").unwrap();
    assert_eq!(file.plan["a"], Plan::default());
    assert_eq!(file.plan["a"].exclusions.len(), 10);
    assert_eq!(file.choose("a", &Plan::default()), Chosen::Named(&Plan::default()));
    assert_eq!(file.choose("b", &Plan::default()), Chosen::BuiltIn(&Plan::default()));
}

#[test]
fn lists_all_faults_at_once() {
    let text = r#"
        [plan.default]
        [plan.a]
        target = 0
        chronic_outages = 0
        repeat_days = 0
        chronic_days = 367
        merge_gap_s = -1
        min_outage_s = 86401
        notice_h = -72
        restore_within_s = 0
        period = "year"
        period_start_day = 29
        credits = [ { below = 99, percent = 10 }, { below = 99.9, percent = 101 }, { longer_than_s = 9, percent = 1 }, { longer_than_s = 9, percent = 2 } ]
        service_window = { days = [], from = "18:00", to = "08:00", holidays = ["2026-10-01"], workdays = ["2026-10-01"] }
    "#;
    let faults = read(text).unwrap().faults();
    assert_eq!(faults.len(), 16, "{faults:#?}");
    assert!(faults[0].starts_with("plan.default: "));
    let keys = [
        "target",
        "period_start_day",
        "merge_gap_s",
        "min_outage_s",
        "notice_h",
        "chronic_outages",
        "credits",
        "service_window",
    ];
    for key in keys {
        let prefix = format!("plan.a.{key}: ");
        assert!(faults.iter().any(|fault| fault.starts_with(&prefix)), "{key} in {faults:#?}");
    }
}

#[test]
fn refuses_what_it_does_not_know() {
    let cases = [
        ("taget = 99.9", "unknown field"),
        ("denominator = \"net\"", "unknown variant"),
        ("exclusions = [\"PLANNED\"]", "unknown variant"),
        ("target = \"high\"", "invalid type"),
        ("target = 99.1234567", "at most 6 decimals"),
        ("target = -1", "0 to 100"),
        ("target = nan", "0 to 100"),
        ("zone = \"Mars\"", "neither a time zone name"),
        ("service_window = { from = \"8:00\", to = \"18:00\" }", "00:00 to 24:00"),
        ("service_window = { from = \"08:00\", to = \"24:01\" }", "00:00 to 24:00"),
        ("service_window = { from = \"08:60\", to = \"18:00\" }", "00:00 to 24:00"),
        ("service_window = { from = \"08:00\", to = \"18:00\", holidays = [\"2026-02-30\"] }", "2026-02-30"),
    ];
    for (line, expected) in cases {
        let error = read(&format!("[plan.a]\n{line}")).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
}

#[test]
fn a_credit_band_has_one_condition() {
    for band in
        ["{ percent = 1 }", "{ below = 99, longer_than_s = 60, percent = 1 }", "{ longer_than_s = 0, percent = 1 }"]
    {
        let faults = read(&format!("[plan.a]\ncredits = [{band}]")).unwrap().faults();
        assert_eq!(faults.len(), 1, "{band}: {faults:#?}");
    }
    let mixed = "[plan.a]\ncredits = [{ below = 99.9, percent = 5 }, { longer_than_s = 600, percent = 5 }, { below = 99, percent = 9 }]";
    assert_eq!(read(mixed).unwrap().faults(), Vec::<String>::new());
}

#[test]
fn percentages_are_exact() {
    for text in ["99.95", "99.999", "100", "0.000001", "99.9"] {
        let file = read(&format!("[plan.a]\ntarget = {text}")).unwrap();
        assert_eq!(file.plan["a"].target.to_string(), text);
    }
}

#[test]
fn codes_read_as_they_are_written() {
    for code in ExclusionCode::ALL {
        let text = format!("[plan.a]\nexclusions = [\"{}\"]", code.word());
        assert_eq!(read(&text).unwrap().plan["a"].exclusions, [code]);
    }
}
