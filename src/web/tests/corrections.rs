//! Corrections with four eyes, the versions they make, and what is said of one instant.

use serde_json::{Value, json};
use store::audit::{AuditEntry, AuditFilter, audit_page};
use store::user::Role;

use super::support::{Login, TestApp, alarm_at};

/// An outage of ten minutes on C1, and two people.
async fn with_outage(db: store::testing::TestDb) -> (TestApp, Login, Login) {
    let app = TestApp::over(db).await;
    app.alarm(alarm_at(1, "P1", "2026-11-05T01:00:00Z", Some("2026-11-05T01:10:00Z"))).await;
    let (zhang, li) = (app.person("zhang", Role::Noc, None).await, app.person("li", Role::Admin, None).await);
    (app, zhang, li)
}

/// The customer's power was out for the last eight of them.
fn power() -> Value {
    json!({
        "circuitCode": "C1", "start": "2026-11-05T01:02:00Z", "end": "2026-11-05T01:10:00Z", "change": "exclude",
        "code": "CUSTOMER_POWER", "reason": "客户机房停电，见照片",
        "proof": { "name": "照片 1.jpg", "mediaType": "image/jpeg", "base64": "/9j/AA==" },
    })
}

async fn post(app: &TestApp, login: &Login, path: &str, body: &Value) -> (u16, Value) {
    let reply = app.send(Some(login), "POST", path, Some(&body.to_string())).await;
    (reply.status.as_u16(), reply.json())
}

