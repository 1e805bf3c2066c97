//! Thresholds on the running daemon: a manager's file crosses one, and the crossing is an alarm that does to its circuit
//! what the knowledge says; what is corrected later is taken back; a restart neither loses nor repeats any of it.

use model::resource::{Class, Row};
use model::time::{Time, Window};
use model::work::OpType;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sims::files::{FileFault, Table};
use sims::manager::performance::columns;

use crate::api::metrics;
use crate::daemon::{Setup, wait_for};
use crate::street::Street;

/// Periods of a minute, so that they lie near enough to now to be believed.
const STEP_S: i64 = 60;

/// A file with ES of one period of a circuit.
async fn tell(street: &Street, name: &str, (circuit, start): (&str, Time), es: &str) {
    let local = model::time::Zone::china().write_local(start);
    let cells = [circuit, "PORT-1", "PORT", "VC4", "NEAR_RX", "60S", &local, "60", "VALID", es];
    let rows = vec![cells.iter().map(|cell| (*cell).to_owned()).collect()];
    let manager = &street.carrier.managers[0];
    let path = manager.put_performance(name, &Table { columns: columns(&["ES"]), rows }, FileFault::None).unwrap();
    manager.announce_performance(&path, Window::new(start, start.plus_s(STEP_S))).await.unwrap();
}

/// Alarms about crossings: id, begin, end.
async fn crossings(street: &Street) -> Vec<(String, Value, Value)> {
    let alarms = street.all("/api/v1/alarms?state=all").await;
    let own = alarms.iter().filter(|alarm| alarm["title"].as_str().is_some_and(|title| title.starts_with("TCA ")));
    let text = |alarm: &Value, key: &str| alarm[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> =
        own.map(|it| (text(it, "alarmId"), it["raisedAt"].clone(), it["clearedAt"].clone())).collect();
    found.sort_by_key(|(id, ..)| id.clone());
    found
}

/// The knowledge that a crossing of ES harms service.
fn knowledge() -> Row {
    let cells = [("specialty", "TRANS"), ("nativeCause", "TCA ES"), ("effect", "DEGRADED")];
    let value = |name| cells.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value).to_owned();
    let class = Class::AlarmKnowledge;
    Row { class, cells: class.columns().iter().map(|column| value(column.name)).collect() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crossing_is_an_alarm_and_what_never_was_is_taken_back() {
    let mut street = Street::start(Setup::default(), (4, 20)).await;
    let circuit = street.carrier.world.circuits[0].code.clone();
    let defaults = street.all("/api/v1/thresholds").await;
    assert!(
        defaults.iter().any(|one| one["param"] == "SES" && one["serviceType"] == "SDH"),
        "they come with the program"
    );
    street.carrier.resource.change_and_tell(OpType::Add, knowledge()).await.unwrap();
    let body = json!({ "param": "ES", "granularityS": STEP_S, "direction": "above", "set": 10.0, "reset": 3.0, "needed": 2,
        "of": 3, "severity": 2 });
    let made = street.api.call(&street.daemon, Method::POST, "/api/v1/thresholds", Some(body.clone())).await;
    assert_eq!(made.0, StatusCode::CREATED, "{}", made.1);
    let since = Time::parse(made.1["since"].as_str().unwrap()).unwrap();
    let first = Time::from_ms((since.ms().div_euclid(STEP_S * 1000) + 1) * STEP_S * 1000);
    let start = |n: i64| first.plus_s(n * STEP_S);
    // Two of three periods over it, told out of order; the one between is not measured.
    tell(&street, "PM-2.csv.gz", (&circuit, start(2)), "12").await;
    tell(&street, "PM-0.csv.gz", (&circuit, start(0)), "11").await;
    let raised = wait_for("the crossing", async || crossings(&street).await.pop()).await;
    assert_eq!((&raised.1, &raised.2), (&json!(start(3)), &Value::Null));
    let seen = async |state: &str| {
        let shown = street.get(&format!("/api/v1/circuits/{circuit}")).await;
        (shown["state"] == state).then_some(())
    };
    wait_for("the circuit to be degraded", async || seen("degraded").await).await;
    let alarm =
        street.all("/api/v1/alarms?state=active").await.into_iter().find(|it| it["alarmId"] == raised.0.as_str());
    let alarm = alarm.unwrap();
    assert_eq!((&alarm["severity"], &alarm["specialty"], &alarm["circuits"]), (&json!(2), &json!("TRANS"), &json!(1)));
    assert!(!alarm["faultNo"].is_null(), "it is a fault: {alarm}");
    // The first was wrong: there never was a crossing. Two later periods make another one.
    tell(&street, "PM-0b.csv.gz", (&circuit, start(0)), "0").await;
    let taken_back = async || {
        let all = crossings(&street).await;
        (all.len() == 1 && all[0].2 == json!(start(3))).then_some(())
    };
    wait_for("the crossing to be taken back", taken_back).await;
    wait_for("the circuit to be up", async || seen("up").await).await;
    street.daemon.kill();
    tell_later(&mut street, (&circuit, start(1))).await;
    let again = wait_for("another crossing", async || {
        let all = crossings(&street).await;
        (all.len() == 2).then(|| all[1].clone())
    })
    .await;
    assert_eq!((&again.1, &again.2), (&json!(start(3)), &Value::Null), "with PM-1 the third period crosses it again");
    // A changed threshold ends what the old one raised.
    let path = format!("/api/v1/thresholds/{}", made.1["id"].as_str().unwrap());
    let higher = json!({ "param": "ES", "granularityS": STEP_S, "direction": "above", "set": 100.0, "reset": 3.0, "severity": 2 });
    let changed = street.api.call(&street.daemon, Method::PUT, &path, Some(higher)).await;
    assert_eq!(changed.0, StatusCode::OK, "{}", changed.1);
    wait_for("the end of what the old one raised", async || {
        let all = crossings(&street).await;
        (all.len() == 2 && !all[1].2.is_null()).then_some(())
    })
    .await;
    let counted = metrics(&street.daemon).await;
    assert!(counted.contains("linesman_threshold_crossings_total{edge=\"raised\"} 1"), "{counted}");
    street.stop().await;
}

/// After `kill -9` the daemon is told of another period.
async fn tell_later(street: &mut Street, (circuit, start): (&str, Time)) {
    street.daemon.restart();
    tell(street, "PM-1.csv.gz", (circuit, start), "15").await;
}
