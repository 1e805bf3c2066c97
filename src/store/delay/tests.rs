//! Delay tests on both engines.

use model::probe::DelayOutcome;
use model::source::{SourceId, SourceKind};

use super::*;
use crate::peer::register_source;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn test() -> DelayTest {
    let text = |text: &str| text.to_owned();
    DelayTest {
        src_node: text("PE1"),
        dst_node: text("PE2"),
        src_addr: text("10.0.0.1"),
        dst_addr: text("10.0.0.2"),
        vrf: String::new(),
        dscp: 46,
        pkt_size: 64,
        pkt_count: 10,
        interval_ms: 100,
        timeout_ms: 1000,
    }
}

fn result(received: u32) -> DelayResult {
    DelayResult {
        status: DelayOutcome::Partial,
        sent: 10,
        received,
        loss_ratio: 0.1,
        rtt_min: Some(1.25),
        rtt_avg: Some(2.5),
        rtt_max: Some(4.0),
        jitter_avg: None,
        jitter_max: None,
    }
}

#[tokio::test]
async fn the_first_result_stands_however_late_it_is() {
    for db in both().await {
        let mut tx = db.db.write().await.unwrap();
        let source = register_source(&mut tx, &SourceId::new("GD_IPNMS"), SourceKind::Ip).await.unwrap();
        let other = register_source(&mut tx, &SourceId::new("SH_IPNMS"), SourceKind::Ip).await.unwrap();
        let id = add_test(&mut tx, (source, "C1"), &test(), ("noc", NOW)).await.unwrap();
        let mut due = due_tests(&mut tx, source, NOW).await.unwrap();
        assert_eq!((due.len(), due[0].id, &due[0].test), (1, id, &test()), "{}", db.engine);
        assert!(due_tests(&mut tx, other, NOW).await.unwrap().is_empty());
        due[0].state = TestState::Overdue;
        (due[0].reason, due[0].ended_at) = ("no result".to_owned(), Some(NOW));
        put_test(&mut tx, &due[0]).await.unwrap();
        assert!(due_tests(&mut tx, source, NOW.plus_s(9999)).await.unwrap().is_empty());
        assert!(!put_result(&mut tx, (other, id), &result(9), NOW).await.unwrap(), "another's test");
        assert!(!put_result(&mut tx, (source, id + 1), &result(9), NOW).await.unwrap());
        for received in [9, 3] {
            assert!(put_result(&mut tx, (source, id), &result(received), NOW.plus_s(60)).await.unwrap());
        }
        // Whoever asked it saw it run before the result came.
        put_test(&mut tx, &KeptTest { state: TestState::Running, ..due[0].clone() }).await.unwrap();
        let kept = test_by_id(&mut tx, "C1", id).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.result.as_ref()), (TestState::Done, Some(&result(9))), "{}", db.engine);
        assert_eq!(test_by_id(&mut tx, "C2", id).await.unwrap(), None);
        assert_eq!(tests_of_circuit(&mut tx, "C1", 10).await.unwrap(), [kept]);
        drop_tests(&mut tx, source, NOW.plus_s(1)).await.unwrap();
        assert_eq!(tests_of_circuit(&mut tx, "C1", 10).await.unwrap(), []);
    }
}
