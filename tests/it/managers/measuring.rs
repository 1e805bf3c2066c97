//! Performance tasks: what runs at a manager is what is wanted, whatever happens to either side; files that must be
//! asked for, files that go away, and the past on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::pm::TaskStatus;
use model::source::SourceKind;
use model::time::Time;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sims::carrier::PeerInfo;
use sims::clock::Clock;
use sims::link::DaemonAddress;
use sims::manager::tasks::value;
use sims::manager::{ManagerSettings, ManagerSim};
use sims::server::Caller;
use sims::site::FtpSite;
use sims::tasks::Tasks;
use tokio_util::sync::CancellationToken;

use crate::api::Api;
use crate::daemon::{Daemon, OWN, Setup, free_address, wait_for};

const SECRET: &str = "manager-secret";
/// In the middle of a quarter of an hour.
const START: &str = "2026-11-22T01:05:00Z";
const MINUTE_MS: i64 = 60_000;

/// Its settings: the circuits of two types, and two objects by name.
const WANTED: &str = "[[peer.pm_task]]\nname = \"circuits\"\nparams = [\"CLR0\", \"CELLS_IN\"]\ncircuits = [\"SDH\"]\n\
    measures = \"circuits\"\n[[peer.pm_task]]\nname = \"two\"\nparams = [\"CDV\"]\nobjects = [\"SW1/1/1/0/33\", \"SW1/1/1/0/34\"]\n";

/// A manager with its site, and the daemon; one clock for both, which can jump.
struct Place {
    sim: ManagerSim,
    daemon: Daemon,
    api: Api,
    setup: Setup,
    jumped_ms: Arc<AtomicI64>,
    clock: Clock,
    tasks: Tasks,
    folder: tempfile::TempDir,
}

impl Place {
    async fn start(kind: SourceKind, postgres: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (start, jumped_ms) = (Time::parse(START).unwrap(), Arc::new(AtomicI64::new(0)));
        let (began, jumped) = (std::time::Instant::now(), Arc::clone(&jumped_ms));
        let passed = move || i64::try_from(began.elapsed().as_millis()).unwrap() + jumped.load(Ordering::Relaxed);
        let clock = Clock::new(move || start.plus_ms(passed()), 1.0);
        let tasks = Tasks::new(CancellationToken::new());
        let root = folder.path().join("site");
        std::fs::create_dir_all(&root).unwrap();
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let accounts = BTreeMap::from([("cnm".to_owned(), SECRET.to_owned())]);
        let site = FtpSite::start(&root, anywhere, accounts, &tasks).await.unwrap();
        let listen = free_address();
        let daemon = DaemonAddress { soap_url: format!("http://{listen}/soap"), sys_code: OWN.to_owned() };
        let caller = Caller { name: OWN.to_owned(), password: SECRET.to_owned() };
        let sys_code = "GD_MNMS".to_owned();
        let settings = ManagerSettings {
            kind,
            sys_code: sys_code.clone(),
            password: SECRET.to_owned(),
            caller,
            address: anywhere,
        };
        let sim = ManagerSim::start(settings, &daemon, &root, (&clock, &tasks)).await.unwrap();
        let peer = PeerInfo {
            caller: sys_code,
            kind,
            url: sim.server.url(),
            password: SECRET.to_owned(),
            ems_names: vec!["EMS1".to_owned()],
            files: Some((site.url(), "cnm".to_owned(), SECRET.to_owned())),
        };
        let setup = Setup {
            peers: vec![peer],
            peer_settings: format!("control_file_s = 1\n{WANTED}"),
            listen: Some(listen),
            clock: Some(START.to_owned()),
            postgres,
            ..Setup::default()
        };
        let inventory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scenarios/plain");
        Daemon::import(folder.path(), &setup, &inventory);
        let daemon = Daemon::start(folder.path(), setup.clone());
        let api = Api::admin(&daemon).await;
        Place { sim, daemon, api, setup, jumped_ms, clock, tasks, folder }
    }

    /// The daemon is killed; both clocks go on by so much, and it starts with other settings.
    fn restart(&mut self, ms: i64, settings: &str) {
        self.daemon.kill();
        self.jumped_ms.fetch_add(ms, Ordering::Relaxed);
        self.setup.clock = Some(self.clock.now().to_string());
        self.setup.peer_settings = format!("control_file_s = 1\n{settings}");
        self.daemon = Daemon::start(self.folder.path(), self.setup.clone());
    }

    async fn source(&self) -> Value {
        self.api.get(&self.daemon, "/api/v1/sources/GD_MNMS").await
    }

