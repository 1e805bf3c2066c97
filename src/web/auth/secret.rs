//! Secrets that we hand out once and keep as digests only.

use rand::RngCore;
use sha2::{Digest, Sha256};

/// 256 random bits as text.
pub(crate) fn fresh() -> String {
    let mut bytes = [0u8; 32];
    // Seeded and re-seeded by the system's generator.
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

/// The digest under which a secret is kept.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
