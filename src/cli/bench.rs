//! `linesman bench`: speed, memory and disk against what is required.

use std::path::PathBuf;

use clap::Args;

use crate::bench::{Section, Settings};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Circuits of the carrier.
    #[arg(long, default_value_t = 100_000)]
    circuits: usize,
    /// Active alarms that are there when the rest is measured.
    #[arg(long, default_value_t = 100_000)]
    active: u64,
    /// Seconds of each measurement of one alarm a request.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only these, joined by commas. The load and the filling happen for all but `disk` and `sla-files`.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Section>,
    /// Measure on this empty PostgreSQL database instead of SQLite.
    #[arg(long)]
    postgres: Option<String>,
    /// Folder of the data; one below the system's temporary folder otherwise, removed at the end.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl Bench {
    /// Measures and prints.
    pub fn run(self) -> anyhow::Result<()> {
        crate::telemetry::start_log(&crate::config::Log { level: "error".to_owned(), json: false });
        let temporary = std::env::temp_dir().join(format!("linesman-bench-{}", std::process::id()));
        let folder = self.data.clone().unwrap_or_else(|| temporary.clone());
        let settings = Settings {
            stand: crate::bench::StandSettings { circuits: self.circuits, postgres: self.postgres },
            active: self.active,
            seconds: self.seconds,
            only: self.only,
        };
        let outcome = super::runtime()?.block_on(crate::bench::run(settings, &folder));
        if self.data.is_none() {
            // A leftover is no reason to fail.
            drop(std::fs::remove_dir_all(&temporary));
        }
        outcome
    }
}
