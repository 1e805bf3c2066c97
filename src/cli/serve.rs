//! `linesman serve`: the daemon, until SIGTERM or Ctrl-C.

use std::time::Duration;

use clap::Args;

use super::{ClockArgs, ConfigFile};
use crate::app::App;

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    clock: ClockArgs,
    /// Seconds that running work may take to finish after a stop signal.
    #[arg(long, default_value_t = 20)]
    grace_s: u64,
}

impl Serve {
    /// Runs the daemon.
    pub fn run(self) -> anyhow::Result<()> {
        let config = self.file.read()?;
        crate::telemetry::start_log(&config.log);
        super::runtime()?.block_on(async {
            let app = App::start(config, self.clock.clock()).await?;
            app.announce();
            wait_for_signal().await?;
            tracing::info!("stop signal received: finishing what is begun");
            let grace = Duration::from_secs(self.grace_s);
            anyhow::ensure!(app.stop(grace).await, "some work did not finish within {} s", self.grace_s);
            Ok(())
        })
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub(super) async fn wait_for_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
