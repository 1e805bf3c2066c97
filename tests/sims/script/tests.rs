use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::{Scene, Script, ScriptSettings};
use crate::carrier::{Carrier, CarrierSettings};
use crate::testing::{PASSWORD, Place, wait_for};
use crate::world::WorldSettings;

#[tokio::test(flavor = "multi_thread")]
async fn the_day_is_played_and_told_and_ends_when_stopped() {
    let place = Place::at_speed(200.0).await;
    let world = WorldSettings { customers: 40, circuits: 600, ..WorldSettings::demo(42, place.clock.now()) };
    let site = place.site.root().join("carrier");
    std::fs::create_dir(&site).unwrap();
    let settings = CarrierSettings::demo(world, place.daemon.clone(), PASSWORD, site);
    let carrier = Carrier::start(settings, place.clock.clone(), CancellationToken::new()).await.unwrap();
    let carrier = Arc::new(carrier);
    assert_eq!(carrier.peers().len(), 7);
    let scenes: Arc<Mutex<Vec<Scene>>> = Arc::default();
    let told = Arc::clone(&scenes);
    let settings = ScriptSettings::demo(42, Arc::new(move |scene| told.lock().push(scene.clone())));
    Script::new(Arc::clone(&carrier), settings).start();
    let said = |word: &str| scenes.lock().iter().any(|scene| scene.text.contains(word));
    let active = || carrier.managers.iter().map(|manager| manager.active().len()).sum::<usize>();

    wait_for("the cut", || said("fibre cut")).await;
    wait_for("the storm", || active() > 100).await;
    wait_for("the repair", || said("spliced")).await;
    wait_for("the silence", || said("falls silent")).await;
    assert!(active() < 100, "the cut is over: {}", active());
    wait_for("the return", || said("is back")).await;
    wait_for("the next round", || said("fibre cut on") && scenes.lock().len() > 12).await;
    for word in ["planned work", "flaps", "account manager", "no ticket"] {
        assert!(said(word), "{word}");
    }
    assert!(!place.ear.heard("syncCutover").is_empty());
    assert!(!place.ear.heard("alarmListRebuilt").is_empty());
    assert!(carrier.managers.iter().all(|manager| manager.counts().lost == 0));

    tokio::time::timeout(Duration::from_secs(5), carrier.stop()).await.unwrap();
    place.tasks.stop().await;
}
