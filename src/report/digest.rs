//! The digest by which a printed report is matched with its input.

use std::io;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::input::Report;

/// Hexadecimal digits printed.
const PRINTED: usize = 16;

/// The first 16 hexadecimal digits of the SHA-256 of the input's JSON. Fields stand in the order of
/// their declaration, so the same input has the same digest, whatever it is rendered to.
pub fn digest(report: &Report) -> String {
    digest_of(report)
}

/// The same of a part.
pub(crate) fn digest_of(what: &impl Serialize) -> String {
    let mut hasher = Hasher(Sha256::new());
    let written = serde_json::to_writer(&mut hasher, what);
    debug_assert!(written.is_ok(), "plain data without maps always has a JSON form");
    let hex = hex::encode(hasher.0.finalize());
    hex.chars().take(PRINTED).collect()
}

/// SHA-256 as a place to write to.
struct Hasher(Sha256);

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
