//! Runs, issues and deliveries on both engines.

use model::report::{Channel, DeliveryState, FileState};

use super::delivery::{Delivery, add_delivery, deliveries_of_document, due_deliveries, put_delivery, try_again};
use super::issue::{
    Issue, NewDocument, Pin, add_document, add_issue, document_by_id, documents_of_customer, documents_of_issue,
    latest_issue, pins_of_issue,
};
use super::*;
use crate::testing::both;

const NOW: Time = Time::from_ms(1_793_000_000_000);

fn run() -> Run {
    Run {
        id: 0,
        label: "2026-10".to_owned(),
        period: Window::new(NOW.plus_s(-40 * 86_400), NOW.plus_s(-9 * 86_400)),
        language: Language::Zh,
        formats: vec![Format::Pdf, Format::Csv],
        state: RunState::Queued,
        scheduled: true,
        requested_by: String::new(),
        requested_at: NOW,
        customers: 0,
        done: 0,
        failed: 0,
        begun_at: None,
        begun_count: 0,
        ended_at: None,
    }
}

fn recipients(numbers: &[&str]) -> Vec<Recipient> {
    numbers.iter().map(|no| Recipient { no: (*no).to_owned(), name: format!("{no} 公司") }).collect()
}

fn issue(customer_no: &str, revision: u32) -> Issue {
    Issue {
        id: 0,
        customer_no: customer_no.to_owned(),
        label: "2026-10".to_owned(),
        language: Language::Zh,
        revision,
        is_final: true,
        content: format!("content {revision}"),
        digest: "0123456789abcdef".to_owned(),
        note: String::new(),
        parts: format!("{{\"revision\":{revision}}}"),
        generated_at: NOW,
    }
}

fn document(issue_id: i64, customer_no: &str, format: Format) -> NewDocument<'_> {
    NewDocument { issue_id, customer_no, format, path: "2026-10/K1/a", bytes: 3, sha256: "00", created_at: NOW }
}

