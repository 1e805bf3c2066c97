//! Credits: one person proposes, another decides, billing gets what was approved.

use model::credit::{Credit, CreditState};
use model::time::{Time, Window};
use serde_json::{Value, json};
use store::audit::{AuditFilter, audit_page};
use store::credit::add_credit;
use store::user::Role;

use super::support::{Login, TestApp};

async fn add(app: &TestApp, circuit: &str, replaces: Option<i64>) -> String {
    let at = Time::parse("2026-11-04T00:00:00Z").unwrap();
    let credit = Credit {
        id: 0,
        label: "2026-10".to_owned(),
        period: Window::new(at.plus_s(-34 * 86_400), at.plus_s(-3 * 86_400)),
        circuit_code: circuit.to_owned(),
        customer_no: "K1".to_owned(),
        customer_name: "=银行,\"A\"".to_owned(),
        percent: 12_500_000,
        plan: "aaa".to_owned(),
        version: 2,
        issue_id: 1,
        advised_at: at,
        replaces,
        state: CreditState::Advised,
        proposed_by: String::new(),
        proposed_at: None,
        decided_by: String::new(),
        decided_at: None,
        note: String::new(),
    };
    let mut tx = app.app.db.write().await.unwrap();
    let added = add_credit(&mut tx, &credit).await.unwrap();
    tx.commit().await.unwrap();
    added.id.to_string()
}

async fn decide(app: &TestApp, by: &Login, act: &str, (ids, note): (&[&String], &str)) -> (u16, Value) {
    let body = json!({ "act": act, "ids": ids, "note": note }).to_string();
    let reply = app.send(Some(by), "POST", "/api/v1/credits/decisions", Some(&body)).await;
    (reply.status.as_u16(), reply.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn four_eyes_decide_and_billing_gets_what_was_approved() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let (li, wu) = (app.person("li", Role::Noc, None).await, app.person("wu", Role::Noc, None).await);
        let (one, two) = (add(&app, "C1", None).await, add(&app, "C2", Some(99)).await);
        assert_eq!(decide(&app, &li, "approve", (&[&one], "")).await.0, 409, "nobody has proposed it");
        assert_eq!(decide(&app, &li, "propose", (&[&one, &two], "checked")).await.0, 200);
        assert_eq!(decide(&app, &li, "propose", (&[&one], "")).await.0, 409);
        let (status, own) = decide(&app, &li, "approve", (&[&one], "")).await;
        assert_eq!((status, &own["code"]), (403, &"own_proposal".into()), "{own}");
        assert_eq!(decide(&app, &wu, "withdraw", (&[&one], "")).await.0, 403);
        assert_eq!(decide(&app, &li, "withdraw", (&[&two], "")).await.0, 200);
        // All or nothing: the second is not proposed any more.
        assert_eq!(decide(&app, &wu, "approve", (&[&one, &two], "")).await.0, 409);
        let listed = app.get(&wu, "/api/v1/credits?state=proposed&label=2026-10&customer=K1").await.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
        let held = &listed["items"][0];
        assert_eq!(
            (&held["percent"], &held["mayDecide"], &held["mayWithdraw"]),
            (&12.5.into(), &true.into(), &false.into())
        );

        assert_eq!(decide(&app, &li, "propose", (&[&two], "")).await.0, 200);
        assert_eq!(decide(&app, &wu, "reject", (&[&two], " ")).await.0, 400, "a rejection says why");
        assert_eq!(decide(&app, &wu, "reject", (&[&two], "agreed otherwise")).await.0, 200);
        let (status, approved) = decide(&app, &wu, "approve", (&[&one], "")).await;
        assert_eq!((status, &approved["items"][0]["decidedBy"]), (200, &"wu".into()), "{approved}");
        assert_eq!(decide(&app, &wu, "approve", (&[&"77".to_owned()], "")).await.0, 404);
        assert_eq!(decide(&app, &wu, "approve", (&[], "")).await.0, 400);

        let file = app.get(&li, "/api/v1/credits/billing?label=2026-10").await;
        assert_eq!(file.status, 200);
        let lines: Vec<&str> = file.text.lines().collect();
        assert_eq!(lines.len(), 2, "{}", file.text);
        assert!(lines[1].starts_with(
            "1,2026-10,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,K1,\"'=银行,\"\"A\"\"\",C1,12.5,aaa,,li,wu,"
        ));
        assert_eq!(app.get(&li, "/api/v1/credits/billing?label=../x").await.status, 400);
        let mut tx = app.app.db.read().await.unwrap();
        let filter = AuditFilter { what: "credit.".to_owned(), ..AuditFilter::default() };
        let log = audit_page(&mut tx, &filter, i64::MAX, 99).await.unwrap();
        let told: Vec<&str> = log.iter().rev().map(|entry| entry.what.as_str()).collect();
        let acts = ["propose", "propose", "withdraw", "propose", "reject", "approve", "export"];
        assert_eq!(told, acts.map(|act| format!("credit.{act}")));
    }
}
