//! A manager's lists: one that is too long for one part, and one that is refuted by the next.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sims::alarm::{Subject, raised};
use sims::manager::{ManagerSim, SyncHabit};
use sims::world::knowledge::LOS;

use crate::daemon::{Setup, wait_for};
use crate::street::Street;

/// The writer takes a thousand alarms of a list at once.
const ALARMS: usize = 2500;

/// Asks for the list and waits until it is taken; what became of it.
async fn resync(street: &Street, sim: &ManagerSim) -> Value {
    // The wire has whole seconds: the list must be later than what was told before.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let source = format!("/api/v1/sources/{}", sim.sys_code());
    let before = street.get(&source).await["lastSync"]["syncReqId"].clone();
    let (status, answer) =
        street.api.call(&street.daemon, Method::POST, &format!("{source}/resync"), Some(json!({}))).await;
    assert!(status.is_success(), "{answer}");
    wait_for("the list to be taken", async || {
        let run = street.get(&source).await["lastSync"].clone();
        // Not a list that was asked for at the start or because the manager was heard again.
        let is_ours = run["reason"] == "command" && run["syncReqId"] != before;
        (is_ours && run["state"] == "done").then_some(run)
    })
    .await
}

/// How many alarms a list raised and cleared.
fn counts(run: &Value) -> (u64, u64) {
    (run["raised"].as_u64().unwrap(), run["cleared"].as_u64().unwrap())
}

/// How many alarms are held; the pages of a long list would move while budgets are computed.
async fn held(street: &Street) -> usize {
    let page = street.get("/api/v1/alarms?limit=1").await;
    usize::try_from(page["total"].as_u64().unwrap()).unwrap()
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
    let whole = resync(&street, &sim).await;
    assert_eq!((counts(&whole), held(&street).await), ((ALARMS as u64, 0), ALARMS));
    // The same again changes nothing.
    assert_eq!((counts(&resync(&street, &sim).await), held(&street).await), ((0, 0), ALARMS));
    sim.set_habits(|habits| habits.sync = SyncHabit::Half);
    let half = resync(&street, &sim).await;
    assert_eq!((counts(&half), held(&street).await), ((0, ALARMS as u64 / 2), ALARMS / 2));
    street.stop().await;
}

/// The alarm with this id, active or not.
async fn alarm(street: &Street, id: &str) -> Value {
    let alarms = street.all("/api/v1/alarms?state=all").await;
    alarms.into_iter().find(|alarm| alarm["alarmId"] == id).unwrap()
}

/// The ticket of an alarm's fault, once EOMS has it.
async fn ticket(street: &Street, id: &str) -> Value {
    wait_for("the sheet of the alarm's fault", async || {
        let fault = alarm(street, id).await["faultNo"].clone();
        let tickets = street.all("/api/v1/tickets").await;
        tickets.into_iter().find(|ticket| ticket["faultNo"] == fault && ticket["sheetNo"] != "")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_that_the_next_list_names_again_never_ended() {
    let setup = Setup { extra: "[dispatch]\npersistence_s = [1, 1, 1]\n".to_owned(), ..Setup::default() };
    let mut street = Street::start(setup, (4, 30)).await;
    let sim = street.carrier.managers.first().unwrap().clone();
    let circuits = &street.carrier.world.circuits;
    let (first, last) = (circuits.first().unwrap().clone(), circuits.last().unwrap().clone());
    let now = street.carrier.clock.now();
    let [stays, goes] = [&first, &last].map(|c| sim.raise(raised(&LOS, &Subject::Port(c.a_port.clone()), now)));
    street.told().await;
    let (sheet, other) = (ticket(&street, &goes).await, ticket(&street, &stays).await);
    assert_ne!(sheet["faultNo"], other["faultNo"]);
    let raised = alarm(&street, &goes).await;
    // Half of the list is the first of the two.
    sim.set_habits(|habits| habits.sync = SyncHabit::Half);
    assert_eq!(counts(&resync(&street, &sim).await), (0, 1));
    let cleared = alarm(&street, &goes).await;
    assert_eq!((&cleared["clearType"], &cleared["id"]), (&json!("SYNC"), &raised["id"]));
    let fault = format!("/api/v1/faults/{}", sheet["faultNo"].as_str().unwrap());
    assert_eq!(street.get(&fault).await["state"], "cleared");
    wait_for("the desk to hear that it is over", async || {
        let sheets = street.carrier.eoms.sheets();
        sheets.iter().find(|held| sheet["sheetNo"] == held.sheet_no.as_str())?.cleared_at
    })
    .await;
    for _ in 0..2 {
        sim.set_habits(|habits| habits.sync = SyncHabit::Honest);
        assert_eq!(counts(&resync(&street, &sim).await), (1, 0));
        let again = alarm(&street, &goes).await;
        for field in ["id", "raisedAt", "clearedAt", "raises", "faultNo", "circuits"] {
            assert_eq!(again[field], raised[field], "{field}");
        }
        assert_eq!(street.get(&fault).await["state"], "open");
        assert!(street.circuits_in("down").await.contains(&last.code));
        assert_eq!(street.carrier.eoms.sheets().len(), 2, "the same sheet");
        let same = ticket(&street, &goes).await;
        assert_eq!(same["sheetNo"], sheet["sheetNo"]);
        assert!(same["notes"].as_array().unwrap().iter().any(|note| note["operation"] == "join"), "{same}");
        let ledger = street.get(&format!("/api/v1/circuits/{}/sla", last.code)).await["ledger"].clone();
        let down = ledger.as_array().unwrap().last().unwrap().clone();
        assert_eq!((&down["class"], &down["start"]), (&json!("down"), &raised["raisedAt"]), "{ledger}");
        // Told again it is no news.
        assert_eq!(counts(&resync(&street, &sim).await), (0, 0));
        sim.set_habits(|habits| habits.sync = SyncHabit::Half);
        assert_eq!(counts(&resync(&street, &sim).await), (0, 1));
    }
    // The list that a daemon asks for when it starts names both; it must be of a later second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    sim.set_habits(|habits| habits.sync = SyncHabit::Honest);
    street.daemon.kill();
    street.daemon.restart();
    wait_for("the alarm to be active again", async || {
        let again = alarm(&street, &goes).await;
        (again["clearedAt"].is_null() && again["id"] == raised["id"]).then_some(())
    })
    .await;
    assert_eq!(street.get(&fault).await["state"], "open");
    street.stop().await;
}
