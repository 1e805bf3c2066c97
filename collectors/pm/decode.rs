//! The bytes of an XML file as UTF-8 text, piece by piece: by byte order mark or declaration, strictly. Counts
//! lines, and stops where one tag or text takes more than its share, so that a file of any size is read in
//! bounded memory.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult};
use ftp::session::Unpacked;

/// Bytes of one tag or text, as of a whole message (contract §1).
pub(super) const EVENT_MAX: usize = soap::BODY_LIMIT;
/// Bytes that are decoded at once.
const PIECE: usize = 1 << 16;
/// Bytes that show the encoding.
const HEAD: usize = 512;

/// A reader of the text.
pub(super) struct Decoded {
    inner: Unpacked,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
    line: u64,
    left: usize,
}

// === impl Decoded ===

impl Decoded {
    pub(super) fn new(inner: Unpacked) -> Self {
        let (raw, text) = (Vec::with_capacity(PIECE), Vec::with_capacity(PIECE));
        Decoded { inner, decoder: None, raw, text, at: 0, ended: false, line: 1, left: EVENT_MAX }
    }

    /// Line of what comes next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The next tag or text begins: its share is whole.
    pub(super) fn rearm(&mut self) {
        self.left = EVENT_MAX;
    }

    /// Decodes the next piece.
    fn more(&mut self) -> io::Result<()> {
        self.raw.clear();
        let wanted = if self.decoder.is_none() { HEAD } else { PIECE };
        let count = self.inner.by_ref().take(wanted as u64).read_to_end(&mut self.raw)?;
        self.ended = count < wanted;
        let mut raw = self.raw.as_slice();
        if self.decoder.is_none() {
            let (encoding, mark) = soap::encoding::of_head(raw).map_err(|error| bad(error.to_string()))?;
            raw = raw.get(mark..).unwrap_or_default();
            self.decoder = Some(encoding.new_decoder_without_bom_handling());
        }
        let Some(decoder) = self.decoder.as_mut() else { return Ok(()) };
        // Three bytes for each of a piece: this cannot overflow.
        let room = decoder.max_utf8_buffer_length_without_replacement(raw.len()).unwrap_or(3 * PIECE);
        self.text.resize(room, 0);
        let (result, _, written) = decoder.decode_to_utf8_without_replacement(raw, &mut self.text, self.ended);
        self.text.truncate(written);
        self.at = 0;
        if result != DecoderResult::InputEmpty {
            return Err(bad(format!("it is not valid {}", decoder.encoding().name())));
        }
        let control = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
        match self.text.iter().fold(false, |seen, byte| seen | control(*byte)) {
            true => Err(bad("it holds a control character".to_owned())),
            false => Ok(()),
        }
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Decoded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(bad(format!("a tag or text is longer than {EVENT_MAX} bytes")));
        }
        while self.at >= self.text.len() && !self.ended {
            self.more()?;
        }
        Ok(self.text.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        let end = (self.at + count).min(self.text.len());
        let passed = self.text.get(self.at..end).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = end;
        self.left = self.left.saturating_sub(count);
    }
}

fn bad(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
