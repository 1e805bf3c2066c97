//! Figures of a month that is over are kept; what is told late makes the next version, once; and the log
//! of who did what tells when somebody was at it.

use std::path::Path;
use std::process::{Command, Output};

use model::source::SourceKind;
use model::time::{Time, Zone};
use serde_json::Value;
use sims::carrier::PeerInfo;
use sims::clock::Clock;
use soap::contract::{CNM_FOR_EOMS, CNM_FOR_TRANSPORT};

use crate::api::Api;
use crate::crash::manager;
use crate::daemon::{Daemon, Setup, program, wait_for};
use crate::figure::{link, tell_cutovers};
use crate::letter::{Letter, post};
use crate::street::stays;

const FILES: [(&str, &str); 4] = [
    ("CUSTOMER.csv", "customerNo,name\nK1,Bank\n"),
    ("NE.csv", "neId,name,specialty\nN1,N1,TRANS\n"),
    ("CIRCUIT.csv", "circuitCode,customerNo,status,inServiceTime\nC1,K1,ACTIVE,2026-01-01\nC2,K1,ACTIVE,2026-01-01\n"),
    ("ROUTE.csv", "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,NE,N1\n"),
];
const OCTOBER: &str = "2026-10-20T12:00:00+08:00";
/// Three days after the month: its figures are kept.
const CLOSING: &str = "2026-11-04T00:30:00+08:00";
const VERSIONS: &str = "/api/v1/circuits/C1/sla/versions?period=2026-10";

fn desk() -> PeerInfo {
    PeerInfo { caller: "GD_EOMS".to_owned(), kind: SourceKind::Eoms, ..manager() }
}

fn setup(clock: &str, postgres: Option<&str>) -> Setup {
    Setup {
        peers: vec![PeerInfo { ems_names: Vec::new(), ..manager() }, desk()],
        clock: Some(clock.to_owned()),
        postgres: postgres.map(str::to_owned),
        ..Setup::default()
    }
}

/// A daemon in October that holds two circuits.
fn in_october(folder: &Path, postgres: Option<&str>) -> Daemon {
    let inventory = folder.join("inventory");
    std::fs::create_dir_all(&inventory).unwrap();
    for (name, text) in FILES {
        std::fs::write(inventory.join(name), text).unwrap();
    }
    Daemon::import(folder, &setup(OCTOBER, postgres), &inventory);
    Daemon::start(folder, setup(OCTOBER, postgres))
}

/// An alarm of N1 from its beginning to its end, told when it is over.
pub async fn outage(daemon: &Daemon, clock: &str, number: u64, (start, end): (&str, &str)) {
    let local = |text: &str| Zone::china().write_local(Time::parse(text).unwrap());
    let alarm = format!(
        "<notificationId>{number}</notificationId><alarm><alarmId>A{number}</alarmId><specialty>TRANS</specialty>\
         <objectId>N1</objectId><objectType>NE</objectType><nativeCause>NE_COMMU_BREAK</nativeCause><severity>1</severity>\
         <serviceAffecting>Y</serviceAffecting><neTime>{0}</neTime><emsTime>{0}</emsTime>\
         <alarmStatus>CLEARED</alarmStatus><clearTime>{1}</clearTime></alarm>",
        local(start),
        local(end)
    );
    let letter = Letter::of(&manager(), &format!("M-{clock}-{number}"), Time::parse(clock).unwrap());
    let answer = post(daemon, &CNM_FOR_TRANSPORT, letter.text(&CNM_FOR_TRANSPORT, "reportAlarm", &alarm)).await;
    assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
    assert!(!answer.text.contains("<results>"), "{}", answer.text);
}

async fn versions(api: &Api, daemon: &Daemon) -> Vec<Value> {
    api.get(daemon, VERSIONS).await.as_array().unwrap().clone()
}

async fn version(api: &Api, daemon: &Daemon, number: usize) -> Value {
    let all = async || Some(versions(api, daemon).await).filter(|all| all.len() >= number);
    wait_for(&format!("version {number}"), all).await[0].clone()
}

fn late_work() -> Vec<(String, String)> {
    [
        ("cutoverNo", "GC-9"),
        ("title", "Board change"),
        ("isAffect", "1"),
        ("affectStartTime", "2026-10-25 10:00:00"),
        ("affectEndTime", "2026-10-25 10:02:00"),
        ("notifiedTime", "2026-10-15 10:00:00"),
        ("circuitCodes", "C1"),
        ("opType", "ADD"),
        ("revision", "1"),
    ]
    .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
    .to_vec()
}

