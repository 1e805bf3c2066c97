//! Performance files (contract §5): what managers write, in the dialect that they write it in, as
//! [`model::pm::Batch`]es of our own words.
//!
//! A file of any size is read in bounded memory, and reading is total: what cannot be read is an [`Issue`]
//! with its line and reason, and the good rest goes on. Only what spoils the file as a whole (no header,
//! damaged packing, XML that is not well-formed) is an error; what came before it was handed out already, so
//! whoever keeps rows keeps them after the end.
//!
//! - `manner`: a peer's settings: dialect, object ids, counters
//! - `out`, `issue`: where rows and issues go; `columns`: a file's counters as our parameters
//! - `table`: rows of native CSV and OMC text; `omc_text`: its first line
//! - `xml`, `decode`: XML piece by piece within limits; `counters`: numbered counters of both XML dialects
//! - `tmf`: a record a value; `omc_xml`, `ts32435`: the XML dialects; `file_name`: names by TS 32.432
//! - `clock`: local times, safe at clock changes; `cell`: numbers and texts; `template`: ids out of fields

mod cell;
mod clock;
mod columns;
mod counters;
mod decode;
mod file_name;
mod issue;
mod manner;
mod omc_text;
mod omc_xml;
mod out;
mod table;
mod template;
mod tmf;
mod ts32435;
mod xml;

use ftp::FtpError;
use ftp::session::Unpacked;
use model::pm::Batch;

pub use issue::{Issue, Issues};
pub use manner::{Format, Manner, PmSettings};

use omc_xml::OmcXml;
use out::Out;
use table::TableFile;
use tmf::Tmf;
use ts32435::Ts32435;
use xml::Xml;

/// A performance file that is being read.
pub struct PmFile {
    dialect: Dialect,
    out: Out,
}

enum Dialect {
    Table(Box<TableFile>),
    OmcXml(Xml, Box<OmcXml>),
    Ts32435(Xml, Box<Ts32435>),
    Tmf(Box<Tmf>),
}

// === impl PmFile ===

impl PmFile {
    /// Begins to read `bytes` (already unpacked) of a file with this name, which stands in messages and,
    /// in TS 32.432, says the period.
    ///
    /// # Errors
    /// [`FtpError::Format`] if its first lines show that it is not such a file.
    pub fn open(name: &str, bytes: Unpacked, manner: &Manner) -> Result<Self, FtpError> {
        let bad = |reason| FtpError::Format { file: name.to_owned(), reason };
        let mut out = Out::default();
        let dialect = match manner.format {
            Format::Csv => Dialect::Table(Box::new(TableFile::native(name, bytes, manner, &mut out)?)),
            Format::OmcText => Dialect::Table(Box::new(omc_text::open(name, bytes, manner, &mut out)?)),
            Format::OmcXml => Dialect::OmcXml(Xml::new(name, bytes), Box::new(OmcXml::new(manner).map_err(bad)?)),
            Format::Ts32435 => {
                Dialect::Ts32435(Xml::new(name, bytes), Box::new(Ts32435::new(name, manner).map_err(bad)?))
            }
            Format::Tmf => Dialect::Tmf(Box::new(Tmf::open(name, bytes, manner)?)),
        };
        Ok(PmFile { dialect, out })
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the file cannot be read on. What was handed out is then a part of a file.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, FtpError> {
        loop {
            if let Some(batch) = self.out.take() {
                return Ok(Some(batch));
            }
            let more = match &mut self.dialect {
                Dialect::Table(file) => file.step(&mut self.out)?,
                Dialect::OmcXml(xml, handler) => xml.step(handler.as_mut(), &mut self.out)?,
                Dialect::Ts32435(xml, handler) => xml.step(handler.as_mut(), &mut self.out)?,
                Dialect::Tmf(file) => file.step(&mut self.out)?,
            };
            if !more {
                self.out.flush();
                return Ok(self.out.take());
            }
        }
    }

    /// What could not be read so far.
    pub fn issues(&self) -> &Issues {
        &self.out.issues
    }
}

#[cfg(test)]
mod tests;
