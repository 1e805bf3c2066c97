//! A small carrier on loopback that speaks the real protocols: the daemon cannot tell it from one.
//!
//! - [`world`]: customers, circuits, network and knowledge base, drawn from a seed
pub mod world;
