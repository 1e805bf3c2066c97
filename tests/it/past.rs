//! What was still counts: ended alarms after a restart, a circuit's status and a contract's plan from
//! when they were learnt.

use std::path::Path;

use model::source::SourceKind;
use model::time::{Time, Zone};
use sims::carrier::PeerInfo;
use soap::Contract;
use soap::contract::{CNM_FOR_RESOURCE, CNM_FOR_TRANSPORT};

use crate::api::Api;
use crate::crash::manager;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::letter::{Letter, now, post};

const FILES: [(&str, &str); 5] = [
    ("NE.csv", "neId,name,specialty\nN1,N1,TRANS\n"),
    ("CUSTOMER.csv", "customerNo,name\nK1,Bank\n"),
    ("CONTRACT.csv", "contractNo,customerNo,slaPlan,startDate\nT1,K1,first,2026-01-01\n"),
    ("CIRCUIT.csv", "circuitCode,customerNo,contractNo,status,inServiceTime\nC1,K1,T1,ACTIVE,2026-01-01\n"),
    ("ROUTE.csv", "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,NE,N1\n"),
];
const PLANS: &str = "[plan.first]\ntarget = 99.9\n[plan.second]\ntarget = 95.0\n";

fn resources() -> PeerInfo {
    PeerInfo { caller: "GD_RMS".to_owned(), kind: SourceKind::Resource, ems_names: Vec::new(), ..manager() }
}

/// A daemon with one circuit over one element.
fn start(folder: &Path, clock: Option<&str>) -> Daemon {
    let inventory = folder.join("inventory");
    std::fs::create_dir_all(&inventory).unwrap();
    for (name, text) in FILES {
        std::fs::write(inventory.join(name), text).unwrap();
    }
    std::fs::write(folder.join("plans.toml"), PLANS).unwrap();
    let setup = Setup {
        extra: "[sla]\nplans_file = \"plans.toml\"\n".to_owned(),
        peers: vec![manager(), resources()],
        clock: clock.map(str::to_owned),
        ..Setup::default()
    };
    Daemon::import(folder, &setup, &inventory);
    Daemon::start(folder, setup)
}

/// Tells something; it must be taken.
async fn tell(daemon: &Daemon, contract: &Contract, operation: &str, at: Time, arguments: &str) {
    static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let peer = if contract.name == CNM_FOR_RESOURCE.name { resources() } else { manager() };
    let arguments = format!("<notificationId>{number}</notificationId>{arguments}");
    let letter = Letter::of(&peer, &format!("M-{number}"), at);
    let answer = post(daemon, contract, letter.text(contract, operation, &arguments)).await;
    assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
    assert!(!answer.text.contains("<results>"), "{}", answer.text);
}

async fn report(daemon: &Daemon, at: Time, raised: Time, cleared: Option<Time>) {
    let local = |at: Time| Zone::china().write_local(at);
    let life = match cleared {
        None => "<alarmStatus>ACTIVE</alarmStatus>".to_owned(),
        Some(end) => format!("<alarmStatus>CLEARED</alarmStatus><clearTime>{}</clearTime>", local(end)),
    };
    let alarm = format!(
        "<alarm><alarmId>A1</alarmId><specialty>TRANS</specialty><objectId>N1</objectId><objectType>NE</objectType>\
         <nativeCause>NE_COMMU_BREAK</nativeCause><severity>1</severity><serviceAffecting>Y</serviceAffecting>\
         <neTime>{0}</neTime><emsTime>{0}</emsTime>{life}</alarm>",
        local(raised)
    );
    tell(daemon, &CNM_FOR_TRANSPORT, "reportAlarm", at, &alarm).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_is_over_takes_its_alarm_back_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = start(folder.path(), None);
    let api = Api::admin(&daemon).await;
    let ago = |s: i64| now().plus_s(-s);
    report(&daemon, now(), ago(3_000), Some(ago(1_500))).await;
    let faults = async |daemon: &Daemon| api.all(daemon, "/api/v1/faults?state=all").await;
    let closed = faults(&daemon).await;
    assert_eq!((closed.len(), &closed[0]["state"]), (1, &"closed".into()), "its reopen window is over");
    daemon.kill();
    daemon.restart();
    assert_eq!(faults(&daemon).await, closed, "it is still known");
    report(&daemon, now(), ago(700), None).await; // within 15 minutes of the end
    let open = faults(&daemon).await;
    assert_eq!((open.len(), &open[0]["faultNo"]), (1, &closed[0]["faultNo"]));
    assert_eq!((&open[0]["state"], &open[0]["alarms"]), (&"open".into(), &2.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn status_acts_when_learnt_and_a_plan_from_the_next_period() {
    const CLOCK: &str = "2026-11-30T23:59:56+08:00";
    let folder = tempfile::tempdir().unwrap();
    let daemon = start(folder.path(), Some(CLOCK));
    let api = Api::admin(&daemon).await;
    let at = Time::parse(CLOCK).unwrap();
    let notice = async |class: &str, key: &str, name: &str, value: &str| {
        let field = format!("<fields><name>{name}</name><value>{value}</value></fields>");
        let notice = format!("<class>{class}</class><opType>MOD</opType><key>{key}</key>{field}");
        tell(&daemon, &CNM_FOR_RESOURCE, "resourceChangeNotify", at, &notice).await;
    };
    notice("CONTRACT", "T1", "slaPlan", "second").await;
    notice("CIRCUIT", "C1", "status", "SUSPENDED").await;
    let sla = async |query: &str| api.get(&daemon, &format!("/api/v1/circuits/C1/sla{query}")).await;
    let november = wait_for("the suspension to show", async || {
        let sla = sla("?period=2026-11").await;
        (sla["notInServiceMs"].as_i64() > Some(0)).then_some(sla)
    })
    .await;
    assert_eq!((&november["methodName"], &november["target"]), (&"first".into(), &"99.9".into()));
    assert!(november["notInServiceMs"].as_i64() < Some(60_000), "only from when it was learnt: {november}");
    wait_for("December and its plan", async || (sla("").await["methodName"] == "second").then_some(())).await;
    notice("CIRCUIT", "C1", "status", "ACTIVE").await;
    let last = async || sla("").await["ledger"].as_array().unwrap().last().unwrap()["class"].clone();
    wait_for("service again", async || (last().await == "up").then_some(())).await;
    assert_eq!(sla("?period=2026-11").await["methodName"], "first", "the old period keeps its plan");
}
