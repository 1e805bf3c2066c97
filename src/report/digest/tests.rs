use super::digest;
use crate::input::Language;
use crate::sample;

#[test]
fn it_changes_with_every_part_of_the_input_and_with_nothing_else() {
    let report = sample::report(Language::Zh, 3);
    assert_eq!(digest(&report).len(), 16);
    assert_eq!(digest(&report), digest(&report.clone()));
    let mut others = vec![report.clone(); 5];
    others[0].revision = 2;
    others[1].circuits[2].down_ms += 1;
    others[2].outages[0].ledger[0].why.push('.');
    others[3].template.footer.push('.');
    others[4].zone = model::time::Zone::utc();
    let digests: std::collections::BTreeSet<String> = others.iter().chain([&report]).map(digest).collect();
    assert_eq!(digests.len(), 6);
}
