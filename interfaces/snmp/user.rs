//! Users of SNMPv3: names, algorithms, keys.

use async_snmp::message::SecurityLevel;
use async_snmp::v3::{AuthProtocol, MasterKeys, PrivProtocol};

use crate::error::SnmpError;

macro_rules! protocols {
    ($(#[$doc:meta])* $name:ident: $theirs:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// Every word.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// Of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }

            const fn protocol(self) -> $theirs {
                match self { $($name::$variant => $theirs::$variant),* }
            }
        }
    };
}

protocols! {
    /// How a user proves who it is (RFC 3414, RFC 7860).
    Auth: AuthProtocol {
        /// HMAC-MD5-96; broken, for old devices.
        Md5 = "md5",
        /// HMAC-SHA-96.
        Sha1 = "sha1",
        /// HMAC-SHA-224.
        Sha224 = "sha224",
        /// HMAC-SHA-256.
        Sha256 = "sha256",
        /// HMAC-SHA-384.
        Sha384 = "sha384",
        /// HMAC-SHA-512.
        Sha512 = "sha512",
    }
}

protocols! {
    /// How a user's messages are encrypted (RFC 3414, RFC 3826 and the two drafts for longer keys).
    Privacy: PrivProtocol {
        /// DES; broken, for old devices.
        Des = "des",
        /// AES-128.
        Aes128 = "aes128",
        /// AES-192, its key made longer as net-snmp does.
        Aes192Blumenthal = "aes192",
        /// AES-256, its key made longer as net-snmp does.
        Aes256Blumenthal = "aes256",
        /// AES-192, its key made longer as Cisco does.
        Aes192Reeder = "aes192-cisco",
        /// AES-256, its key made longer as Cisco does.
        Aes256Reeder = "aes256-cisco",
    }
}

/// A user that may notify us, with its keys. What it sends must have this level, not less.
#[derive(Clone, Debug)]
pub struct User {
    /// Name.
    pub name: String,
    pub(crate) keys: Option<MasterKeys>,
    pub(crate) level: SecurityLevel,
}

// === impl User ===

impl User {
    /// A user with its secrets: none proves nothing and encrypts nothing. Making keys takes some
    /// milliseconds.
    ///
    /// # Errors
    /// [`SnmpError::Secret`] for a secret of less than 8 characters.
    pub fn new(name: &str, auth: Option<(Auth, &str)>, privacy: Option<(Privacy, &str)>) -> Result<Self, SnmpError> {
        let wrong = |_| SnmpError::Secret { user: name.to_owned() };
        let keys = auth.map(|(auth, secret)| MasterKeys::new(auth.protocol(), secret.as_bytes()).map_err(wrong));
        let (keys, level) = match (keys.transpose()?, privacy) {
            (None, _) => (None, SecurityLevel::NoAuthNoPriv),
            (Some(keys), None) => (Some(keys), SecurityLevel::AuthNoPriv),
            (Some(keys), Some((privacy, secret))) => {
                let keys = keys.with_privacy(privacy.protocol(), secret.as_bytes()).map_err(wrong)?;
                (Some(keys), SecurityLevel::AuthPriv)
            }
        };
        Ok(User { name: name.to_owned(), keys, level })
    }
}
