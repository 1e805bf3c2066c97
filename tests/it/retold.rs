//! What the inventory says late of a month whose figures are kept makes their next version, of the circuits
//! that it is about only; what acts later leaves them alone.

use std::path::Path;
use std::time::Duration;

use model::source::SourceKind;
use model::time::Time;
use serde_json::Value;
use sims::carrier::PeerInfo;
use soap::contract::CNM_FOR_RESOURCE;

use crate::api::{self, Api};
use crate::crash::manager;
use crate::daemon::{Daemon, Setup, wait_for};
use crate::letter::{Letter, post};
use crate::street::stays;
use crate::versions::outage;

const CIRCUITS: &str = "circuitCode,customerNo,contractNo,status,inServiceTime\n\
    C1,K1,T1,ACTIVE,2026-01-01\nC2,K1,T1,ACTIVE,2026-01-01\nC3,K1,T2,ACTIVE,2026-01-01\n";
const FILES: [(&str, &str); 5] = [
    ("CUSTOMER.csv", "customerNo,name\nK1,Bank\n"),
    ("CONTRACT.csv", "contractNo,customerNo,slaPlan\nT1,K1,first\n"),
    ("NE.csv", "neId,name,specialty\nN1,N1,TRANS\n"),
    ("CIRCUIT.csv", CIRCUITS),
    ("ROUTE.csv", "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,NE,N1\nC3,1,1,1,NE,N1\n"),
];
const PLANS: &str = "[plan.first]\ntarget = 99.9\n[plan.second]\ntarget = 95.0\n[plan.third]\nmin_outage_s = 3600\n";
const OCTOBER: &str = "2026-10-20T12:00:00+08:00";
/// Three days after the month: its figures are kept.
const CLOSING: &str = "2026-11-04T00:30:00+08:00";
/// After all that is told: what a notice says is newer than a file from before it.
const LATER: &str = "2026-11-04T01:30:00+08:00";

fn resources() -> PeerInfo {
    PeerInfo { caller: "GD_RMS".to_owned(), kind: SourceKind::Resource, ems_names: Vec::new(), ..manager() }
}

fn setup(clock: &str, postgres: Option<&str>) -> Setup {
    Setup {
        extra: "[sla]\nplans_file = \"plans.toml\"\n".to_owned(),
        peers: vec![manager(), resources()],
        clock: Some(clock.to_owned()),
        postgres: postgres.map(str::to_owned),
        ..Setup::default()
    }
}

/// Writes files of resources and loads them while no daemon runs.
fn import(folder: &Path, name: &str, files: &[(&str, &str)], setup: &Setup) {
    let inventory = folder.join(name);
    std::fs::create_dir_all(&inventory).unwrap();
    for (name, text) in files {
        std::fs::write(inventory.join(name), text).unwrap();
    }
    Daemon::import(folder, setup, &inventory);
}

/// Tells a change of one resource.
async fn tell(daemon: &Daemon, number: u32, (op, class, key): (&str, &str, &str), fields: &[(&str, &str)]) {
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("<fields><name>{name}</name><value>{value}</value></fields>"))
        .collect();
    let notice = format!(
        "<notificationId>{number}</notificationId><class>{class}</class><opType>{op}</opType><key>{key}</key>{fields}"
    );
    let letter = Letter::of(&resources(), &format!("R-{number}"), Time::parse(CLOSING).unwrap());
    let answer = post(daemon, &CNM_FOR_RESOURCE, letter.text(&CNM_FOR_RESOURCE, "resourceChangeNotify", &notice)).await;
    assert_eq!((answer.status, answer.code()), (200, "0"), "{}", answer.text);
    assert!(!answer.text.contains("<results>"), "{}", answer.text);
}

async fn versions(api: &Api, daemon: &Daemon, circuit: &str) -> Vec<Value> {
    let path = format!("/api/v1/circuits/{circuit}/sla/versions?period=2026-10");
    api.get(daemon, &path).await.as_array().unwrap().clone()
}

