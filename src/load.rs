//! Resource files into the store: what changes, what waits, what a person must approve.

pub mod diff;
