mod case;
mod laws;
mod reference;
mod small;
mod sweep;

use serde_json::json;

use self::small::{Case, alarm, at, cutover, plan};
use super::*;
use crate::ledger::Class;

fn brief(figure: &Figure) -> Vec<(i64, i64, &'static str)> {
    let word = |class| match class {
        Class::NotInService => "not_in_service",
        Class::OutsideWindow => "outside_window",
        Class::Excluded => "excluded",
        Class::Down => "down",
        Class::Unmeasured => "unmeasured",
        Class::Up => "up",
    };
    let seconds = |time: Time| time.since(small::base()) / 1000;
    figure.ledger.iter().map(|i| (seconds(i.start), seconds(i.end), word(i.class))).collect()
}

#[test]
fn json_is_the_contract() {
    let case = Case { alarms: vec![alarm("L3", 100, Some(160))], cutovers: vec![cutover(150, 200)], ..Case::default() };
    let figure = case.evaluate(&plan(""));
    let expected = json!({
        "circuitCode": "C1", "asOf": "2026-10-05T00:10:00Z",
        "serviceMs": 600_000, "downMs": 50_000, "excludedOutageMs": 10_000, "excludedWindowMs": 50_000,
        "unmeasuredMs": 0, "notInServiceMs": 0, "outsideWindowMs": 0,
        "availability": 91.52542, "grossAvailability": 90.0,
        "outages": 1, "mttrMs": 50_000, "mtbfMs": 540_000, "longestMs": 50_000,
        "ledger": [
            { "start": "2026-10-05T00:00:00Z", "end": "2026-10-05T00:01:40Z", "class": "up", "degraded": false, "evidence": [] },
            { "start": "2026-10-05T00:01:40Z", "end": "2026-10-05T00:02:30Z", "class": "down", "evidence": ["alarm:A0@2026-10-05T00:01:40Z"] },
            { "start": "2026-10-05T00:02:30Z", "end": "2026-10-05T00:02:40Z", "class": "excluded", "code": "PLANNED_CUTOVER", "down": true,
              "evidence": ["alarm:A0@2026-10-05T00:01:40Z", "cutover:W1#2"] },
            { "start": "2026-10-05T00:02:40Z", "end": "2026-10-05T00:03:20Z", "class": "excluded", "code": "PLANNED_CUTOVER", "down": false,
              "evidence": ["cutover:W1#2"] },
            { "start": "2026-10-05T00:03:20Z", "end": "2026-10-05T00:10:00Z", "class": "up", "degraded": false, "evidence": [] },
        ],
    });
    assert_eq!(serde_json::to_value(&figure).unwrap(), expected);
}

#[test]
fn an_outage_belongs_to_the_period_in_which_it_ends() {
    let case = |start, end| Case { alarms: vec![alarm("L3", start, Some(end))], ..Case::default() }.evaluate(&plan(""));
    let ended_inside = case(-120, 60);
    assert_eq!((ended_inside.outages, ended_inside.down_ms), (1, 60_000), "its minutes are where they fall");
    assert_eq!((ended_inside.mttr_ms, ended_inside.longest_ms), (Some(180_000), Some(180_000)), "its length is whole");
    assert_eq!(case(-60, 0).outages, 0, "ends at the start: the period before");
    assert_eq!(case(590, 600).outages, 1, "ends at the end: this period");
    let still_open = case(540, 700);
    assert_eq!((still_open.outages, still_open.down_ms, still_open.mttr_ms), (0, 60_000, None));
}

#[test]
fn unmeasured_time_gives_way_to_down_and_exclusion() {
    let case = Case {
        alarms: vec![alarm("L3", 100, Some(150))],
        cutovers: vec![cutover(200, 250)],
        silences: vec![(120, 220)],
        ..Case::default()
    };
    let figure = case.evaluate(&plan(""));
    let expected =
        [(0, 100, "up"), (100, 150, "down"), (150, 200, "unmeasured"), (200, 250, "excluded"), (250, 600, "up")];
    assert_eq!(brief(&figure), expected);
    assert_eq!((figure.service_ms, figure.down_ms, figure.unmeasured_ms), (550_000, 50_000, 50_000));
    let up = case.evaluate(&plan("unmeasured = \"up\""));
    assert_eq!((up.service_ms, up.down_ms, brief(&up)), (600_000, 50_000, brief(&figure)));
    let down = case.evaluate(&plan("unmeasured = \"down\""));
    assert_eq!((down.service_ms, down.down_ms, down.outages), (600_000, 100_000, 1));
}