#[tokio::test]
async fn a_run_goes_on_where_it_was() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let made = add_run(&mut tx, &run(), &recipients(&["K2", "K1", "K3"])).await.unwrap();
        assert_eq!(made, Run { id: 1, customers: 3, ..run() }, "{}", test.engine);
        assert!(is_scheduled(&mut tx, "2026-10", Language::Zh).await.unwrap());
        assert!(!is_scheduled(&mut tx, "2026-10", Language::En).await.unwrap());
        assert_eq!(next_run(&mut tx).await.unwrap(), Some(made));
        assert!(begin_run(&mut tx, 1, NOW).await.unwrap());
        assert!(!begin_run(&mut tx, 1, NOW).await.unwrap(), "it runs");
        let next = next_customer(&mut tx, 1).await.unwrap();
        let names: Vec<_> = next.iter().map(|file| (file.recipient.no.as_str(), file.format)).collect();
        assert_eq!(names, [("K1", Format::Pdf), ("K1", Format::Csv)]);
        let of = add_issue(&mut tx, &issue("K1", 1), &[]).await.unwrap();
        let of = add_document(&mut tx, document(of, "K1", Format::Pdf)).await.unwrap();
        finish_file(&mut tx, next[0].id, of).await.unwrap();
        assert!(finish_file(&mut tx, next[0].id, of).await.is_err(), "once");
        fail_file(&mut tx, next[1].id, "no font").await.unwrap();
        count_customer(&mut tx, 1, Err(())).await.unwrap();
        let held = run_by_id(&mut tx, 1).await.unwrap().unwrap();
        assert_eq!((held.waiting(), held.rest_ms(NOW.plus_s(5))), (2, Some(10_000)));

        assert!(cancel_run(&mut tx, 1, NOW).await.unwrap());
        assert!(!cancel_run(&mut tx, 1, NOW).await.unwrap() && !end_run(&mut tx, 1, NOW).await.unwrap());
        assert_eq!(next_run(&mut tx).await.unwrap(), None);
        assert!(resume_run(&mut tx, 1).await.unwrap());
        assert!(!resume_run(&mut tx, 1).await.unwrap(), "it waits already");
        let next = next_customer(&mut tx, 1).await.unwrap();
        assert_eq!(next.len(), 1, "what failed is tried again, what is done is not");
        assert_eq!((next[0].format, next[0].error.as_str()), (Format::Csv, ""));

        assert!(begin_run(&mut tx, 1, NOW).await.unwrap());
        assert_eq!(requeue_runs(&mut tx).await.unwrap(), 1, "after a restart");
        let again = next_run(&mut tx).await.unwrap().unwrap();
        assert_eq!((again.state, again.failed, again.ended_at), (RunState::Queued, 0, None));
        let done = files_page(&mut tx, (1, Some(FileState::Done)), 0, 9).await.unwrap();
        assert_eq!(done.iter().map(|file| file.document_id).collect::<Vec<_>>(), [Some(of)]);
        let all = files_page(&mut tx, (1, None), 0, 4).await.unwrap();
        assert_eq!(all.iter().map(|file| file.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(file_by_id(&mut tx, 6).await.unwrap().unwrap().recipient, recipients(&["K3"])[0]);
        assert_eq!(runs_page(&mut tx, i64::MAX, 9).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_issued_stays() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let period = run().period;
        let pin = |code: &str| Pin { circuit_code: code.to_owned(), period, version: 2 };
        let first = add_issue(&mut tx, &issue("K1", 1), &[pin("C2"), pin("C1")]).await.unwrap();
        let second = add_issue(&mut tx, &issue("K1", 2), &[]).await.unwrap();
        add_issue(&mut tx, &issue("K2", 1), &[]).await.unwrap();
        let latest = latest_issue(&mut tx, "K1", "2026-10", Language::Zh).await.unwrap();
        assert_eq!(latest, Some(Issue { id: second, ..issue("K1", 2) }), "{}", test.engine);
        assert_eq!(latest_issue(&mut tx, "K1", "2026-10", Language::En).await.unwrap(), None);
        assert_eq!(pins_of_issue(&mut tx, first, "").await.unwrap(), [pin("C1"), pin("C2")]);
        assert_eq!(pins_of_issue(&mut tx, first, "C1").await.unwrap(), [pin("C2")]);
        for (issue, no) in [(first, "K1"), (second, "K1"), (3, "K2")] {
            add_document(&mut tx, document(issue, no, Format::Csv)).await.unwrap();
        }
        let own = documents_of_customer(&mut tx, "K1", i64::MAX, 9).await.unwrap();
        let told: Vec<_> = own.iter().map(|held| (held.id, held.revision, held.supersedes())).collect();
        assert_eq!(told, [(2, 2, Some(1)), (1, 1, None)]);
        assert_eq!(documents_of_customer(&mut tx, "K1", 2, 9).await.unwrap(), own[1..]);
        assert_eq!(documents_of_issue(&mut tx, second).await.unwrap(), own[..1]);
        assert_eq!(document_by_id(&mut tx, 1).await.unwrap().as_ref(), own.get(1));
        tx.commit().await.unwrap();
        let mut tx = test.db.write().await.unwrap();
        let twice = add_document(&mut tx, document(first, "K1", Format::Csv)).await;
        assert!(matches!(twice, Err(StoreError::Exists(_))), "{} {twice:?}", test.engine);
    }
}

#[tokio::test]
async fn a_delivery_waits_until_it_is_told_or_given_up() {
    for test in both().await {
        let mut tx = test.db.write().await.unwrap();
        let of = add_issue(&mut tx, &issue("K1", 1), &[]).await.unwrap();
        let of = add_document(&mut tx, document(of, "K1", Format::Pdf)).await.unwrap();
        let portal = Delivery {
            document_id: of,
            channel: Channel::Portal,
            state: DeliveryState::Delivered,
            at: NOW,
            tries: 0,
            receipt: String::new(),
            place: String::new(),
        };
        let mail = Delivery { channel: Channel::Mail, state: DeliveryState::Waiting, ..portal.clone() };
        let sftp = Delivery { channel: Channel::Sftp, ..mail.clone() };
        add_delivery(&mut tx, &sftp).await.unwrap();
        add_delivery(&mut tx, &portal).await.unwrap();
        add_delivery(&mut tx, &mail).await.unwrap();
        assert_eq!(due_deliveries(&mut tx, Channel::Mail, NOW.plus_ms(-1), 9).await.unwrap(), []);
        assert_eq!(due_deliveries(&mut tx, Channel::Mail, NOW, 9).await.unwrap(), std::slice::from_ref(&mail));
        let told = Delivery {
            state: DeliveryState::Delivered,
            tries: 2,
            receipt: "250 ok".to_owned(),
            place: "a@b".to_owned(),
            ..mail.clone()
        };
        put_delivery(&mut tx, &told).await.unwrap();
        assert!(put_delivery(&mut tx, &mail).await.is_err(), "it is told");
        assert_eq!(deliveries_of_document(&mut tx, of).await.unwrap(), [portal, told, sftp.clone()], "{}", test.engine);
        assert_eq!(due_deliveries(&mut tx, Channel::Mail, NOW, 9).await.unwrap(), []);
        assert!(!try_again(&mut tx, of, Channel::Mail, NOW).await.unwrap(), "it arrived");
        let failed = Delivery { state: DeliveryState::Failed, tries: 30, ..sftp.clone() };
        put_delivery(&mut tx, &failed).await.unwrap();
        assert!(try_again(&mut tx, of, Channel::Sftp, NOW).await.unwrap());
        assert_eq!(due_deliveries(&mut tx, Channel::Sftp, NOW, 9).await.unwrap(), [sftp]);
        tx.commit().await.unwrap();
    }
}
