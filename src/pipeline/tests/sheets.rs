//! What EOMS says of sheets: a number twice disturbs nobody, and order does not matter.

use intake::Command;
use intake::submission::SheetEvent;
use model::fault::FaultNo;
use model::ticket::{OutboxKind, OutboxRow, OutboxState, Said, Ticket, TicketState};
use store::outbox::add_outbox;
use store::testing::both;
use store::ticket::{put_ticket, ticket_by_key};

use super::super::order::{SendOutcome, Sent};
use super::*;

fn key(n: i64) -> String {
    format!("GD_CNM_F{n:06}-1")
}

fn ticket(n: i64) -> Ticket {
    Ticket {
        alarm_id: key(n),
        fault_no: FaultNo(n),
        episode: 1,
        sheet_no: String::new(),
        state: TicketState::Unknown,
        sheet_status: String::new(),
        said: Said::default(),
        opened_at: START,
        changed_at: START,
        deal_time_limit: None,
        restored_at: None,
        repair: None,
        notes: Vec::new(),
        clock: Vec::new(),
    }
}

fn said(operation: &str, (n, sheet_no): (i64, &str)) -> Content {
    Content::Sheet(SheetEvent {
        operation: operation.to_owned(),
        alarm_id: if n == 0 { String::new() } else { key(n) },
        sheet_no: sheet_no.to_owned(),
        sheet_status: String::new(),
        by: String::new(),
        at: None,
        deal_time_limit: None,
        restored_at: None,
        text: String::new(),
        repair: None,
        exclusion: String::new(),
        clock: None,
    })
}

/// A desk with tickets 1 to 3, each on its way; numbers of their outbox rows.
async fn desk(test: TestDb) -> (Desk, Vec<i64>) {
    let mut rows = Vec::new();
    let mut tx = test.db.write().await.unwrap();
    for n in 1..=3 {
        put_ticket(&mut tx, &ticket(n)).await.unwrap();
        let row = OutboxRow {
            id: 0,
            kind: OutboxKind::NewAlarm,
            key: key(n),
            content: "{}".to_owned(),
            state: OutboxState::Unknown,
            tries: 1,
            next_at: START,
            first_sent_at: Some(START),
            error: String::new(),
        };
        rows.push(add_outbox(&mut tx, &row).await.unwrap().id);
    }
    tx.commit().await.unwrap();
    (Desk::start(test), rows)
}

impl Desk {
    async fn ticket(&self, n: i64) -> (TicketState, String) {
        let mut tx = self.test.db.read().await.unwrap();
        let found = ticket_by_key(&mut tx, &key(n)).await.unwrap().unwrap();
        (found.state, found.sheet_no)
    }

    async fn answered(&mut self, outbox: i64, sheet_no: &str) {
        let outcome = SendOutcome::Delivered { sheet_no: sheet_no.to_owned(), sheet_status: String::new() };
        self.orders.give(Order::Sent(Sent { outbox, outcome })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_with_the_sheet_of_another_ticket_is_refused_and_disturbs_nobody() {
    for test in both().await {
        let (mut desk, _) = desk(test).await;
        desk.attempt(said("confirmWorkSheet", (1, "S-1"))).await.unwrap();
        let refused = desk.attempt(said("confirmWorkSheet", (2, "S-1"))).await.unwrap_err();
        assert_eq!(refused.code().number(), 3003, "{}: {refused}", desk.test.engine);
        assert!(refused.to_string().contains(&key(1)), "{refused}");
        assert_eq!(desk.ticket(2).await, (TicketState::Unknown, String::new()));
        desk.attempt(said("confirmWorkSheet", (3, "S-3"))).await.unwrap();
        assert_eq!(desk.ticket(3).await, (TicketState::InProgress, "S-3".to_owned()));
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_that_eoms_merged_share_the_sheet_and_move_together() {
    for test in both().await {
        let (mut desk, rows) = desk(test).await;
        desk.attempt(said("confirmWorkSheet", (1, "S-1"))).await.unwrap();
        desk.answered(rows[1], "S-1").await;
        assert_eq!(desk.ticket(2).await, (TicketState::Acknowledged, "S-1".to_owned()), "{}", desk.test.engine);
        let settle = Command::Settle { alarm_id: key(3), sheet_no: Some("S-1".to_owned()) };
        desk.attempt(Content::Command { by: "li".to_owned(), command: settle }).await.unwrap();
        desk.attempt(said("replyWorkSheet", (2, "S-1"))).await.unwrap();
        for n in 1..=3 {
            assert_eq!(desk.ticket(n).await, (TicketState::Resolved, "S-1".to_owned()), "by key {n}");
        }
        desk.attempt(said("withdrawWorkSheet", (0, "S-1"))).await.unwrap();
        for n in 1..=3 {
            assert_eq!(desk.ticket(n).await.0, TicketState::Rejected, "by number {n}");
        }
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_word_that_comes_later_reopens_nothing_also_after_a_restart() {
    for test in both().await {
        let (mut desk, _) = desk(test).await;
        let at = |operation, s| match said(operation, (1, "S-1")) {
            Content::Sheet(event) => Content::Sheet(SheetEvent { at: Some(START.plus_s(s)), ..event }),
            other => other,
        };
        desk.attempt(at("withdrawWorkSheet", -10)).await.unwrap();
        desk.attempt(at("confirmWorkSheet", -20)).await.unwrap();
        assert_eq!(desk.ticket(1).await.0, TicketState::Rejected, "{}", desk.test.engine);
        desk.restart().await;
        desk.attempt(at("replyWorkSheet", -15)).await.unwrap();
        assert_eq!(desk.ticket(1).await.0, TicketState::Rejected, "{}", desk.test.engine);
        desk.attempt(at("replyWorkSheet", -5)).await.unwrap();
        assert_eq!(desk.ticket(1).await.0, TicketState::Resolved, "what is newer stands");
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exclusion_code_that_nobody_knows_is_refused() {
    let (mut desk, _) = desk(store::testing::sqlite().await).await;
    let replied = |code: &str| match said("replyWorkSheet", (1, "S-1")) {
        Content::Sheet(event) => Content::Sheet(SheetEvent { exclusion: code.to_owned(), ..event }),
        other => other,
    };
    let refused = desk.attempt(replied("FOO")).await.unwrap_err();
    assert_eq!(refused.code().number(), 1004, "{refused}");
    assert!(refused.to_string().contains("CUSTOMER_POWER"), "{refused}");
    assert_eq!(desk.ticket(1).await.0, TicketState::Unknown);
    desk.attempt(replied("CUSTOMER_POWER")).await.unwrap();
    assert_eq!(desk.ticket(1).await.0, TicketState::Resolved);
    desk.stop().await;
}
