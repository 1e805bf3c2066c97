//! Cutovers on both engines: the highest revision is in force, whatever came first.

use model::work::{OpType, ProtectLevel};

use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn cutover(number: &str, revision: i64, start: i64) -> Cutover {
    let affect = Window::new(NOW.plus_s(start), NOW.plus_s(start + 100));
    Cutover {
        cutover_no: number.to_owned(),
        title: "割接".to_owned(),
        work: Some(affect),
        is_affect: true,
        affect: Some(affect),
        affect_info: String::new(),
        manager: String::new(),
        phone: String::new(),
        circuit_codes: vec!["C-1".to_owned()],
        op_type: OpType::Add,
        revision,
        notified_at: Some(NOW),
    }
}

#[tokio::test]
async fn the_highest_revision_is_in_force() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        assert!(put_cutover(&mut tx, &cutover("A", 3, 500), NOW).await.unwrap());
        assert!(put_cutover(&mut tx, &cutover("A", 1, 0), NOW.plus_s(1)).await.unwrap());
        assert!(!put_cutover(&mut tx, &cutover("A", 3, 500), NOW.plus_s(2)).await.unwrap(), "nothing new");
        assert!(put_cutover(&mut tx, &Cutover { affect: None, ..cutover("B", 1, 0) }, NOW).await.unwrap());
        let mut found = Vec::new();
        let window = Window::new(NOW.plus_s(550), NOW.plus_s(560));
        each_cutover(&mut tx, window, |cutover| found.push((cutover.cutover_no, cutover.revision))).await.unwrap();
        assert_eq!(found, [("A".to_owned(), 3), ("B".to_owned(), 1)], "{}", test.engine);
        found.clear();
        let window = Window::new(NOW, NOW.plus_s(100));
        each_cutover(&mut tx, window, |cutover| found.push((cutover.cutover_no, cutover.revision))).await.unwrap();
        assert_eq!(found, [("B".to_owned(), 1)], "an older revision does not count");
        let revisions = revisions_of(&mut tx, "A").await.unwrap();
        assert_eq!(revisions, [(NOW.plus_s(1), cutover("A", 1, 0)), (NOW, cutover("A", 3, 500))]);
    }
}

#[tokio::test]
async fn a_circuit_has_the_works_whose_revision_in_force_names_it() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let naming = |number: &str, revision: i64, circuits: &[&str]| Cutover {
            circuit_codes: circuits.iter().map(|code| (*code).to_owned()).collect(),
            ..cutover(number, revision, 0)
        };
        for work in [naming("A", 2, &["C-2"]), naming("A", 1, &["C-1"]), naming("B", 1, &["C-1", "C-2", "C-1"])] {
            put_cutover(&mut tx, &work, NOW).await.unwrap();
        }
        let all = Window::new(Time::MIN, Time::MAX);
        let found = async |tx: &mut Tx, code: &str, window: Window| -> Vec<String> {
            let works = cutovers_of_circuit(tx, code, window).await.unwrap();
            works.into_iter().map(|work| work.cutover_no).collect()
        };
        assert_eq!(found(&mut tx, "C-1", all).await, ["B"], "{}: revision 2 of A left it", test.engine);
        assert_eq!(found(&mut tx, "C-2", all).await, ["A", "B"], "{}", test.engine);
        assert!(found(&mut tx, "C-2", Window::new(NOW.plus_s(500), Time::MAX)).await.is_empty(), "over by then");
        replace_cutover(&mut tx, &naming("A", 2, &["C-1"])).await.unwrap();
        assert_eq!(found(&mut tx, "C-1", all).await, ["A", "B"], "{}: told otherwise", test.engine);
    }
}

#[tokio::test]
async fn a_revision_can_be_replaced_and_stays_as_old_as_it_was() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        put_cutover(&mut tx, &cutover("A", 1, 0), NOW).await.unwrap();
        let gone = Cutover { op_type: OpType::Cancel, affect: None, ..cutover("A", 1, 0) };
        replace_cutover(&mut tx, &gone).await.unwrap();
        assert_eq!(revisions_of(&mut tx, "A").await.unwrap(), [(NOW, gone)], "{}", test.engine);
        let missing = replace_cutover(&mut tx, &cutover("A", 2, 0)).await;
        assert!(matches!(missing, Err(StoreError::RowCount { .. })), "{}: {missing:?}", test.engine);
    }
}

#[tokio::test]
async fn of_a_protection_task_what_was_put_last_is_kept() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let task = |number: &str, end: Option<i64>| KeyProtection {
            task_no: number.to_owned(),
            level: Some(ProtectLevel::B),
            window: end.map(|end| Window::new(NOW, NOW.plus_s(end))),
            circuit_codes: vec!["北京天津ANE0365NP".to_owned()],
            op_type: OpType::Add,
            told_at: Some(NOW),
        };
        for each in [task("T1", Some(10)), task("T2", Some(100)), task("T3", None), task("T1", Some(50))] {
            put_key_protection(&mut tx, &each).await.unwrap();
        }
        assert_eq!(key_protection_by_no(&mut tx, "T1").await.unwrap(), Some(task("T1", Some(50))), "{}", test.engine);
        assert_eq!(key_protection_by_no(&mut tx, "T9").await.unwrap(), None);
        let all = key_protections_page(&mut tx, NOW.plus_s(60), "", 10).await.unwrap();
        assert_eq!(all, [task("T2", Some(100)), task("T3", None)]);
        assert_eq!(key_protections_page(&mut tx, NOW, "T1", 1).await.unwrap(), [task("T2", Some(100))]);
    }
}
