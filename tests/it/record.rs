//! `linesman record`: what a manager sent becomes cases, beside the running daemon.

use std::process::Command;

use sims::alarm::{Subject, raised};
use sims::world::knowledge::LOS;

use crate::daemon::{Setup, program, wait_for};
use crate::street::Street;

const TITLE: &str = "a title that no other alarm has";

async fn messages_become_cases(setup: Setup) {
    let street = Street::start(setup, (4, 30)).await;
    let sim = street.carrier.managers.first().unwrap().clone();
    let port = street.carrier.world.circuits.first().unwrap().a_port.clone();
    let mut record = raised(&LOS, &Subject::Port(port), street.carrier.clock.now());
    record.alarm_title = TITLE.into();
    let id = sim.raise(record);
    wait_for("the alarm", async || {
        street.all("/api/v1/alarms").await.iter().any(|alarm| alarm["alarmId"] == id.as_str()).then_some(())
    })
    .await;
    let out = tempfile::tempdir().unwrap();
    let run = |peer: &str| {
        let mut command = Command::new(program());
        command
            .arg("record")
            .arg("--config")
            .arg(street.daemon.config())
            .args(["--peer", peer, "--last", "5", "--out"]);
        command.arg(out.path()).output().unwrap()
    };
    for folder in ["reportAlarm-1", "reportAlarm-2"] {
        let told = run(sim.sys_code());
        assert!(told.status.success(), "{told:?}");
        assert!(String::from_utf8_lossy(&told.stdout).contains(folder), "{told:?}");
        let case = out.path().join(folder);
        let request = std::fs::read_to_string(case.join("request.xml")).unwrap();
        assert!(
            request.contains(TITLE) && request.contains("p4ss-w0rd") && !request.contains("carrier-secret"),
            "{request}"
        );
        let peer = std::fs::read_to_string(case.join("peer.toml")).unwrap();
        assert!(peer.contains(sim.sys_code()) && !peer.contains("carrier-secret"), "{peer}");
    }
    let unknown = run("GD_NOBODY");
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("no peer \"GD_NOBODY\""));
    street.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_a_manager_become_cases() {
    messages_become_cases(Setup::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_a_manager_become_cases_on_postgres() {
    messages_become_cases(Setup { postgres: Some(store::testing::postgres_url().await), ..Setup::default() }).await;
}