#[test]
fn cleared_by_sync_after_silence_is_unknown_from_the_silence_on() {
    let mut case = Case { alarms: vec![alarm("L3", 100, Some(300))], silences: vec![(200, 280)], ..Case::default() };
    case.alarms[0].silence = Some((200, 300));
    let figure = case.evaluate(&plan(""));
    assert_eq!(brief(&figure), [(0, 100, "up"), (100, 200, "down"), (200, 300, "unmeasured"), (300, 600, "up")]);
    case.alarms.push(alarm("CIRCUIT", 290, Some(295)));
    let figure = case.evaluate(&plan(""));
    let expected = [
        (0, 100, "up"),
        (100, 200, "down"),
        (200, 290, "unmeasured"),
        (290, 295, "down"),
        (295, 300, "unmeasured"),
        (300, 600, "up"),
    ];
    assert_eq!(brief(&figure), expected, "something else has it down");
}

#[test]
fn a_running_period_counts_to_now_and_budgets_the_whole() {
    let mut case = Case { alarms: vec![alarm("L3", 100, None)], as_of: 110, ..Case::default() };
    let figure = case.evaluate(&plan("target = 90"));
    assert_eq!((figure.as_of, figure.service_ms, figure.down_ms, figure.outages), (at(110), 110_000, 10_000, 0));
    assert_eq!((figure.budget.allowed_ms, figure.budget.left_ms), (60_000, 50_000));
    assert_eq!(figure.budget.breach_at, Some(at(160)));
    case.cutovers.push(cutover(150, 200));
    assert_eq!(case.evaluate(&plan("target = 90")).budget.breach_at, Some(at(210)), "planned work does not count");
    case.as_of = 90;
    assert_eq!(case.evaluate(&plan("target = 90")).budget.breach_at, None, "not down yet");
}

#[test]
fn not_applicable_is_neither_100_nor_0() {
    let case = Case { in_service: (700, 900), ..Case::default() };
    let figure = case.evaluate(&plan(""));
    assert_eq!((figure.availability, figure.gross_availability, figure.service_ms), (None, None, 0));
    assert_eq!(serde_json::to_value(&figure).unwrap()["availability"], json!(null));
    assert_eq!((figure.not_in_service_ms, figure.budget.met), (600_000, None));
}

#[test]
fn suspended_time_is_not_in_service_and_ends_an_outage() {
    let case = Case { alarms: vec![alarm("L3", 100, Some(400))], suspended: vec![(200, 300)], ..Case::default() };
    let figure = case.evaluate(&plan(""));
    let expected =
        [(0, 100, "up"), (100, 200, "down"), (200, 300, "not_in_service"), (300, 400, "down"), (400, 600, "up")];
    assert_eq!(brief(&figure), expected);
    assert_eq!((figure.outages, figure.service_ms, figure.not_in_service_ms), (2, 500_000, 100_000));
}

#[test]
fn a_merged_gap_inside_planned_work_names_its_outage() {
    let case = Case {
        alarms: vec![alarm("L3", 100, Some(150)), alarm("L3", 170, Some(200))],
        cutovers: vec![cutover(155, 165)],
        ..Case::default()
    };
    let figure = case.evaluate(&plan("merge_gap_s = 60"));
    let gap = &figure.ledger[2];
    assert_eq!((gap.class, gap.down), (Class::Excluded, Some(true)));
    let cited: Vec<&str> = gap.evidence.iter().map(|e| &**e).collect();
    assert_eq!(cited, ["alarm:A0@2026-10-05T00:01:40Z", "alarm:A1@2026-10-05T00:02:50Z", "cutover:W1#2"]);
}

#[test]
fn lost_redundancy_is_degraded_and_cited() {
    let case = Case { alarms: vec![alarm("L1", 210, Some(300))], ..Case::default() };
    let figure = case.evaluate(&plan(""));
    let degraded: Vec<(Option<bool>, usize)> = figure.ledger.iter().map(|i| (i.degraded, i.evidence.len())).collect();
    assert_eq!(degraded, [(Some(false), 0), (Some(true), 1), (Some(false), 0)]);
}
