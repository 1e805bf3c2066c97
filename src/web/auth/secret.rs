//! Secrets that we hand out once and keep as digests only.

use rand::RngCore;
use sha2::{Digest, Sha256};

/// 256 random bits as text.
pub(crate) fn fresh() -> String {
    let mut bytes = [0u8; 32];
    // Seeded and re-seeded by the system's generator.
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// The digest under which a secret is kept.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
