//! The integration tests, in one binary.

mod api;
mod bad_input;
mod crash;
mod daemon;
mod durability;
mod figure;
mod flow;
mod foreign;
mod isolation;
mod letter;
mod offline;
mod scenarios;
mod street;
mod tidy;
