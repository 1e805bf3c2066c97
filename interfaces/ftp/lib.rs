//! Files from a peer's own site: fetched over FTP into a private spool, checked against their
//! control file, unpacked within limits and read row by row. Knows nothing of the domain.
//!
//! Nothing a peer names reaches our file system, nothing is taken in part: a file is handed on only
//! after its size, digest and number of rows agree with its control file.
//!
//! - [`site`]: where a peer keeps its files
//! - [`path`]: what a peer may name
//! - [`session`]: one login: fetch, and put (for simulators and later reports)
//! - [`spool`]: where fetched bytes wait
//! - [`control`]: `<name>.ok` and what it promises
//! - [`gz`]: unpacking that cannot bloat
//! - [`parts`]: the files of a zip, or of what else has no control file
//! - [`rows`]: CSV rows by column name
//! - [`error`]: what can go wrong, with the interface's result code

pub mod control;
pub mod error;
pub mod gz;
pub mod parts;
pub mod path;
pub mod rows;
pub mod session;
pub mod site;
pub mod spool;

pub use control::Control;
pub use error::{FtpError, Mismatch};
pub use parts::{Proof, each_part};
pub use path::RemotePath;
pub use rows::{BadRow, Encoding, Layout, Line, Row, Table};
pub use session::{Checked, Limits, Session};
pub use site::Site;
pub use spool::{Spool, Stored};
