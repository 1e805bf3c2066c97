//! Faults: one cause, many alarms, many circuits, one ticket (semantics §3, rules 1–4).
//!
//! Grouping is a pure function of the set of episodes in memory: `forest` hangs each episode below
//! the one that explains it best; trees whose roots are the same trouble ([`Signature`]: object and
//! category) and lie within the reopen window of each other are one group (`group`). `desk` gives
//! groups their fault numbers and keeps what grouping cannot know: numbers, tickets, episodes of a
//! fault, merges. The numbers depend on the order in which things came; membership, root, circuits
//! and states do not.
//!
//! A fault is opened only for a group that hits a circuit or holds two alarms; a lone alarm that
//! touches no circuit keeps its row without a fault.
//!
//! [`Signature`]: crate::live::episode::Signature

pub(crate) mod cell;
mod cells;
pub(crate) mod desk;
pub(crate) mod forest;
pub(crate) mod group;
pub(crate) mod index;

#[cfg(test)]
mod tests;
