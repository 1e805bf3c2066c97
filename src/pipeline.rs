//! The one writer: from submissions to a commit, then the answers, then the board, then the doorbells.
//!
//! - `group`: group commit; `replay`: messages that come again
//! - `book`, `alarms`: facts to episodes
//! - `notices`, `sources`, `resync`: numbers, silence, snapshots
//! - `order`: what tasks ask of the writer

mod alarms;
mod book;
mod group;
mod notices;
pub mod order;
mod replay;
mod resync;
mod sources;
