//! The one writer: from submissions to a commit, then the doorbells, the board and the answers.
//!
//! - [`writer`]: the loop; `group`: group commit; `stage`: what one group gathers; `state`: its memory
//! - `start`: reading the memory from the database; `suspects`: what the database refused, tried piece by piece
//! - `content`: what each kind of submission does; `orders`: the same for what tasks ask
//! - `replay`: messages that come again; `upkeep`: who was heard, what time has made due
//! - `publisher`: after the commit, beside the writer: the board, then the answers
//! - `book`, `alarms`: facts to episodes; `snapshots`, `resync`: what a manager's list raises and clears; `own`: alarms of our own
//! - `effects`, `tickets`, `sheets`, `holds`: what follows, to EOMS and back
//! - `works`, `protections`, `changes`, `acknowledge`: planned work, key protection, resources, operators; `unknown`: circuits that nobody holds
//! - [`late`]: what is told of a time whose figures are kept
//! - [`deps`], [`order`]: the doors

mod acknowledge;
mod alarms;
mod book;
mod changes;
mod content;
pub mod deps;
mod effects;
mod full;
mod group;
mod holds;
pub mod late;
mod notices;
pub mod order;
mod orders;
mod own;
mod protections;
mod publisher;
pub(crate) mod replay;
mod resync;
mod sheets;
mod snapshots;
pub mod sources;
mod stage;
mod start;
mod state;
mod suspects;
mod tickets;
mod unknown;
mod upkeep;
mod works;
pub mod writer;

pub(crate) use alarms::alarm_key;
pub(crate) use notices::GAP_MS;

#[cfg(test)]
mod tests;