    /// Waits until the daemon sees its tasks so, by name.
    async fn sees(&self, wanted: &[(&str, &str)]) -> Value {
        wait_for(&format!("the tasks {wanted:?}"), async || {
            let tasks = self.source().await["pmTasks"].clone();
            let seen: Vec<_> =
                tasks.as_array().unwrap().iter().map(|t| (t["name"].as_str(), t["status"].as_str())).collect();
            let wanted: Vec<_> = wanted.iter().map(|(name, status)| (Some(*name), Some(*status))).collect();
            (seen == wanted).then_some(tasks)
        })
        .await
    }

    async fn history(&self, body: Value) -> (StatusCode, Value) {
        self.api.call(&self.daemon, Method::POST, "/api/v1/sources/GD_MNMS/pm-history", Some(body)).await
    }

    /// Waits until the values of a circuit are those that the manager measured from one time to another.
    async fn has(&self, circuit: &str, param: &str, (from, to): (Time, Time)) {
        let path = format!("/api/v1/circuits/{circuit}/performance?from={from}&to={to}&resolution=measured");
        let quarters = (0..to.since(from) / (15 * MINUTE_MS)).map(|n| from.plus_ms(n * 15 * MINUTE_MS));
        let expected: Vec<f64> = quarters.map(|start| value(param, start) as f64).collect();
        wait_for(&format!("{param} of {circuit} from {from}"), async || {
            let answer = self.api.get(&self.daemon, &path).await;
            (answer["series"][0]["params"][param]["values"] == json!(expected)).then_some(())
        })
        .await;
    }

    async fn stop(mut self) {
        self.tasks.stop().await;
        assert!(self.daemon.stop().success(), "{}", self.daemon.log());
    }
}

/// A circuit of the type that is wanted.
fn circuits() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/scenarios/plain/CIRCUIT.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let cells = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    cells.filter(|cells| cells[6] == "SDH").map(|cells| cells[0].to_owned()).collect()
}

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

