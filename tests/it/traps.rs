//! Devices of their own: net-snmp's programs against the whole daemon.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::api::{self, Api};
use crate::daemon::{Daemon, Setup, program, wait_for};

const SECRETS: &str = "-a SHA-256 -A auth-secret -x AES-256 -X privacy-secret";
const LINK_DOWN: &str = ".1.3.6.1.6.3.1.1.5.3";
const LINK_UP: &str = ".1.3.6.1.6.3.1.1.5.4";

const SNMP: &str = r#"
[snmp]
listen = "127.0.0.1:0"
communities_file = "communities"
maps = "maps"
[[snmp.user]]
name = "device"
auth = "sha256"
auth_file = "auth"
privacy = "aes256"
privacy_file = "privacy"
[[snmp.group]]
source = "GD_CPE"
specialty = "IP"
vendor = "华为"
[snmp.group.devices]
"127.0.0.1" = "NE1"
"#;

const MAP: &str = r#"
name = "carrier"
[values]
alarmNo = "1.3.6.1.4.1.9999.1"
[[alarm]]
id = "own"
raise = "1.3.6.1.4.1.9999.0.1"
key = ["alarmNo"]
object_type = "NE"
severity = 1
title = "alarm {alarmNo}"
native_cause = "own"
"#;

fn start(folder: &Path) -> Daemon {
    for (name, text) in [("communities", "public\n"), ("auth", "auth-secret\n"), ("privacy", "privacy-secret\n")] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    std::fs::create_dir_all(folder.join("maps")).unwrap();
    std::fs::write(folder.join("maps/carrier.toml"), MAP).unwrap();
    Daemon::start(folder, Setup { extra: SNMP.to_owned(), ..Setup::default() })
}

