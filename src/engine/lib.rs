//! The pure engine: from facts to states, faults and figures. No clock, no async, no SQL, no log:
//! time comes in as a value and every answer is a function of its arguments.
//!
//! - [`inventory`]: objects, routes, circuits and customers, interned; which circuits an alarm touches
//! - [`knowledge`]: what an alarm does to service and what it is

pub mod inventory;
pub mod knowledge;
