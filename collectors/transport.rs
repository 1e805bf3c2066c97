//! Transport network managers (SDH, OTN): alarms and their ends as they happen, the whole list by file.
//!
//! - [`alarms`]: a peer's row to the common record; pure and total
//! - [`wire`]: alarms in a message, and the arguments of what we ask
//! - [`service`]: `CnmForTransport`, what the manager tells us
//! - [`adapter`]: `TransportNms`, what we ask of the manager
//! - [`snapshot`]: the file of a resync

pub mod adapter;
pub mod alarms;
pub mod service;
pub mod snapshot;
pub mod wire;
