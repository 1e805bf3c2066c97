//! What can go wrong when a report is rendered.

use std::collections::BTreeSet;
use std::fmt;

/// Characters named in a message; the rest is counted.
const NAMED_MAX: usize = 20;

/// A report that was not rendered.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A text holds characters that no font has. Nothing is printed instead of boxes.
    #[error("no font of the report has {0}; give a larger font file or correct the text")]
    MissingCharacters(MissingCharacters),
    /// A font file cannot be used.
    #[error("{0} is not a usable TrueType or OpenType font")]
    Font(&'static str),
    /// The PDF writer refused.
    #[error("the pdf could not be written: {0}")]
    Pdf(String),
    /// The XLSX writer refused: a sheet is longer than the format allows, for example.
    #[error("the xlsx could not be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The CSV writer refused.
    #[error("the csv could not be written: {0}")]
    Csv(String),
}

/// The characters that no font has, in the order of their code points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingCharacters(pub BTreeSet<char>);

impl fmt::Display for MissingCharacters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, character) in self.0.iter().take(NAMED_MAX).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{character} (U+{:04X})", u32::from(*character))?;
        }
        match self.0.len().checked_sub(NAMED_MAX) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more"),
        }
    }
}
