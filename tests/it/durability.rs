//! A positive answer means that the disk has it: the system calls of the daemon are watched, and before
//! each answer to an alarm that was told alone there is a completed flush of its own.

use sims::load::LoadSettings;
use tokio_util::sync::CancellationToken;

use crate::crash::{load, manager};
use crate::daemon::{Daemon, Setup};

const ALARMS: u64 = 40;

/// A line of the trace that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Flushed,
    Answered,
}

/// What the daemon has done so far, in order: flushes when they were complete, answers when they began.
fn steps(trace: &std::path::Path) -> Vec<Step> {
    let text = std::fs::read_to_string(trace).unwrap_or_default();
    let step = |line: &str| match line.contains("HTTP/1.1 200") {
        true => Some(Step::Answered),
        false => (line.contains("sync") && line.ends_with("= 0")).then_some(Step::Flushed),
    };
    text.lines().filter_map(step).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_alarm_was_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    // `-D`: the daemon stays our child, the tracer stands aside.
    let words = ["strace", "-D", "-f", "-e", "trace=fdatasync,fsync,write,writev,sendto,sendmsg", "-o"];
    let mut wrapper: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    wrapper.push(trace.display().to_string());
    let mut daemon = Daemon::start(folder.path(), Setup { wrapper, peers: vec![manager()], ..Setup::default() });
    let before = steps(&trace).len();
    let one_by_one = LoadSettings { connections: 1, alarms_per_request: 1, requests: ALARMS, ..load(&daemon, "D-", 1) };
    let report = sims::load::run(one_by_one, CancellationToken::new()).await;
    let during = steps(&trace).split_off(before);
    assert_eq!((report.acknowledged.len() as u64, report.refused, report.broken), (ALARMS, 0, 0), "{}", daemon.log());
    let answers = during.iter().filter(|step| **step == Step::Answered).count();
    assert!(answers as u64 >= ALARMS, "the trace shows the answers: {during:?}");
    let naked = during.windows(2).any(|pair| pair == [Step::Answered, Step::Answered]);
    assert!(!naked && during.first() == Some(&Step::Flushed), "an answer had no flush before it: {during:?}");
    assert!(daemon.stop().success(), "{}", daemon.log());
}
