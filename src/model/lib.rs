//! The words that every room shares: time, resources, alarms, faults, tickets, planned work.
//!
//! Small and dull on purpose: plain data with the field's own names, no I/O, no policy.
//!
//! - [`time`]: instants, windows and the zones of the wire
//! - [`resource`]: the inventory's classes and their rows
//! - [`alarm`]: the common alarm record, its codes, and an alarm episode as it is shown
//! - [`fault`]: one cause, its alarms, its circuits
//! - [`ticket`]: what we asked of the e-ops system and what it said
//! - [`work`]: planned work (cutovers) and suspended clocks
//! - [`pm`]: performance data: who was measured, when, and what it is worth
//! - [`probe`]: delay tests, and what the classes of a circuit carried
//! - [`sample`]: the same as it is kept
//! - [`threshold`]: thresholds over it, and their crossings
//! - [`correction`]: what people correct in a ledger
//! - [`credit`]: what is given back for a broken promise, and who decided so
//! - [`report`]: the words of runs, files and deliveries of reports
//! - [`source`]: the peers we listen to and how they are
//! - [`code`]: result codes of the interfaces
//! - [`text`]: texts that many records share

pub mod alarm;
pub mod code;
mod content;
pub mod correction;
pub mod credit;
pub mod fault;
pub mod pm;
pub mod probe;
pub mod report;
pub mod resource;
pub mod sample;
pub mod source;
pub mod text;
pub mod threshold;
pub mod ticket;
pub mod time;
mod words;
pub mod work;
