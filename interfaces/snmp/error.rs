//! What can go wrong before anything is received.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the listener cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SnmpError {
    /// The address cannot be had.
    #[error("cannot listen on {address} for SNMP: is it in use, and may we (port 162 needs CAP_NET_BIND_SERVICE)?")]
    Bind {
        /// Address.
        address: SocketAddr,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// The thread cannot be started.
    #[error("cannot start the thread that reads the SNMP socket")]
    Thread(#[source] std::io::Error),
    /// The file of our engine cannot be read or written.
    #[error("cannot keep the SNMP engine in {path}: may we write there?")]
    Engine {
        /// File.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// The file of our engine says something else.
    #[error(
        "{path} must hold an SNMP engine id in hex and a number of starts: restore it, or delete it and senders will learn a new id"
    )]
    EngineFile {
        /// File.
        path: PathBuf,
    },
    /// No random number could be had for a new engine.
    #[error("the system gives no random numbers for an SNMP engine id")]
    Random,
    /// A user's secret cannot be made a key.
    #[error("the secret of SNMP user {user:?} cannot be used: it must have at least 8 characters")]
    Secret {
        /// User.
        user: String,
    },
}
