//! Why `linesman sla` gives no figure at all. A bad row is not an error but an issue.

use std::path::PathBuf;

use engine::period::PeriodError;
use model::time::{Time, TimeError, Window};

/// A run of `linesman sla` that cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SlaError {
    /// A file cannot be opened or read.
    #[error("cannot read {path}")]
    Read {
        /// Path asked for.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// A file is larger than we take.
    #[error("{path} has {bytes} bytes, more than {max}: split it")]
    TooLarge {
        /// Path.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// A CSV file has no usable header line.
    #[error("{path} line 1: {reason}")]
    Header {
        /// Path.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The plan file is not TOML of the right shape.
    #[error("{path}:\n{message}")]
    PlanShape {
        /// Path.
        path: PathBuf,
        /// What, with line and column.
        message: String,
    },
    /// A file is no answer with figures.
    #[error("{path} is no answer of linesman sla --format json, of GET …/sla or of a kept version: {message}")]
    AnswerShape {
        /// Path.
        path: PathBuf,
        /// What, with line and column.
        message: String,
    },
    /// The plan file has values that cannot be.
    #[error("{path} has {} fault(s):\n  - {}", .faults.len(), .faults.join("\n  - "))]
    PlanFaults {
        /// Path.
        path: PathBuf,
        /// Each with the plan and key that it is about.
        faults: Vec<String>,
    },
    /// `--period` cannot be read.
    #[error("--period")]
    Period(#[source] PeriodError),
    /// `--zone` cannot be read.
    #[error("--zone")]
    Zone(#[source] TimeError),
    /// A time of the command line cannot be read.
    #[error("{option} {text:?}: give a time such as 2026-10-20T00:00:00+08:00 or \"2026-10-20 00:00:00\"")]
    Instant {
        /// The option.
        option: &'static str,
        /// What it was given.
        text: String,
    },
    /// `--at` is not inside what was evaluated.
    #[error("--at {at} is outside of what was evaluated: give a time from {} to before {}", .evaluated.start, .evaluated.end)]
    At {
        /// The time.
        at: Time,
        /// What was evaluated.
        evaluated: Window,
    },
    /// The circuit asked for is none of the inventory.
    #[error("circuit {0:?} is not in CIRCUIT.csv")]
    UnknownCircuit(String),
    /// The answer cannot be written.
    #[error("cannot write the answer")]
    Write(#[source] std::io::Error),
}