async fn what_comes_late_makes_the_next_version(postgres: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = in_october(folder.path(), postgres);
    let api = Api::admin(&daemon).await;
    outage(&daemon, OCTOBER, 1, ("2026-10-20T10:00:00+08:00", "2026-10-20T10:10:00+08:00")).await;
    assert!(daemon.stop().success());
    let mut daemon = Daemon::start(folder.path(), setup(CLOSING, postgres));
    let closed = version(&api, &daemon, 1).await;
    assert_eq!((&closed["cause"], &closed["pinned"]), (&"closed".into(), &true.into()), "{closed}");
    assert_eq!((&closed["after"]["downMs"], &closed["before"]), (&600_000.into(), &Value::Null));

    let late = ("2026-10-25T10:00:00+08:00", "2026-10-25T10:05:00+08:00");
    outage(&daemon, CLOSING, 2, late).await;
    let second = version(&api, &daemon, 2).await;
    assert!(second["cause"].as_str().unwrap().starts_with("alarm:"), "{second}");
    assert_eq!((&second["before"]["downMs"], &second["after"]["downMs"]), (&600_000.into(), &900_000.into()));
    let detail = api.get(&daemon, "/api/v1/circuits/C1/sla/versions/2?period=2026-10").await;
    let change = &detail["changes"].as_array().unwrap()[..];
    assert_eq!(change.len(), 1);
    assert_eq!(change[0]["start"], "2026-10-25T02:00:00Z");

    let eoms = link(&daemon, &CNM_FOR_EOMS, &desk(), &Clock::starting_at(Time::parse(CLOSING).unwrap(), 1.0));
    tell_cutovers(&eoms, &[late_work(), late_work()]).await;
    let third = version(&api, &daemon, 3).await;
    assert_eq!((&third["cause"], &third["after"]["downMs"]), (&"cutover:GC-9".into(), &780_000.into()), "{third}");

    // The same again, something of November, and a restart change nothing of October.
    outage(&daemon, CLOSING, 3, ("2026-11-03T10:00:00+08:00", "2026-11-03T10:05:00+08:00")).await;
    daemon.kill();
    daemon.restart();
    outage(&daemon, CLOSING, 2, late).await;
    let kept = stays(std::time::Duration::from_secs(3), async || versions(&api, &daemon).await.len() == 3).await;
    assert!(kept, "{:?}", versions(&api, &daemon).await);
    let other = api.get(&daemon, "/api/v1/circuits/C2/sla/versions?period=2026-10").await;
    assert_eq!(other.as_array().unwrap().len(), 1, "only what is touched is looked at");
    let log = api.all(&daemon, "/api/v1/sla/versions").await;
    let numbers: Vec<&Value> = log.iter().map(|version| &version["version"]).collect();
    assert_eq!(numbers, [3, 2], "what changed a figure, newest first");
    let figure = api.get(&daemon, "/api/v1/circuits/C1/sla?period=2026-10").await;
    assert_eq!(figure["downMs"], 780_000, "the last version is what is computed now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_fact_makes_one_version() {
    what_comes_late_makes_the_next_version(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_fact_makes_one_version_on_postgres() {
    what_comes_late_makes_the_next_version(Some(&store::testing::postgres_url().await)).await;
}

fn verify(folder: &Path) -> Output {
    let mut command = Command::new(program());
    command.args(["audit", "verify", "--config"]).arg(folder.join("linesman.toml")).output().unwrap()
}

/// Changes the database as somebody with a shell would.
fn tamper(folder: &Path, sql: &str) {
    let script = "import sqlite3, sys\nd = sqlite3.connect(sys.argv[1])\nd.executescript(sys.argv[2])\nd.commit()";
    let database = std::fs::read_dir(folder.join("data")).unwrap().map(|entry| entry.unwrap().path());
    let database = database.into_iter().find(|path| path.extension().is_some_and(|end| end == "db")).unwrap();
    let done = Command::new("python3").args(["-c", script]).arg(database).arg(sql).status().unwrap();
    assert!(done.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_at_the_audit_log_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = in_october(folder.path(), None);
    Api::admin(&daemon).await; // makes a user and a token: entries of the log
    let beside = verify(folder.path());
    assert!(beside.status.success(), "beside the daemon: {}", String::from_utf8_lossy(&beside.stderr));
    assert!(daemon.stop().success());
    let whole = verify(folder.path());
    let said = String::from_utf8_lossy(&whole.stdout).into_owned();
    assert!(whole.status.success() && said.contains("whole") && said.contains("1 checkpoints"), "{said}");
    for (sql, complaint) in [
        ("delete from audit where id = (select max(id) from audit)", "cut off"),
        ("update meta set value = value - 1 where key = 'audit'", "cut off"),
        ("update audit set who = 'nobody' where id = 1", "entry 1 does not fit"),
    ] {
        tamper(folder.path(), sql);
        let found = verify(folder.path());
        let said = String::from_utf8_lossy(&found.stderr).into_owned();
        assert!(found.status.code() == Some(1) && said.contains(complaint), "{sql}: {said}");
    }
}
