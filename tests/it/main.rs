//! The integration tests, in one binary.

mod daemon;
mod scenarios;
mod tidy;
