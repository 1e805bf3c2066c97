//! Who we are to senders of SNMPv3: an engine id that stays and a number of starts that only grows
//! (RFC 3414 §2.2). Both lie in a file. A sender of an inform signs for us with them, so a start that was
//! counted twice would let a recorded inform in.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use async_snmp::v3::{compute_engine_boots_time, generate_engine_id, validate_engine_id};
use bytes::Bytes;

use crate::error::SnmpError;

/// Our engine since this start.
#[derive(Clone, Debug)]
pub struct Engine {
    id: Bytes,
    boots: u32,
    began: Instant,
}

// === impl Engine ===

impl Engine {
    /// Reads the engine of a file, or makes one, and counts this start before it is used.
    ///
    /// # Errors
    /// [`SnmpError`] if the file cannot be used.
    pub fn open(path: &Path) -> Result<Self, SnmpError> {
        let failed = |source| SnmpError::Engine { path: path.to_owned(), source };
        let (id, boots) = match std::fs::read_to_string(path) {
            Ok(text) => read(&text).ok_or_else(|| SnmpError::EngineFile { path: path.to_owned() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                (generate_engine_id().map_err(|_| SnmpError::Random)?, 0)
            }
            Err(error) => return Err(failed(error)),
        };
        let engine = Engine { id, boots: boots.saturating_add(1), began: Instant::now() };
        engine.write(path).map_err(failed)?;
        Ok(engine)
    }

    /// Its id.
    pub(crate) fn id(&self) -> &Bytes {
        &self.id
    }

    /// Starts, and seconds since this one.
    pub(crate) fn boots_time(&self) -> (u32, u32) {
        compute_engine_boots_time(self.boots, self.began.elapsed().as_secs())
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{} {}", hex::encode(&self.id), self.boots)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        std::fs::File::open(folder)?.sync_all()
    }
}

fn read(text: &str) -> Option<(Bytes, u32)> {
    let (id, boots) = text.trim().split_once(' ')?;
    let id = hex::decode(id).ok()?;
    validate_engine_id(&id).ok()?;
    Some((id.into(), boots.parse().ok()?))
}

#[cfg(test)]
mod tests;
