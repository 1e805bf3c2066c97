//! Resource management systems: the inventory by file, its changes one by one.
//!
//! - [`file`]: rows of any class out of CSV, with what is wrong in them
//! - [`cell`]: what a cell must hold, and its normal form
//! - `parts`: is a list in parts whole
//! - [`service`]: `CnmForResource`, what the system tells us
//! - [`wire`], [`adapter`]: `ResourceManager`, what we ask of it

pub mod adapter;
pub mod cell;
pub mod file;
mod parts;
pub mod service;
pub mod wire;
