//! Where a site is, who we are there, and by which host keys we know it.

use std::fmt;
use std::sync::Arc;

use russh::keys::ssh_key::Fingerprint;
use russh::keys::{PrivateKey, decode_secret_key};

use crate::error::SftpError;

/// How we show who we are.
#[derive(Clone)]
pub enum Login {
    /// By a password.
    Password(String),
    /// By a private key.
    Key(Arc<PrivateKey>),
}

/// A site and our login there.
#[derive(Clone)]
pub struct Site {
    /// Host name or address.
    pub(crate) host: String,
    /// Port.
    pub(crate) port: u16,
    /// User.
    pub(crate) user: String,
    /// How it shows who it is.
    pub(crate) login: Login,
    /// Keys of which the site must show one.
    pub(crate) host_keys: Vec<Fingerprint>,
}

// === impl Login ===

impl Login {
    /// A private key, as the text of an OpenSSH or PKCS#8 file.
    ///
    /// # Errors
    /// [`SftpError::Key`] if it cannot be read, has a passphrase, or is of a kind that is not spoken.
    pub fn key(text: &str) -> Result<Self, SftpError> {
        let bad = |reason: String| SftpError::Key { reason };
        let key = decode_secret_key(text, None).map_err(|error| bad(error.to_string()))?;
        if key.algorithm().is_rsa() {
            return Err(bad("it is an RSA key".to_owned()));
        }
        Ok(Login::Key(Arc::new(key)))
    }

    /// What it is called in settings.
    pub(crate) fn way(&self) -> &'static str {
        match self {
            Login::Password(_) => "password",
            Login::Key(_) => "key",
        }
    }
}

// === impl Site ===

impl Site {
    /// The site at a host and port that shows one of these keys (`SHA256:…`).
    ///
    /// # Errors
    /// [`SftpError::Fingerprint`] with the first that is none.
    pub fn new((host, port): (&str, u16), user: &str, login: Login, host_keys: &[String]) -> Result<Self, SftpError> {
        let read = |text: &String| text.parse().map_err(|_| SftpError::Fingerprint { text: text.clone() });
        let host_keys = host_keys.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Site { host: host.to_owned(), port, user: user.to_owned(), login, host_keys })
    }

    /// `host:port`, for messages.
    pub fn address(&self) -> String {
        if self.host.contains(':') {
            return format!("[{}]:{}", self.host, self.port);
        }
        format!("{}:{}", self.host, self.port)
    }

    /// A file there as a URL, for receipts.
    pub fn url(&self, path: &str) -> String {
        format!("sftp://{}@{}{path}", self.user, self.address())
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = self.login.way();
        f.debug_struct("Site").field("address", &self.address()).field("user", &self.user).field("by", &login).finish()
    }
}
