//! The commands, their arguments and their help. Each command is one file below.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong arguments or configuration.

mod audit;
#[cfg(feature = "demo")]
mod bench;
mod check;
#[cfg(feature = "demo")]
pub(crate) mod demo;
mod explain;
mod import;
mod init;
mod pm;
mod record;
mod report;
mod serve;
mod sla;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError};

/// Customer network management: from a network manager's alarm to the figure on a customer's report.
#[derive(Debug, Parser)]
#[command(name = "linesman", version, after_help = "Start with: linesman demo")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the daemon.
    #[command(after_help = "Example:\n  linesman serve --config /etc/linesman/linesman.toml")]
    Serve(serve::Serve),
    /// Check a configuration: every fault at once, then whether each peer can be reached.
    #[command(after_help = "Example:\n  linesman check --config linesman.toml")]
    Check(ConfigFile),
    /// Write a commented configuration and the folders it names.
    #[command(after_help = "Example:\n  linesman init /etc/linesman")]
    Init(init::Init),
    /// Load resources from a folder of CSV files, as a resource system would deliver them.
    #[command(after_help = "Examples:\n  linesman import --config linesman.toml ./inventory\n  \
                            linesman import --config linesman.toml ./inventory --approve")]
    Import(import::Import),
    /// Compute SLA figures from files, without a server or a database.
    Sla(sla::Sla),
    /// Make a month's reports as files, from the store of a daemon that may be running; nothing is issued.
    #[command(after_help = report::EXAMPLES)]
    Report(report::Report),
    /// Say why a figure is what it is, from the same files as `sla`.
    #[command(subcommand)]
    Explain(explain::Explain),
    /// Look at performance files as the daemon reads them.
    #[command(subcommand)]
    Pm(pm::Pm),
    /// Turn messages that a peer sent into recorded cases for the tests of `collectors`.
    ///
    /// Takes them from the store of a daemon that may be running: what alarms were read from, and what was refused.
    #[command(after_help = record::EXAMPLES)]
    Record(record::Record),
    /// Check the log of who did what.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Run the daemon beside a small carrier on loopback that lives through a scripted day.
    #[cfg(feature = "demo")]
    #[command(after_help = "Examples:\n  linesman demo\n  linesman demo --seed 42 --speed 10\n  \
                            linesman demo --clock 2026-11-07T02:28:12+08:00 --data /tmp/demo")]
    Demo(demo::Demo),
    /// Measure speed, memory and disk of the daemon against what is required of them.
    #[cfg(feature = "demo")]
    #[command(after_help = "Examples:\n  linesman bench\n  linesman bench --circuits 20000 --only soap-1,page\n  \
                            linesman bench --postgres postgres://localhost/bench")]
    Bench(bench::Bench),
}

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
pub struct ConfigFile {
    /// Configuration file (TOML).
    #[arg(long, default_value = "linesman.toml")]
    pub config: PathBuf,
}

/// A fixed or shifted start of time, for tests and demos.
#[derive(Clone, Debug, Args)]
pub struct ClockArgs {
    /// Let time start here instead of now (RFC 3339), e.g. 2026-11-07T02:28:12+08:00.
    #[arg(long, value_parser = read_time)]
    pub clock: Option<model::time::Time>,
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        let outcome = match self.command {
            Command::Serve(serve) => serve.run(),
            Command::Check(file) => check::run(&file),
            Command::Init(init) => init.run(),
            Command::Import(import) => import.run(),
            Command::Sla(sla) => sla.run(),
            Command::Report(report) => report.run(),
            Command::Explain(explain) => explain.run(),
            Command::Pm(pm) => pm.run(),
            Command::Record(record) => record.run(),
            Command::Audit(audit) => audit.run(),
            #[cfg(feature = "demo")]
            Command::Demo(demo) => demo.run(),
            #[cfg(feature = "demo")]
            Command::Bench(bench) => bench.run(),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                say_error(&error);
                if error.is::<ConfigError>() { ExitCode::from(2) } else { ExitCode::FAILURE }
            }
        }
    }
}

impl ConfigFile {
    /// Reads and checks it.
    ///
    /// # Errors
    /// [`ConfigError`], listing all faults.
    pub fn read(&self) -> Result<Config, ConfigError> {
        Config::read(&self.config)
    }
}

impl ClockArgs {
    /// The clock asked for.
    pub fn clock(&self) -> intake::Clock {
        self.clock.map_or_else(intake::Clock::system, |start| intake::Clock::starting_at(start, 1.0))
    }
}

/// The runtime of a command.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

#[expect(clippy::print_stderr, reason = "a command speaks to its user")]
fn say_error(error: &anyhow::Error) {
    eprintln!("linesman: {error:#}");
}

/// Prints a line for the user of a command. Whoever does not read on need not hear that.
pub(crate) fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn read_time(text: &str) -> Result<model::time::Time, String> {
    model::time::Time::parse(text).map_err(|error| error.to_string())
}
