//! CSV rows by column name: header line in any order, RFC 4180 quoting, UTF-8 or GB18030.
//!
//! Parsing happens on bytes and decoding on cells: neither `,` nor `"` nor a line break occurs inside a
//! multi-byte character of either encoding, so one undecodable cell spoils its row and nothing else.

use std::io::{self, Read};

use csv::{ByteRecord, StringRecord};

use crate::error::FtpError;

/// A row longer than this ends the file: one forgotten quote must not swallow the rest into memory.
const ROW_BYTES_MAX: usize = 1 << 20;
/// The byte order mark that Windows tools put in front.
const BOM: &str = "\u{feff}";

/// The character encoding of a peer's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// GB18030, of which GBK and GB2312 are parts.
    Gb18030,
}

/// A CSV file with its header read.
pub struct Table<R: Read> {
    file: String,
    reader: csv::Reader<Leash<R>>,
    encoding: Encoding,
    columns: Vec<String>,
    /// Added to the parser's line numbers: with CRLF it counts the LF as part of the next row.
    line_shift: u64,
    raw: ByteRecord,
    cells: StringRecord,
}

/// What the next line holds.
#[derive(Debug)]
pub enum Line<'a> {
    /// A row with as many cells as the header.
    Row(Row<'a>),
    /// A row that cannot be used; its neighbours can.
    Bad(BadRow),
}

/// The cells of one row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Line of the file on which it begins, from 1 (the header).
    pub line: u64,
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
                Err(_) => Err("it is not UTF-8; if the peer writes GBK, set its encoding to gb18030"),
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
    /// Reads the header of `file` (a name for messages).
    ///
    /// # Errors
    /// [`FtpError::Format`] if there is no header, it cannot be decoded, or names a column twice.
    pub fn open(file: &str, reader: R, encoding: Encoding) -> Result<Self, FtpError> {
        let mut table = Table::closed(file, reader, encoding);
        if !table.read_raw()? {
            return Err(table.bad("it is empty; a header line is needed"));
        }
        for cell in &table.raw.clone() {
            let name = encoding.decode(cell).map_err(|reason| table.bad(&format!("header: {reason}")))?;
            let name = name.trim_start_matches(BOM).trim().to_owned();
            if table.columns.contains(&name) {
                return Err(table.bad(&format!("its header names the column {name:?} twice")));
            }
            table.columns.push(name);
        }
        table.line_shift = u64::from(table.reader.position().line() == 1);
        Ok(table)
    }

    /// The file before its header is read.
    fn closed(file: &str, reader: R, encoding: Encoding) -> Self {
        let leash = Leash { inner: reader, left: ROW_BYTES_MAX };
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(leash);
        let (raw, cells) = (ByteRecord::new(), StringRecord::new());
        Table { file: file.to_owned(), reader, encoding, columns: Vec::new(), line_shift: 0, raw, cells }
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
        if !self.read_raw()? {
            return Ok(None);
        }
        let line = self.raw.position().map_or(0, csv::Position::line) + self.line_shift;
        if self.raw.len() != self.columns.len() {
            let reason = format!("it has {} cells, the header has {}", self.raw.len(), self.columns.len());
            return Ok(Some(Line::Bad(BadRow { line, reason })));
        }
        self.cells.clear();
        for (cell, column) in self.raw.iter().zip(&self.columns) {
            match (self.encoding, std::str::from_utf8(cell)) {
                (Encoding::Utf8, Ok(text)) => self.cells.push_field(text),
                _ => match self.encoding.decode(cell) {
                    Ok(text) => self.cells.push_field(&text),
                    Err(reason) => return Ok(Some(Line::Bad(BadRow { line, reason: format!("{column}: {reason}") }))),
                },
            }
        }
        Ok(Some(Line::Row(Row { line, cells: &self.cells })))
    }

    fn read_raw(&mut self) -> Result<bool, FtpError> {
        self.reader.get_mut().left = ROW_BYTES_MAX;
        self.reader.read_byte_record(&mut self.raw).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => self.broken(error),
            other => self.bad(&format!("{other:?}")),
        })
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
    pub fn cell(&self, position: Option<usize>) -> &'a str {
        position.and_then(|at| self.cells.get(at)).unwrap_or_default()
    }
}

// === impl Leash ===

impl<R: Read> Read for Leash<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "a row is longer than 1 MiB (is a closing quote missing?)")
        })?;
        Ok(count)
    }
}

/// Reads to the end and counts the rows, good or bad, without the header. Nothing is decoded.
pub(crate) fn count<R: Read>(file: &str, reader: R) -> Result<u64, FtpError> {
    let mut table = Table::closed(file, reader, Encoding::Utf8);
    let mut lines: u64 = 0;
    while table.read_raw()? {
        lines += 1;
    }
    Ok(lines.saturating_sub(1))
}

#[cfg(test)]
mod tests;
