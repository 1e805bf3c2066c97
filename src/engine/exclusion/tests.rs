use super::*;

fn at(hour: i64) -> Time {
    Time::from_ms(hour * 3_600_000)
}

fn cutover(no: &str, revision: i64, op_type: OpType, affect: (i64, i64), notified: Option<i64>) -> Cutover {
    Cutover {
        cutover_no: no.to_owned(),
        title: String::new(),
        work: None,
        is_affect: true,
        affect: Some(Window { start: at(affect.0), end: at(affect.1) }),
        affect_info: String::new(),
        manager: String::new(),
        phone: String::new(),
        circuit_codes: vec!["C1".to_owned()],
        op_type,
        revision,
        notified_at: notified.map(at),
    }
}

#[test]
fn highest_revision_wins_in_any_order() {
    let first = cutover("W1", 1, OpType::Add, (100, 102), Some(0));
    let moved = cutover("W1", 2, OpType::Mod, (110, 112), Some(0));
    let gone = cutover("W1", 3, OpType::Cancel, (110, 112), Some(0));
    let other = cutover("W2", 1, OpType::Add, (100, 101), None);
    let revisions = |list: &[&Cutover]| {
        in_force(list.iter().copied()).iter().map(|c| (c.cutover_no.clone(), c.revision)).collect::<Vec<_>>()
    };
    let (w1, w2) = (("W1".to_owned(), 2), ("W2".to_owned(), 1));
    assert_eq!(revisions(&[&first, &moved, &other]), [w1.clone(), w2.clone()]);
    assert_eq!(revisions(&[&other, &moved, &first, &moved]), [w1, w2.clone()]);
    assert_eq!(revisions(&[&gone, &other, &moved, &first]), [w2]);
}

#[test]
fn one_revision_told_two_ways_has_one_winner() {
    let early = cutover("W1", 1, OpType::Add, (100, 102), Some(0));
    let late = cutover("W1", 1, OpType::Add, (104, 106), Some(0));
    assert_eq!(in_force([&early, &late]), in_force([&late, &early]));
    let gone = cutover("W1", 1, OpType::Cancel, (100, 102), Some(0));
    assert!(in_force([&early, &gone, &late]).is_empty() && in_force([&gone, &early]).is_empty(), "it is cancelled");
}

#[test]
fn excludes_only_what_was_notified_in_time() {
    let plan = Plan::default();
    let excluded = |cutover: &Cutover| exclusions(&plan, &[cutover], &[], &[]).len();
    assert_eq!(excluded(&cutover("W", 1, OpType::Add, (100, 102), Some(28))), 1, "72 h before");
    assert_eq!(excluded(&cutover("W", 1, OpType::Add, (100, 102), Some(29))), 0, "71 h before");
    assert_eq!(excluded(&cutover("W", 1, OpType::Add, (100, 102), None)), 0, "never notified");
    assert_eq!(excluded(&cutover("W", 1, OpType::Add, (100, 100), Some(0))), 0, "nothing affected");
    let harmless = Cutover { is_affect: false, ..cutover("W", 1, OpType::Add, (100, 102), Some(0)) };
    assert_eq!(excluded(&harmless), 0);
    let open = Cutover { affect: None, ..cutover("W", 1, OpType::Add, (100, 102), Some(0)) };
    assert_eq!(excluded(&open), 0);
}

#[test]
fn excludes_only_by_the_plans_codes() {
    let plan = Plan { exclusions: vec![ExclusionCode::CustomerPower], ..Plan::default() };
    let work = cutover("W", 1, OpType::Add, (100, 102), Some(0));
    let hold = |code| Suspend { id: "7".to_owned(), window: Window { start: at(1), end: at(2) }, code };
    let holds = [hold(ExclusionCode::CustomerPower), hold(ExclusionCode::ForceMajeure)];
    let window = Window { start: at(3), end: at(4) };
    let agreed = |id, code| Correction::new(id, window, Change::Exclude(code));
    let corrections = [agreed("1", ExclusionCode::CustomerPower), agreed("2", ExclusionCode::Observation)];
    let found = exclusions(&plan, &[&work], &holds, &corrections);
    assert_eq!(
        found.iter().map(|e| (e.code, &*e.evidence)).collect::<Vec<_>>(),
        [(ExclusionCode::CustomerPower, "suspend:7"), (ExclusionCode::CustomerPower, "correction:1")]
    );
}