/// Waits for a version of a number: its cause and down time.
async fn version(api: &Api, daemon: &Daemon, circuit: &str, number: usize) -> (String, i64) {
    let all = async || Some(versions(api, daemon, circuit).await).filter(|all| all.len() >= number);
    let last = wait_for(&format!("version {number} of {circuit}"), all).await[0].clone();
    (last["cause"].as_str().unwrap().to_owned(), last["after"]["downMs"].as_i64().unwrap())
}

/// How many kept figures were computed again since the start.
async fn recomputed(daemon: &Daemon) -> u64 {
    let metrics = api::metrics(daemon).await;
    let line = metrics.lines().find_map(|line| line.strip_prefix("linesman_figures_recomputed_total "));
    line.unwrap().trim().parse().unwrap()
}

async fn the_inventory_is_told_late(postgres: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plans.toml"), PLANS).unwrap();
    import(folder.path(), "first", &FILES, &setup(OCTOBER, postgres));
    let mut daemon = Daemon::start(folder.path(), setup(OCTOBER, postgres));
    outage(&daemon, OCTOBER, 1, ("2026-10-20T10:00:00+08:00", "2026-10-20T10:10:00+08:00")).await;
    assert!(daemon.stop().success());
    let mut daemon = Daemon::start(folder.path(), setup(CLOSING, postgres));
    let api = Api::admin(&daemon).await;
    for (circuit, down_ms) in [("C1", 600_000), ("C2", 0), ("C3", 600_000)] {
        assert_eq!(version(&api, &daemon, circuit, 1).await, ("closed".to_owned(), down_ms));
    }

    let c1 = ("MOD", "CIRCUIT", "C1");
    tell(&daemon, 1, c1, &[("inServiceTime", "2026-10-20 10:05:00")]).await;
    assert_eq!(version(&api, &daemon, "C1", 2).await, ("inventory".to_owned(), 300_000));
    tell(&daemon, 2, ("MOD", "ROUTE", "C1|1|1|1|"), &[("validTo", "2026-10-20 10:07:00")]).await;
    assert_eq!(version(&api, &daemon, "C1", 3).await, ("inventory".to_owned(), 120_000));
    assert_eq!(recomputed(&daemon).await, 2, "of one circuit, once for each fact");

    // These act from now on.
    tell(&daemon, 3, c1, &[("status", "SUSPENDED")]).await;
    tell(&daemon, 4, ("MOD", "CONTRACT", "T1"), &[("slaPlan", "second")]).await;
    tell(&daemon, 5, c1, &[("name", "Bank, line 1")]).await;
    let quiet = stays(Duration::from_secs(6), async || recomputed(&daemon).await == 2).await;
    assert!(quiet, "what acts later is not looked at: {}", recomputed(&daemon).await);
    // A contract that was not known brings its plan for all of its circuits' time.
    tell(&daemon, 6, ("ADD", "CONTRACT", "T2"), &[("contractNo", "T2"), ("customerNo", "K1"), ("slaPlan", "third")])
        .await;
    assert_eq!(version(&api, &daemon, "C3", 2).await, ("plan".to_owned(), 0));
    assert_eq!(recomputed(&daemon).await, 3);

    // The same by a file, while no daemon runs.
    assert!(daemon.stop().success());
    import(folder.path(), "second", &[("CIRCUIT.csv", CIRCUITS)], &setup(LATER, postgres));
    let daemon = Daemon::start(folder.path(), setup(LATER, postgres));
    assert_eq!(version(&api, &daemon, "C1", 4).await, ("inventory".to_owned(), 420_000));
    assert_eq!(recomputed(&daemon).await, 1);
    assert_eq!(versions(&api, &daemon, "C2").await.len(), 1, "nobody told anything of it");
}

