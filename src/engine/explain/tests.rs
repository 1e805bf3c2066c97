use model::time::{Time, Window};

use super::*;
use crate::figure::{CircuitFacts, Detail, Paperwork, evaluate_circuit};
use crate::terms::Terms;

fn plan(text: &str) -> Plan {
    toml::from_str(text).unwrap()
}

fn figure(plan: &Plan) -> Figure {
    let facts = CircuitFacts {
        code: "C1",
        in_service: &[Window::ALWAYS],
        route: &[],
        hits: &[],
        episodes: &[],
        cutovers: &[],
        paperwork: Paperwork::default(),
        silences: &[],
    };
    let period = Window { start: Time::from_ms(0), end: Time::from_ms(1_000_500) };
    let figure = evaluate_circuit(&facts, &Terms::new(plan, period, period.end), Detail::Numbers);
    Figure { down_ms: 1_500, excluded_outage_ms: 2_000, excluded_window_ms: 3_000, ..figure }
}

#[test]
fn the_sentence_has_the_plans_numbers() {
    let own = plan(
        r#"target = 99.95
        period_start_day = 26
        clock = "latest"
        merge_gap_s = 301
        min_outage_s = 61
        restore_within_s = 14401
        notice_h = 73
        denominator = "net_of_windows"
        exclusions = ["PLANNED_CUTOVER", "FORCE_MAJEURE"]
        service_window = { days = ["mon", "fri"], from = "08:00", to = "24:00", holidays = ["2026-10-01"] }"#,
    );
    let text = method(&own);
    for number in ["99.95%", "26", "301", "61", "14401", "73", "08:00", "24:00", "+08"] {
        assert!(text.zh.contains(number) && text.en.contains(number), "{number} in {text:?}");
    }
    assert!(text.zh.contains("周一、五") && text.zh.contains("不可抗力"), "{text:?}");
    assert!(text.en.contains("Mon, Fri") && text.en.contains("the later"), "{text:?}");
    assert!(method(&plan("exclusions = []")).en.contains("nothing is excluded"));
}

#[test]
fn the_formula_has_the_figures_numbers() {
    let built_in = plan("");
    let [own, gross] = formula(&figure(&built_in), &built_in);
    assert_eq!(own, "(S - X - D) / (S - X) = (1000.500 - 2 - 1.500) / (1000.500 - 2) = 100.00000 %");
    assert!(gross.starts_with("(S - X - D) / S = (1000.500 - 2 - 1.500) / 1000.500 = "), "{gross}");
    let [mef, _] = formula(&figure(&built_in), &plan("denominator = \"net_of_windows\""));
    assert!(mef.starts_with("(S - W - D) / (S - W) = (1000.500 - 3 - 1.500) / (1000.500 - 3) = "), "{mef}");
    let none = Figure { availability: None, ..figure(&built_in) };
    assert!(formula(&none, &built_in)[0].ends_with("= n/a"));
}
