//! A manager whose alarms have no ids: they are known by what they are about, live and in its lists.

use std::collections::BTreeSet;

use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::{Value, json};
use sims::{alarm, incident};
use soap::contract::CNM_FOR_TRANSPORT;

use crate::crash::manager;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::letter::{Letter, now, post};
use crate::street::Street;

#[tokio::test(flavor = "multi_thread")]
async fn alarms_without_ids_come_go_and_are_compared() {
    let setup = Setup { peer_settings: "alarm_ids = false\n".to_owned(), ..Setup::default() };
    let street = Street::start(setup, (8, 60)).await;
    street.carrier.managers.iter().for_each(|manager| manager.set_habits(|habits| habits.nameless = true));
    let world = &street.carrier.world;
    let cable = world.cables_by_impact().remove(0);
    let at = street.carrier.clock.now().plus_s(-5);
    let symptoms = incident::cable_cut(&mut StdRng::seed_from_u64(1), world, &cable);
    // One of each: two about the same thing are one alarm here.
    let mut seen = BTreeSet::new();
    let mut raised = Vec::new();
    for symptom in &symptoms {
        let record = alarm::raised(symptom.kind, &symptom.subject, at);
        if seen.insert((record.object_id.clone(), record.native_cause.clone())) {
            let manager = street.carrier.manager(symptom.subject.manager()).unwrap();
            raised.push((manager.clone(), manager.raise(record)));
        }
    }
    let held = async || street.all("/api/v1/alarms").await.len();
    wait_for("every alarm", async || (held().await == raised.len()).then_some(())).await;
    street.told().await;
    // Told once more, and one of them ends by its record.
    raised.iter().for_each(|(manager, id)| {
        let record = manager.active().into_iter().find(|record| record.alarm_id == id.as_str()).unwrap();
        manager.raise_again(record);
    });
    let (manager, ended) = &raised[0];
    manager.clear(ended);
    wait_for("one alarm less", async || (held().await == raised.len() - 1).then_some(())).await;
    // A list clears what was told of before its second.
    let second_after = street.carrier.clock.now().plus_s(2);
    wait_for("the next seconds", async || (street.carrier.clock.now() > second_after).then_some(())).await;
    // One ends unseen: the list shows it, and clears nothing else.
    let (quiet, unseen) = raised.iter().rfind(|(other, _)| other.sys_code() == manager.sys_code()).unwrap();
    quiet.set_habits(|habits| habits.silent = true);
    quiet.clear(unseen);
    quiet.set_habits(|habits| habits.silent = false);
    let path = format!("/api/v1/sources/{}/resync", quiet.sys_code());
    let (status, answer) = street.api.call(&street.daemon, Method::POST, &path, Some(json!({}))).await;
    assert!(status.is_success(), "{answer}");
    wait_for("the list to clear it", async || (held().await == raised.len() - 2).then_some(())).await;
    let cleared = street.all("/api/v1/alarms?state=cleared").await;
    let kinds: Vec<&Value> = cleared.iter().map(|alarm| &alarm["clearType"]).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "SYNC").count(), 1, "{kinds:?}");
    assert_eq!(quiet.counts().refused_rows, 0);
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_with_ids_must_give_them() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path(), Setup { peers: vec![manager()], ..Setup::default() });
    let alarm = "<notificationId>1</notificationId><alarm><objectId>N1</objectId><severity>1</severity></alarm>";
    let letter = Letter::of(&manager(), "M-1", now()).text(&CNM_FOR_TRANSPORT, "reportAlarm", alarm);
    let answer = post(&daemon, &CNM_FOR_TRANSPORT, letter).await;
    assert!(answer.text.contains("1003") && answer.text.contains("alarmId is missing"), "{}", answer.text);
}