/// Two elements, each with a board, a port below it and a link between the ports; C1 runs over the link, C2 ends at
/// the port of the second element, C3 runs over an element that nothing is told of.
const NETWORK: [(&str, &str); 7] = [
    ("CUSTOMER.csv", "customerNo,name\nK1,Bank\n"),
    ("NE.csv", "neId,name,specialty\nN1,N1,TRANS\nN2,N2,TRANS\nN3,N3,TRANS\n"),
    ("BOARD.csv", "boardId,neId\nB1,N1\nB2,N2\n"),
    ("PORT.csv", "portId,neId,boardId\nP1,N1,B1\nP2,N2,B2\nP3,N3,\n"),
    ("LINK.csv", "linkId,aPortId,zPortId\nL1,P1,P2\n"),
    (
        "CIRCUIT.csv",
        "circuitCode,customerNo,status,inServiceTime\nC1,K1,ACTIVE,2026-01-01\nC2,K1,ACTIVE,2026-01-01\n\
         C3,K1,ACTIVE,2026-01-01\n",
    ),
    (
        "ROUTE.csv",
        "circuitCode,segment,alternative,hop,objectType,objectId\nC1,1,1,1,LINK,L1\nC2,1,1,1,PORT,P2\n\
         C3,1,1,1,NE,N3\n",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_hangs_elsewhere_makes_versions_of_what_runs_over_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plans.toml"), PLANS).unwrap();
    import(folder.path(), "first", &NETWORK, &setup(OCTOBER, None));
    let mut daemon = Daemon::start(folder.path(), setup(OCTOBER, None));
    // N1 was out of reach for ten minutes: the link ends there.
    outage(&daemon, OCTOBER, 1, ("2026-10-20T10:00:00+08:00", "2026-10-20T10:10:00+08:00")).await;
    assert!(daemon.stop().success());
    let daemon = Daemon::start(folder.path(), setup(CLOSING, None));
    let api = Api::admin(&daemon).await;
    for (circuit, down_ms) in [("C1", 600_000), ("C2", 0), ("C3", 0)] {
        assert_eq!(version(&api, &daemon, circuit, 1).await, ("closed".to_owned(), down_ms));
    }

    // The link never ended there.
    tell(&daemon, 1, ("MOD", "LINK", "L1"), &[("aPortId", "P3")]).await;
    assert_eq!(version(&api, &daemon, "C1", 2).await, ("inventory".to_owned(), 0));
    assert_eq!(recomputed(&daemon).await, 1, "of the link's circuit only");
    // The board of the second port is in the first element: the link below it and the port itself were down.
    tell(&daemon, 2, ("MOD", "BOARD", "B2"), &[("neId", "N1")]).await;
    assert_eq!(version(&api, &daemon, "C2", 2).await, ("inventory".to_owned(), 600_000));
    assert_eq!(version(&api, &daemon, "C1", 3).await, ("inventory".to_owned(), 600_000));
    assert_eq!(recomputed(&daemon).await, 3);
    // The port is in no board, and in the second element.
    tell(&daemon, 3, ("MOD", "PORT", "P2"), &[("boardId", "")]).await;
    assert_eq!(version(&api, &daemon, "C2", 3).await, ("inventory".to_owned(), 0));
    assert_eq!(version(&api, &daemon, "C1", 4).await, ("inventory".to_owned(), 0));
    // A name says nothing of a figure.
    tell(&daemon, 4, ("MOD", "PORT", "P2"), &[("name", "GE1")]).await;
    tell(&daemon, 5, ("MOD", "NE", "N2"), &[("name", "Two")]).await;
    let quiet = stays(Duration::from_secs(6), async || recomputed(&daemon).await == 5).await;
    assert!(quiet, "what bears on no figure is not looked at: {}", recomputed(&daemon).await);
    assert_eq!(versions(&api, &daemon, "C3").await.len(), 1, "nobody told anything of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inventory_that_is_told_late_makes_versions() {
    the_inventory_is_told_late(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inventory_that_is_told_late_makes_versions_on_postgres() {
    the_inventory_is_told_late(Some(&store::testing::postgres_url().await)).await;
}
