//! A positive answer means that the disk has it: the system calls of the daemon are watched, and each
//! alarm that was acknowledged alone has cost at least one completed flush.

use sims::load::LoadSettings;
use tokio_util::sync::CancellationToken;

use crate::crash::{load, manager};
use crate::daemon::{Daemon, Setup};

const ALARMS: u64 = 40;

/// Flushes that the daemon completed so far.
fn flushes(trace: &std::path::Path) -> usize {
    let text = std::fs::read_to_string(trace).unwrap_or_default();
    text.lines().filter(|line| line.contains("sync") && line.ends_with("= 0")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_alarm_was_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    // `-D`: the daemon stays our child, the tracer stands aside.
    let words = ["strace", "-D", "-f", "-e", "trace=fdatasync,fsync", "-o"];
    let mut wrapper: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    wrapper.push(trace.display().to_string());
    let mut daemon = Daemon::start(folder.path(), Setup { wrapper, peers: vec![manager()], ..Setup::default() });
    let before = flushes(&trace);
    let one_by_one = LoadSettings { connections: 1, alarms_per_request: 1, requests: ALARMS, ..load(&daemon, "D-", 1) };
    let report = sims::load::run(one_by_one, CancellationToken::new()).await;
    let during = flushes(&trace) - before;
    assert_eq!((report.acknowledged.len() as u64, report.refused, report.broken), (ALARMS, 0, 0), "{}", daemon.log());
    assert!(during as u64 >= ALARMS, "{ALARMS} alarms were acknowledged after {during} flushes");
    assert!(daemon.stop().success(), "{}", daemon.log());
}
