//! A fact that the database refuses by a rule that nobody foresaw: it is put aside, and its neighbours are kept.

use intake::submission::{MessageKey, Notification};
use model::alarm::{AlarmStatus, Severity};
use model::code::ResultCode;
use store::quarantine::{Kind, QuarantineFilter, quarantine_page};
use store::testing::both;

use super::*;

fn raise(id: &str) -> AlarmFact {
    AlarmFact::Record(Arc::new(AlarmRecord {
        alarm_id: id.into(),
        severity: Severity::Major,
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(START),
        ..AlarmRecord::default()
    }))
}

fn message(at: Time, n: u64, facts: Vec<AlarmFact>) -> Submission {
    Submission {
        source: manager(),
        received_at: at,
        message: Some(MessageKey { msg_id: format!("M-{n}"), body_sha256: [n as u8; 32] }),
        notification: Some(Notification {
            interface: "CnmForTransport",
            id: n,
            acts_once: false,
            anew: false,
            digest: 0,
        }),
        raw: format!("message {n}").into_bytes(),
        content: Content::Alarms(facts),
        refused: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_refuses_is_put_aside_and_its_neighbours_are_kept() {
    for test in both().await {
        test.forbid("alarm_identity", "alarm_key", "POISON").await;
        let mut desk = Desk::start(test);
        let at = desk.now().await;
        let many: Vec<AlarmFact> =
            (0..9).map(|n| if n == 6 { raise("POISON") } else { raise(&format!("A-{n}")) }).collect();
        let told = [
            message(at, 1, vec![raise("B-1"), raise("B-2")]),
            message(at, 2, many),
            message(at, 3, vec![raise("POISON")]),
            message(at, 4, vec![raise("B-3")]),
        ];
        let answers = futures_util::future::join_all(told.iter().map(|told| desk.intake.submit(told.clone()))).await;
        let refused: Vec<Vec<usize>> = answers
            .iter()
            .map(|answer| answer.as_ref().unwrap().refused.iter().map(|row| row.index).collect())
            .collect();
        assert_eq!(refused, [vec![], vec![6], vec![0], vec![]], "{}", desk.test.engine);
        let codes = answers.iter().flat_map(|answer| &answer.as_ref().unwrap().refused).map(|row| row.code);
        assert!(codes.eq([ResultCode::BadValue; 2]));
        let kept: Vec<String> = desk.active().await.into_keys().collect();
        assert_eq!(kept, ["A-0", "A-1", "A-2", "A-3", "A-4", "A-5", "A-7", "A-8", "B-1", "B-2", "B-3"]);
        let mut tx = desk.test.db.read().await.unwrap();
        let aside = quarantine_page(&mut tx, &QuarantineFilter::default(), i64::MAX, 10).await.unwrap();
        let reasons: Vec<&str> = aside.iter().map(|row| row.reason.as_str()).collect();
        assert!(aside.iter().all(|row| row.kind == Kind::Row && row.reason.contains("forbidden")), "{reasons:?}");
        assert_eq!(aside.iter().map(|row| row.repeats + 1).sum::<u64>(), 2, "{reasons:?}");
        drop(tx);
        // Told again it has the same answer, and the writer goes on.
        let again = desk.intake.submit(told[1].clone()).await;
        assert_eq!(again, answers[1]);
        desk.tell(raise("B-4")).await;
        desk.restart().await;
        assert_eq!(desk.active().await.len(), 12);
        desk.stop().await;
    }
}
