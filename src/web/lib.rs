//! What people and peers reach over HTTP.
//!
//! - [`listener`]: hyper with deadlines, caps and a two-step end

pub mod listener;
