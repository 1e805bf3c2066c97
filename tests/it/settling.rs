//! Tickets whose outcome only a person can find out, those that are held or go at once, and what is made again by itself
//! after a failure.

use std::time::Duration;

use model::time::{Time, Window};
use model::work::{KeyProtection, OpType, ProtectLevel};
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sims::alarm;
use sims::eoms::Mishap;
use sims::incident;
use sims::manager::SyncHabit;

use crate::daemon::{Setup, wait_for};
use crate::street::{Street, stays};

const AT_ONCE: &str = "[dispatch]\npersistence_s = [1, 1, 1]\n";
const SIZE: (usize, usize) = (8, 60);

/// Cuts the busiest cable; manager and id of each alarm, and when the last one begins.
fn cut(street: &Street) -> (Vec<(String, String)>, Time) {
    let world = &street.carrier.world;
    let cable = world.cables_by_impact().remove(0);
    let start = street.carrier.clock.now();
    let symptoms = incident::cable_cut(&mut StdRng::seed_from_u64(1), world, &cable);
    let raise = |symptom: &incident::Symptom| {
        let manager = street.carrier.manager(symptom.subject.manager()).unwrap();
        let record = alarm::raised(symptom.kind, &symptom.subject, start.plus_ms(symptom.after_ms));
        (manager.sys_code().to_owned(), manager.raise(record))
    };
    let last = symptoms.iter().map(|symptom| symptom.after_ms).max().unwrap();
    (symptoms.iter().map(raise).collect(), start.plus_ms(last))
}

async fn ticket_in(street: &Street, state: &str) -> Value {
    wait_for(state, async || {
        let tickets = street.all("/api/v1/tickets").await;
        tickets.into_iter().find(|ticket| ticket["state"] == state)
    })
    .await
}

