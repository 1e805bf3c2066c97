//! What a restart must not forget: notices that act when they come, and a list that another must confirm.

use std::time::Duration;

use model::time::{Time, Zone};
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::{Value, json};
use sims::manager::{ManagerSim, SyncHabit};
use sims::{alarm, incident};
use soap::contract::CNM_FOR_TRANSPORT;

use crate::api::{Api, ready};
use crate::crash::manager;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::letter::{Letter, now, post};
use crate::street::{Street, stays};

/// Tells a notification; it must be taken, whether it is news or not.
async fn tell(daemon: &Daemon, (number, msg_id): (u64, &str), operation: &str, arguments: &str) {
    let arguments = format!("<notificationId>{number}</notificationId>{arguments}");
    let letter = Letter::of(&manager(), msg_id, now());
    let answer = post(daemon, &CNM_FOR_TRANSPORT, letter.text(&CNM_FOR_TRANSPORT, operation, &arguments)).await;
    assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
    assert!(!answer.text.contains("<results>"), "{}", answer.text);
}

fn raise(at: Time) -> String {
    format!(
        "<alarm><alarmId>A1</alarmId><objectId>N1</objectId><objectType>NE</objectType><severity>1</severity>\
         <alarmStatus>ACTIVE</alarmStatus><neTime>{}</neTime></alarm>",
        Zone::china().write_local(at)
    )
}

async fn active(api: &Api, daemon: &Daemon) -> usize {
    api.all(daemon, "/api/v1/alarms").await.len()
}

/// An end without a time is told, the alarm comes again, the daemon is killed; `end` is told once more.
async fn an_old_end_ends_nothing_newer(operation: &str, end: &str, postgres: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::start(folder.path(), Setup { peers: vec![manager()], postgres, ..Setup::default() });
    let api = Api::admin(&daemon).await;
    tell(&daemon, (1, "M-1"), "reportAlarm", &raise(now().plus_s(-600))).await;
    tell(&daemon, (2, "M-2"), operation, end).await;
    assert_eq!(active(&api, &daemon).await, 0, "{operation}");
    // The wire has whole seconds: the next raise must lie after the end.
    tokio::time::sleep(Duration::from_millis(2100)).await;
    tell(&daemon, (3, "M-3"), "reportAlarm", &raise(now().plus_s(-1))).await;
    assert_eq!(active(&api, &daemon).await, 1, "{operation}");
    daemon.kill();
    daemon.restart();
    wait_for("the daemon", async || ready(&daemon).await.then_some(())).await;
    tell(&daemon, (2, "M-4"), operation, end).await;
    assert_eq!(active(&api, &daemon).await, 1, "{operation}: told again under another msgId it ended a newer alarm");
    tell(&daemon, (4, "M-5"), operation, end).await;
    assert_eq!(active(&api, &daemon).await, 0, "{operation}: under a number of its own it is news");
}

const END: &str = "<alarmId>A1</alarmId>";
const CLEAR: &str = "<alarm><alarmId>A1</alarmId><objectId>N1</objectId><objectType>NE</objectType>\
                     <alarmStatus>CLEARED</alarmStatus></alarm>";

#[tokio::test(flavor = "multi_thread")]
async fn an_end_without_a_time_acts_once() {
    an_old_end_ends_nothing_newer("alarmEndNotify", END, None).await;
    an_old_end_ends_nothing_newer("reportAlarm", CLEAR, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_without_a_time_acts_once_on_postgres() {
    an_old_end_ends_nothing_newer("alarmEndNotify", END, Some(store::testing::postgres_url().await)).await;
}

/// The manager of one end of the busiest cable.
fn busiest(street: &Street) -> ManagerSim {
    let world = &street.carrier.world;
    let cut = incident::cable_cut(&mut StdRng::seed_from_u64(1), world, &world.cables_by_impact().remove(0));
    street.carrier.manager(cut.first().unwrap().subject.manager()).unwrap().clone()
}

async fn last_sync(street: &Street, sim: &ManagerSim) -> Value {
    street.get(&format!("/api/v1/sources/{}", sim.sys_code())).await["lastSync"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_must_be_confirmed_is_confirmed_by_the_first_after_a_restart() {
    let mut street = Street::start(Setup::default(), (4, 30)).await;
    let sim = busiest(&street);
    wait_for("the list of the start", async || (last_sync(&street, &sim).await["state"] == "done").then_some(())).await;
    let world = &street.carrier.world;
    let cut = incident::cable_cut(&mut StdRng::seed_from_u64(1), world, &world.cables_by_impact().remove(0));
    let symptom = cut.iter().find(|symptom| symptom.subject.manager() == sim.sys_code()).unwrap();
    let at = street.carrier.clock.now().plus_s(-5);
    sim.raise(alarm::raised(symptom.kind, &symptom.subject, at));
    let held = async |street: &Street| street.all("/api/v1/alarms").await.len();
    wait_for("the alarm", async || (held(&street).await == 1).then_some(())).await;
    // A list clears what was told of before its second.
    let second_after = street.carrier.clock.now().plus_s(2);
    wait_for("the next seconds", async || (street.carrier.clock.now() > second_after).then_some(())).await;
    sim.set_habits(|habits| habits.sync = SyncHabit::Empty);
    let asked = sim.counts().syncs;
    let path = format!("/api/v1/sources/{}/resync", sim.sys_code());
    let (status, answer) = street.api.call(&street.daemon, Method::POST, &path, Some(json!({}))).await;
    assert!(status.is_success(), "{answer}");
    wait_for("the empty list to be asked for", async || (sim.counts().syncs > asked).then_some(())).await;
    // The one that would confirm it is not answered before the daemon is killed.
    sim.set_habits(|habits| habits.sync = SyncHabit::Forgotten);
    wait_for("the confirmation to be asked for", async || (sim.counts().syncs > asked + 1).then_some(())).await;
    assert!(stays(Duration::from_secs(1), async || held(&street).await == 1).await, "one list clears nothing");
    sim.set_habits(|habits| habits.sync = SyncHabit::Empty);
    let asked = sim.counts().syncs;
    street.daemon.kill();
    street.daemon.restart();
    wait_for("the daemon", async || ready(&street.daemon).await.then_some(())).await;
    wait_for("the second list to clear", async || (held(&street).await == 0).then_some(())).await;
    assert_eq!(sim.counts().syncs, asked + 1, "the first list after the start confirms the one before");
    street.stop().await;
}
