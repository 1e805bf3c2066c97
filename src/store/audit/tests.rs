//! Every way of changing the log behind our back is found, on both engines.

use super::*;
use crate::testing::{TestDb, both};

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn entry(n: i64) -> AuditEntry {
    let text = |word: &str| format!("{word}{n}");
    AuditEntry { id: 0, at: NOW.plus_s(n), who: text("w"), what: text("a"), object: text("o"), detail: text("d") }
}

async fn log(test: &TestDb, entries: i64) {
    let mut tx = test.db.write().await.unwrap();
    for n in 1..=entries {
        add_audit(&mut tx, &entry(n)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn change(test: &TestDb, statements: &[&'static str]) {
    let mut tx = test.db.write().await.unwrap();
    for statement in statements {
        tx.execute(statement, &[]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn found(test: &TestDb, checkpoints: &[Checkpoint]) -> Vec<(i64, BreakKind)> {
    let mut tx = test.db.read().await.unwrap();
    let chain = verify(&mut tx, checkpoints).await.unwrap();
    chain.breaks.into_iter().map(|found| (found.id, found.kind)).collect()
}

async fn end(test: &TestDb) -> Checkpoint {
    let mut tx = test.db.read().await.unwrap();
    let end = end_of_chain(&mut tx).await.unwrap();
    assert_eq!(verify(&mut tx, &[]).await.unwrap().end, end, "{}", test.engine);
    end
}

#[tokio::test]
async fn a_whole_log_is_whole_and_grows() {
    for test in both().await {
        assert_eq!(end(&test).await.count, 0, "an empty log has an end too");
        log(&test, 3).await;
        let early = end(&test).await;
        log(&test, 1500).await;
        assert_eq!(found(&test, &[early]).await, [], "{}", test.engine);
        assert_eq!(end(&test).await.count, 1503);
    }
}

#[tokio::test]
async fn edits_deletions_and_reordering_are_found_without_a_checkpoint() {
    use BreakKind::DoesNotFit;
    type Case = (&'static [&'static str], &'static [(i64, BreakKind)]);
    let cases: [Case; 5] = [
        (&["update audit set who = 'nobody' where id = 4"], &[(4, DoesNotFit)]),
        (&["update audit set at = at + 1 where id = 1"], &[(1, DoesNotFit)]),
        (&["delete from audit where id = 5"], &[(6, DoesNotFit)]),
        (
            &[
                "update audit set id = 100 where id = 3",
                "update audit set id = 3 where id = 4",
                "update audit set id = 4 where id = 100",
            ],
            &[(3, DoesNotFit), (4, DoesNotFit), (5, DoesNotFit)],
        ),
        (&["update audit set who = who || what, what = '' where id = 2"], &[(2, DoesNotFit)]),
    ];
    for (statements, expected) in cases {
        for test in both().await {
            log(&test, 8).await;
            change(&test, statements).await;
            assert_eq!(found(&test, &[]).await, expected, "{} {statements:?}", test.engine);
        }
    }
}

#[tokio::test]
async fn what_is_cut_off_is_found() {
    for test in both().await {
        log(&test, 8).await;
        let kept = end(&test).await;
        change(&test, &["delete from audit where id > 6"]).await;
        assert_eq!(found(&test, &[]).await, [(6, BreakKind::CutOff)], "by the running number");
        change(&test, &["update meta set value = 6 where key = 'audit'"]).await;
        assert_eq!(found(&test, &[]).await, [], "without a checkpoint it cannot be known");
        assert_eq!(found(&test, std::slice::from_ref(&kept)).await, [(6, BreakKind::CutOff)]);
        log(&test, 5).await;
        assert_eq!(found(&test, &[kept]).await, [(8, BreakKind::NotAsChecked)], "grown again, but otherwise");
    }
}

#[tokio::test]
async fn a_made_up_checkpoint_is_found() {
    for test in both().await {
        log(&test, 2).await;
        let forged = Checkpoint { last_id: 1, ..end(&test).await };
        let kinds: Vec<BreakKind> = found(&test, &[forged]).await.into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(kinds, [BreakKind::NotAsChecked, BreakKind::FalseCheckpoint]);
    }
}

#[tokio::test]
async fn entries_are_sifted() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        for (at, who, what, object) in [
            (1, "li", "report.run", "7"),
            (2, "li", "user.add", "wu"),
            (3, "wu", "report.fetch", "7"),
            (4, "wu", "report.run", "8"),
        ] {
            let entry =
                AuditEntry { who: who.to_owned(), what: what.to_owned(), object: object.to_owned(), ..entry(at) };
            add_audit(&mut tx, &entry).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = test.db.read().await.unwrap();
        let filter = |who: &str, what: &str, object: &str| AuditFilter {
            who: who.to_owned(),
            what: what.to_owned(),
            object: object.to_owned(),
            during: None,
        };
        let middle = Some(Window::new(NOW.plus_s(2), NOW.plus_s(4)));
        let cases: [(AuditFilter, &[i64]); 6] = [
            (AuditFilter::default(), &[4, 3, 2, 1]),
            (filter("li", "", ""), &[2, 1]),
            (filter("", "report.", ""), &[4, 3, 1]),
            (filter("", "report.run", "7"), &[1]),
            (filter("", "%", ""), &[]),
            (AuditFilter { during: middle, ..filter("", "report.", "") }, &[3]),
        ];
        for (filter, wanted) in cases {
            let found = audit_page(&mut tx, &filter, i64::MAX, 9).await.unwrap();
            assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), wanted, "{} {filter:?}", test.engine);
        }
        let page = audit_page(&mut tx, &filter("wu", "", ""), 4, 9).await.unwrap();
        assert_eq!(page.iter().map(|entry| entry.id).collect::<Vec<_>>(), [3]);
    }
}
