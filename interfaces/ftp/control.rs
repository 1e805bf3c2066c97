//! The control file `<name>.ok`: what the producer promises of a file, and whether it holds.

use crate::error::{FtpError, Mismatch};
use crate::path::RemotePath;
use crate::spool::Stored;

/// A control file is four short lines; anything longer is not one.
pub(crate) const CONTROL_BYTES_MAX: u64 = 4096;

/// What a control file promises. `bytes` and `sha256` are of the file as stored (packed).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Name of the data file.
    pub name: String,
    /// Size.
    pub bytes: u64,
    /// Rows without the header line.
    pub records: u64,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
}

// === impl Control ===

impl Control {
    /// Reads the control file of `path`. Unknown keys are ignored: peers add their own.
    ///
    /// # Errors
    /// [`FtpError::Format`] if a line is missing, repeated or wrong, or another file is named.
    pub fn parse(path: &RemotePath, content: &[u8]) -> Result<Self, FtpError> {
        let text = std::str::from_utf8(content).map_err(|_| bad(path, "it is not UTF-8"))?;
        let name = value_of(path, text, "name")?;
        if name != path.name() {
            return Err(bad(path, &format!("it speaks of another file, {name:?}")));
        }
        let sha256 = value_of(path, text, "sha256")?.to_ascii_lowercase();
        if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(bad(path, "sha256 is not 64 hexadecimal digits"));
        }
        let bytes = number_of(path, text, "bytes")?;
        let records = number_of(path, text, "records")?;
        Ok(Control { name: name.to_owned(), bytes, records, sha256 })
    }

    /// The text of a control file.
    pub fn write(&self) -> String {
        format!("name={}\nbytes={}\nrecords={}\nsha256={}\n", self.name, self.bytes, self.records, self.sha256)
    }

    /// Does the stored file have the promised size and digest.
    ///
    /// # Errors
    /// [`FtpError::Mismatch`] with both values.
    pub fn verify(&self, path: &RemotePath, stored: &Stored) -> Result<(), FtpError> {
        if stored.bytes != self.bytes {
            let mismatch = Mismatch::Bytes { promised: self.bytes, found: stored.bytes };
            return Err(FtpError::Mismatch { path: path.to_string(), mismatch });
        }
        if stored.sha256 != self.sha256 {
            let mismatch = Mismatch::Sha256 { promised: self.sha256.clone(), found: stored.sha256.clone() };
            return Err(FtpError::Mismatch { path: path.to_string(), mismatch });
        }
        Ok(())
    }

    /// Does the file have the promised number of rows.
    ///
    /// # Errors
    /// [`FtpError::Mismatch`] with both values.
    pub fn verify_records(&self, path: &RemotePath, found: u64) -> Result<(), FtpError> {
        if found == self.records {
            return Ok(());
        }
        let mismatch = Mismatch::Records { promised: self.records, found };
        Err(FtpError::Mismatch { path: path.to_string(), mismatch })
    }
}

/// The value of a key that must be there once.
fn value_of<'a>(path: &RemotePath, text: &'a str, key: &str) -> Result<&'a str, FtpError> {
    let mut values = text.lines().filter_map(|line| line.split_once('=')).filter(|(k, _)| k.trim() == key);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Ok(value.trim()),
        (None, _) => Err(bad(path, &format!("the line {key}= is missing"))),
        (Some(_), Some(_)) => Err(bad(path, &format!("the line {key}= is there twice"))),
    }
}

fn number_of(path: &RemotePath, text: &str, key: &str) -> Result<u64, FtpError> {
    let value = value_of(path, text, key)?;
    value.parse().map_err(|_| bad(path, &format!("{key} is {value:?}, not a whole number")))
}

fn bad(path: &RemotePath, reason: &str) -> FtpError {
    FtpError::Format { file: path.control().to_string(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
