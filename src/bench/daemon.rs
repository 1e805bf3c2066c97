//! The daemon as a child process: started, measured, stopped.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

/// Clock ticks of `/proc/<pid>/stat` in a second: fixed by Linux for its readers.
const TICKS_S: f64 = 100.0;

/// A running daemon. It is killed when this is dropped.
pub(super) struct Daemon {
    child: Child,
    /// Address of its metrics.
    pub operations: String,
    /// From the start to the address of its listener.
    pub ready_after: Duration,
}

// === impl Daemon ===

impl Daemon {
    /// Starts this program as a daemon and waits until it listens.
    pub(super) fn start(config: &Path) -> anyhow::Result<Self> {
        let began = Instant::now();
        let program = std::env::current_exe().context("cannot find this program")?;
        let mut child = Command::new(program)
            .args(["serve", "--config"])
            .arg(config)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the daemon")?;
        let output = child.stdout.take().context("the daemon has no output")?;
        let mut daemon = Daemon { child, operations: String::new(), ready_after: Duration::ZERO };
        let mut lines = BufReader::new(output).lines();
        let last = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with("operations"));
        let last = last.context("the daemon ended at its start: see above")?;
        daemon.operations = last.split_whitespace().last().unwrap_or_default().trim_end_matches('/').to_owned();
        daemon.ready_after = began.elapsed();
        std::thread::spawn(move || lines.for_each(drop));
        Ok(daemon)
    }

    /// Processor seconds so far.
    pub(super) fn cpu_s(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
        ticks.sum::<f64>() / TICKS_S
    }

    /// Resident memory in MiB.
    pub(super) fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).map_or(f64::NAN, |kib| kib / 1024.0)
    }

    /// Ends it as an operator would.
    pub(super) fn stop(&mut self) -> anyhow::Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status().context("cannot signal the daemon")?;
        let status = self.child.wait()?;
        ensure!(status.success(), "the daemon ended with {status}");
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
