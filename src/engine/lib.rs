//! The pure engine: from facts to states, faults and figures. No clock, no async, no SQL, no log:
//! time comes in as a value and every answer is a function of its arguments.
//!
//! - [`inventory`]: objects, routes, circuits and customers, interned; which circuits an alarm touches
//! - [`knowledge`]: what an alarm does to service and what it is
//! - [`chains`]: short lists of numbers by circuit or object; [`finder`]: places by a key that is kept there
//!
//! Now, kept as alarms and time come in:
//! - [`live`]: circuit states, faults and dispatch decisions; inside, `impact` counts an alarm into the
//!   states of circuits and `fault` groups alarms by their cause
//! - [`dispatch`]: whether a fault is sent, and why
//!
//! The figure, in the order in which it is made:
//! - [`telling`], [`episode`]: the life of an alarm from the set of what was told of it
//! - [`hits`]: what episodes do to circuits, place by place
//! - [`outage`]: when a circuit was down, with alternatives in parallel and segments in series
//! - [`clock`], [`hold`], [`correction`]: tickets, their holds and approved corrections
//! - [`plan`], [`period`], [`calendar`], [`terms`], [`exclusion`]: the accounting method as data
//! - [`ledger`]: time cut into classed intervals with evidence
//! - `tally`, [`sla`], [`quality`]: one pass over the ledger, and the arithmetic on integers
//! - [`figure`]: all of it in one function
//! - [`completeness`]: how much of its time was measured
//! - [`days`]: a ledger cut into the days of a calendar
//! - [`diff`]: what counts otherwise in one ledger than in another
//! - [`customer`]: the figures of many circuits in one
//! - [`explain`]: figures in the words of people; [`place`]: where on the line something is
//!
//! - [`performance`]: what was measured, rolled up; [`threshold`]: where it crossed a threshold; [`beside`]: the
//!   same beside what alarms say

pub mod beside;
pub mod calendar;
pub mod chains;
pub mod clock;
pub mod completeness;
pub mod correction;
pub mod customer;
pub mod days;
pub mod diff;
pub mod dispatch;
pub mod episode;
pub mod exclusion;
pub mod explain;
mod fault;
pub mod figure;
pub mod finder;
pub mod hits;
pub mod hold;
mod impact;
pub mod inventory;
pub mod knowledge;
pub mod ledger;
pub mod live;
pub mod outage;
pub mod performance;
pub mod period;
pub mod place;
pub mod plan;
pub mod quality;
pub mod sla;
#[cfg(test)]
mod small_net;
mod spans;
mod tally;
pub mod telling;
pub mod terms;
pub mod threshold;