async fn down_ms(app: &TestApp, login: &Login) -> Value {
    app.get(login, "/api/v1/circuits/C1/sla?period=2026-11").await.json()["downMs"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_acts_when_another_person_has_approved_it() {
    for db in store::testing::both().await {
        let (app, zhang, li) = with_outage(db).await;
        let (status, proposed) = post(&app, &zhang, "/api/v1/corrections", &power()).await;
        assert_eq!((status, &proposed["state"]), (201, &"proposed".into()), "{proposed}");
        let effect = &proposed["effects"][0];
        assert_eq!((&effect["before"]["downMs"], &effect["after"]["downMs"]), (&600_000.into(), &120_000.into()));
        assert_eq!((&proposed["mayDecide"], &proposed["mayWithdraw"]), (&false.into(), &true.into()));
        assert_eq!(down_ms(&app, &li).await, 600_000, "a proposal does nothing");
        let path = format!("/api/v1/corrections/{}", proposed["id"].as_str().unwrap());
        let (status, own) = post(&app, &zhang, &format!("{path}/approve"), &json!({})).await;
        assert_eq!((status, &own["code"]), (403, &"own_proposal".into()));
        assert_eq!(app.get(&li, &path).await.json()["mayDecide"], true);
        let (status, approved) = post(&app, &li, &format!("{path}/approve"), &json!({ "note": "属实" })).await;
        assert_eq!((status, &approved["decidedBy"]), (200, &"li".into()), "{approved}");
        assert_eq!(down_ms(&app, &li).await, 120_000);
        let (status, again) = post(&app, &li, &format!("{path}/approve"), &json!({})).await;
        assert_eq!((status, &again["code"]), (409, &"state_forbids".into()));
        let listed = app.get(&li, "/api/v1/corrections?state=approved").await.json();
        assert_eq!(listed["items"][0]["proof"]["bytes"], 4);
        let proof = app.send(Some(&li), "GET", &format!("{path}/proof"), None).await;
        assert_eq!(proof.headers["content-type"], "application/octet-stream", "never what was claimed");
        assert!(proof.headers["content-disposition"].to_str().unwrap().contains("%E7%85%A7%E7%89%87%201.jpg"));
        let mut tx = app.app.db.read().await.unwrap();
        let log: Vec<AuditEntry> = audit_page(&mut tx, &AuditFilter::default(), i64::MAX, 10).await.unwrap();
        let told: Vec<(&str, &str)> = log.iter().map(|entry| (entry.who.as_str(), entry.what.as_str())).collect();
        assert_eq!(told[..2], [("li", "correction.approve"), ("zhang", "correction.propose")]);
        assert!(log[0].detail.contains("属实"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_makes_a_version_with_what_it_changed() {
    for db in store::testing::both().await {
        let (app, zhang, li) = with_outage(db).await;
        let (_, proposed) = post(&app, &zhang, "/api/v1/corrections", &power()).await;
        let id = proposed["id"].as_str().unwrap();
        post(&app, &li, &format!("/api/v1/corrections/{id}/approve"), &json!({})).await;
        let versions = app.get(&li, "/api/v1/circuits/C1/sla/versions?period=2026-11").await.json();
        let version = &versions[0];
        assert_eq!((&version["cause"], &version["by"]), (&format!("correction:{id}").into(), &"li".into()));
        assert_eq!((&version["before"]["downMs"], &version["after"]["downMs"]), (&600_000.into(), &120_000.into()));
        assert_eq!(version["pinned"], false, "the month is not over");
        let detail = app.get(&li, "/api/v1/circuits/C1/sla/versions/1?period=2026-11").await.json();
        assert_eq!(detail["figure"]["downMs"], 120_000);
        let changes = detail["changes"].as_array().unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!((&changes[0]["was"]["class"], &changes[0]["is"]["class"]), (&"down".into(), &"excluded".into()));
        let log = app.get(&li, "/api/v1/sla/versions").await.json();
        assert_eq!(log["items"][0]["version"], 1);
        assert_eq!(app.get(&li, "/api/v1/circuits/C1/sla/versions/9?period=2026-11").await.status, 404);
        let mut tx = app.app.db.read().await.unwrap();
        let marks = store::version::oldest_marks(&mut tx, 9).await.unwrap();
        assert_eq!(marks.len(), 1, "closed periods are to be looked at again");
        let explained = app.get(&li, "/api/v1/circuits/C1/explain?at=2026-11-05T01:05:00Z").await.json();
        assert_eq!(explained["interval"]["code"], "CUSTOMER_POWER", "{explained}");
        let correction =
            explained["evidence"].as_array().unwrap().iter().find(|e| e["kind"] == "correction").unwrap().clone();
        assert_eq!(correction["detail"]["en"], "proposed by zhang, approved by li");
        assert_eq!((&correction["title"], &explained["version"]), (&"客户机房停电，见照片".into(), &1.into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_or_withdrawn_correction_does_nothing() {
    let (app, zhang, li) = with_outage(store::testing::sqlite().await).await;
    let (_, first) = post(&app, &zhang, "/api/v1/corrections", &power()).await;
    let path = format!("/api/v1/corrections/{}", first["id"].as_str().unwrap());
    assert_eq!(post(&app, &li, &format!("{path}/reject"), &json!({})).await.0, 400, "a rejection says why");
    let (status, rejected) = post(&app, &li, &format!("{path}/reject"), &json!({ "note": "时间不符" })).await;
    assert_eq!((status, &rejected["note"]), (200, &"时间不符".into()));
    let (_, second) = post(&app, &zhang, "/api/v1/corrections", &power()).await;
    let path = format!("/api/v1/corrections/{}", second["id"].as_str().unwrap());
    assert_eq!(post(&app, &li, &format!("{path}/withdraw"), &json!({})).await.0, 403, "not li's to take back");
    assert_eq!(post(&app, &zhang, &format!("{path}/withdraw"), &json!({})).await.0, 200);
    assert_eq!(down_ms(&app, &li).await, 600_000);
    assert_eq!(app.get(&li, "/api/v1/sla/versions").await.json()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_proposal_is_said_all_at_once() {
    let (app, zhang, _) = with_outage(store::testing::sqlite().await).await;
    let cases = [
        (json!({ "start": "2026-11-05T01:10:00Z", "end": "2026-11-05T01:10:00Z" }), vec!["end"]),
        (json!({ "end": "2031-01-01T00:00:00Z" }), vec!["end", "end"]),
        (json!({ "code": "BECAUSE" }), vec!["code"]),
        (json!({ "change": "up" }), vec!["code"]),
        (json!({ "change": "better", "code": null }), vec!["change"]),
        (json!({ "circuitCode": "nope", "reason": " " }), vec!["circuitCode", "reason"]),
        (json!({ "reason": "a\u{1}b" }), vec!["reason"]),
        (json!({ "proof": { "name": "x", "mediaType": "y", "base64": "?" } }), vec!["proof.base64"]),
    ];
    for (change, fields) in cases {
        let mut body = power();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, problem) = post(&app, &zhang, "/api/v1/corrections", &body).await;
        let found: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!((status, found), (400, fields), "{change}");
    }
    assert_eq!(app.get(&zhang, "/api/v1/corrections").await.json()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_keeps_nothing_and_a_token_is_no_second_person() {
    let (app, zhang, li) = with_outage(store::testing::sqlite().await).await;
    let mut stretch = power();
    for field in ["reason", "proof"] {
        stretch.as_object_mut().unwrap().remove(field);
    }
    let (status, preview) = post(&app, &zhang, "/api/v1/corrections/preview", &stretch).await;
    assert_eq!((status, &preview["effects"][0]["after"]["downMs"]), (200, &120_000.into()), "{preview}");
    assert_eq!(app.get(&zhang, "/api/v1/corrections").await.json()["items"], json!([]));
    let (_, token) = post(&app, &li, "/api/v1/tokens", &json!({ "name": "robot", "role": "noc", "days": 30 })).await;
    let secret = token["token"].as_str().unwrap_or_else(|| panic!("{token}"));
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {secret}").parse().unwrap());
    let robot = Login(headers);
    assert_eq!(post(&app, &robot, "/api/v1/corrections", &power()).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_are_listed_with_their_sentence_and_a_text_can_be_tried() {
    let (app, zhang, _) = with_outage(store::testing::sqlite().await).await;
    let plans = app.get(&zhang, "/api/v1/sla/plans").await.json();
    assert_eq!(
        (&plans[0]["name"], &plans[0]["builtIn"], &plans[0]["target"]),
        (&"default".into(), &true.into(), &"99.9".into())
    );
    assert!(plans[0]["sentence"]["en"].as_str().unwrap().starts_with("Target 99.9%"));
    let tried = json!({ "toml": "[plan.gold]\ntarget = 99.95\nmin_outage_s = 60\n" });
    let (status, sentence) = post(&app, &zhang, "/api/v1/sla/plans/sentence", &tried).await;
    assert_eq!(status, 200, "{sentence}");
    assert!(sentence["sentence"]["en"].as_str().unwrap().contains("shorter than 60 s"));
    for wrong in ["target = 1", "[plan.a]\n[plan.b]\n", "[plan.a]\ntarget = 101\n", "[plan.a]\ntargte = 1\n", "]"] {
        let (status, problem) = post(&app, &zhang, "/api/v1/sla/plans/sentence", &json!({ "toml": wrong })).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (400, &"toml".into()), "{wrong}");
    }
}
