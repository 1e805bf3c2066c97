//! Files on a peer's SFTP site: one login, and a file put there whole or not at all. Knows nothing of the
//! domain.
//!
//! The site is known by the fingerprint of its host key, every wait has a deadline, and a file has its name
//! only when all of it is there.
//!
//! - [`site`]: where the site is, who we are there, and how we know that it is the one
//! - [`session`]: one login; puts files
//! - [`error`]: what can go wrong

pub mod error;
pub mod session;
pub mod site;

pub use error::SftpError;
pub use session::{Limits, Put, Session};
pub use site::{Login, Site};
