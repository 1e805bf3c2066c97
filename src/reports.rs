//! A customer's monthly report out of the store: facts → figures → the input of the report room.
//!
//! - [`maker`]: all that a report says, read and computed circuit by circuit
//! - [`look`]: what all of the house look like, and what single customers want otherwise
//! - `circuit`, `months`, `outage`, `papers`, `performance`, `sums`: the parts, from figures and dossiers
//! - [`credits`]: what a final report advises to give back
//! - [`standing`]: a month over all customers; `indicators`: its file for headquarters
//! - [`words`]: what is said beside the figures, in the report's language
//! - [`file`]: where files lie, and how they are written so that they last

mod circuit;
pub mod credits;
pub mod file;
mod indicators;
pub mod look;
pub mod maker;
mod months;
mod outage;
mod papers;
mod performance;
pub mod standing;
mod sums;
pub mod words;

#[cfg(test)]
mod tests;
