//! The order of the outbox.

use model::time::Time;

use super::*;

fn row(id: i64, kind: OutboxKind, key: &str) -> OutboxRow {
    OutboxRow {
        id,
        kind,
        key: key.to_owned(),
        content: String::new(),
        state: OutboxState::Queued,
        tries: 0,
        next_at: Time::MIN,
        first_sent_at: None,
        error: String::new(),
    }
}

#[test]
fn a_ticket_goes_in_order_and_alone() {
    let due = vec![
        row(5, OutboxKind::SyncAlarm, "HQ_CNM_F1-1#99"),
        row(7, OutboxKind::NewAlarm, "HQ_CNM_F2-1"),
        row(2, OutboxKind::NewAlarm, "HQ_CNM_F1-1"),
        row(9, OutboxKind::NewAlarm, "HQ_CNM_F3-1"),
    ];
    let busy = HashSet::from(["HQ_CNM_F3-1".to_owned()]);
    let ids: Vec<i64> = first_of_each(due, &busy).iter().map(|row| row.id).collect();
    assert_eq!(ids, [2, 7]);
}

#[tokio::test]
async fn what_follows_a_dispatch_waits_for_it() {
    for test in store::testing::both().await {
        let mut tx = test.db.write().await.unwrap();
        let sync = row(0, OutboxKind::SyncAlarm, "HQ_CNM_F1-1#99");
        assert!(is_ready(&mut tx, &sync).await.unwrap(), "{}: no dispatch at all", test.engine);
        let mut dispatch =
            store::outbox::add_outbox(&mut tx, &row(0, OutboxKind::NewAlarm, "HQ_CNM_F1-1")).await.unwrap();
        for (state, ready) in
            [(OutboxState::Queued, false), (OutboxState::Unknown, false), (OutboxState::Delivered, true)]
        {
            dispatch.state = state;
            store::outbox::put_outbox(&mut tx, &dispatch).await.unwrap();
            assert_eq!(is_ready(&mut tx, &sync).await.unwrap(), ready, "{}: {state}", test.engine);
        }
    }
}
