use model::time::Window;

use super::*;

fn at(hour: i64) -> Time {
    Time::from_ms(hour * 3_600_000)
}

fn notice(op_type: OpType, revision: i64, start: i64) -> Cutover {
    let affect = Window::new(at(start), at(start + 2));
    Cutover {
        cutover_no: "GC-1".to_owned(),
        title: "割接".to_owned(),
        work: Some(affect),
        is_affect: true,
        affect: Some(affect),
        affect_info: String::new(),
        manager: String::new(),
        phone: String::new(),
        circuit_codes: vec!["C1".to_owned()],
        op_type,
        revision,
        notified_at: None,
    }
}

/// As it was stored: its time of notification is filled in.
fn held(op_type: OpType, revision: i64, start: i64) -> (Time, Cutover) {
    (at(0), Cutover { notified_at: Some(at(0)), ..notice(op_type, revision, start) })
}

#[test]
fn a_notice_without_a_number_comes_after_what_is_held() {
    let unnumbered = |op_type, start| notice(op_type, Cutover::UNNUMBERED, start);
    assert_eq!(place(&[], &unnumbered(OpType::Add, 100)), Some(1));
    let first = [held(OpType::Add, 1, 100)];
    assert_eq!(place(&first, &unnumbered(OpType::Add, 100)), None, "told again it is no news");
    assert_eq!(place(&first, &unnumbered(OpType::Mod, 120)), Some(2));
    assert_eq!(place(&first, &unnumbered(OpType::Cancel, 100)), Some(2), "a cancel is another thing");
    let cancelled = [held(OpType::Add, 1, 100), held(OpType::Cancel, 2, 100)];
    assert_eq!(place(&cancelled, &unnumbered(OpType::Cancel, 100)), None);
    assert_eq!(place(&cancelled, &unnumbered(OpType::Add, 100)), Some(3), "planned anew");
}

#[test]
fn a_window_is_notified_when_it_was_first_told() {
    let told = [(at(5), held(OpType::Add, 1, 100).1), (at(2), held(OpType::Mod, 2, 120).1)];
    assert_eq!(first_told(&told, &notice(OpType::Mod, 3, 100)), Some(at(5)));
    assert_eq!(first_told(&told, &notice(OpType::Mod, 3, 140)), None);
}
