//! Acknowledged means kept: the daemon is killed with `kill -9` at random points under load, and an
//! oracle outside of it remembers what it acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use model::alarm::{AlarmRecord, AlarmStatus, ObjectType, Severity, Specialty};
use model::time::Zone;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use sims::carrier::PeerInfo;
use sims::load::{LoadReport, LoadSettings};
use tokio_util::sync::CancellationToken;

use crate::api::{Api, ready};
use crate::daemon::{Daemon, OWN, Setup, wait_for};
use crate::letter::now;

/// More than any round sends.
const ROUND_SPAN: u64 = 1_000_000;
const CONNECTIONS: usize = 12;
/// Each connection begins a request this often: 3,000 alarms a second. Unpaced, the alarms that are
/// active in the end, and the time to read them again, would be a matter of the machine's speed.
const PACE: Duration = Duration::from_millis(12);
const READY_AGAIN: Duration = Duration::from_secs(5);

/// Rounds of a run: CI and longer runs give their own number.
#[expect(clippy::disallowed_methods, reason = "a longer run is asked for from outside")]
fn rounds() -> u64 {
    std::env::var("LINESMAN_CRASH_ROUNDS").map_or(12, |text| text.parse().expect("LINESMAN_CRASH_ROUNDS is a number"))
}

/// A transport manager that is never called back.
pub fn manager() -> PeerInfo {
    PeerInfo {
        caller: "GD_TNMS".to_owned(),
        kind: model::source::SourceKind::Transport,
        url: String::new(),
        password: "manager-secret".to_owned(),
        ems_names: vec!["EMS-1".to_owned()],
        files: None,
    }
}

/// A load of alarms about as many objects, so that no two explain each other.
pub fn load(daemon: &Daemon, prefix: &str, first: u64) -> LoadSettings {
    let now = now();
    let alarm = AlarmRecord {
        specialty: Some(Specialty::Transport),
        ems_name: "EMS-1".into(),
        object_type: Some(ObjectType::Port),
        alarm_title: "Loss of signal".into(),
        native_cause: "R_LOS".into(),
        severity: Severity::Critical,
        alarm_status: Some(AlarmStatus::Active),
        ne_time: Some(now),
        ems_time: Some(now),
        ..AlarmRecord::default()
    };
    let peer = manager();
    LoadSettings {
        address: daemon.address(),
        path: "/soap/CnmForTransport".to_owned(),
        signed: (peer.caller, peer.password),
        supplier: OWN.to_owned(),
        call_time: now,
        zone: Zone::china(),
        alarm,
        objects: (0..50_000).map(|number| (format!("NE-{number}"), format!("NE-{number}/1/1"))).collect(),
        prefix: prefix.to_owned(),
        first,
        connections: CONNECTIONS,
        alarms_per_request: 3,
        requests: ROUND_SPAN / 2,
        time: Duration::from_secs(60),
    }
}

/// What the daemon holds of a round: alarm ids and how often each was told.
async fn held(api: &Api, daemon: &Daemon, prefix: &str) -> BTreeMap<String, u64> {
    let mut held = BTreeMap::new();
    for alarm in newest_of(api, daemon, prefix).await {
        let id = alarm["alarmId"].as_str().unwrap().to_owned();
        assert!(held.insert(id.clone(), alarm["raises"].as_u64().unwrap()).is_none(), "{id} is held twice");
    }
    held
}

/// Alarms of a round; the list is newest first, and no round is older than the one before it.
async fn newest_of(api: &Api, daemon: &Daemon, prefix: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let mut page = api.get(daemon, &format!("/api/v1/alarms?state=all&limit=1000{cursor}")).await;
        let items: Vec<Value> = page["items"].as_array_mut().unwrap().drain(..).collect();
        let whole = items.iter().all(|alarm| alarm["alarmId"].as_str().unwrap().starts_with(prefix));
        found.extend(items.into_iter().filter(|alarm| alarm["alarmId"].as_str().unwrap().starts_with(prefix)));
        match page["next"].as_str() {
            Some(next) if whole => cursor = format!("&cursor={next}"),
            _ => return found,
        }
    }
}

