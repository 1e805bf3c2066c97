//! The root: what makes one program of the rooms.
//!
//! - [`cli`]: the commands; [`config`]: the configuration file; [`telemetry`], [`metrics`]: log and metrics
//! - [`app`]: the daemon, wired; [`supervisor`]: its tasks; [`health`]: whether it can do its work
//! - [`aside`]: what was refused, on its way into quarantine
//! - [`audit`]: the key of the audit log, and the ends of its chain
//! - [`pipeline`]: the one writer, from a submission to a commit
//! - [`load`]: resource files into the store
//! - [`performance`]: performance files into the store, and what is done with them there
//! - [`tasks`]: background work that looks at the database and does what is due
//! - [`reports`]: a customer's monthly report out of the store
//! - [`sla`]: the offline command, figures from files
//! - `bench`: speed, memory and disk, measured on the real daemon

pub mod app;
pub mod aside;
pub mod audit;
#[cfg(feature = "demo")]
pub mod bench;
pub mod cli;
pub mod config;
pub mod health;
pub mod load;
pub mod metrics;
pub mod performance;
pub mod pipeline;
pub mod reports;
pub mod sla;
pub mod supervisor;
pub mod tasks;
pub mod telemetry;
