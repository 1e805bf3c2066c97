//! A small carrier on loopback that speaks the real protocols: the daemon cannot tell it from one.
//!
//! What it is:
//! - [`world`]: customers, circuits, network and knowledge base, drawn from a seed
//! - [`alarm`], [`incident`]: what goes wrong, and what the managers make of it
//! - [`history`]: the month before
//!
//! What it is made of:
//! - [`clock`], [`tasks`]: its time and its end
//! - [`site`], [`files`]: the FTP site and what peers publish there
//! - [`wire`]: records in the interfaces' spelling

pub mod alarm;
pub mod carrier;
pub mod clock;
pub mod eoms;
pub mod error;
pub mod export;
pub mod files;
pub mod history;
pub mod incident;
pub mod link;
pub mod load;
pub mod manager;
pub mod omc;
pub mod resource;
pub mod script;
pub mod server;
pub mod site;
pub mod tasks;
#[cfg(test)]
mod testing;
pub mod wire;
pub mod world;
