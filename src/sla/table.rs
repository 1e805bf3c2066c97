//! CSV files with a header line, read row by row. A row that cannot be used becomes an issue with
//! its line; only a file that cannot be used at all is an error.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, StringRecord};
use model::time::{Time, Zone};

use super::error::SlaError;
use super::issues::Issues;

/// Largest file that is read.
const FILE_BYTES_MAX: u64 = 4 << 30;
/// Largest row; a row is longer when a quote is not closed.
const ROW_BYTES_MAX: usize = 256 << 10;

/// A column that a file may have.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Its name in the header line.
    pub name: &'static str,
    /// Without it the file is of no use.
    pub mandatory: bool,
}

/// One open file.
pub struct Table {
    path: PathBuf,
    name: String,
    reader: csv::Reader<File>,
    places: Vec<Option<usize>>,
    width: usize,
}

/// The cells of one row, by the number of the wanted column.
pub struct Cells<'a> {
    record: &'a StringRecord,
    places: &'a [Option<usize>],
}

// === impl Table ===

impl Table {
    /// Opens a file and finds the wanted columns in its header line.
    ///
    /// # Errors
    /// [`SlaError`] if the file cannot be read, is too large, or lacks a mandatory column.
    pub fn open(path: &Path, wanted: &[Wanted], issues: &mut Issues) -> Result<Table, SlaError> {
        let unreadable = |source| SlaError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        if bytes > FILE_BYTES_MAX {
            return Err(SlaError::TooLarge { path: path.to_owned(), bytes, max: FILE_BYTES_MAX });
        }
        let mut reader = csv::ReaderBuilder::new().flexible(true).buffer_capacity(64 << 10).from_reader(file);
        let header = reader.byte_headers().map_err(|error| unreadable(error.into()))?;
        let header: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let places = places(&header, wanted).map_err(|reason| SlaError::Header { path: path.to_owned(), reason })?;
        for column in header.iter().filter(|column| wanted.iter().all(|wanted| wanted.name != column.as_str())) {
            issues.add(&name, Some(1), format!("column {column:?} is not known; it is ignored"));
        }
        Ok(Table { path: path.to_owned(), name, reader, places, width: header.len() })
    }

    /// Gives every row to `take`; what it refuses, and what is no row, becomes an issue.
    ///
    /// # Errors
    /// [`SlaError::Read`] if the file stops being readable.
    pub fn read(
        mut self,
        issues: &mut Issues,
        mut take: impl FnMut(&Cells<'_>) -> Result<(), String>,
    ) -> Result<(), SlaError> {
        let mut record = ByteRecord::new();
        loop {
            let more = self.reader.read_byte_record(&mut record);
            if !more.map_err(|error| SlaError::Read { path: self.path.clone(), source: error.into() })? {
                return Ok(());
            }
            let line = record.position().map(csv::Position::line);
            let taken = self.fits(&record).and_then(|()| {
                let text = StringRecord::from_byte_record(std::mem::take(&mut record));
                let text = text.map_err(|_| "is not UTF-8".to_owned())?;
                let taken = take(&Cells { record: &text, places: &self.places });
                record = text.into_byte_record(); // its room is used again
                taken
            });
            if let Err(reason) = taken {
                issues.add(&self.name, line, format!("{reason}; the row is left out"));
            }
        }
    }

    fn fits(&self, record: &ByteRecord) -> Result<(), String> {
        if record.len() != self.width {
            return Err(format!("has {} cells where the header line has {}", record.len(), self.width));
        }
        if record.as_slice().len() > ROW_BYTES_MAX {
            return Err(format!("is longer than {ROW_BYTES_MAX} bytes"));
        }
        Ok(())
    }
}

// === impl Cells ===

impl Cells<'_> {
    /// Does the file have the wanted column?
    pub fn has(&self, wanted: usize) -> bool {
        self.places.get(wanted).is_some_and(Option::is_some)
    }

    /// The cell of a wanted column without surrounding blanks; empty if the file has no such column.
    pub fn get(&self, wanted: usize) -> &str {
        let place = self.places.get(wanted).copied().flatten();
        place.and_then(|place| self.record.get(place)).unwrap_or_default().trim()
    }
}

/// Reads `yyyy-MM-dd HH:mm:ss` or `yyyy-MM-dd` in a zone; empty is absent.
pub fn read_time(zone: &Zone, name: &str, text: &str) -> Result<Option<Time>, String> {
    let midnight;
    let text = match text.len() {
        0 => return Ok(None),
        10 => {
            midnight = format!("{text} 00:00:00");
            &midnight
        }
        _ => text,
    };
    let is_local = text.len() == 19 || text.get(19..20) == Some(".");
    let time = zone.read_local(text).ok().filter(|_| is_local);
    time.map(Some).ok_or_else(|| format!("{name} {text:?} is not a time of the form yyyy-MM-dd HH:mm:ss"))
}

/// Where each wanted column is.
fn places(header: &[String], wanted: &[Wanted]) -> Result<Vec<Option<usize>>, String> {
    let place = |wanted: &Wanted| {
        let mut found = header.iter().enumerate().filter(|(_, name)| name.as_str() == wanted.name);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(format!("column {} comes twice", wanted.name)),
            (None, _) if wanted.mandatory => {
                Err(format!("column {} is missing: the first line must name the columns", wanted.name))
            }
            (first, _) => Ok(first.map(|(place, _)| place)),
        }
    };
    wanted.iter().map(place).collect()
}

#[cfg(test)]
mod tests;
