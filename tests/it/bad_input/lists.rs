//! Alarm lists over SOAP and FTP that must not be believed: what is wrong with their files or their
//! notice, and lists that would clear too much.

use std::collections::BTreeSet;
use std::time::Duration;

use model::alarm::{AlarmRecord, AlarmStatus, ObjectType, Severity, Specialty};
use reqwest::Method;
use serde_json::{Value, json};
use sims::files::FileFault;
use sims::manager::{ManagerSim, SyncHabit};

use crate::daemon::{Setup, wait_for};
use crate::street::{Street, stays};

/// Sooner than people would have it.
const QUICK: &str = "control_file_s = 1\nsync_timeout_s = 3\n";

/// A street whose first manager has told of so many alarms; their ids.
async fn street_with(alarms: usize) -> (Street, Vec<String>) {
    let setup = Setup { peer_settings: QUICK.to_owned(), ..Setup::default() };
    let street = Street::start(setup, (4, 30)).await;
    let at = street.carrier.clock.now();
    let record = |number: usize| AlarmRecord {
        specialty: Some(Specialty::Transport),
        ne_id: format!("NE-{number}").into(),
        object_id: format!("NE-{number}").into(),
        object_type: Some(ObjectType::Ne),
        alarm_title: "TEMPERATURE".into(),
        native_cause: "TEMP_OVER".into(),
        severity: Severity::Minor,
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(at),
        ..AlarmRecord::default()
    };
    let ids = (0..alarms).map(|number| manager(&street).raise(record(number))).collect();
    street.told().await;
    wait_for("every alarm to be held", async || (active(&street).await.len() == alarms).then_some(())).await;
    // A list clears only what was told before its second.
    wait_for("the next second", async || (street.carrier.clock.now().since(at) > 1000).then_some(())).await;
    (street, ids)
}

fn manager(street: &Street) -> &ManagerSim {
    &street.carrier.managers[0]
}

/// Alarm ids of the manager that are active.
async fn active(street: &Street) -> BTreeSet<String> {
    let source = manager(street).sys_code();
    let alarms = street.all("/api/v1/alarms").await;
    let own = alarms.iter().filter(|alarm| alarm["source"] == source);
    own.map(|alarm| alarm["alarmId"].as_str().unwrap().to_owned()).collect()
}

/// Asks the daemon to compare its alarms with the manager's list, once.
async fn resync(street: &Street, habit: SyncHabit) {
    let manager = manager(street);
    let asked = manager.counts().syncs;
    manager.set_habits(|habits| habits.sync = habit);
    let path = format!("/api/v1/sources/{}/resync", manager.sys_code());
    let (status, answer) = street.api.call(&street.daemon, Method::POST, &path, Some(json!({}))).await;
    assert!(status.is_success(), "{answer}");
    wait_for("the list to be asked for", async || (manager.counts().syncs > asked).then_some(())).await;
    // Whatever is asked next gets no list, so that the test sees what this one did.
    manager.set_habits(|habits| habits.sync = SyncHabit::Forgotten);
}

async fn refused(street: &Street, reason: &str) -> Value {
    wait_for(reason, async || {
        let rows = street.all("/api/v1/quarantine?kind=file").await;
        rows.into_iter().find(|row| row["reason"].as_str().unwrap().contains(reason))
    })
    .await
}

/// Waits until no list is under way.
async fn idle(street: &Street) {
    let path = format!("/api/v1/sources/{}", manager(street).sys_code());
    wait_for("the list to be over", async || {
        let source = street.get(&path).await;
        (!source["lastSync"]["endedAt"].is_null()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_not_whole_clears_nothing() {
    let (street, ids) = street_with(4).await;
    // One ends and nobody tells: a list that is believed would clear it.
    let manager = manager(&street);
    manager.set_habits(|habits| habits.silent = true);
    manager.clear(&ids[0]);
    manager.set_habits(|habits| habits.silent = false);
    let cases = [
        (SyncHabit::Fault(FileFault::Truncated), "bytes, "),
        (SyncHabit::Fault(FileFault::WrongDigest), "its SHA-256 is"),
        (SyncHabit::Fault(FileFault::WrongCount), "rows, "),
        (SyncHabit::Fault(FileFault::NoControl), "is not on the site"),
        (SyncHabit::WrongCount(2), "alarmCount is 5"),
        (SyncHabit::Failed, "the manager reports result 9001"),
    ];
    for (habit, reason) in cases {
        resync(&street, habit).await;
        let row = refused(&street, reason).await;
        assert_eq!(row["source"], manager.sys_code(), "{habit:?}: {row}");
        idle(&street).await;
        assert_eq!(active(&street).await.len(), 4, "{habit:?} cleared an alarm");
        wait_for("an alarm of our own", async || {
            let alarms = street.all("/api/v1/alarms").await;
            alarms.iter().any(|alarm| alarm["nativeCause"] == "SYNC_REFUSED").then_some(())
        })
        .await;
    }
    resync(&street, SyncHabit::Honest).await;
    wait_for("the honest list to clear what ended", async || (active(&street).await.len() == 3).then_some(())).await;
    wait_for("our own alarm to end", async || {
        let alarms = street.all("/api/v1/alarms").await;
        (!alarms.iter().any(|alarm| alarm["nativeCause"] == "SYNC_REFUSED")).then_some(())
    })
    .await;
    let raised = manager.raise(AlarmRecord { severity: Severity::Minor, ..manager.active()[0].clone() });
    wait_for("a new alarm", async || active(&street).await.contains(&raised).then_some(())).await;
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_would_clear_most_or_all_must_be_confirmed_by_a_second() {
    for (alarms, habit, clears) in [(25, SyncHabit::Half, 13), (3, SyncHabit::Empty, 3)] {
        let (street, ids) = street_with(alarms).await;
        resync(&street, habit).await;
        let row = refused(&street, &format!("it would clear {clears} of {alarms} active alarms")).await;
        assert_eq!(row["source"], manager(&street).sys_code(), "{row}");
        let all = stays(Duration::from_secs(2), async || active(&street).await.len() == alarms).await;
        assert!(all, "one list alone cleared alarms");
        resync(&street, habit).await;
        wait_for("the second list to be believed", async || {
            (active(&street).await.len() == alarms - clears).then_some(())
        })
        .await;
        let cleared = street.all("/api/v1/alarms?state=cleared").await;
        let by_sync = cleared.iter().filter(|alarm| alarm["clearType"] == "SYNC");
        let by_sync: BTreeSet<&str> = by_sync.map(|alarm| alarm["alarmId"].as_str().unwrap()).collect();
        assert!(by_sync.len() == clears && by_sync.iter().all(|id| ids.iter().any(|known| known == id)), "{by_sync:?}");
        street.stop().await;
    }
}
