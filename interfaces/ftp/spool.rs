//! Where fetched bytes wait to be read: a private directory of files with names of our own.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::error::FtpError;

const PREFIX: &str = "fetch-";

/// A directory for fetched files.
#[derive(Clone, Debug)]
pub struct Spool {
    directory: PathBuf,
}

/// A file in the spool; it is removed when this value is dropped.
#[derive(Debug)]
pub struct Stored {
    /// Where it is.
    pub(crate) path: TempPath,
    /// Size.
    pub bytes: u64,
    /// Digest, as lower-case hexadecimal digits.
    pub sha256: String,
}

// === impl Spool ===

impl Spool {
    /// Opens the directory, makes it if it is absent, and removes what an earlier process left there.
    ///
    /// # Errors
    /// [`FtpError::Spool`] if the directory cannot be made or read.
    pub fn open(directory: &Path) -> Result<Self, FtpError> {
        create_private(directory).map_err(FtpError::Spool)?;
        for entry in fs::read_dir(directory).map_err(FtpError::Spool)? {
            let entry = entry.map_err(FtpError::Spool)?;
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                fs::remove_file(entry.path()).map_err(FtpError::Spool)?;
            }
        }
        Ok(Spool { directory: directory.to_owned() })
    }

    /// A new empty file under a random name that did not exist before.
    pub(crate) fn create(&self) -> Result<NamedTempFile, FtpError> {
        tempfile::Builder::new().prefix(PREFIX).tempfile_in(&self.directory).map_err(FtpError::Spool)
    }
}

// === impl Stored ===

impl Stored {
    /// Opens it for reading.
    ///
    /// # Errors
    /// [`FtpError::Spool`] if it cannot be opened.
    pub fn open(&self) -> Result<File, FtpError> {
        File::open(&self.path).map_err(FtpError::Spool)
    }

    /// Where it is, to keep a copy in quarantine.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn create_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}
