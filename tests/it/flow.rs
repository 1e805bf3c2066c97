//! From a cut to a ticket and back: the carrier breaks, the daemon makes one fault and one sheet of
//! it, and everything that is told twice, shuffled or late comes to the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::alarm::AlarmRecord;
use model::time::Time;
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::{Value, json};
use sims::alarm;
use sims::eoms::Mishap;
use sims::incident::{self, Symptom};
use sims::resource::LoadHabit;
use sims::world::knowledge;

use crate::daemon::{Setup, wait_for};
use crate::street::{Street, stays};

/// Sooner than people would have it.
const QUICK: &str = "alive_s = 1\nsilence_s = 4\ntimeout_s = 2\nsettle_s = 3\n";
const AT_ONCE: &str = "[dispatch]\npersistence_s = [2, 2, 2]\n";
const SIZE: (usize, usize) = (12, 150);

fn quick() -> Setup {
    Setup { peer_settings: QUICK.to_owned(), extra: AT_ONCE.to_owned(), ..Setup::default() }
}

/// What follows from cutting the busiest cable.
fn symptoms(street: &Street) -> Vec<Symptom> {
    let cable = street.carrier.world.cables_by_impact().remove(0);
    incident::cable_cut(&mut StdRng::seed_from_u64(1), &street.carrier.world, &cable)
}

/// Of these, alarms that the cut explains: a port that switched to its other way is news of its own.
fn explained(symptoms: &[Symptom]) -> usize {
    symptoms.iter().filter(|symptom| symptom.kind.native_cause != knowledge::SWITCHED.native_cause).count()
}

/// Raises them all; manager and alarm id of each.
fn cut(street: &Street) -> Vec<(String, String)> {
    let start = street.carrier.clock.now();
    let raise = |symptom: &Symptom| {
        let manager = street.carrier.manager(symptom.subject.manager()).unwrap();
        let record = alarm::raised(symptom.kind, &symptom.subject, start.plus_ms(symptom.after_ms));
        (manager.sys_code().to_owned(), manager.raise(record))
    };
    symptoms(street).iter().map(raise).collect()
}

fn clear(street: &Street, alarms: &[(String, String)]) {
    alarms.iter().for_each(|(manager, id)| street.carrier.manager(manager).unwrap().clear(id));
}

/// Codes of circuits that the cut takes down, sorted.
fn down(street: &Street) -> Vec<String> {
    let world = &street.carrier.world;
    let impact = world.impact_of(&world.cables_by_impact().remove(0));
    let mut codes: Vec<String> = impact.down.iter().map(|circuit| circuit.code.clone()).collect();
    codes.sort();
    codes
}

async fn wait_down(street: &Street, wanted: &[String]) {
    wait_for("the right circuits to be down", async || (street.circuits_in("down").await == wanted).then_some(()))
        .await;
}

