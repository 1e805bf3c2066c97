//! CSV rows by column name: header line in any order, RFC 4180 quoting, UTF-8 or GB18030.
//!
//! Parsing happens on bytes and decoding on cells: neither `,` nor `"` nor a line break occurs inside a
//! multi-byte character of either encoding, so one undecodable cell spoils its row and nothing else.

use std::io::{self, Read};

use csv::{ByteRecord, StringRecord};

use crate::error::FtpError;

/// A row longer than this ends the file: one forgotten quote must not swallow the rest into memory.
const ROW_BYTES_MAX: usize = 1 << 20;
/// Columns of a table: more is no table that a peer means.
const COLUMNS_MAX: usize = 4096;
/// Bytes that are read at once.
const PIECE: usize = 1 << 16;
/// The byte order mark that Windows tools put in front.
const BOM: &str = "\u{feff}";

const NOT_UTF8: &str = "it is not UTF-8; if the peer writes GBK, set its encoding to gb18030";

/// The character encoding of a peer's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// GB18030, of which GBK and GB2312 are parts.
    Gb18030,
}

/// How a table is written.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Of the cells.
    pub encoding: Encoding,
    /// Between two cells.
    pub separator: u8,
    /// Lines of the file before the header, which somebody else has read.
    pub lines_before: u64,
    /// A row with fewer cells than the header has empty ones at its end; else it is a bad row.
    pub short_rows: bool,
}

/// A CSV file with its header read.
pub struct Table<R: Read> {
    file: String,
    reader: csv::Reader<Leash<R>>,
    encoding: Encoding,
    columns: Vec<String>,
    /// Added to the parser's line numbers: with CRLF it counts the LF as part of the next row.
    line_shift: u64,
    short_rows: bool,
    raw: ByteRecord,
    cells: StringRecord,
}

/// What the next line holds.
#[derive(Debug)]
pub enum Line<'a> {
    /// A row whose cells are the header's.
    Row(Row<'a>),
    /// A row that cannot be used; its neighbours can.
    Bad(BadRow),
}

/// The cells of one row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Line of the file on which it begins, from 1 (the header).
    pub line: u64,
    /// The file ends here without a line break: it may be cut, and the last cell with it.
    pub open_end: bool,
    cells: &'a StringRecord,
}

/// A row that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the file on which it begins.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// A reader that stops when one row takes more than its share.
struct Leash<R> {
    inner: R,
    left: usize,
    last: u8,
    ended: bool,
}

// === impl Encoding ===

impl Encoding {
    /// Decodes strictly.
    ///
    /// # Errors
    /// A sentence if the bytes are not in this encoding.
    pub fn decode(self, bytes: &[u8]) -> Result<String, &'static str> {
        match self {
            Encoding::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(_) => Err(NOT_UTF8),
            },
            Encoding::Gb18030 => encoding_rs::GB18030
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned)
                .ok_or("it is not GB18030; if the peer writes UTF-8, set its encoding to utf-8"),
        }
    }
}

// === impl Table ===

impl<R: Read> Table<R> {
    /// Reads the header of `file` (a name for messages) with commas between its cells.
    ///
    /// # Errors
    /// As [`open_as`](Self::open_as).
    pub fn open(file: &str, reader: R, encoding: Encoding) -> Result<Self, FtpError> {
        Table::open_as(file, reader, Layout { encoding, separator: b',', lines_before: 0, short_rows: false })
    }

    /// Reads the header of `file` (a name for messages).
    ///
    /// # Errors
    /// [`FtpError::Format`] if there is no header, it cannot be decoded, names a column twice or too many of them.
    pub fn open_as(file: &str, reader: R, layout: Layout) -> Result<Self, FtpError> {
        let mut table = Table::closed(file, reader, layout);
        let mut header = ByteRecord::new();
        if !table.read_raw(&mut header)? {
            return Err(table.bad("it is empty; a header line is needed"));
        }
        if header.len() > COLUMNS_MAX {
            return Err(table.bad(&format!("its header has {} columns; at most {COLUMNS_MAX} are read", header.len())));
        }
        for cell in &header {
            let name = layout.encoding.decode(cell).map_err(|reason| table.bad(&format!("header: {reason}")))?;
            let name = name.trim_start_matches(BOM).trim().to_owned();
            if table.columns.contains(&name) {
                return Err(table.bad(&format!("its header names the column {name:?} twice")));
            }
            table.columns.push(name);
        }
        table.line_shift += u64::from(table.reader.position().line() == 1);
        Ok(table)
    }