async fn tasks(kind: SourceKind, postgres: Option<String>) {
    let mut place = Place::start(kind, postgres).await;
    let seen = place.sees(&[("circuits", "ACTIVE"), ("two", "ACTIVE")]).await;
    let running = place.sim.tasks();
    let [first, second] = ["GD_CNM-P-00000001", "GD_CNM-P-00000002"];
    assert_eq!(running.keys().collect::<Vec<_>>(), [first, second]);
    assert_eq!(running[first].objects.iter().cloned().collect::<BTreeSet<_>>(), circuits());
    assert_eq!(
        (&running[first].params, &running[second].objects.len()),
        (&vec!["CELLS_IN".to_owned(), "CLR0".to_owned()], &2)
    );
    assert_eq!((&seen[0]["pmTaskId"], &seen[0]["objects"]), (&json!(first), &json!(circuits().len())));

    // It loses one, and has one of ours that nobody wants. It says so itself; an unknown task is refused.
    place.sim.change_tasks(|tasks| {
        let lost = tasks.remove(first).unwrap();
        tasks.insert("GD_CNM-P-00000099".to_owned(), lost.clone());
        tasks.insert("XX_OTHER-P-00000001".to_owned(), lost);
    });
    for stranger in ["GD_CNM-P-00000098", "XX_OTHER-P-00000001", "nonsense"] {
        assert_eq!(place.sim.tell_task(stranger, "FAILED", "x").await.unwrap(), "6002");
    }
    assert_eq!(place.sim.tell_task(first, "BROKEN", "x").await.unwrap(), "1004");
    assert_eq!(place.sim.tell_task(first, "DELETED", "restart").await.unwrap(), "0");
    wait_for("the lost task to run again", async || {
        let ids: Vec<String> = place.sim.tasks().into_keys().collect();
        (ids == [first, second, "XX_OTHER-P-00000001"]).then_some(())
    })
    .await;
    place.sees(&[("circuits", "ACTIVE"), ("two", "ACTIVE")]).await;

    // Other wishes after a restart: one is suspended with other parameters, the other is gone, a third comes.
    let wishes = "[[peer.pm_task]]\nname = \"circuits\"\nparams = [\"CER\"]\ncircuits = [\"SDH\"]\nmeasures = \"circuits\"\n\
        suspended = true\n[[peer.pm_task]]\nname = \"ports\"\nparams = [\"CMR\"]\ncircuits = [\"OTN\"]\n";
    place.restart(0, wishes);
    place.sees(&[("circuits", "SUSPENDED"), ("ports", "ACTIVE")]).await;
    let running = place.sim.tasks();
    assert_eq!((running[first].status, &running[first].params), (TaskStatus::Suspended, &vec!["CER".to_owned()]));
    let third = &running["GD_CNM-P-00000003"];
    assert!(!running.contains_key(second) && third.objects.iter().all(|port| port.contains("-P")), "{running:?}");
    assert!(third.objects.len() > 19, "both ends: {third:?}");
    // Nothing is asked that is so already.
    let asked = place.sim.asked_of_tasks().len();
    place.restart(0, wishes);
    place.sees(&[("circuits", "SUSPENDED"), ("ports", "ACTIVE")]).await;
    wait_for("a comparison", async || {
        let checked = place.source().await["pmTasks"][0]["checkedAt"].as_str().map(at);
        checked.is_some_and(|checked| checked >= at(place.setup.clock.as_ref().unwrap())).then_some(())
    })
    .await;
    assert_eq!(place.sim.asked_of_tasks().len(), asked);
    // And nothing is wanted any more.
    place.restart(0, "");
    place.sees(&[]).await;
    assert_eq!(place.sim.tasks().into_keys().collect::<Vec<_>>(), ["XX_OTHER-P-00000001"]);
    place.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_at_a_manager_is_what_is_wanted() {
    tasks(SourceKind::Transport, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_at_a_manager_is_what_is_wanted_on_postgres() {
    tasks(SourceKind::Ip, Some(store::testing::postgres_url().await)).await;
}

async fn files(postgres: Option<String>) {
    let mut place = Place::start(SourceKind::Atm, postgres).await;
    place.sees(&[("circuits", "ACTIVE"), ("two", "ACTIVE")]).await;
    let circuit = circuits().pop_first().unwrap();
    // The daemon is away for an hour; it asks for every period that ended meanwhile. The first file goes away before
    // it is whole: it is asked for again.
    place.sim.set_habits(|habits| habits.files_live_ms = Some(0));
    place.restart(60 * MINUTE_MS, WANTED);
    let hour = (at("2026-11-22T01:00:00Z"), at("2026-11-22T02:00:00Z"));
    place.has(&circuit, "CLR0", hour).await;
    place.has(&circuit, "CELLS_IN", hour).await;
    wait_for("the file that went away", async || {
        let history = place.source().await["pmHistory"].clone();
        (history[0]["state"] == "ASKED" && history[0]["askedBy"] == "files").then_some(())
    })
    .await;
    // The past on demand, and bad questions.
    let before = (at("2026-11-21T22:00:00Z"), at("2026-11-21T23:00:00Z"));
    let (status, answer) = place.history(json!({"from": before.0, "to": before.1})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    place.has(&circuit, "CLR0", before).await;
    for (body, field) in [
        (json!({"from": before.1, "to": before.0}), "to"),
        (json!({"from": before.0, "to": "2026-12-22T00:00:00Z"}), "to"),
        (json!({"from": "2026-01-01T00:00:00Z", "to": before.0}), "from"),
        (json!({"from": "yesterday", "to": before.0}), "from"),
    ] {
        let (status, answer) = place.history(body).await;
        assert_eq!((status, &answer["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{answer}");
    }
    place.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_an_atm_manager_are_asked_for() {
    files(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_an_atm_manager_are_asked_for_on_postgres() {
    files(Some(store::testing::postgres_url().await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ip_manager_is_asked_for_the_past() {
    let place = Place::start(SourceKind::Ip, None).await;
    place.sees(&[("circuits", "ACTIVE"), ("two", "ACTIVE")]).await;
    let circuit = circuits().pop_last().unwrap();
    let before = (at("2026-11-21T10:00:00Z"), at("2026-11-21T11:30:00Z"));
    assert_eq!(place.history(json!({"from": before.0, "to": before.1})).await.0, StatusCode::ACCEPTED);
    place.has(&circuit, "CELLS_IN", before).await;
    wait_for("a question for each task", async || {
        let history = place.source().await["pmHistory"].clone();
        let asked = history.as_array().unwrap().iter().filter(|row| row["state"] == "ASKED" && row["syncReqId"] != "");
        (asked.count() == 2).then_some(())
    })
    .await;
    let body = json!({"from": before.0, "to": before.1});
    let call = async |id: &str| {
        let path = format!("/api/v1/sources/{id}/pm-history");
        place.api.call(&place.daemon, Method::POST, &path, Some(body.clone())).await.0
    };
    assert_eq!(call("GD_NOBODY").await, StatusCode::NOT_FOUND);
    place.stop().await;
}
