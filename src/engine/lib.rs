//! The pure engine: from facts to states, faults and figures. No clock, no async, no SQL, no log:
//! time comes in as a value and every answer is a function of its arguments.
//!
//! - [`inventory`]: objects, routes, circuits and customers, interned; which circuits an alarm touches
//! - [`knowledge`]: what an alarm does to service and what it is
//! - [`live`]: circuit states, faults and dispatch decisions, kept as alarms and time come in
//! - [`dispatch`]: whether a fault is sent, and why
//!
//! Inside: `impact` counts an alarm into the states of circuits, `fault` groups alarms by their cause.

pub mod dispatch;
mod fault;
mod impact;
pub mod inventory;
pub mod knowledge;
pub mod live;

#[cfg(test)]
mod small_net;
