//! OMCs: alarms of the real-time socket and of the lists that they write.
//!
//! - [`alarms`]: one alarm, a JSON object, to the common record
//! - [`list`]: a list of active alarms, one JSON object a line

pub mod alarms;
pub mod list;

/// What the numbers of an OMC's alarms count for.
pub const INTERFACE: &str = "OMC";

#[cfg(test)]
mod cases;
