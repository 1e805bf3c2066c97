//! The managers of IP and of ATM beside the real daemon: alarms about circuits, the list in an answer or by file,
//! filters; what they measure for us.

mod measuring;
mod probes;

use reqwest::Method;
use serde_json::{Value, json};
use sims::alarm::of_circuit;
use sims::carrier::{ATM_MANAGER, IP_MANAGER};
use sims::manager::{ManagerSim, SyncHabit};
use sims::world::knowledge::{PVC_DEGRADED, TUNNEL_DOWN};

use crate::daemon::{Setup, wait_for};
use crate::street::Street;

/// How many alarms of a manager are held.
async fn held(street: &Street, sim: &ManagerSim) -> usize {
    let alarms = street.all("/api/v1/alarms").await;
    alarms.iter().filter(|alarm| alarm["source"] == sim.sys_code()).count()
}

/// Asks for the list; what became of it.
async fn resync(street: &Street, sim: &ManagerSim, habit: SyncHabit) -> Value {
    sim.set_habits(|habits| habits.sync = habit);
    let source = format!("/api/v1/sources/{}", sim.sys_code());
    // The wire has whole seconds: the list must be later than what was told before.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let before = street.get(&source).await["lastSync"]["syncReqId"].clone();
    let asked = street.api.call(&street.daemon, Method::POST, &format!("{source}/resync"), Some(json!({}))).await;
    assert!(asked.0.is_success(), "{}", asked.1);
    wait_for("the list to be judged", async || {
        let run = street.get(&source).await["lastSync"].clone();
        let is_ours = run["reason"] == "command" && run["syncReqId"] != before;
        (is_ours && !run["endedAt"].is_null()).then_some(run)
    })
    .await
}

/// State, raised, cleared.
fn told(run: &Value) -> (&str, u64, u64) {
    (run["state"].as_str().unwrap(), run["raised"].as_u64().unwrap(), run["cleared"].as_u64().unwrap())
}

async fn lists(postgres: Option<String>) {
    let setup = Setup {
        data_managers: true,
        postgres,
        peer_settings: "filter = \"severity <= 2\"\n".to_owned(),
        ..Setup::default()
    };
    let mut street = Street::start(setup, (4, 30)).await;
    let circuits = street.carrier.world.circuits.clone();
    let circuit = circuits.iter().find(|circuit| circuit.status == "ACTIVE").unwrap();
    for (code, kind, specialty) in [(IP_MANAGER, "ip", "IP"), (ATM_MANAGER, "atm", "ATM")] {
        let sim = street.carrier.manager(code).unwrap().clone();
        wait_for("the filter", async || sim.filters().values().any(|text| text == "severity <= 2").then_some(())).await;
        assert_eq!(street.get(&format!("/api/v1/sources/{code}")).await["kind"], kind);
        let now = street.carrier.clock.now();
        let down = sim.raise(of_circuit(&TUNNEL_DOWN, circuit, now));
        wait_for("the circuit to be down", async || {
            street.circuits_in("down").await.contains(&circuit.code).then_some(())
        })
        .await;
        let of_network = street.all(&format!("/api/v1/alarms?specialty={specialty}")).await;
        assert!(of_network.iter().any(|alarm| alarm["alarmId"] == down.as_str()), "{of_network:?}");
        sim.clear(&down);
        wait_for("the circuit to be up", async || street.circuits_in("down").await.is_empty().then_some(())).await;

        // What nobody was told of stands in the list.
        sim.set_habits(|habits| habits.silent = true);
        for circuit in circuits.iter().take(8) {
            sim.raise(of_circuit(&PVC_DEGRADED, circuit, now));
        }
        sim.set_habits(|habits| habits.silent = false);
        let run = resync(&street, &sim, SyncHabit::Inline).await;
        assert_eq!((told(&run), held(&street, &sim).await), (("done", 8, 0), 8), "{code}: {run}");
        let run = resync(&street, &sim, SyncHabit::WrongCount(1)).await;
        assert_eq!((told(&run), held(&street, &sim).await), (("failed", 0, 0), 8), "{code}: {run}");
        assert!(run["error"].as_str().unwrap().contains("alarmCount is 9"), "{run}");
        let run = resync(&street, &sim, SyncHabit::Failed).await;
        assert_eq!((told(&run).0, held(&street, &sim).await), ("failed", 8), "{code}: {run}");
        let run = resync(&street, &sim, SyncHabit::Half).await;
        assert_eq!((told(&run), held(&street, &sim).await), (("done", 0, 4), 4), "{code}: {run}");
        // An IP manager's comes by file, an ATM manager's in its answer.
        let run = resync(&street, &sim, SyncHabit::Honest).await;
        assert_eq!((told(&run), held(&street, &sim).await), (("done", 4, 0), 8), "{code}: {run}");
        sim.set_habits(|habits| habits.sync = SyncHabit::Honest);
    }
    let atm = street.carrier.manager(ATM_MANAGER).unwrap().clone();
    let run = resync(&street, &atm, SyncHabit::Forgotten).await;
    assert_eq!(told(&run).0, "failed");
    assert!(run["error"].as_str().unwrap().contains("its answer holds no list"), "{run}");
    atm.set_habits(|habits| habits.sync = SyncHabit::Honest);
    street.daemon.kill();
    street.daemon.restart();
    assert_eq!(held(&street, &atm).await, 8, "after kill -9");
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_of_ip_and_atm_are_heard_and_compared() {
    lists(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_of_ip_and_atm_are_heard_and_compared_on_postgres() {
    lists(Some(store::testing::postgres_url().await)).await;
}
