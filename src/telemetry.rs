//! The log: structured, one line an event, to standard error.

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Starts the log. A second call is a no-op, so that tests may call it.
pub fn start_log(settings: &Log) {
    let filter = EnvFilter::try_new(&settings.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if settings.json { base.json().try_init() } else { base.try_init() };
    drop(started);
}
