//! No customer sees another. The matrix comes from the OpenAPI document, so an operation that is
//! added is in it, and one that the matrix cannot call fails the test.

use std::sync::Arc;

use engine::live::{CircuitChange, CircuitState, Impact};
use model::fault::{DispatchReason, Fault, FaultNo, FaultState};
use model::time::{Time, Window};
use model::work::{Cutover, OpType};
use serde_json::Value;
use store::user::Role;

use super::support::{Login, Reply, TestApp, alarm_at};
use crate::board::Change;

/// What customer K1 may never read: another customer, its circuit, and our equipment.
const FORBIDDEN: [&str; 9] = ["C3", "K2", "Shop", "GZ-SDH-1", "ACME", "GD_TNMS", "EMS1", "\"P1\"", "R_LOS"];

/// Operations that need no login.
const OPEN: [(&str, &str); 2] = [("/api/v1/setup", "POST"), ("/api/v1/session", "POST")];

struct Operation {
    path: String,
    method: String,
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&crate::api::document().to_json().unwrap()).unwrap();
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            all.push(Operation { path: path.clone(), method: method.to_uppercase() });
        }
    }
    assert!(all.len() > 40, "the document lists every operation");
    all
}

/// The path with its parameters filled in.
fn filled(path: &str, circuit: &str) -> String {
    let path = path.replace("{code}", circuit).replace("{id}", "1").replace("{no}", "F000001");
    let path = path.replace("{login}", "nobody").replace("{alarmId}", "none").replace("{version}", "1");
    let path = path.replace("{name}", "none.csv");
    assert!(!path.contains('{'), "the matrix cannot fill {path}: teach it the parameter");
    path
}

