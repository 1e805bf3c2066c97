//! Tickets and the outbox on both engines: one of each for one key, whatever is fed how often.

use model::ticket::{ClockEvent, OutboxKind, OutboxRow, OutboxState, Said, TicketNote, TicketState};

use super::*;
use crate::outbox::{
    add_outbox, count_waiting, due_outbox, next_due, outbox_by_id, outbox_page, put_outbox, withdraw_outbox,
};
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn ticket(n: i64, sheet_no: &str) -> Ticket {
    Ticket {
        alarm_id: format!("HQ_CNM_F{n:06}-1"),
        fault_no: FaultNo(n),
        episode: 1,
        sheet_no: sheet_no.to_owned(),
        state: TicketState::Sending,
        sheet_status: String::new(),
        said: Said::default(),
        opened_at: NOW,
        changed_at: NOW.plus_s(n),
        deal_time_limit: None,
        restored_at: None,
        repair: None,
        clock: vec![ClockEvent { at: NOW, reason: Some("CUSTOMER_POWER".to_owned()), by: "李工".to_owned() }],
        notes: vec![TicketNote {
            at: NOW,
            operation: "newAlarm".to_owned(),
            by: String::new(),
            text: "派单".to_owned(),
        }],
    }
}

#[tokio::test]
async fn tickets_may_share_a_sheet() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        for n in 1..=3 {
            put_ticket(&mut tx, &ticket(n, "")).await.unwrap();
        }
        let known = Ticket { state: TicketState::Acknowledged, ..ticket(1, "S-1") };
        put_ticket(&mut tx, &known).await.unwrap();
        put_ticket(&mut tx, &known).await.unwrap();
        assert_eq!(ticket_by_key(&mut tx, &known.alarm_id).await.unwrap().unwrap(), known, "{}", test.engine);
        assert_eq!(tickets_by_sheet(&mut tx, "S-1").await.unwrap(), std::slice::from_ref(&known));
        assert_eq!(tickets_by_sheet(&mut tx, "").await.unwrap(), []);
        assert_eq!(tickets_of_faults(&mut tx, &[FaultNo(2)]).await.unwrap(), [ticket(2, "")]);
        let page = tickets_page(&mut tx, None, 2).await.unwrap();
        assert_eq!(page.iter().map(|t| t.fault_no.0).collect::<Vec<_>>(), [3, 2]);
        let after = Some((page[1].changed_at, page[1].alarm_id.as_str()));
        assert_eq!(tickets_page(&mut tx, after, 2).await.unwrap(), std::slice::from_ref(&known));
        put_ticket(&mut tx, &ticket(2, "S-1")).await.unwrap();
        assert_eq!(tickets_by_sheet(&mut tx, "S-1").await.unwrap(), [ticket(2, "S-1"), known], "{}", test.engine);
    }
}

#[tokio::test]
async fn a_nul_from_a_peer_fails_no_commit() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        put_ticket(&mut tx, &ticket(1, "S\0-1")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = test.db.read().await.unwrap();
        for sheet_no in ["S\0-1", "S\u{FFFD}-1"] {
            let found = tickets_by_sheet(&mut tx, sheet_no).await.unwrap();
            assert_eq!(found.len(), 1, "{} {sheet_no:?}", test.engine);
        }
    }
}

#[tokio::test]
async fn a_ticket_never_changes_its_fault() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        put_ticket(&mut tx, &ticket(1, "")).await.unwrap();
        let moved = put_ticket(&mut tx, &Ticket { fault_no: FaultNo(2), ..ticket(1, "") }).await;
        assert!(matches!(moved, Err(StoreError::RowCount { .. })), "{}", test.engine);
    }
}

fn row(key: &str, next_at: Time) -> OutboxRow {
    OutboxRow {
        id: 0,
        kind: OutboxKind::NewAlarm,
        key: key.to_owned(),
        content: "{}".to_owned(),
        state: OutboxState::Queued,
        tries: 0,
        next_at,
        first_sent_at: None,
        error: String::new(),
    }
}

#[tokio::test]
async fn the_outbox_holds_each_key_once() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(next_due(&mut tx).await.unwrap(), None);
        let first = add_outbox(&mut tx, &row("A", NOW.plus_s(5))).await.unwrap();
        let again = add_outbox(&mut tx, &row("A", NOW)).await.unwrap();
        assert_eq!(first, again, "{}", test.engine);
        let clear = OutboxRow { kind: OutboxKind::SyncAlarm, ..row("A", NOW) };
        add_outbox(&mut tx, &clear).await.unwrap();
        withdraw_outbox(&mut tx, OutboxKind::SyncAlarm, "A").await.unwrap();
        assert_eq!(due_outbox(&mut tx, NOW.plus_s(9), 10).await.unwrap(), std::slice::from_ref(&first));
        let other = add_outbox(&mut tx, &clear).await.unwrap();
        assert_eq!(next_due(&mut tx).await.unwrap(), Some(NOW));
        assert_eq!(due_outbox(&mut tx, NOW, 10).await.unwrap(), std::slice::from_ref(&other));
        let unknown = OutboxRow {
            state: OutboxState::Unknown,
            tries: 1,
            first_sent_at: Some(NOW),
            error: "timed out".to_owned(),
            ..other
        };
        put_outbox(&mut tx, &unknown).await.unwrap();
        withdraw_outbox(&mut tx, OutboxKind::SyncAlarm, "A").await.unwrap();
        assert_eq!(outbox_by_id(&mut tx, unknown.id).await.unwrap().unwrap(), unknown);
        assert_eq!(due_outbox(&mut tx, NOW.plus_s(9), 10).await.unwrap(), [unknown.clone(), first.clone()]);
        assert_eq!(count_waiting(&mut tx).await.unwrap(), (1, 1));
        put_outbox(&mut tx, &OutboxRow { state: OutboxState::Delivered, ..unknown }).await.unwrap();
        assert_eq!(due_outbox(&mut tx, NOW.plus_s(9), 10).await.unwrap(), [first]);
        assert_eq!(outbox_page(&mut tx, i64::MAX, 10).await.unwrap().len(), 2);
        let missing = put_outbox(&mut tx, &row("Z", NOW)).await;
        assert!(matches!(missing, Err(StoreError::RowCount { .. })), "{}", test.engine);
    }
}
