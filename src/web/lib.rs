//! What people and peers reach over HTTP.
//!
//! - [`listener`]: hyper with deadlines, caps and a two-step end
//! - [`board`]: what is the case now, in memory

pub mod board;
pub mod listener;
