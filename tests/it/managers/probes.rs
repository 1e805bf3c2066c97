//! Delay tests and the classes of a circuit: at once, later, late, twice, refused, unknown, and over a restart.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sims::carrier::IP_MANAGER;
use sims::manager::ManagerSim;
use sims::manager::probes::DelayHabit;

use crate::daemon::{Setup, wait_for};
use crate::street::Street;

/// Asks for a test; the answer.
async fn ask(street: &Street, code: &str, change: Value) -> (StatusCode, Value) {
    let mut body = json!({"srcNode": "PE1", "dstNode": "PE2", "srcAddr": "10.0.0.1", "dstAddr": "10.0.0.2",
        "pktCount": 1, "intervalMs": 10, "timeoutMs": 10});
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    street.api.call(&street.daemon, Method::POST, &format!("/api/v1/circuits/{code}/delay-tests"), Some(body)).await
}

/// Asks for a test that is taken; its number.
async fn asked(street: &Street, code: &str, sim: &ManagerSim, habit: DelayHabit) -> String {
    sim.set_habits(|habits| habits.delay = habit);
    let (status, view) = ask(street, code, json!({"dscp": 46, "vrf": "K7"})).await;
    assert_eq!((status, &view["state"]), (StatusCode::CREATED, &json!("WAITING")), "{view}");
    view["testId"].as_str().unwrap().to_owned()
}

/// The test once it stands so.
async fn stands(street: &Street, code: &str, id: &str, state: &str) -> Value {
    wait_for(&format!("{id} to be {state}"), async || {
        let test = street.get(&format!("/api/v1/circuits/{code}/delay-tests/{id}")).await;
        (test["state"] == state).then_some(test)
    })
    .await
}

async fn delays(postgres: Option<String>) {
    let setup = Setup { data_managers: true, postgres, ..Setup::default() };
    let mut street = Street::start(setup, (4, 30)).await;
    let sim = street.carrier.manager(IP_MANAGER).unwrap().clone();
    let code = street.carrier.world.circuits[0].code.clone();

    let id = asked(&street, &code, &sim, DelayHabit::Inline).await;
    let done = stands(&street, &code, &id, "DONE").await;
    let result = json!({"status": "partial", "sent": 10, "received": 9, "lossRatio": 0.1, "rttMin": 1.0,
        "rttAvg": 12.5, "rttMax": 30.0, "jitterAvg": 0.5, "jitterMax": null});
    assert_eq!((&done["result"], &done["test"]["dscp"]), (&result, &json!(46)), "{done}");

    // Told later, then once more with other values: the first stands.
    let id = asked(&street, &code, &sim, DelayHabit::Later).await;
    stands(&street, &code, &id, "RUNNING").await;
    street.daemon.kill();
    street.daemon.restart();
    assert_eq!(sim.tell_result(&id, "7.25").await.unwrap(), "0");
    assert_eq!(sim.tell_result(&id, "99").await.unwrap(), "0");
    assert_eq!(stands(&street, &code, &id, "DONE").await["result"]["rttAvg"], 7.25);
    assert_eq!(sim.delay_tests().iter().filter(|asked| **asked == id).count(), 1, "asked once");

    // Nobody has such a test; no such values.
    for stranger in ["GD_CNM-T-00009999", "XX-T-00000001", "nonsense"] {
        assert_eq!(sim.tell_result(stranger, "1").await.unwrap(), "3001", "{stranger}");
    }
    assert_eq!(sim.tell_result(&id, "fast").await.unwrap(), "1004");

    let id = asked(&street, &code, &sim, DelayHabit::Refused).await;
    let failed = stands(&street, &code, &id, "FAILED").await;
    assert!(failed["reason"].as_str().unwrap().contains("6003"), "{failed}");

    for (change, field) in [
        (json!({"dscp": 64}), "dscp"),
        (json!({"srcNode": " "}), "srcNode"),
        (json!({"pktCount": 0}), "pktCount"),
        (json!({"source": "GD_TNMS"}), "source"),
    ] {
        let (status, answer) = ask(&street, &code, change).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{answer}");
    }
    assert_eq!(ask(&street, "nowhere", json!({})).await.0, StatusCode::NOT_FOUND);
    let listed = street.all(&format!("/api/v1/circuits/{code}/delay-tests")).await;
    let states: Vec<&str> = listed.iter().map(|test| test["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["FAILED", "DONE", "DONE"]);

    // A result that does not come is overdue after a minute; it is kept if it comes after all.
    let id = asked(&street, &code, &sim, DelayHabit::Later).await;
    stands(&street, &code, &id, "RUNNING").await;
    tokio::time::timeout(std::time::Duration::from_secs(90), async {
        while street.get(&format!("/api/v1/circuits/{code}/delay-tests/{id}")).await["state"] != "OVERDUE" {
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(sim.tell_result(&id, "3").await.unwrap(), "0");
    let late = stands(&street, &code, &id, "DONE").await;
    assert_eq!((&late["result"]["rttAvg"], &late["reason"]), (&json!(3.0), &json!("")), "{late}");
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delay_tests_have_one_result_whenever_it_comes() {
    delays(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delay_tests_have_one_result_whenever_it_comes_on_postgres() {
    delays(Some(store::testing::postgres_url().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn classes_of_a_circuit_are_asked_for_at_once() {
    let street = Street::start(Setup { data_managers: true, ..Setup::default() }, (4, 30)).await;
    let code = street.carrier.world.circuits[0].code.clone();
    let path = format!("/api/v1/circuits/{code}/qos?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z");
    let answer = street.get(&format!("{path}&direction=out")).await;
    let expected = json!([
        {"className": "EF-out", "committedKbps": 2000, "octets": 1_800_000, "sharePct": 80.5},
        {"className": "BE-out", "committedKbps": 1000, "octets": 9_000_000, "sharePct": 120.0},
    ]);
    assert_eq!((&answer["classes"], &answer["source"]), (&expected, &json!(IP_MANAGER)), "{answer}");
    let call = async |path: String| street.api.call(&street.daemon, Method::GET, &path, None).await;
    assert_eq!(call(format!("{path}&direction=up")).await.1["errors"][0]["field"], "direction");
    assert_eq!(call(path.replace("2026-11-02", "2026-10-02") + "&direction=in").await.1["errors"][0]["field"], "to");
    assert_eq!(call(format!("{}&direction=in", path.replace(&code, "nowhere"))).await.0, StatusCode::NOT_FOUND);
    let sim = street.carrier.manager(IP_MANAGER).unwrap();
    sim.set_habits(|habits| habits.silent = true);
    let (status, answer) = call(format!("{path}&direction=in")).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    assert!(answer["detail"].as_str().unwrap().starts_with(IP_MANAGER), "{answer}");
    street.stop().await;
}
