//! The list of active alarms as a file: one alarm a line, packed or not.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use model::time::Zone;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Centre, ListHabit, wire};
use crate::error::SimError;

// === impl Centre ===

impl Centre {
    /// The file of a list: its path, and its bytes unless the habit withholds them.
    pub(super) fn list_file(&self, habit: ListHabit) -> Result<(String, Vec<u8>), SimError> {
        let (mut lines, number) = {
            let mut state = self.state.lock();
            state.files += 1;
            let seq = state.seq;
            (state.active.values().map(|record| wire::alarm(record, seq)).collect::<Vec<_>>(), state.files)
        };
        if habit == ListHabit::PlainHalf {
            lines.truncate(lines.len() / 2);
        }
        let text: Vec<u8> = lines.into_iter().flat_map(|line| [line, b"\n".to_vec()]).flatten().collect();
        let at = Zone::china().civil(self.clock.now());
        let name = format!("FM-OMC-1A-V1.1.0-{}-{number:03}", at.strftime("%Y%m%d%H%M%S"));
        let folder = format!("/ftproot/GD/TRANS/ACME/{}/FM/{}", self.settings.sys_code, at.strftime("%Y%m%d"));
        let (ending, bytes) = match habit {
            ListHabit::Plain | ListHabit::PlainHalf => ("txt", Ok(text)),
            ListHabit::Gzip => ("txt.gz", gzip(&text)),
            _ => ("zip", zip(&format!("{name}.txt"), &text)),
        };
        let path = format!("{folder}/{name}.{ending}");
        let mut bytes = bytes.map_err(|source| SimError::Write { path: path.clone(), source })?;
        if habit == ListHabit::Truncated {
            bytes.truncate(bytes.len() / 2);
        }
        Ok((path, bytes))
    }

    /// Puts a file on the site.
    pub(super) fn put(&self, path: &str, bytes: &[u8]) -> Result<(), SimError> {
        let failed = |source| SimError::Write { path: path.to_owned(), source };
        let place = self.settings.site.join(path.trim_start_matches('/'));
        place.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(failed)?;
        std::fs::write(place, bytes).map_err(failed)
    }
}

fn gzip(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text)?;
    encoder.finish()
}

fn zip(name: &str, text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default())?;
    writer.write_all(text)?;
    Ok(writer.finish()?.into_inner())
}
