//! The numbers: gaps of each size, repetitions, the wrap, a restart to 1, and `kill -9` in the middle.

use std::time::Duration;

use omc::sequence::SEQ_MAX;

use super::{Place, SOURCE};
use crate::daemon::wait_for;

impl Place {
    /// A gap: the next alarm is so far from the one before it; those between are lost.
    async fn gap(&self, gap: usize) {
        self.omc.set_habits(|habits| habits.losing = true);
        self.raise(gap - 1);
        self.omc.set_habits(|habits| habits.losing = false);
        self.raise(1);
        self.agrees(&format!("the alarms of a gap of {gap}")).await;
    }
}

async fn gaps(postgres: Option<String>) {
    let place = Place::start(postgres).await;
    place.raise(3);
    place.agrees("the first alarms").await;
    // The first of all asks for a list: what went on before it is not known.
    place.asked("the list of the first alarm", |asked| asked.lists >= 2).await;
    for gap in [1, 2, 999] {
        let from = place.omc.seq() + 1;
        let asked = place.omc.asked();
        place.gap(gap).await;
        let now = place.omc.asked();
        let expected: Vec<u32> = if gap == 1 { vec![] } else { vec![from] };
        assert_eq!(now.messages.strip_prefix(&*asked.messages), Some(&*expected), "gap {gap}");
        assert_eq!(now.lists, asked.lists, "gap {gap}");
    }
    for gap in [1000, 1001] {
        // The wire has whole seconds: a list is believed about what was told before its own.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let asked = place.omc.asked();
        place.gap(gap).await;
        let now = place.omc.asked();
        assert_eq!((now.messages, now.lists > asked.lists), (asked.messages, true), "gap {gap}");
    }
    // −1 and 0: the same once more.
    place.omc.set_habits(|habits| habits.repeating = true);
    let asked = place.omc.asked();
    let ids = place.raise(5);
    place.omc.clear(&ids[0]);
    place.agrees("what was told twice").await;
    assert_eq!(place.omc.asked(), asked, "a repetition asks for nothing");
    place.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_by_number_or_by_list() {
    gaps(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for_by_number_or_by_list_on_postgres() {
    gaps(Some(store::testing::postgres_url().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_wrap_and_begin_anew() {
    let place = Place::start(None).await;
    let seq = async || place.api.get(&place.daemon, SOURCE).await["alarmSeq"].as_u64();
    place.omc.count_after(SEQ_MAX - 3);
    place.raise(1);
    place.agrees("the first alarm").await;
    place.asked("its list", |asked| asked.lists >= 2).await;
    let asked = place.omc.asked();
    // Over the wrap, with a gap right there.
    place.gap(2).await;
    place.gap(4).await;
    assert_eq!(place.omc.seq(), 4);
    let now = place.omc.asked();
    assert_eq!(now.messages.strip_prefix(&*asked.messages), Some(&[SEQ_MAX - 1, 1][..]));
    assert_eq!(now.lists, asked.lists);
    wait_for("the number after the wrap", async || (seq().await == Some(4)).then_some(())).await;
    // It starts again and counts from 1: only its list tells what went on meanwhile.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    place.omc.set_habits(|habits| habits.losing = true);
    let gone = place.omc.active().remove(0);
    place.omc.clear(&gone);
    place.omc.count_after(0);
    place.omc.set_habits(|habits| habits.losing = false);
    place.raise(1);
    place.agrees("the alarms after the restart").await;
    wait_for("its number", async || (seq().await == Some(1)).then_some(())).await;
    place.stop().await;
}

async fn killed(postgres: Option<String>) {
    let mut place = Place::start(postgres).await;
    place.raise(20);
    place.agrees("the first alarms").await;
    for round in 0..3 {
        place.raise(400);
        wait_for("the first of them", async || (place.held().await.len() > 20 + round * 500).then_some(())).await;
        place.daemon.kill();
        // What happens meanwhile is not told to anybody; some of it is over again.
        let ids = place.raise(100);
        let asked = place.omc.asked();
        place.daemon.restart();
        place.asked("the messages after the last that was kept", |now| now.messages.len() > asked.messages.len()).await;
        let from = place.omc.asked().messages[asked.messages.len()];
        assert!(from <= place.omc.seq() - 99 && from > 20, "it asks from {from}");
        place.agrees("everything after the kill").await;
        place.omc.clear(&ids[0]);
        place.raise(1);
        place.agrees("what comes then").await;
    }
    let alarms = place.api.all(&place.daemon, "/api/v1/alarms?state=all&source=GD_OMC").await;
    assert_eq!(alarms.len(), 20 + 3 * 501);
    assert!(alarms.iter().all(|alarm| alarm["raises"] == 1), "an alarm was counted twice");
    place.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_nothing_and_asks_from_the_right_number() {
    killed(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_loses_nothing_and_asks_from_the_right_number_on_postgres() {
    killed(Some(store::testing::postgres_url().await)).await;
}
