use super::*;

fn row(class: Class, cells: &[&str]) -> Row {
    Row { class, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
}

fn hop(object: &str, from: &str, to: &str) -> Row {
    row(Class::Route, &["C1", "1", "1", "1", "LINK", object, "", from, to])
}

fn at() -> Time {
    Time::parse("2026-10-05T00:00:00Z").unwrap()
}

fn run(class: Class, held: &[Row], file: &[Row], mode: Mode) -> (Vec<Write>, Counts) {
    let mut diff = Diff::new(class, at());
    held.iter().for_each(|row| diff.hold(row));
    let mut writes: Vec<Write> = file.iter().filter_map(|row| diff.put(row.clone())).collect();
    writes.extend(held.iter().filter_map(|row| diff.rest(row, mode)));
    (writes, diff.counts())
}

#[test]
fn a_full_file_adds_changes_and_deletes() {
    let region = |id: &str, name: &str| row(Class::Region, &[id, name, ""]);
    let held = [region("A", "a"), region("B", "b"), region("C", "c")];
    let file = [region("A", "a"), region("B", "new"), region("D", "d")];
    let (writes, counts) = run(Class::Region, &held, &file, Mode::Full);
    assert_eq!(writes, [Write::Put(file[1].clone()), Write::Put(file[2].clone()), Write::Delete("C".into())]);
    assert_eq!(counts, Counts { held: 3, added: 1, changed: 1, deleted: 1, same: 1 });
    assert!(run(Class::Region, &held, &file, Mode::Incremental).0.iter().all(|w| matches!(w, Write::Put(_))));
}

#[test]
fn a_hop_without_validity_that_differs_closes_the_old_one() {
    let (writes, _) = run(Class::Route, &[hop("L1", "", "")], &[hop("L2", "", "")], Mode::Full);
    assert_eq!(writes, [Write::Put(hop("L2", &at().to_string(), "")), Write::Put(hop("L1", "", &at().to_string()))]);
}

#[test]
fn the_same_file_again_changes_nothing() {
    let now = at().to_string();
    let held = [hop("L1", "", &now), hop("L2", &now, "")];
    assert_eq!(run(Class::Route, &held, &[hop("L2", "", "")], Mode::Full).0, []);
    assert_eq!(run(Class::Route, &held, &[hop("L2", &now, "")], Mode::Full).0, [], "told with its validity");
}

#[test]
fn a_hop_that_is_gone_ends_now_and_counts_as_deleted() {
    let (writes, counts) = run(Class::Route, &[hop("L1", "", "")], &[], Mode::Full);
    assert_eq!(writes, [Write::Put(hop("L1", "", &at().to_string()))]);
    assert_eq!(counts.deleted, 1);
}

#[test]
fn the_guard_needs_both_share_and_rows() {
    let counts = |held, deleted| Counts { held, deleted, ..Counts::default() };
    assert!(!guarded(counts(100, 20), 2, 20));
    assert!(guarded(counts(100, 21), 2, 20));
    assert!(!guarded(counts(10_000, 200), 2, 20));
    assert!(guarded(counts(10_000, 201), 2, 20));
}

#[test]
fn a_hop_that_comes_back_keeps_its_past() {
    let ended = "2026-09-01T00:00:00Z";
    let held = [hop("L1", "", ended)];
    let (writes, counts) = run(Class::Route, &held, &[hop("L1", "", "")], Mode::Full);
    assert_eq!(writes, [Write::Put(hop("L1", &at().to_string(), ""))]);
    assert_eq!(counts.added, 1);
}
