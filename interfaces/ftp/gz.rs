//! Unpacking that cannot bloat: gzip with any number of members, at most 200 times the packed size
//! and at most 2 GiB. A cut or damaged file is an error at its end, so a reader that commits only
//! after the last byte takes all of it or nothing.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

/// Unpacked bytes for each packed byte.
pub const RATIO_MAX: u64 = 200;
/// Unpacked bytes at most.
pub const UNPACKED_MAX: u64 = 2 << 30;

/// A reader of the unpacked bytes of a gzip file.
pub struct Unpack<R: Read> {
    inner: MultiGzDecoder<R>,
    left: u64,
}

// === impl Unpack ===

impl<R: Read> Unpack<R> {
    /// Unpacks `reader`, which holds `packed_bytes`.
    pub fn new(reader: R, packed_bytes: u64) -> Self {
        let left = packed_bytes.saturating_mul(RATIO_MAX).min(UNPACKED_MAX);
        Unpack { inner: MultiGzDecoder::new(reader), left }
    }
}

impl<R: Read> Read for Unpack<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("it unpacks to more than {RATIO_MAX} times its size or more than {UNPACKED_MAX} bytes"),
            )
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
