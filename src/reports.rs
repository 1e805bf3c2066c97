//! A customer's monthly report out of the store: facts → figures → the input of the report room.
//!
//! - [`maker`]: all that a report says, read and computed circuit by circuit
//! - `circuit`, `outage`, `papers`, `sums`: the parts, from figures and dossiers
//! - [`credits`]: what a final report advises to give back
//! - [`words`]: what is said beside the figures, in the report's language
//! - [`file`]: where files lie, and how they are written so that they last

mod circuit;
pub mod credits;
pub mod file;
pub mod maker;
mod outage;
mod papers;
mod sums;
pub mod words;

#[cfg(test)]
mod tests;