async fn call(app: &TestApp, login: Option<&Login>, operation: &Operation, circuit: &str) -> Reply {
    let path = filled(&operation.path, circuit);
    let body = (operation.method != "GET").then_some("{}");
    let (status, headers, body) = app.open(login, &operation.method, &path, body).await;
    // A live stream has no end; its first part is enough here.
    if headers.get("content-type").is_some_and(|kind| kind == "text/event-stream") {
        return Reply { status, headers, text: String::new() };
    }
    let bytes = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
    Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

async fn busy_app(db: store::testing::TestDb) -> TestApp {
    let app = TestApp::over(db).await;
    app.alarm(alarm_at(1, "P1", "2026-11-07T01:00:00Z", None)).await;
    app.alarm(alarm_at(2, "P2", "2026-11-07T01:00:00Z", None)).await;
    let inventory = app.board.inventory();
    let down = |code: &str| {
        Change::Circuits(vec![CircuitChange {
            circuit: inventory.circuit_ix(code).unwrap(),
            state: CircuitState::Down,
            since: Time::parse("2026-11-07T01:00:00Z").unwrap(),
        }])
    };
    let window =
        Window::new(Time::parse("2026-11-08T00:00:00Z").unwrap(), Time::parse("2026-11-08T01:00:00Z").unwrap());
    let work = Cutover {
        cutover_no: "GC-1".into(),
        title: "GZ-SDH-1 board swap for Shop".into(),
        work: Some(window),
        is_affect: true,
        affect: Some(window),
        affect_info: "GZ-SDH-1".into(),
        manager: "Wang".into(),
        phone: "1".into(),
        circuit_codes: vec!["C1".into(), "C3".into()],
        op_type: OpType::Add,
        revision: 1,
        notified_at: Some(Time::parse("2026-11-01T00:00:00Z").unwrap()),
    };
    let seq = app.board.latest() + 1;
    let impact = Impact {
        circuits: ["C1", "C3"].iter().map(|code| (inventory.circuit_ix(code).unwrap(), true)).collect(),
        customers: ["K1", "K2"].iter().map(|no| inventory.customer_ix(no).unwrap()).collect(),
    };
    let fault = Change::Fault(Arc::new(fault()), Arc::new(impact));
    app.board.publish(seq, vec![down("C1"), down("C3"), fault, Change::Cutover(Arc::new(work))]);
    for customer_no in ["K1", "K2"] {
        app.report(customer_no, format!("report of {customer_no}").as_bytes()).await;
    }
    app
}

/// One fault that hits both customers.
fn fault() -> Fault {
    let at = Time::parse("2026-11-07T01:00:00Z").unwrap();
    Fault {
        fault_no: FaultNo(1),
        episode: 1,
        state: FaultState::Open,
        cause_object_type: model::alarm::ObjectType::Port,
        cause_object_id: "P1".into(),
        cause: "LOS".into(),
        native_cause: "R_LOS".into(),
        title: "Loss of signal GZ-SDH-1".into(),
        root_alarm: 1,
        severity: model::alarm::Severity::Critical,
        alarms: 2,
        alarms_active: 2,
        circuits: 2,
        circuits_down: 2,
        customers: 2,
        impact_digest: 1,
        circuits_peak: 2,
        customers_peak: 2,
        customer_level: "GOLD".into(),
        service_level: "".into(),
        key_protected: false,
        priority: 1,
        first_at: at,
        last_at: at,
        cleared_at: None,
        due_at: None,
        dispatch: DispatchReason::Persisting,
        merged_into: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_needs_a_login_and_its_role() {
    let app = busy_app(store::testing::sqlite().await).await;
    let bank = app.person("bank", Role::Customer, Some("K1")).await;
    let noc = app.person("li", Role::Noc, None).await;
    let forged = Login(
        [("cookie", "linesman_session=00ff"), ("x-linesman", "1")]
            .iter()
            .map(|(n, v)| (http::HeaderName::from_static(n), http::HeaderValue::from_static(v)))
            .collect(),
    );
    for operation in operations() {
        let (path, method) = (operation.path.as_str(), operation.method.as_str());
        let what = format!("{method} {path}");
        if OPEN.contains(&(path, method)) {
            continue;
        }
        // Pages ask who is there before they know; a 401 would be logged as an error by the browser.
        let nobody = if (path, method) == ("/api/v1/session", "GET") { 204 } else { 401 };
        assert_eq!(call(&app, None, &operation, "C1").await.status, nobody, "{what} without login");
        assert_eq!(call(&app, Some(&forged), &operation, "C1").await.status, 401, "{what} with a forged cookie");
        let common = path.starts_with("/api/v1/session") || path.starts_with("/api/v1/me/");
        if common {
            continue;
        }
        let portal = path.starts_with("/api/v1/portal/");
        let customer = call(&app, Some(&bank), &operation, "C1").await;
        assert_eq!(customer.status == 403, !portal, "{what} by a customer: {}", customer.status);
        let admin_only = ["/users", "/tokens", "/audit"].iter().any(|part| path.contains(part))
            || path == "/api/v1/resource-loads/{id}/approve";
        let staff = call(&app, Some(&noc), &operation, "C1").await;
        assert_eq!(staff.status == 403, portal || admin_only, "{what} by noc: {}", staff.status);
        assert!(!staff.status.is_server_error(), "{what}: {}", staff.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_circuit_does_not_exist_and_nothing_foreign_shows() {
    for db in store::testing::both().await {
        let app = busy_app(db).await;
        let bank = app.person("bank", Role::Customer, Some("K1")).await;
        let mut circuits = 0;
        for operation in operations().iter().filter(|operation| operation.path.starts_with("/api/v1/portal/")) {
            let what = format!("{} {}", operation.method, operation.path);
            let own = call(&app, Some(&bank), operation, "C1").await;
            assert_eq!(own.status, 200, "{what}: {}", own.text);
            for word in FORBIDDEN {
                assert!(!own.text.contains(word), "{what} shows {word}: {}", own.text);
            }
            if operation.path.contains("{code}") {
                circuits += 1;
                let mut answers = Vec::new();
                for code in ["C3", "no-such-circuit"] {
                    let reply = call(&app, Some(&bank), operation, code).await;
                    assert_eq!(reply.status, 404, "{what} of {code}");
                    let mut json = reply.json();
                    json.as_object_mut().unwrap().remove("requestId");
                    answers.push(json);
                }
                assert_eq!(answers[0], answers[1], "{what}: foreign and unknown look alike");
            }
        }
        assert!(circuits >= 5, "the matrix covers the circuit's pages");
        let overview = app.get(&bank, "/api/v1/portal/overview").await.json();
        assert_eq!((overview["circuitsTotal"].as_u64(), overview["circuitsUp"].as_u64()), (Some(2), Some(1)));
        assert_eq!(overview["banner"]["circuits"], serde_json::json!(["C1"]));
        assert_eq!(overview["nextWork"][0]["circuits"], serde_json::json!(["C1"]));
        assert_eq!(overview["openFaults"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_sees_its_children_and_a_stranger_nothing() {
    let app = busy_app(store::testing::sqlite().await).await;
    let holding = app.person("holding", Role::Customer, Some("K0")).await;
    let list = app.get(&holding, "/api/v1/portal/circuits").await.json();
    let codes: Vec<&str> = list["items"].as_array().unwrap().iter().map(|c| c["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["C1", "C2"]);
    let stranger = app.person("stranger", Role::Customer, Some("K9")).await;
    assert_eq!(app.get(&stranger, "/api/v1/portal/circuits").await.json()["total"], 0);
    assert_eq!(app.get(&stranger, "/api/v1/portal/overview").await.json()["circuitsTotal"], 0);
    assert_eq!(app.get(&stranger, "/api/v1/portal/circuits/C1").await.status, 404);
}
