//! A manager's list that is too long for one part.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sims::alarm::{Subject, raised};
use sims::transport::{SyncHabit, TransportSim};
use sims::world::knowledge::LOS;

use crate::daemon::{Setup, wait_for};
use crate::street::Street;

/// The writer takes a thousand alarms of a list at once.
const ALARMS: usize = 2500;

/// Asks for the list and waits until it is taken; what became of it.
async fn resync(street: &Street, sim: &TransportSim) -> Value {
    // The wire has whole seconds: the list must be later than what was told before.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let source = format!("/api/v1/sources/{}", sim.sys_code());
    let before = street.get(&source).await["lastSync"]["syncReqId"].clone();
    let (status, answer) =
        street.api.call(&street.daemon, Method::POST, &format!("{source}/resync"), Some(json!({}))).await;
    assert!(status.is_success(), "{answer}");
    wait_for("the list to be taken", async || {
        let run = street.get(&source).await["lastSync"].clone();
        (run["state"] == "done" && run["syncReqId"] != before).then_some(run)
    })
    .await
}

async fn held(street: &Street) -> usize {
    street.all("/api/v1/alarms").await.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_parts_and_clears_with_the_last() {
    let street = Street::start(Setup::default(), (4, 30)).await;
    let sim = street.carrier.managers.first().unwrap().clone();
    resync(&street, &sim).await;
    assert_eq!(held(&street).await, 0);
    let ports = street.carrier.world.circuits.iter().map(|circuit| circuit.a_port.clone());
    let now = street.carrier.clock.now();
    sim.set_habits(|habits| habits.silent = true);
    for port in ports.cycle().take(ALARMS) {
        sim.raise(raised(&LOS, &Subject::Port(port), now));
    }
    sim.set_habits(|habits| habits.silent = false);
    let counts = |run: &Value| (run["raised"].as_u64().unwrap(), run["cleared"].as_u64().unwrap());
    let whole = resync(&street, &sim).await;
    assert_eq!((counts(&whole), held(&street).await), ((ALARMS as u64, 0), ALARMS));
    // The same again changes nothing.
    assert_eq!((counts(&resync(&street, &sim).await), held(&street).await), ((0, 0), ALARMS));
    sim.set_habits(|habits| habits.sync = SyncHabit::Half);
    let half = resync(&street, &sim).await;
    assert_eq!((counts(&half), held(&street).await), ((0, ALARMS as u64 / 2), ALARMS / 2));
    street.stop().await;
}
