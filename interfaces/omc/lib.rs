//! The real-time alarm socket of an OMC, as its client: frames, the words in them, one session, and what
//! the numbers of its alarms say. Knows nothing of the domain: what an alarm is, is decided elsewhere.
//!
//! - [`frame`]: bytes of the socket to frames; nothing that comes makes it panic or grow
//! - [`body`]: what most of them say, as `name;key=value;…`
//! - [`session`]: login, heartbeat, what is asked and what comes
//! - [`sequence`]: which alarms are missing, by their numbers
//! - [`error`]: why a session ends

pub mod body;
pub mod error;
pub mod frame;
pub mod sequence;
pub mod session;

pub use body::Body;
pub use error::OmcError;
pub use frame::{Frame, Kind};
pub use sequence::{Place, Sequence, Step};
pub use session::{Event, Reply, Session, Settings};