/// One life: load, kill, start again. Returns what was acknowledged.
async fn crash(daemon: &mut Daemon, rng: &mut StdRng, settings: LoadSettings) -> LoadReport {
    #[expect(clippy::disallowed_methods, reason = "a test ends its own tasks")]
    let running = tokio::spawn(sims::load::run_paced(settings, PACE, CancellationToken::new()));
    tokio::time::sleep(Duration::from_millis(rng.random_range(150..900))).await;
    daemon.kill();
    let report = running.await.unwrap();
    let began = Instant::now();
    daemon.restart();
    wait_for("the daemon to be ready again", async || ready(daemon).await.then_some(())).await;
    assert!(began.elapsed() <= READY_AGAIN, "ready again after {:?}", began.elapsed());
    report
}

/// The peer tells again what it does not know to be kept; the daemon must not count it twice.
async fn tell_again(report: &LoadReport, settings: LoadSettings, daemon: &Daemon) -> LoadReport {
    let last = report.acknowledged.iter().max().copied().unwrap_or(settings.first);
    let requests = last - settings.first + 1 + CONNECTIONS as u64;
    let again = LoadSettings { address: daemon.address(), requests, ..settings };
    let again = sims::load::run(again, CancellationToken::new()).await;
    assert_eq!((again.refused, again.broken), (0, 0), "what is told again is taken");
    assert_eq!(again.acknowledged.len() as u64, requests);
    again
}

async fn run(setup: Setup, rounds: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::start(folder.path(), Setup { peers: vec![manager()], ..setup });
    let api = Api::admin(&daemon).await;
    let seed: u64 = rand::random();
    let mut rng = StdRng::seed_from_u64(seed);
    let mut oracle = BTreeSet::new();
    let mut acknowledged = 0;
    for round in 1..=rounds {
        let prefix = format!("R{round}-");
        let settings = load(&daemon, &prefix, round * ROUND_SPAN);
        let report = crash(&mut daemon, &mut rng, settings.clone()).await;
        acknowledged += report.acknowledged.len();
        let known = held(&api, &daemon, &prefix).await;
        let lost: Vec<String> = report.alarm_ids(&prefix).filter(|id| !known.contains_key(id)).collect();
        assert!(lost.is_empty(), "seed {seed}, round {round}: acknowledged and lost: {lost:?}");
        let again = tell_again(&report, settings, &daemon).await;
        let known = held(&api, &daemon, &prefix).await;
        let told: BTreeSet<String> = again.alarm_ids(&prefix).collect();
        assert_eq!(known.keys().cloned().collect::<BTreeSet<_>>(), told, "seed {seed}, round {round}");
        assert!(known.values().all(|raises| *raises == 1), "seed {seed}, round {round}: {known:?}");
        oracle.extend(told);
    }
    assert!(acknowledged as u64 >= rounds, "seed {seed}: {acknowledged} acknowledged before the kills");
    assert!(daemon.stop().success(), "{}", daemon.log());
    daemon.restart();
    let all = api.all(&daemon, "/api/v1/alarms?state=all").await;
    let ids: BTreeSet<String> = all.iter().map(|alarm| alarm["alarmId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(all.len(), ids.len(), "an alarm is held twice");
    assert_eq!(ids, oracle, "what is held at the end is what was acknowledged");
    assert!(daemon.stop().success());
    if daemon.setup().postgres.is_none() {
        let faults = store::testing::integrity_faults(&folder.path().join("data")).await;
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled() {
    run(Setup::default(), rounds()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_on_postgres() {
    let postgres = Some(store::testing::postgres_url().await);
    run(Setup { postgres, ..Setup::default() }, rounds().div_ceil(4)).await;
}
