//! The files inside a fetched file that has no control file: itself, unpacked if it is a gzip, or every file of a
//! zip. A packed file proves by its checksums that it is whole; a plain one proves nothing, since a file that was
//! cut between two lines looks like one that is complete.

use std::io::{self, BufReader, Read};

use zip::ZipArchive;

use crate::error::FtpError;
use crate::gz::{Capped, Unpack, limit_of};
use crate::path::RemotePath;
use crate::spool::Stored;

/// Files in one zip.
const ENTRIES_MAX: usize = 100;

/// What is known of a file's wholeness after its last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Its checksums agree.
    Whole,
    /// It has none.
    Nothing,
}

/// Gives every part to `take`, which reads it to its end.
///
/// # Errors
/// [`FtpError::Format`] if the packing is damaged, holds too many files or unpacks to too much; what `take` says.
pub fn each_part(
    path: &RemotePath,
    stored: &Stored,
    mut take: impl FnMut(&mut dyn Read) -> Result<(), FtpError>,
) -> Result<Proof, FtpError> {
    let file = BufReader::new(stored.open()?);
    let name = path.name().to_ascii_lowercase();
    if name.ends_with(".zip") {
        each_of_zip(path, (file, stored.bytes), &mut take)?;
    } else if name.ends_with(".gz") {
        take(&mut Unpack::new(file, stored.bytes))?;
    } else {
        let mut plain = file;
        take(&mut plain)?;
        return Ok(Proof::Nothing);
    }
    Ok(Proof::Whole)
}

fn each_of_zip(
    path: &RemotePath,
    (file, bytes): (BufReader<std::fs::File>, u64),
    take: &mut impl FnMut(&mut dyn Read) -> Result<(), FtpError>,
) -> Result<(), FtpError> {
    let bad = |reason: String| FtpError::Format { file: path.name().to_owned(), reason };
    let mut archive = ZipArchive::new(file).map_err(|error| bad(error.to_string()))?;
    if archive.len() > ENTRIES_MAX {
        return Err(bad(format!("it holds {} files, {ENTRIES_MAX} are allowed", archive.len())));
    }
    let mut left = limit_of(bytes);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| bad(error.to_string()))?;
        if entry.is_dir() {
            continue;
        }
        let mut entry = Capped::of(entry, left);
        take(&mut entry)?;
        // The checksum is looked at behind the last byte.
        io::copy(&mut entry, &mut io::sink()).map_err(|error| bad(error.to_string()))?;
        left = entry.left();
    }
    Ok(())
}

#[cfg(test)]
mod tests;
