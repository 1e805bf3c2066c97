//! Thresholds: one for what each looks at, every change in the audit log, and what it would have done before it is kept.

use model::pm::{Granularity, IntervalStatus, Location, Row};
use model::sample::Samples;
use model::source::{SourceId, SourceKind};
use model::time::{Time, Window};
use serde_json::{Value, json};
use store::audit::{AuditFilter, audit_page};
use store::peer::register_source;
use store::performance::DAY_MS;
use store::performance::file::{PmFile, add_files, due_files};
use store::performance::slot::{begin_slot, pack_slot, put_pages, show_slots};
use store::performance::subject::learn;
use store::user::Role;

use super::support::{Login, TestApp};

fn body(customer: &str, set: f64) -> Value {
    json!({ "customerNo": customer, "param": "ES", "direction": "above", "set": set, "reset": 2.0, "needed": 2, "of": 3,
        "severity": 3, "note": "M.2120" })
}

async fn send(app: &TestApp, by: &Login, (method, path): (&str, &str), body: &Value) -> (u16, Value) {
    let reply = app.send(Some(by), method, &format!("/api/v1/thresholds{path}"), Some(&body.to_string())).await;
    let said = if reply.text.is_empty() { Value::Null } else { reply.json() };
    (reply.status.as_u16(), said)
}

