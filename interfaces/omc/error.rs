//! Why a session with an OMC ends.

use std::io;

/// A session that cannot begin or go on; a new one may.
#[derive(Debug, thiserror::Error)]
pub enum OmcError {
    /// The address is none.
    #[error("{url:?} is not the address of an OMC: write it as tcp://host:port")]
    Address {
        /// As configured.
        url: String,
    },
    /// No connection.
    #[error("cannot connect to the OMC {address}")]
    Connect {
        /// Host and port.
        address: String,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// It does not let us in.
    #[error("the OMC refuses the login of {user:?}: {said}; check user and password_file")]
    Login {
        /// User.
        user: String,
        /// Its words.
        said: String,
    },
    /// It did not do in time what it should.
    #[error("nothing came from the OMC for {limit_s} s during {what}")]
    Silent {
        /// What was going on.
        what: &'static str,
        /// The limit.
        limit_s: u64,
    },
    /// It ended the session, by a message or by closing the connection.
    #[error("the OMC closed the session")]
    Closed,
    /// The connection broke.
    #[error("the connection to the OMC broke")]
    Broken(#[source] io::Error),
    /// What came is no frame.
    #[error("what the OMC sent is no frame: {reason}")]
    Frame {
        /// What is wrong.
        reason: String,
    },
    /// It takes nothing of what we send.
    #[error("the OMC does not read what we send")]
    Stuck,
}
