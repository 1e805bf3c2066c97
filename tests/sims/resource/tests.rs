use model::resource::Class;
use model::time::Time;
use model::work::OpType;
use soap::contract::RESOURCE_MANAGER;

use super::{LoadHabit, ResourceSettings, ResourceSim};
use crate::testing::{PASSWORD, Place, anywhere, caller, inner, wait_for};
use crate::world::{World, WorldSettings};

async fn start() -> (Place, ResourceSim) {
    let place = Place::new().await;
    let now = Time::parse("2026-11-22T01:00:00Z").unwrap();
    let world = World::generate(WorldSettings { customers: 20, circuits: 100, ..WorldSettings::demo(1, now) });
    let settings = ResourceSettings {
        sys_code: "GD_RMS".to_owned(),
        password: PASSWORD.to_owned(),
        caller: caller(),
        address: anywhere(),
    };
    let around = (&place.clock, &place.tasks);
    let sim = ResourceSim::start(settings, &place.daemon, (place.site.root(), &world), around).await.unwrap();
    (place, sim)
}

async fn ask(place: &Place, sim: &ResourceSim, class: &'static str, mode: &'static str) {
    let url = sim.server.url();
    let write = |w: &mut soap::XmlWriter| {
        w.text("syncReqId", format!("req-{class}-{mode}")).text("class", class).text("mode", mode);
        w.text("sinceTime", "2026-11-22 08:00:00");
    };
    place.call((&url, &RESOURCE_MANAGER), "requestResourceSync", &write).await.unwrap();
}

#[tokio::test]
async fn every_class_comes_as_a_checked_file() {
    let (place, sim) = start().await;
    for (number, class) in Class::ALL.iter().enumerate() {
        ask(&place, &sim, class.word(), "FULL").await;
        wait_for("the notice", || place.ear.heard("resourceFileReadyNotify").len() == number + 1).await;
        let notice = place.ear.heard("resourceFileReadyNotify").remove(number);
        assert_eq!(inner(&notice, "class"), class.word());
        let rows = place.fetch(inner(&notice, "fileList")).await.unwrap();
        assert_eq!(rows, sim.rows(*class).len() as u64, "{class}");
    }
    place.tasks.stop().await;
}

#[tokio::test]
async fn a_change_is_told_and_comes_again_in_the_next_inc() {
    let (place, sim) = start().await;
    let mut row = sim.rows(Class::Customer).remove(0);
    row.cells[1] = "华辰银行".to_owned();
    sim.change_and_tell(OpType::Mod, row).await.unwrap();
    let told = place.ear.heard("resourceChangeNotify").remove(0);
    assert!(told.contains("<name>name</name><value>华辰银行</value>"), "{told}");
    ask(&place, &sim, "CUSTOMER", "INC").await;
    wait_for("the notice", || place.ear.heard("resourceFileReadyNotify").len() == 1).await;
    let notice = place.ear.heard("resourceFileReadyNotify").remove(0);
    assert_eq!(place.fetch(inner(&notice, "fileList")).await.unwrap(), 1);
    place.tasks.stop().await;
}

#[tokio::test]
async fn it_can_give_up() {
    let (place, sim) = start().await;
    sim.set_habit(LoadHabit::Aborted);
    ask(&place, &sim, "NE", "FULL").await;
    wait_for("the abort", || place.ear.heard("resourceSyncAbort").len() == 1).await;
    place.tasks.stop().await;
}
