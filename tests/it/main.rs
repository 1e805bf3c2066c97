//! The integration tests, in one binary.

mod daemon;
mod offline;
mod scenarios;
mod tidy;