/// Runs one of net-snmp's programs; `true` if it is content.
fn send(daemon: &Daemon, program: &str, security: &str, what: &str) -> bool {
    let mut command = Command::new(program);
    command.args(security.split_whitespace()).arg(format!("127.0.0.1:{}", daemon.snmp.unwrap()));
    let status = command.args(what.split_whitespace()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.unwrap().success()
}

fn trap(daemon: &Daemon, what: &str) {
    assert!(send(daemon, "snmptrap", "-v2c -c public", what));
}

fn inform(daemon: &Daemon, what: &str) -> bool {
    send(daemon, "snmpinform", &format!("-t 3 -r 2 -v3 -u device -l authPriv {SECRETS}"), what)
}

fn about(uptime: u32, trap: &str, index: u32) -> String {
    format!("{uptime} {trap} .1.3.6.1.2.1.2.2.1.1.{index} i {index} .1.3.6.1.2.1.2.2.1.2.{index} s eth{index}")
}

fn ids(alarms: &[Value]) -> BTreeSet<String> {
    alarms.iter().map(|alarm| alarm["alarmId"].as_str().unwrap().to_owned()).collect()
}

async fn active(daemon: &Daemon, api: &Api) -> BTreeSet<String> {
    ids(&api.all(daemon, "/api/v1/alarms").await)
}

/// The sum of a counter of notifications, by what became of them.
async fn counted(daemon: &Daemon, outcome: &str) -> f64 {
    let text = api::metrics(daemon).await;
    let ours = |line: &&str| line.starts_with("linesman_snmp") && line.contains(&format!("\"{outcome}\""));
    text.lines().filter(ours).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interface_goes_down_and_up() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = start(folder.path());
    let api = Api::admin(&daemon).await;
    assert!(inform(&daemon, &about(1000, LINK_DOWN, 1)));
    // What has an answer is kept and visible.
    let alarms = api.all(&daemon, "/api/v1/alarms").await;
    assert_eq!(ids(&alarms), BTreeSet::from(["NE1|linkDown|1".to_owned()]));
    assert_eq!((&alarms[0]["objectId"], &alarms[0]["source"]), (&"NE1/eth1".into(), &"GD_CPE".into()));
    // The end overtakes the raise; both come twice, the second time the other way round.
    for uptime_and_trap in [(1300, LINK_UP), (1200, LINK_DOWN), (1200, LINK_DOWN), (1300, LINK_UP)] {
        trap(&daemon, &about(uptime_and_trap.0, uptime_and_trap.1, 2));
    }
    trap(&daemon, &about(1310, LINK_DOWN, 3));
    wait_for("all of it", async || {
        (counted(&daemon, "kept").await + counted(&daemon, "repeated").await >= 6.0).then_some(())
    })
    .await;
    let still = BTreeSet::from(["NE1|linkDown|1".to_owned(), "NE1|linkDown|3".to_owned()]);
    assert_eq!(active(&daemon, &api).await, still);
    assert_eq!(counted(&daemon, "repeated").await, 2.0);
    let cleared = api.all(&daemon, "/api/v1/alarms?state=cleared").await;
    assert_eq!(ids(&cleared), BTreeSet::from(["NE1|linkDown|2".to_owned()]));
    // The map of the operator, what no map has, and a wrong community.
    trap(&daemon, "1320 .1.3.6.1.4.1.9999.0.1 .1.3.6.1.4.1.9999.1.0 i 5");
    trap(&daemon, "1330 .1.3.6.1.4.1.9999.0.2");
    assert!(send(&daemon, "snmptrap", "-v2c -c wrong", &about(1340, LINK_DOWN, 4)));
    wait_for("quarantine", async || {
        let reasons: Vec<String> =
            api.all(&daemon, "/api/v1/quarantine").await.iter().map(|q| q["reason"].to_string()).collect();
        let has = |text: &str| reasons.iter().any(|reason| reason.contains(text));
        (has("1.3.6.1.4.1.9999.0.2") && has("community")).then_some(())
    })
    .await;
    assert!(active(&daemon, &api).await.contains("NE1|own|5"));
    assert_eq!((counted(&daemon, "community").await, counted(&daemon, "unknown").await), (1.0, 1.0));
    let sources = api.all(&daemon, "/api/v1/sources").await;
    let source = sources.iter().find(|source| source["id"] == "GD_CPE").unwrap();
    assert_eq!((&source["kind"], &source["state"]), (&"snmp".into(), &"live".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inform_that_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut daemon = start(folder.path());
    let api = Api::admin(&daemon).await;
    let mut answered = BTreeSet::new();
    for round in 0..3u32 {
        let killer = daemon_killer(&daemon, Duration::from_millis(300 + u64::from(round) * 170));
        for index in round * 100..round * 100 + 60 {
            let security = "-t 1 -r 0 -v2c -c public";
            if !send(&daemon, "snmpinform", security, &about(5000 + index, LINK_DOWN, index)) {
                break;
            }
            answered.insert(format!("NE1|linkDown|{index}"));
        }
        killer.join().unwrap();
        daemon.restart();
        let kept = active(&daemon, &api).await;
        assert!(kept.is_superset(&answered), "lost: {:?}", answered.difference(&kept));
    }
    assert!(answered.len() > 3, "too few were answered to say anything");
    // The engine counts its starts, so a sender of version 3 finds us again.
    assert!(inform(&daemon, &about(9000, LINK_DOWN, 999)));
}

/// Kills the daemon after a while, from beside.
fn daemon_killer(daemon: &Daemon, after: Duration) -> std::thread::JoinHandle<()> {
    let pid = daemon.pid();
    std::thread::spawn(move || {
        std::thread::sleep(after);
        Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
    })
}

#[test]
fn check_tells_every_fault_of_snmp() {
    let folder = tempfile::tempdir().unwrap();
    let text = SNMP.replace("\"aes256\"", "\"aes512\"").replace("GD_CPE", "nocode") + "[snmp2]\n";
    std::fs::write(folder.path().join("linesman.toml"), text).unwrap();
    let check = |folder: &Path| {
        let output =
            Command::new(program()).args(["check", "--config"]).arg(folder.join("linesman.toml")).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let said = check(folder.path());
    for needed in ["aes512", "communities", "nocode", "auth", "maps", "snmp2"] {
        assert!(said.contains(needed), "{needed}: {said}");
    }
}