async fn settle(street: &Street, ticket: &Value, found: Value) -> StatusCode {
    let path = format!("/api/v1/tickets/{}/settle", ticket["alarmId"].as_str().unwrap());
    street.api.call(&street.daemon, Method::POST, &path, Some(found)).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_cannot_be_asked_is_settled_by_a_person() {
    let peer_settings = "timeout_s = 1\nsettle_s = 1\nlookup = false\n".to_owned();
    let street = Street::start(Setup { peer_settings, extra: AT_ONCE.to_owned(), ..Setup::default() }, SIZE).await;
    street.carrier.eoms.next_mishap("newAlarm", Mishap::Late(Duration::from_secs(4)));
    drop(cut(&street));
    let ticket = ticket_in(&street, "unknown").await;
    let held = stays(Duration::from_secs(5), async || street.carrier.eoms.sheets().len() <= 1).await;
    assert!(held, "it is not sent again: {:?}", street.carrier.eoms.log());
    let sheet = street.carrier.eoms.sheets().remove(0);
    assert_eq!(settle(&street, &ticket, json!({ "sheetNo": " " })).await, StatusCode::BAD_REQUEST);
    let found = json!({ "sheetNo": sheet.sheet_no });
    assert_eq!(settle(&street, &ticket, found.clone()).await, StatusCode::ACCEPTED);
    let settled = ticket_in(&street, "acknowledged").await;
    assert_eq!(settled["sheetNo"], sheet.sheet_no.as_str());
    assert_eq!(settle(&street, &ticket, found).await, StatusCode::CONFLICT, "there is nothing to settle");
    assert_eq!(street.carrier.eoms.sheets().len(), 1);
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_desk_refused_is_sent_again_by_a_person() {
    let street = Street::start(Setup { extra: AT_ONCE.to_owned(), ..Setup::default() }, SIZE).await;
    street.carrier.eoms.next_mishap("newAlarm", Mishap::Refused("工单模板缺失".to_owned()));
    let (alarms, last) = cut(&street);
    let ticket = ticket_in(&street, "refused").await;
    assert!(street.carrier.eoms.sheets().is_empty());
    // An alarm cannot end before it begins.
    let second_after = last.plus_s(1);
    wait_for("the last alarm to begin", async || (street.carrier.clock.now() > second_after).then_some(())).await;
    alarms.iter().for_each(|(manager, id)| street.carrier.manager(manager).unwrap().clear(id));
    wait_for("the end of the fault", async || {
        let fault = street.get(&format!("/api/v1/faults/{}", ticket["faultNo"].as_str().unwrap())).await;
        (fault["alarmsActive"] == 0).then_some(())
    })
    .await;
    let quiet = async || street.carrier.eoms.log().iter().all(|line| line.operation != "syncAlarm");
    assert!(stays(Duration::from_secs(2), quiet).await, "of a ticket that it refused there is nothing to tell");
    assert_eq!(settle(&street, &ticket, json!({})).await, StatusCode::ACCEPTED);
    wait_for("the sheet", async || (street.carrier.eoms.sheets().len() == 1).then_some(())).await;
    ticket_in(&street, "acknowledged").await;
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_that_failed_is_made_again_and_filters_are_set() {
    let peer_settings = "filter = \"severity <= 2\"\n".to_owned();
    let street = Street::start(Setup { peer_settings, ..Setup::default() }, SIZE).await;
    let manager = &street.carrier.managers[0];
    wait_for("the filter", async || manager.filters().values().any(|text| text == "severity <= 2").then_some(())).await;
    wait_for("the list of the start", async || (manager.counts().syncs > 0).then_some(())).await;
    manager.set_habits(|habits| habits.sync = SyncHabit::Refused);
    let asked = manager.counts().syncs;
    let path = format!("/api/v1/sources/{}/resync", manager.sys_code());
    let (status, answer) = street.api.call(&street.daemon, Method::POST, &path, Some(json!({}))).await;
    assert!(status.is_success(), "{answer}");
    let told = async || {
        let alarms = street.all("/api/v1/alarms").await;
        alarms.iter().any(|alarm| alarm["nativeCause"] == "SYNC_REFUSED")
    };
    wait_for("an alarm of our own", async || told().await.then_some(())).await;
    manager.set_habits(|habits| habits.sync = SyncHabit::Honest);
    wait_for("the list to be asked for again", async || (manager.counts().syncs > asked + 1).then_some(())).await;
    wait_for("its end", async || (!told().await).then_some(())).await;
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_stops_the_clock_holds_the_ticket_until_it_runs_again() {
    let mut street = Street::start(Setup { extra: AT_ONCE.to_owned(), ..Setup::default() }, SIZE).await;
    drop(cut(&street));
    let ticket = ticket_in(&street, "acknowledged").await;
    let sheet = ticket["sheetNo"].as_str().unwrap().to_owned();
    street.carrier.eoms.accept(&sheet).await.unwrap();
    let at = street.carrier.clock.now();
    street.carrier.eoms.suspend(&sheet, "CUSTOMER_ACCESS_DENIED", at).await.unwrap();
    let refused = street.carrier.eoms.suspend(&sheet, "LUNCH", at).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("reasonCode")));
    let held = ticket_in(&street, "held").await;
    assert_eq!((&held["alarmId"], held["holds"].as_array().unwrap().len()), (&ticket["alarmId"], 1));
    assert_eq!((&held["holds"][0]["code"], &held["holds"][0]["end"]), (&json!("CUSTOMER_ACCESS_DENIED"), &json!(null)));
    street.daemon.kill();
    street.daemon.restart();
    assert_eq!(ticket_in(&street, "held").await["holds"], held["holds"], "it lasts over a restart");
    street.carrier.eoms.resume(&sheet, at.plus_s(60)).await.unwrap();
    let runs = ticket_in(&street, "inProgress").await;
    assert!(!runs["holds"][0]["end"].is_null(), "{runs}");
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hits_a_protected_circuit_is_dispatched_at_once() {
    let slow = "[dispatch]\npersistence_s = [3000, 3000, 3000]\n".to_owned();
    let mut street = Street::start(Setup { extra: slow, ..Setup::default() }, SIZE).await;
    drop(cut(&street));
    wait_for("circuits to be down", async || (!street.circuits_in("down").await.is_empty()).then_some(())).await;
    let code = street.circuits_in("down").await.remove(0);
    let now = street.carrier.clock.now();
    let task = |number: &str, op_type, told_s: i64| KeyProtection {
        task_no: number.to_owned(),
        level: Some(ProtectLevel::A),
        window: Some(Window::new(now.plus_s(-60), now.plus_s(3600))),
        circuit_codes: vec![code.clone()],
        op_type,
        told_at: Some(now.plus_s(told_s)),
    };
    let eoms = street.carrier.eoms.clone();
    // Withdrawn, as it is told before its beginning is.
    eoms.tell_key_protection(&task("ZB-1", OpType::Cancel, -10)).await.unwrap();
    eoms.tell_key_protection(&task("ZB-1", OpType::Add, -20)).await.unwrap();
    let quiet = stays(Duration::from_secs(2), async || street.carrier.eoms.sheets().is_empty()).await;
    assert!(quiet, "a task that was withdrawn protects nothing");
    street.daemon.kill();
    street.daemon.restart();
    eoms.tell_key_protection(&task("ZB-2", OpType::Add, -5)).await.unwrap();
    let ticket = ticket_in(&street, "acknowledged").await;
    let fault = street.get(&format!("/api/v1/faults/{}", ticket["faultNo"].as_str().unwrap())).await;
    assert_eq!((&fault["keyProtected"], &fault["priority"]), (&json!(true), &json!(1)), "{fault}");
    assert_eq!(street.carrier.eoms.sheets()[0].fields.get("isKeyProtect"), "1");
    let listed = street.all("/api/v1/key-protections").await;
    let told: Vec<(&Value, &Value)> = listed.iter().map(|task| (&task["taskNo"], &task["inForce"])).collect();
    assert_eq!(told, [(&json!("ZB-1"), &json!(false)), (&json!("ZB-2"), &json!(true))]);
    assert_eq!((&listed[1]["level"], &listed[1]["circuitCodes"]), (&json!("A"), &json!([code])));
    let over = Window::new(now.plus_s(-60), now.plus_s(-1));
    let task = KeyProtection { window: Some(over), ..task("ZB-2", OpType::Mod, 0) };
    eoms.tell_key_protection(&task).await.unwrap();
    let open = street.all("/api/v1/key-protections").await;
    assert_eq!((open.len(), street.all("/api/v1/key-protections?state=all").await.len()), (1, 2));
    street.stop().await;
}
