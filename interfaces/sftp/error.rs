//! What can go wrong between us and a site.

use std::io;

/// A site that cannot be used as configured, or a file that did not get there.
#[derive(Debug, thiserror::Error)]
pub enum SftpError {
    /// A fingerprint that is none.
    #[error("{text:?} is not a host key's fingerprint: write it as `ssh-keygen -l` prints it, SHA256:…")]
    Fingerprint {
        /// As configured.
        text: String,
    },
    /// A private key that cannot be read.
    #[error("the private key cannot be used: {reason}; it must be an Ed25519 or ECDSA key without a passphrase")]
    Key {
        /// What is wrong.
        reason: String,
    },
    /// No connection to the site.
    #[error("cannot connect to the SFTP site {site}")]
    Connect {
        /// Host and port.
        site: String,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// The site is not the one that is configured, or its key was changed.
    #[error(
        "the SFTP site {site} shows the host key {found}, which is not configured: ask its operator, and only if \
         the key is theirs add it to host_keys"
    )]
    HostKey {
        /// Host and port.
        site: String,
        /// Fingerprint.
        found: String,
    },
    /// The site does not speak SSH as we do, or broke off.
    #[error("cannot begin a session with the SFTP site {site}: {said}")]
    Begin {
        /// Host and port.
        site: String,
        /// What went wrong.
        said: String,
    },
    /// The site refused the login.
    #[error("the SFTP site {site} refuses the login of {user:?} by {way}; check user and {way}_file")]
    Login {
        /// Host and port.
        site: String,
        /// User.
        user: String,
        /// `password` or `key`.
        way: &'static str,
    },
    /// The site refused, or the connection broke.
    #[error("cannot {what} {path} on the SFTP site: {said}")]
    Failed {
        /// What was asked.
        what: &'static str,
        /// Of which file or folder.
        path: String,
        /// The site's reply, or how the connection broke.
        said: String,
    },
    /// Less, or more, arrived than was sent.
    #[error("the SFTP site has {found} bytes of {path}, {sent} were sent: is its disk full?")]
    Size {
        /// Path.
        path: String,
        /// Sent.
        sent: u64,
        /// There.
        found: u64,
    },
    /// The site did not answer in time.
    #[error("the SFTP site did not finish {what} within {limit_s} s")]
    Timeout {
        /// What was going on.
        what: &'static str,
        /// The limit.
        limit_s: u64,
    },
}
