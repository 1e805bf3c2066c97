use std::sync::Arc;

use model::source::SourceKind;
use model::time::Time;
use soap::contract::{ATM_NMS, TRANSPORT_NMS};

use super::{Habits, ManagerSettings, ManagerSim, SyncHabit};
use crate::alarm::{self, Subject};
use crate::files::FileFault;
use crate::testing::{PASSWORD, Place, anywhere, caller, inner, wait_for};
use crate::world::knowledge::LOS;
use crate::world::{World, WorldSettings};

async fn start() -> (Place, ManagerSim, World) {
    start_as(SourceKind::Transport).await
}

async fn start_as(kind: SourceKind) -> (Place, ManagerSim, World) {
    let place = Place::new().await;
    let settings = ManagerSettings {
        kind,
        sys_code: "GD_TNMS".to_owned(),
        password: PASSWORD.to_owned(),
        caller: caller(),
        address: anywhere(),
    };
    let around = (&place.clock, &place.tasks);
    let sim = ManagerSim::start(settings, &place.daemon, place.site.root(), around).await.unwrap();
    let now = Time::parse("2026-11-22T01:00:00Z").unwrap();
    (place, sim, World::generate(WorldSettings { customers: 10, circuits: 40, ..WorldSettings::demo(1, now) }))
}

fn raise(place: &Place, sim: &ManagerSim, world: &World, number: usize) -> String {
    let port = Arc::clone(&world.circuits[number].a_port);
    sim.raise(alarm::raised(&LOS, &Subject::Port(port), place.clock.now()))
}

#[tokio::test]
async fn raises_and_clears_are_reported_and_remembered() {
    let (place, sim, world) = start().await;
    let ids: Vec<String> = (0..4).map(|number| raise(&place, &sim, &world, number)).collect();
    wait_for("four reports", || sim.counts().acknowledged == 4).await;
    assert_eq!(sim.active().len(), 4);
    ids.iter().for_each(|id| sim.clear(id));
    assert!(sim.waiting() > 0, "what is on its way was not told yet");
    wait_for("four ends", || sim.counts().acknowledged == 8).await;
    assert!(sim.active().is_empty() && sim.waiting() == 0);
    let reports = place.ear.heard("reportAlarm").concat();
    let ends = place.ear.heard("alarmEndNotify").concat();
    assert!(reports.contains(&ids[0]) && reports.contains("<probableCause>lossOfSignal</probableCause>"));
    assert!(ends.contains("<clearTime>2026-11-22 09:") && reports.contains("CLEARED"), "both ways to clear are used");
    place.tasks.stop().await;
}

#[tokio::test]
async fn a_sync_is_a_checked_file_and_a_notice() {
    let (place, sim, world) = start().await;
    (0..30).for_each(|number| drop(raise(&place, &sim, &world, number)));
    let ask = |id: &'static str| {
        let url = sim.server.url();
        let place = &place;
        async move {
            let write = |w: &mut soap::XmlWriter| {
                w.text("syncReqId", id);
            };
            place.call((&url, &TRANSPORT_NMS), "requestAlarmSync", &write).await.unwrap();
        }
    };
    ask("GD_CNM-sync-1").await;
    wait_for("the notice", || place.ear.heard("alarmSyncNotify").len() == 1).await;
    let notice = place.ear.heard("alarmSyncNotify").remove(0);
    assert_eq!(inner(&notice, "alarmCount"), "30");
    assert_eq!(inner(&notice, "syncReqId"), "GD_CNM-sync-1");
    assert_eq!(place.fetch(inner(&notice, "fileList")).await.unwrap(), 30);

    sim.set_habits(|habits| habits.sync = SyncHabit::Fault(FileFault::WrongDigest));
    ask("GD_CNM-sync-2").await;
    wait_for("the second notice", || place.ear.heard("alarmSyncNotify").len() == 2).await;
    let notice = place.ear.heard("alarmSyncNotify").remove(1);
    assert!(place.fetch(inner(&notice, "fileList")).await.is_err());

    sim.set_habits(|habits| habits.sync = SyncHabit::Half);
    ask("GD_CNM-sync-3").await;
    wait_for("the third notice", || place.ear.heard("alarmSyncNotify").len() == 3).await;
    assert_eq!(inner(&place.ear.heard("alarmSyncNotify")[2], "alarmCount"), "15");
    place.tasks.stop().await;
}

#[tokio::test]
async fn an_atm_manager_answers_with_its_list() {
    let (place, sim, world) = start_as(SourceKind::Atm).await;
    (0..3).for_each(|number| drop(raise(&place, &sim, &world, number)));
    let url = sim.server.url();
    let write = |w: &mut soap::XmlWriter| {
        w.text("syncReqId", "R-1");
    };
    let answer = place.call((&url, &ATM_NMS), "requestAlarmSync", &write).await.unwrap();
    assert_eq!((answer.result().value("alarmCount"), answer.result().children_named("alarm").count()), (Some("3"), 3));
    sim.set_habits(|habits| habits.sync = SyncHabit::WrongCount(2));
    let answer = place.call((&url, &ATM_NMS), "requestAlarmSync", &write).await.unwrap();
    assert_eq!(answer.result().value("alarmCount"), Some("5"));
    place.tasks.stop().await;
}

#[tokio::test]
async fn a_silent_manager_answers_nothing_and_forgets_to_tell() {
    let (place, sim, world) = start().await;
    sim.set_habits(|habits| habits.silent = true);
    let url = sim.server.url();
    assert!(place.call((&url, &TRANSPORT_NMS), "isAlive", &|_| {}).await.unwrap_err().is_unknown());
    raise(&place, &sim, &world, 0);
    sim.set_habits(|habits| *habits = Habits::default());
    raise(&place, &sim, &world, 1);
    wait_for("one report", || sim.counts().acknowledged == 1).await;
    assert_eq!((sim.active().len(), place.ear.heard("reportAlarm").len()), (2, 1));
    assert!(place.call((&url, &TRANSPORT_NMS), "isAlive", &|_| {}).await.is_ok());
    place.tasks.stop().await;
}

#[tokio::test]
async fn a_repeated_batch_keeps_its_number() {
    let (place, sim, world) = start().await;
    sim.set_habits(|habits| habits.repeat_every = 1);
    raise(&place, &sim, &world, 0);
    wait_for("both", || place.ear.heard("reportAlarm").len() == 2).await;
    let heard = place.ear.heard("reportAlarm");
    assert_eq!(inner(&heard[0], "notificationId"), inner(&heard[1], "notificationId"));
    assert_ne!(inner(&heard[0], "msgId"), inner(&heard[1], "msgId"));
    place.tasks.stop().await;
}
