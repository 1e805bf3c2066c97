use model::report::{Format, Language};
use report::parts::Part;

use super::file::{Name, write};
use super::words::Said;

fn name(customer_no: &str) -> Name<'_> {
    Name { label: "2026-10", customer_no, language: Language::Zh, revision: 2, format: Format::Pdf }
}

#[test]
fn a_path_stays_below_its_folder_and_no_two_customers_share_one() {
    assert_eq!(name("KH-310004521").path(), "2026-10/KH-310004521/2026-10-zh-r2.pdf");
    let long = "a".repeat(65);
    let odd = ["..", "../../etc", "a/b", "客户1", "", ".", "~x", "a b", "\\", &long];
    let mut paths: Vec<String> = odd.iter().map(|no| name(no).path()).collect();
    for path in &paths {
        let parts: Vec<&str> = path.split('/').collect();
        assert!(parts.len() == 3 && parts[1].starts_with('~') && parts[1].len() == 33, "{path}");
    }
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), odd.len());
}

#[test]
fn a_file_is_there_whole_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let written = write(folder.path(), name("K1").path(), b"abc").unwrap();
    assert_eq!((written.bytes, &written.sha256[..8]), (3, "ba7816bf"));
    assert_eq!(std::fs::read(folder.path().join(&written.path)).unwrap(), b"abc");
    let beside = std::fs::read_dir(folder.path().join("2026-10/K1")).unwrap().count();
    assert_eq!(beside, 1);
    std::fs::write(folder.path().join("K"), "a file").unwrap();
    assert!(write(&folder.path().join("K"), name("K1").path(), b"abc").is_err());
}

#[test]
fn a_note_names_no_alarm_of_ours() {
    let changed = |n: usize| (format!("C{n}"), "alarm:EMS1/NE-7@2026".to_owned());
    let note = Said(Language::En).superseding(1, &[changed(1), ("C2".to_owned(), "correction:12".to_owned())], &[]);
    assert_eq!(
        note,
        "It takes the place of revision 1. Changed: C1 (a network alarm that came late), C2 (correction 12)."
    );
    let many: Vec<_> = (0..13).map(changed).collect();
    assert!(Said(Language::Zh).superseding(3, &many, &[]).ends_with("等，另有 3 条。"));
    assert_eq!(Said(Language::Zh).superseding(1, &[], &[]), "取代第 1 版。各电路数据未变。");
}

#[test]
fn a_note_says_what_is_another_though_no_figure_is() {
    let codes = |count: usize| (1..=count).map(|n| format!("C{n}")).collect::<Vec<String>>();
    let parts = [(Part::Outages, codes(1)), (Part::Reasons, codes(2)), (Part::Look, vec![String::new()])];
    let expected = "It takes the place of revision 1. No circuit's figure changed. Changed: details of outages (C1); \
                    reasons for outages (C1, C2); customer data and layout.";
    assert_eq!(Said(Language::En).superseding(1, &[], &parts), expected);
    let figure = ("C1".to_owned(), "ticket:7".to_owned());
    assert_eq!(
        Said(Language::Zh).superseding(2, &[figure], &parts),
        "取代第 2 版。数据有变：C1（数据更新）。另有变更：故障报告（C1、C2）；客户资料与版式。",
        "what follows from the figures is not told twice"
    );
    let many = Said(Language::En).superseding(1, &[], &[(Part::Performance, codes(12))]);
    assert!(many.ends_with("C10 and 2 more)."), "{many}");
}