async fn one_sheet(street: &Street) -> sims::eoms::Sheet {
    wait_for("a sheet that the daemon knows", async || {
        let sheets = street.carrier.eoms.sheets();
        let tickets = street.all("/api/v1/tickets").await;
        let sheet = sheets.first()?;
        tickets.iter().any(|ticket| ticket["sheetNo"] == sheet.sheet_no.as_str()).then(|| sheet.clone())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_is_one_fault_and_one_sheet_though_the_desk_times_out() {
    let street = Street::start(quick(), SIZE).await;
    street.carrier.eoms.next_mishap("newAlarm", Mishap::Late(Duration::from_secs(6)));
    let alarms = cut(&street);
    wait_down(&street, &down(&street)).await;
    let sheet = one_sheet(&street).await;
    let faults = street.all("/api/v1/faults").await;
    assert_eq!(faults.len(), 1, "{faults:#?}");
    let fault = street.get(&format!("/api/v1/faults/{}", faults[0]["faultNo"].as_str().unwrap())).await;
    let listed = street.all("/api/v1/alarms").await;
    let alone = listed.iter().filter(|alarm| alarm["faultNo"].is_null());
    let alone: Vec<&Value> = alone.map(|alarm| &alarm["nativeCause"]).collect();
    assert_eq!(
        faults[0]["alarms"],
        explained(&symptoms(&street)),
        "what the cut explains belongs to it, not {alone:?}"
    );
    assert_eq!(faults[0]["circuitsDown"], down(&street).len(), "{fault:#}");
    let causes = street.all("/api/v1/alarms?causes=true").await;
    // A port that switched to its other way stands alone; it belongs to no fault.
    let causes = causes.iter().filter(|alarm| !alarm["faultNo"].is_null());
    let ends: BTreeSet<&str> = causes.map(|alarm| alarm["nativeCause"].as_str().unwrap()).collect();
    assert_eq!(ends, BTreeSet::from([knowledge::LOS.native_cause]), "only the ends of the cable are causes");
    let held = stays(Duration::from_secs(8), async || street.carrier.eoms.sheets().len() == 1).await;
    assert!(held, "one sheet, though the answer was lost: {:?}", street.carrier.eoms.log());
    assert!(street.carrier.eoms.sheets_by_alarm().values().all(|sheets| *sheets == 1));
    street.carrier.eoms.accept(&sheet.sheet_no).await.unwrap();
    clear(&street, &alarms);
    wait_down(&street, &[]).await;
    wait_for("the desk to hear that it is over", async || {
        street.carrier.eoms.sheets().first().and_then(|sheet| sheet.cleared_at)
    })
    .await;
    street.carrier.eoms.reply(&sheet.sheet_no).await.unwrap();
    street.carrier.eoms.archive(&sheet.sheet_no).await.unwrap();
    wait_for("the ticket to be closed", async || {
        let ticket = street.get(&format!("/api/v1/tickets/{}", sheet.alarm_id)).await;
        (ticket["state"] == "closed").then_some(())
    })
    .await;
    assert_eq!(street.carrier.eoms.sheets().len(), 1);
    street.stop().await;
}

/// What a street looks like, without what differs by clock and counter.
async fn picture(street: &Street) -> Value {
    let circuits = street.all("/api/v1/circuits").await;
    let circuits: BTreeMap<String, Value> =
        circuits.iter().map(|c| (c["code"].as_str().unwrap().to_owned(), c["state"].clone())).collect();
    let alarms = street.all("/api/v1/alarms").await;
    let alarms: BTreeMap<String, Value> = alarms
        .iter()
        .map(|a| {
            let what = format!("{} {}", a["objectId"], a["nativeCause"]);
            let fields = ["severity", "effect", "isCause", "explainedBy", "circuits", "circuitsDown", "raises"];
            (what, fields.iter().map(|field| a[*field].clone()).collect())
        })
        .collect();
    let faults = street.all("/api/v1/faults").await;
    let mut faults: Vec<Value> = faults
        .iter()
        .map(|f| {
            let fields = ["cause", "causeObjectType", "severity", "alarms", "circuitsDown", "customers", "priority"];
            fields.iter().map(|field| f[*field].clone()).collect()
        })
        .collect();
    faults.sort_by_key(Value::to_string);
    json!({ "circuits": circuits, "alarms": alarms, "faults": faults })
}

/// Raises given records at their managers.
fn raise_all(street: &Street, records: &[(String, AlarmRecord)]) {
    for (manager, record) in records {
        street.carrier.manager(manager).unwrap().raise_again(record.clone());
    }
}

/// The cut as records with ids and fixed times, some of them over again.
fn records(street: &Street, at: Time) -> Vec<(String, AlarmRecord)> {
    let numbered = symptoms(street).into_iter().enumerate();
    let record = |(number, symptom): (usize, Symptom)| {
        let record = alarm::raised(symptom.kind, &symptom.subject, at.plus_ms(symptom.after_ms));
        let record = AlarmRecord { alarm_id: format!("cut-{number}").into(), ..record };
        (symptom.subject.manager().to_owned(), record)
    };
    numbered.map(record).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn told_twice_and_shuffled_it_comes_to_the_same() {
    let mut pictures = Vec::new();
    for shuffled in [false, true] {
        let street = Street::start(Setup::default(), SIZE).await;
        // The wire's times have whole seconds: from one on, both runs round alike.
        let begun = street.carrier.clock.now();
        let records = records(&street, Time::from_ms(begun.ms().div_euclid(1000) * 1000));
        let explained = explained(&symptoms(&street));
        if shuffled {
            for manager in &street.carrier.managers {
                manager.set_habits(|habits| {
                    habits.repeat_every = 1;
                    habits.shuffled = true;
                    habits.batch = 7;
                });
            }
            let mut backwards = records.clone();
            backwards.reverse();
            raise_all(&street, &backwards);
            street.told().await;
        }
        raise_all(&street, &records);
        street.told().await;
        wait_down(&street, &down(&street)).await;
        let shown = wait_for("the fault to be whole", async || {
            let faults = street.all("/api/v1/faults").await;
            let held = street.all("/api/v1/alarms").await.len() == records.len();
            let whole = held && faults.len() == 1 && faults[0]["alarms"] == explained;
            Some(picture(&street).await).filter(|_| whole)
        })
        .await;
        pictures.push(shown);
        street.stop().await;
    }
    // How often it was told is the one thing that may differ.
    for picture in &mut pictures {
        for alarm in picture["alarms"].as_object_mut().unwrap().values_mut() {
            alarm.as_array_mut().unwrap().pop();
        }
    }
    assert_eq!(pictures[0], pictures[1]);
}

/// The source of a manager as the daemon sees it.
async fn source(street: &Street, manager: &str) -> Value {
    street.get(&format!("/api/v1/sources/{manager}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_that_was_silent_is_stale_and_then_compared() {
    let street = Street::start(quick(), SIZE).await;
    let alarms = cut(&street);
    wait_down(&street, &down(&street)).await;
    wait_for("every alarm to be held", async || {
        (street.all("/api/v1/alarms").await.len() == alarms.len()).then_some(())
    })
    .await;
    street.carrier.managers.iter().for_each(|manager| manager.set_habits(|habits| habits.silent = true));
    let code = street.carrier.managers[0].sys_code().to_owned();
    wait_for("the silence to show", async || (source(&street, &code).await["state"] == "stale").then_some(())).await;
    let shown = street.all("/api/v1/alarms").await;
    assert_eq!(shown.len(), alarms.len(), "silence clears nothing");
    // What is below one end of the cable stays, the rest ends while nobody tells.
    let (ended, kept) = alarms.split_at(alarms.len() / 3);
    clear(&street, ended);
    street.carrier.managers.iter().for_each(|manager| manager.set_habits(|habits| habits.silent = false));
    let kept: BTreeSet<&str> = kept.iter().map(|(_, id)| id.as_str()).collect();
    wait_for("the resync to clear what ended meanwhile", async || {
        let active = street.all("/api/v1/alarms").await;
        let active: BTreeSet<&str> = active.iter().map(|alarm| alarm["alarmId"].as_str().unwrap()).collect();
        (active == kept).then_some(())
    })
    .await;
    assert_eq!(source(&street, &code).await["state"], "live");
    let cleared = street.all("/api/v1/alarms?state=cleared").await;
    assert!(cleared.iter().all(|alarm| alarm["clearType"] == "SYNC"), "{cleared:#?}");
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_refused_and_the_next_is_loaded() {
    use sims::files::FileFault;
    let street = Street::start(quick(), (4, 30)).await;
    let before = street.all("/api/v1/circuits").await.len();
    for fault in [FileFault::Truncated, FileFault::WrongDigest, FileFault::WrongCount] {
        let quarantined = street.all("/api/v1/quarantine").await.len();
        street.carrier.resource.set_habit(LoadHabit::Fault(fault));
        load(&street, "failed").await;
        let quarantine = street.all("/api/v1/quarantine").await;
        assert!(quarantine.len() > quarantined, "{fault:?}: {quarantine:#?}");
        assert_eq!(street.all("/api/v1/circuits").await.len(), before, "{fault:?}");
    }
    street.carrier.resource.set_habit(LoadHabit::Honest);
    load(&street, "done").await;
    assert_eq!(street.all("/api/v1/circuits").await.len(), before);
    street.stop().await;
}

/// Asks for all circuits and waits for the end, which is to be this.
async fn load(street: &Street, end: &str) {
    let body = json!({ "source": sims::carrier::RESOURCE_SYSTEM, "class": "CIRCUIT", "mode": "FULL" });
    let last = street.all("/api/v1/resource-loads").await.iter().filter_map(|load| load["id"].as_i64()).max();
    let (status, answer) = street.api.call(&street.daemon, Method::POST, "/api/v1/resource-loads", Some(body)).await;
    assert!(status.is_success(), "{answer}");
    let load = wait_for("the load to end", async || {
        let loads = street.all("/api/v1/resource-loads").await;
        loads.into_iter().find(|load| load["id"].as_i64() > last && !load["endedAt"].is_null())
    })
    .await;
    assert_eq!(load["state"].as_str().unwrap().to_lowercase(), end, "{load:#}");
}
