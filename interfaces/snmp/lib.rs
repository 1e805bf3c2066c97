//! SNMP as it is heard: traps and informs of versions 1, 2c and 3. Knows nothing of alarms.
//!
//! A thread reads the socket and does nothing else; what comes waits in a bounded queue that is fair
//! between senders. Whoever takes it has it decoded and proved, and answers an inform when it is kept,
//! not before. What is not taken is told with its sender and the reason, none of it in silence.
//!
//! - [`listener`]: the socket, its thread, and the answers; [`fair`]: the queue; `lost`: what the system dropped
//! - [`gate`]: a datagram → a [`Notification`], or a [`Reason`] and perhaps a report
//! - [`usm`]: the security of version 3, received and sent; [`remote`]: the clocks of those who send
//! - [`user`]: names and keys; [`engine`]: who we are to senders of version 3
//! - [`notification`], [`drops`]: what comes out

pub mod drops;
pub mod engine;
pub mod error;
pub mod fair;
pub mod gate;
pub mod listener;
mod lost;
pub mod notification;
pub mod remote;
pub mod user;
pub mod usm;

pub use async_snmp::{Oid, Value};
pub use drops::{Dropped, Drops, Reason};
pub use engine::Engine;
pub use error::SnmpError;
pub use gate::Gate;
pub use listener::{Listener, Settings};
pub use notification::{Inform, Notification, Version, shown};
pub use user::{Auth, Privacy, User};
