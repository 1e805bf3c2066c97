//! A password that prints as `***` and is compared in constant time.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A password. It has no `Display`, and its `Debug` tells nothing.
#[derive(Clone, Default)]
pub struct Secret(String);

// === impl Secret ===

impl Secret {
    /// Wraps a password.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The password itself; only for writing it into a message.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Equal to `other`, in a time that depends on neither. An empty secret equals nothing:
    /// a peer without a password is not open to all.
    pub fn matches(&self, other: &str) -> bool {
        let same: bool = Sha256::digest(self.0.as_bytes()).ct_eq(&Sha256::digest(other.as_bytes())).into();
        same && !self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}
