//! Runs of reports as they are asked for, and documents as they are fetched.

use serde_json::{Value, json};
use store::audit::{AuditFilter, audit_page};
use store::report::{begin_run, count_customer, end_run, fail_file, next_customer};
use store::user::Role;

use super::support::{Login, TestApp};

fn body() -> Value {
    json!({ "label": "2026-10", "language": "zh", "formats": ["pdf", "csv"] })
}

async fn post(app: &TestApp, login: &Login, path: &str, body: &Value) -> (u16, Value) {
    let reply = app.send(Some(login), "POST", path, Some(&body.to_string())).await;
    (reply.status.as_u16(), reply.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_made_watched_stopped_and_taken_up_again() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let li = app.person("li", Role::Noc, None).await;
        let (status, run) = post(&app, &li, "/api/v1/reports/runs", &body()).await;
        assert_eq!((status, &run["state"], &run["requestedBy"]), (201, &"queued".into(), &"li".into()), "{run}");
        // K0 has the circuits of K1 below it.
        assert_eq!((&run["customers"], &run["etaS"], &run["scheduled"]), (&3.into(), &Value::Null, &false.into()));
        assert_eq!(run["period"]["start"], "2026-09-30T16:00:00Z");
        let path = format!("/api/v1/reports/runs/{}", run["id"].as_str().unwrap());
        let files = app.get(&li, &format!("{path}/files?state=waiting")).await.json();
        let told: Vec<_> =
            files["items"].as_array().unwrap().iter().map(|f| (&f["customerNo"], &f["format"])).collect();
        assert_eq!(
            told[..3],
            [(&"K0".into(), &"pdf".into()), (&"K0".into(), &"csv".into()), (&"K1".into(), &"pdf".into())]
        );
        assert_eq!(files["items"][2]["customerName"], "银行");

        let mut tx = app.app.db.write().await.unwrap();
        assert!(begin_run(&mut tx, 1, app.app.clock.now().plus_s(-60)).await.unwrap());
        for file in next_customer(&mut tx, 1).await.unwrap() {
            fail_file(&mut tx, file.id, "no font has 龘").await.unwrap();
        }
        count_customer(&mut tx, 1, Err(())).await.unwrap();
        tx.commit().await.unwrap();
        let running = app.get(&li, &path).await.json();
        assert_eq!((&running["state"], &running["failed"]), (&"running".into(), &1.into()));
        assert!((119..140).contains(&running["etaS"].as_i64().unwrap()), "two more minutes: {running}");
        let failed = app.get(&li, &format!("{path}/files?state=failed&limit=1")).await.json();
        assert_eq!((&failed["items"][0]["error"], &failed["next"]), (&"no font has 龘".into(), &"1".into()));
        assert_eq!(app.get(&li, "/api/v1/reports/files/1").await.status, 404, "nothing to fetch");

        let (status, stopped) = post(&app, &li, &format!("{path}/cancel"), &json!({})).await;
        assert_eq!((status, &stopped["state"]), (200, &"cancelled".into()));
        assert_eq!(post(&app, &li, &format!("{path}/cancel"), &json!({})).await.0, 409);
        let (status, again) = post(&app, &li, &format!("{path}/resume"), &json!({})).await;
        assert_eq!((status, &again["state"], &again["failed"]), (200, &"queued".into(), &0.into()));
        let mut tx = app.app.db.write().await.unwrap();
        assert!(begin_run(&mut tx, 1, app.app.clock.now()).await.unwrap());
        assert!(end_run(&mut tx, 1, app.app.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(post(&app, &li, &format!("{path}/resume"), &json!({})).await.0, 409, "nothing failed");
        let listed = app.get(&li, "/api/v1/reports/runs").await.json();
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["state"]), (1, &"done".into()));
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit_page(&mut tx, &AuditFilter::default(), i64::MAX, 9).await.unwrap();
        let told: Vec<(&str, &str)> = log.iter().map(|entry| (entry.who.as_str(), entry.what.as_str())).collect();
        assert_eq!(told[..3], [("li", "report.resume"), ("li", "report.cancel"), ("li", "report.run")]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_run_is_said_all_at_once() {
    let app = TestApp::over(store::testing::sqlite().await).await;
    let li = app.person("li", Role::Noc, None).await;
    let cases = [
        (json!({ "label": "2026" }), vec!["label"]),
        (json!({ "label": "../2026-10" }), vec!["label"]),
        (json!({ "label": " 2026-10" }), vec!["label"]),
        (json!({ "label": "2027-01", "language": "de" }), vec!["label", "language"]),
        (json!({ "formats": ["pdf", "doc"] }), vec!["formats"]),
        (json!({ "formats": ["pdf", "pdf"] }), vec!["formats"]),
        (json!({ "formats": [], "customers": [] }), vec!["formats", "customers"]),
        (json!({ "customers": ["K1", "K9"] }), vec!["customers"]),
    ];
    for (change, fields) in cases {
        let mut body = body();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, problem) = post(&app, &li, "/api/v1/reports/runs", &body).await;
        let found: Vec<&str> =
            problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!((status, found), (400, fields), "{change}");
    }
    assert_eq!(app.get(&li, "/api/v1/reports/runs").await.json()["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_fetched_by_its_customer_and_only_as_it_was_issued() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let (own, foreign) = (app.report("K1", "一,1".as_bytes()).await, app.report("K2", b"two").await);
        let bank = app.person("bank", Role::Customer, Some("K1")).await;
        let holding = app.person("holding", Role::Customer, Some("K0")).await;
        let list = app.get(&bank, "/api/v1/portal/reports").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
        let item = &list["items"][0];
        assert_eq!((&item["label"], &item["final"], &item["bytes"]), (&"2026-10".into(), &true.into(), &5.into()));
        assert_eq!(item["id"], own.to_string());
        let path = format!("/api/v1/portal/reports/{own}");
        let got = app.get(&bank, &path).await;
        assert_eq!((got.status.as_u16(), got.text.as_str()), (200, "一,1"));
        assert_eq!(got.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(got.headers["content-disposition"], "attachment; filename*=UTF-8''K1-2026-10-zh-r1.csv");
        assert_eq!(app.get(&holding, &path).await.status, 200, "a parent sees its children's");
        for nobodys in [foreign, 99] {
            assert_eq!(app.get(&bank, &format!("/api/v1/portal/reports/{nobodys}")).await.status, 404);
        }
        let mut tx = app.app.db.read().await.unwrap();
        let log = audit_page(&mut tx, &AuditFilter::default(), i64::MAX, 9).await.unwrap();
        assert_eq!((log[1].who.as_str(), log[1].what.as_str()), ("bank", "report.fetch"));
        std::fs::write(app.app.settings.reports.join("K1.csv"), "一,2").unwrap();
        assert_eq!(app.get(&bank, &path).await.status, 500, "it is not what was issued");
    }
}
