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
pub type Unpack<R> = Capped<MultiGzDecoder<R>>;

/// A reader that ends with an error where it gives too much.
pub struct Capped<R: Read> {
    inner: R,
    left: u64,
}

/// Bytes that a file of so many packed bytes may unpack to.
pub(crate) fn limit_of(packed_bytes: u64) -> u64 {
    packed_bytes.saturating_mul(RATIO_MAX).min(UNPACKED_MAX)
}

// === impl Unpack ===

impl<R: Read> Unpack<R> {
    /// Unpacks `reader`, which holds `packed_bytes`.
    pub fn new(reader: R, packed_bytes: u64) -> Self {
        Capped::of(MultiGzDecoder::new(reader), limit_of(packed_bytes))
    }
}

// === impl Capped ===

impl<R: Read> Capped<R> {
    /// Reads at most `left` bytes.
    pub(crate) fn of(inner: R, left: u64) -> Self {
        Capped { inner, left }
    }

    /// Bytes that it may still give.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }
}

impl<R: Read> Read for Capped<R> {
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
