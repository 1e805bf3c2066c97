//! The log: structured, one line an event, to standard error; in colours where a person reads it.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Starts the log. A second call is a no-op, so that tests may call it.
pub fn start_log(settings: &Log) {
    // A library that warns of every odd byte that strangers send; what matters of it we count ourselves.
    let level = format!("async_snmp=error,{}", settings.level);
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = stderr().is_terminal();
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(stderr);
    let started = if settings.json { base.json().try_init() } else { base.try_init() };
    drop(started);
}
