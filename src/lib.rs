//! linesman

pub mod sla;
