//! The lists: what is not beyond doubt clears nothing and says why; and what replaces messages that do not come.

use sims::omc::ListHabit;

use super::Place;

async fn lists(postgres: Option<String>) {
    let place = Place::start(postgres).await;
    let ids = place.raise(20);
    place.agrees("the first alarms").await;
    // One is over and one is new, and nobody heard of it.
    place.omc.set_habits(|habits| habits.losing = true);
    place.omc.clear(&ids[0]);
    place.raise(1);
    let untold = place.omc.active().last().unwrap().clone();
    let bad = [
        (ListHabit::Missing, "not on the site", false),
        (ListHabit::Truncated, "cannot be read", false),
        (ListHabit::Refused, "makes no list", false),
        (ListHabit::Failed, "could not make", false),
        (ListHabit::PlainHalf, "nothing proves", false),
        (ListHabit::Plain, "nothing proves", true),
    ];
    for (habit, why, raises) in bad {
        place.omc.set_habits(|habits| habits.list = habit);
        let run = place.resync().await;
        assert_eq!((&run["state"], run["cleared"].as_u64()), (&"failed".into(), Some(0)), "{habit:?}: {run}");
        assert!(run["error"].as_str().unwrap().contains(why), "{habit:?}: {run}");
        let held = place.held().await;
        assert!(held.contains(&ids[0]), "{habit:?} cleared something");
        assert_eq!(held.contains(&untold), raises, "{habit:?}");
    }
    let alarms = place.api.all(&place.daemon, "/api/v1/alarms").await;
    assert!(alarms.iter().any(|alarm| alarm["title"] == "SYNC_REFUSED"), "it is an alarm of our own");
    for habit in [ListHabit::Late(400), ListHabit::Zip, ListHabit::Gzip] {
        place.omc.set_habits(|habits| habits.list = habit);
        place.resync().await;
        place.agrees(&format!("the list of {habit:?}")).await;
        place.raise(1);
        place.omc.clear(&place.omc.active()[0]);
    }
    place.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_list_clears_nothing() {
    lists(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_list_clears_nothing_on_postgres() {
    lists(Some(store::testing::postgres_url().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_do_not_come_again_are_replaced_by_a_list() {
    let place = Place::start(None).await;
    let ids = place.raise(5);
    place.agrees("the first alarms").await;
    let lose = |refuses: bool| {
        place.omc.set_habits(|habits| {
            (habits.losing, habits.refusing_messages, habits.forgetting_messages) = (true, refuses, !refuses);
        });
        place.raise(3);
        place.omc.set_habits(|habits| habits.losing = false);
        place.raise(1);
    };
    place.omc.set_habits(|habits| habits.losing = true);
    place.omc.clear(&ids[0]);
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    lose(true);
    place.agrees("what it refused to send again").await;
    lose(false);
    place.agrees("what it forgot to send again").await;
    place.stop().await;
}