    /// The file before its header is read.
    fn closed(file: &str, reader: R, layout: Layout) -> Self {
        let leash = Leash { inner: reader, left: ROW_BYTES_MAX, last: b'\n', ended: false };
        let mut form = csv::ReaderBuilder::new();
        form.has_headers(false).flexible(true).delimiter(layout.separator).buffer_capacity(PIECE);
        Table {
            file: file.to_owned(),
            reader: form.from_reader(leash),
            encoding: layout.encoding,
            columns: Vec::new(),
            line_shift: layout.lines_before,
            short_rows: layout.short_rows,
            raw: ByteRecord::new(),
            cells: StringRecord::new(),
        }
    }

    /// Column names in the order of the file.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Where a named column is.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the file cannot be read on: damaged packing, or a row without end.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, FtpError> {
        let line = self.reader.position().line() + self.line_shift;
        let reason = match self.encoding {
            Encoding::Utf8 => self.read_utf8()?,
            Encoding::Gb18030 => self.read_decoded()?,
        };
        let Some(reason) = reason else { return Ok(None) };
        let (found, wanted) = (self.cells.len(), self.columns.len());
        Ok(Some(match reason {
            reason if !reason.is_empty() => Line::Bad(BadRow { line, reason }),
            _ if found == wanted || self.short_rows && found < wanted => {
                let leash = self.reader.get_ref();
                let open_end = leash.ended && !matches!(leash.last, b'\n' | b'\r');
                Line::Row(Row { line, open_end, cells: &self.cells })
            }
            _ => Line::Bad(BadRow { line, reason: format!("it has {found} cells, the header has {wanted}") }),
        }))
    }

    /// The next cells, and why they cannot be used if so; `None` at the end. What is UTF-8 already is not copied.
    fn read_utf8(&mut self) -> Result<Option<String>, FtpError> {
        self.reader.get_mut().left = ROW_BYTES_MAX;
        match self.reader.read_record(&mut self.cells) {
            Ok(true) => Ok(Some(String::new())),
            Ok(false) => Ok(None),
            Err(error) => match error.kind() {
                csv::ErrorKind::Utf8 { err, .. } => Ok(Some(self.undecoded(err.field(), NOT_UTF8))),
                _ => Err(self.unread(error)),
            },
        }
    }

    /// As [`read_utf8`](Self::read_utf8) for other encodings.
    fn read_decoded(&mut self) -> Result<Option<String>, FtpError> {
        let mut raw = std::mem::take(&mut self.raw);
        let more = self.read_raw(&mut raw);
        self.raw = raw;
        if !more? {
            return Ok(None);
        }
        self.cells.clear();
        for (at, cell) in self.raw.iter().enumerate() {
            match self.encoding.decode(cell) {
                Ok(text) => self.cells.push_field(&text),
                Err(reason) => return Ok(Some(self.undecoded(at, reason))),
            }
        }
        Ok(Some(String::new()))
    }

    fn undecoded(&self, at: usize, reason: &str) -> String {
        match self.columns.get(at) {
            Some(column) => format!("{column}: {reason}"),
            None => reason.to_owned(),
        }
    }

    fn read_raw(&mut self, raw: &mut ByteRecord) -> Result<bool, FtpError> {
        self.reader.get_mut().left = ROW_BYTES_MAX;
        self.reader.read_byte_record(raw).map_err(|error| self.unread(error))
    }

    fn unread(&self, error: csv::Error) -> FtpError {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => self.broken(error),
            other => self.bad(&format!("{other:?}")),
        }
    }

    /// Damage of the file is its fault, any other read error is our disk's.
    fn broken(&self, error: io::Error) -> FtpError {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                self.bad(&format!("after line {}: {error}", self.reader.position().line()))
            }
            _ => FtpError::Spool(error),
        }
    }

    fn bad(&self, reason: &str) -> FtpError {
        FtpError::Format { file: self.file.clone(), reason: reason.to_owned() }
    }
}

// === impl Row ===

impl<'a> Row<'a> {
    /// The cell of a column; empty if the file has no such column.
    #[inline]
    pub fn cell(&self, position: Option<usize>) -> &'a str {
        position.and_then(|at| self.cells.get(at)).unwrap_or_default()
    }
}

// === impl Leash ===

impl<R: Read> Read for Leash<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.ended = count == 0;
        self.last = count.checked_sub(1).and_then(|at| buffer.get(at)).copied().unwrap_or(self.last);
        self.left = self.left.checked_sub(count).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "a row is longer than 1 MiB (is a closing quote missing?)")
        })?;
        Ok(count)
    }
}

/// Reads to the end and counts the rows, good or bad, without the header. Nothing is decoded.
pub(crate) fn count<R: Read>(file: &str, reader: R) -> Result<u64, FtpError> {
    let layout = Layout { encoding: Encoding::Utf8, separator: b',', lines_before: 0, short_rows: false };
    let mut table = Table::closed(file, reader, layout);
    let (mut lines, mut raw) = (0_u64, ByteRecord::new());
    while table.read_raw(&mut raw)? {
        lines += 1;
    }
    Ok(lines.saturating_sub(1))
}

#[cfg(test)]
mod tests;
