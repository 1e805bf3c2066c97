//! E-ops systems (EOMS, 电子运维): where our faults become tickets, and where planned work comes from.
//!
//! - [`wire`]: records inside a string, in both directions
//! - [`service`]: `CnmForEoms`, what the system tells us
//! - [`adapter`]: `Eoms`, what we ask of it

pub mod adapter;
pub mod service;
pub mod wire;
