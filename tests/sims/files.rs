//! Files that peers publish: CSV in local time, packed, written under another name and renamed,
//! then the control file. For tests each of these steps can go wrong on purpose.

use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::resource::{Cell, Class, Row};
use model::time::{Time, Zone};
use model::work::OpType;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use crate::error::SimError;

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileFault {
    /// Nothing.
    #[default]
    None,
    /// The control file is not written.
    NoControl,
    /// The control file has another digest.
    WrongDigest,
    /// The control file promises one row more.
    WrongCount,
    /// The second half of the data is missing; the control file speaks of the whole.
    Truncated,
}

/// Files kept on the site; the oldest are taken away.
const FILES_LIMIT: usize = 400;

/// The producer's side of the file site.
#[derive(Clone, Debug)]
pub struct Publisher {
    root: PathBuf,
    published: Arc<Mutex<VecDeque<PathBuf>>>,
}

/// Rows to be written.
#[derive(Debug)]
pub struct Table {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

// === impl Publisher ===

impl Publisher {
    /// Publishes into the directory that the site serves.
    pub fn new(root: &Path) -> Self {
        Publisher { root: root.to_owned(), published: Arc::default() }
    }

    /// Writes `table` to the absolute path `path` of the site, packed if it ends in `.gz`.
    ///
    /// # Errors
    /// [`SimError`] if it cannot be encoded or written.
    pub fn publish(&self, path: &str, table: &Table, fault: FileFault) -> Result<(), SimError> {
        let mut bytes = table.encode(path)?;
        if path.ends_with(".gz") {
            bytes = pack(&bytes).map_err(|source| SimError::Write { path: path.to_owned(), source })?;
        }
        let control = control(path, &bytes, table.rows.len(), fault);
        if fault == FileFault::Truncated {
            bytes.truncate(bytes.len() / 2);
        }
        self.write(path, &bytes)?;
        match fault {
            FileFault::NoControl => Ok(()),
            _ => self.write(&format!("{path}.ok"), control.as_bytes()),
        }
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), SimError> {
        let target = self.root.join(path.trim_start_matches('/'));
        let temporary = target.with_extension("part");
        let write = || {
            if let Some(directory) = target.parent() {
                std::fs::create_dir_all(directory)?;
            }
            std::fs::write(&temporary, bytes)?;
            std::fs::rename(&temporary, &target)
        };
        write().map_err(|source| SimError::Write { path: path.to_owned(), source })?;
        self.tidy(target);
        Ok(())
    }

    fn tidy(&self, newest: PathBuf) {
        let mut published = self.published.lock();
        published.push_back(newest);
        if published.len() > FILES_LIMIT
            && let Some(oldest) = published.pop_front()
        {
            // Someone else may have taken it away; then it is gone as it should be.
            let _ = std::fs::remove_file(oldest);
        }
    }
}

// === impl Table ===

impl Table {
    /// Rows of a class, as in a FULL file.
    pub fn of_class(class: Class, rows: &[Row], zone: &Zone) -> Self {
        let columns = class.columns().iter().map(|column| column.name.to_owned()).collect();
        Table { columns, rows: rows.iter().map(|row| local_cells(row, zone)).collect() }
    }

    /// Changed rows of a class, as in an INC file: `opType` goes first.
    pub fn of_changes(class: Class, changes: &[(OpType, Row)], zone: &Zone) -> Self {
        let names = class.columns().iter().map(|column| column.name.to_owned());
        let columns = std::iter::once("opType".to_owned()).chain(names).collect();
        let row =
            |(op, row): &(OpType, Row)| std::iter::once(op.word().to_owned()).chain(local_cells(row, zone)).collect();
        Table { columns, rows: changes.iter().map(row).collect() }
    }

    /// As CSV, UTF-8, LF, under a header line.
    ///
    /// # Errors
    /// [`SimError::Encode`] if a row has another number of cells than the header.
    pub fn encode(&self, path: &str) -> Result<Vec<u8>, SimError> {
        let failed = |source| SimError::Encode { path: path.to_owned(), source };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns).map_err(failed)?;
        for row in &self.rows {
            writer.write_record(row).map_err(failed)?;
        }
        writer.into_inner().map_err(|error| failed(csv::Error::from(error.into_error())))
    }
}

/// The directory of today's files of a system: `/<sysCode>/<kind>/<yyyyMMdd>`.
pub fn directory(sys_code: &str, kind: &str, at: Time, zone: &Zone) -> String {
    format!("/{sys_code}/{kind}/{}", zone.civil(at).strftime("%Y%m%d"))
}

/// Cells of a row with its times in `zone`.
fn local_cells(row: &Row, zone: &Zone) -> Vec<String> {
    let columns = row.class.columns().iter();
    columns
        .zip(&row.cells)
        .map(|(column, cell)| match (column.cell, Time::parse(cell)) {
            (Cell::Time, Ok(at)) => zone.write_local(at),
            _ => cell.clone(),
        })
        .collect()
}

fn pack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn control(path: &str, bytes: &[u8], rows: usize, fault: FileFault) -> String {
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let digest = match fault {
        FileFault::WrongDigest => Sha256::digest(b"another file"),
        _ => Sha256::digest(bytes),
    };
    let records = rows as u64 + u64::from(fault == FileFault::WrongCount);
    let sha256 = hex::encode(digest);
    ftp::Control { name, bytes: bytes.len() as u64, records, sha256 }.write()
}

#[cfg(test)]
mod tests;
