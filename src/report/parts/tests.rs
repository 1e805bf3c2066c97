use super::*;
use crate::input::{Language, Rfo};
use crate::sample;

fn changes(change: impl FnOnce(&mut Report)) -> Vec<(Part, Vec<String>)> {
    let before = sample::report(Language::En, 4);
    let mut after = before.clone();
    change(&mut after);
    Parts::of(&after).changed_since(&Parts::of(&before))
}

#[test]
fn a_part_that_is_another_is_told_with_its_circuits() {
    assert_eq!(changes(|report| (report.revision, report.generated_at) = (2, sample::at("2026-12-09 00:00:00"))), []);
    let first = vec!["CIR-0001".to_owned()];
    let reason = |report: &mut Report| report.outages[0].rfo = Some(Rfo { action: "x".to_owned(), ..Rfo::default() });
    assert_eq!(changes(reason), [(Part::Reasons, first.clone())]);
    assert_eq!(changes(|report| report.outages[0].rfo = None), [(Part::Reasons, first.clone())]);
    assert_eq!(changes(|report| drop(report.performance.remove(0))), [(Part::Performance, first.clone())]);
    let both = changes(|report| {
        report.works[0].circuits.push("CIR-0002".to_owned());
        report.outages[0].place = "elsewhere".to_owned();
    });
    assert_eq!(
        both,
        [(Part::Places, first.clone()), (Part::Works, vec!["CIR-0001".to_owned(), "CIR-0002".to_owned()])]
    );
    assert_eq!(changes(|report| report.circuits[0].down_ms += 1), [(Part::Circuits, first)]);
    assert_eq!(changes(|report| report.template.footer = "x".to_owned()), [(Part::Look, vec![String::new()])]);
}

#[test]
fn parts_are_kept_as_text() {
    let parts = Parts::of(&sample::report(Language::Zh, 3));
    let text = serde_json::to_string(&parts).unwrap();
    assert_eq!(serde_json::from_str::<Parts>(&text).unwrap(), parts);
}
