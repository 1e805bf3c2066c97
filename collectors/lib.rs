//! Whom we listen to: one folder for each kind of system, their words to our words.
//!
//! A service decodes what a peer says, hands it to the writer and answers only after the commit.
//! Decoding never fails as a whole: a row that cannot be read is refused with a code and a sentence, and
//! its neighbours go on. What we ask of a peer is one plain call; who asks, when and how often is
//! decided elsewhere.
//!
//! - [`peer`]: the settings of a peer; [`habits`]: what of them decoding needs
//! - [`answer`]: the writer's word as an answer to the peer
//! - [`ask`]: one call to a peer
//! - [`fields`]: arguments out of a message
//! - [`network`]: network managers of transport, IP and ATM: alarms, their ends, resyncs
//! - [`resource`]: resource management systems: files and changes
//! - [`omc`]: OMCs of the real-time socket: alarms, lists
//! - [`eoms`]: e-ops systems: tickets and planned work
//! - [`snmp`]: devices that send traps and informs: no peers, they have settings of their own
//! - [`pm`]: performance files in the dialects of managers

pub mod answer;
pub mod ask;
pub mod eoms;
pub mod fields;
pub mod habits;
pub mod network;
pub mod omc;
pub mod peer;
pub mod pm;
pub mod resource;
pub mod snmp;

pub use answer::Desk;
pub use ask::CallId;
pub use habits::Habits;
pub use peer::Peer;

#[cfg(test)]
mod canned;
#[cfg(test)]
mod cases;
