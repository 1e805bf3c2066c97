//! Network managers of transport (SDH, OTN), IP and ATM: alarms and their ends as they happen, the whole list in
//! an answer or by file. They differ in their contracts, not in how they are understood.
//!
//! - [`alarms`]: a peer's row to the common record; pure and total
//! - [`wire`]: alarms in a message, and the arguments of what we ask
//! - [`service`]: `CnmForTransport`, `CnmForIp`, `CnmForAtm`: what a manager tells us
//! - [`adapter`]: `TransportNms`, `IpNms`, `AtmNms`: what we ask of a manager
//! - [`snapshot`]: the list of a resync; [`inline`]: one that came with the answer
//! - [`tasks`]: performance tasks; [`probes`]: what an IP manager finds out on demand

pub mod adapter;
pub mod alarms;
pub mod inline;
pub mod probes;
pub mod service;
pub mod snapshot;
pub mod tasks;
pub mod wire;
