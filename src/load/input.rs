//! The files of a load: fetched from a peer and checked, or lying in a folder.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use ftp::gz::Unpack;
use ftp::session::Unpacked;
use ftp::{Checked, Encoding, FtpError, Table};

/// One file.
#[derive(Debug)]
pub enum Input {
    /// Fetched, and in agreement with its control file.
    Fetched(Box<Checked>),
    /// On our own disk.
    Local(PathBuf),
}

// === impl Input ===

impl Input {
    /// Its name, for messages.
    pub fn name(&self) -> String {
        match self {
            Input::Fetched(checked) => checked.path.name().to_owned(),
            Input::Local(path) => path.display().to_string(),
        }
    }

    /// Rows that its control file promises.
    pub fn records(&self) -> Option<u64> {
        match self {
            Input::Fetched(checked) => Some(checked.control.records),
            Input::Local(_) => None,
        }
    }

    /// Its unpacked bytes.
    ///
    /// # Errors
    /// [`FtpError::Spool`] if it cannot be opened.
    pub fn unpacked(&self) -> Result<Unpacked, FtpError> {
        match self {
            Input::Fetched(checked) => checked.unpacked(),
            Input::Local(path) => unpacked(path),
        }
    }

    /// Its rows.
    ///
    /// # Errors
    /// [`FtpError`] if it cannot be opened or its header cannot be used.
    pub fn table(&self, encoding: Encoding) -> Result<Table<Unpacked>, FtpError> {
        Table::open(&self.name(), self.unpacked()?, encoding)
    }
}

fn unpacked(path: &Path) -> Result<Unpacked, FtpError> {
    let file = File::open(path).map_err(FtpError::Spool)?;
    let bytes = file.metadata().map_err(FtpError::Spool)?.len();
    let is_gz = path.extension().is_some_and(|extension| extension == "gz");
    Ok(if is_gz { Box::new(Unpack::new(BufReader::new(file), bytes)) } else { Box::new(BufReader::new(file)) })
}