/// Keeps ES of a circuit in quarter hours from `start` on.
async fn measured(app: &TestApp, circuit: &str, start: Time, values: &[f64]) {
    let mut tx = app.app.db.write().await.unwrap();
    let source = register_source(&mut tx, &SourceId::new("GD_TNMS"), SourceKind::Transport).await.unwrap();
    let period = Window::new(start, start.plus_s(86_400));
    let (path, task_id) = ("/PM-1.csv.gz".to_owned(), String::new());
    add_files(
        &mut tx,
        &[PmFile { id: 0, source, path, task_id, period, announced_at: start, expires_at: None, tries: 0 }],
    )
    .await
    .unwrap();
    let file = due_files(&mut tx, source, Time::MAX, 10).await.unwrap()[0].id;
    let mut samples = Samples::of(&["ES".into()]);
    for (period, value) in (0..).zip(values) {
        let row = Row {
            circuit_code: circuit.into(),
            object_id: "PORT-9".into(),
            object_type: "PORT".into(),
            layer_rate: "".into(),
            location: Location::NearRx,
            granularity: Granularity::M15,
            start: start.plus_s(period * 900),
            measured_s: 900,
            status: IntervalStatus::Valid,
        };
        let numbers = learn(&mut tx, source, &[&row]).await.unwrap()[0].1;
        samples.push(numbers.sample(&row, file), &[*value]);
    }
    let slot = pack_slot(Granularity::M15, start.ms().div_euclid(DAY_MS), samples).unwrap();
    let id = begin_slot(&mut tx, file, &slot).await.unwrap();
    put_pages(&mut tx, id, &slot, 0, 10).await.unwrap();
    show_slots(&mut tx, file, start).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_are_kept_once_and_every_change_is_known() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let li = app.person("li", Role::Noc, None).await;
        let (status, made) = send(&app, &li, ("POST", ""), &body("", 9.0)).await;
        assert_eq!((status, &made["granularityS"], &made["changedBy"]), (201, &json!(900), &json!("li")), "{made}");
        assert_eq!(send(&app, &li, ("POST", ""), &body("", 5.0)).await.0, 409, "there is one");
        let (status, own) = send(&app, &li, ("POST", ""), &body("K1", 5.0)).await;
        assert_eq!(status, 201, "{own}");
        assert_ne!(own["customerName"], "");
        let (status, wrong) = send(&app, &li, ("POST", ""), &body("K-NOBODY", 1.0)).await;
        let fields: Vec<&str> =
            wrong["errors"].as_array().unwrap().iter().filter_map(|e| e["field"].as_str()).collect();
        assert_eq!((status, fields), (400, vec!["reset", "customerNo"]), "{wrong}");
        let path = format!("/{}", made["id"].as_str().unwrap());
        let (status, changed) = send(&app, &li, ("PUT", &path), &body("", 7.0)).await;
        assert_eq!((status, &changed["set"], &changed["id"]), (200, &json!(7.0), &made["id"]));
        assert_eq!(send(&app, &li, ("PUT", &path), &body("K1", 7.0)).await.0, 409, "that is the other one's");
        assert_eq!(send(&app, &li, ("PUT", "/4711"), &body("", 7.0)).await.0, 404);
        assert_eq!(send(&app, &li, ("DELETE", &path), &json!({})).await.0, 204);
        assert_eq!(send(&app, &li, ("DELETE", &path), &json!({})).await.0, 404);
        let listed = app.get(&li, "/api/v1/thresholds").await.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
        let filter = AuditFilter { what: "threshold.".to_owned(), ..AuditFilter::default() };
        let log = audit_page(&mut app.app.db.read().await.unwrap(), &filter, i64::MAX, 10).await.unwrap();
        let whats: Vec<&str> = log.iter().map(|entry| entry.what.as_str()).collect();
        assert_eq!(whats, ["threshold.remove", "threshold.change", "threshold.add", "threshold.add"]);
        let detail: Value = serde_json::from_str(&log[1].detail).unwrap();
        assert_eq!((&detail["before"]["set"], &detail["after"]["set"]), (&json!(9.0), &json!(7.0)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_how_often_and_where() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let li = app.person("li", Role::Noc, None).await;
        let day = Time::from_ms(app.app.clock.now().ms().div_euclid(DAY_MS) * DAY_MS - 3 * DAY_MS);
        measured(&app, "C1", day, &[9.0, 1.0, 9.0, 1.0, 1.0, 9.0, 9.0]).await;
        let ask = json!({ "threshold": body("", 9.0), "circuitCode": "C1" });
        let (status, seen) = send(&app, &li, ("POST", "/preview"), &ask).await;
        assert_eq!(status, 200, "{seen}");
        assert_eq!(
            (&seen["crossings"], &seen["circuitsCrossed"], &seen["circuitsMeasured"]),
            (&json!(2), &json!(1), &json!(1))
        );
        let first = &seen["items"][0];
        assert_eq!(
            (&first["circuitCode"], &first["objectId"], &first["value"]),
            (&json!("C1"), &json!("PORT-9"), &json!(9.0))
        );
        assert_eq!(first["raisedAt"], json!(day.plus_s(3 * 900)));
        assert_eq!(first["clearedAt"], json!(day.plus_s(5 * 900)));
        assert_eq!(seen["items"][1]["clearedAt"], Value::Null);
        // Higher, it would have been quiet; for all circuits, it says how many these are.
        let (_, quiet) = send(&app, &li, ("POST", "/preview"), &json!({ "threshold": body("", 10.0) })).await;
        assert_eq!((&quiet["crossings"], &quiet["circuitsMeasured"]), (&json!(0), &json!(1)), "{quiet}");
        assert!(quiet["circuitsInScope"].as_u64().unwrap() > 1, "{quiet}");
        // A customer's own threshold hides the common one.
        let owner = app.get(&li, "/api/v1/circuits/C1").await.json()["customerNo"].as_str().unwrap().to_owned();
        assert_eq!(send(&app, &li, ("POST", ""), &body(&owner, 100.0)).await.0, 201);
        let (_, hidden) = send(&app, &li, ("POST", "/preview"), &ask).await;
        assert_eq!((&hidden["crossings"], &hidden["circuitsInScope"]), (&json!(0), &json!(0)), "{hidden}");
        let unknown = json!({ "threshold": body("", 9.0), "circuitCode": "C-NONE" });
        assert_eq!(send(&app, &li, ("POST", "/preview"), &unknown).await.0, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_usual_stands_beside_what_was_measured() {
    for db in store::testing::both().await {
        let app = TestApp::over(db).await;
        let li = app.person("li", Role::Noc, None).await;
        let today = Time::from_ms(app.app.clock.now().ms().div_euclid(DAY_MS) * DAY_MS);
        for (weeks, value) in [(1, 10.0), (2, 14.0), (3, 12.0), (4, 500.0)] {
            measured(&app, "C1", today.plus_s(-weeks * 7 * 86_400), &[value, value + 2.0]).await;
        }
        let made = send(&app, &li, ("POST", ""), &body("", 9.0)).await.1;
        let week = today.plus_s(-7 * 86_400);
        let path = format!("/api/v1/circuits/C1/performance?from={week}&to={}&baseline=true", week.plus_s(7200));
        let seen = app.get(&li, &path).await.json();
        assert_eq!(seen["thresholds"][0]["id"], made["id"], "{seen}");
        let usual = &seen["series"][0]["params"]["ES"]["baseline"];
        // Of the four hours' means 11, 15, 13 and 501 up to then: the week itself counts, what came later does not.
        assert_eq!(usual["median"][0], json!(14.0), "{seen}");
        assert_eq!(usual["low"][0], json!(14.0 - 3.0 * 1.4826 * 2.0), "{seen}");
        assert_eq!(usual["median"][4], Value::Null, "nothing was measured in the second hour");
        let plain = app.get(&li, &path.replace("&baseline=true", "")).await.json();
        assert!(plain["series"][0]["params"]["ES"]["baseline"].is_null(), "{plain}");
        let days = app.get(&li, &format!("{path}&resolution=day")).await.json();
        assert!(days["series"][0]["params"]["ES"]["baseline"].is_null(), "days are no hours of a week: {days}");
    }
}
