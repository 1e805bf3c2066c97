//! Files of reports: where they lie, and how they are written so that they last.
//!
//! `<month>/<customer>/<month>-<language>-r<revision>.<format>` below the folder of reports. A file is
//! written under another name, made durable and then renamed; its row is committed after that, so a row
//! never names a file that is not there. What lies there without a row was never issued.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, ensure};
use model::report::{Format, Language};
use report::input::Report;
use report::{Fonts, ReportError};
use sha2::{Digest, Sha256};
use store::report::issue::Document;

/// Longest customer number that is a folder's name as it is.
const NAME_MAX: usize = 64;
/// Bytes of the digest that stands for another.
const SHORT: usize = 16;

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Below the folder of reports.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// Which file.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// The month.
    pub label: &'a str,
    /// Customer.
    pub customer_no: &'a str,
    /// Language.
    pub language: Language,
    /// Revision.
    pub revision: u32,
    /// Format.
    pub format: Format,
}

// === impl Name ===

impl Name<'_> {
    /// Its path below the folder of reports.
    pub fn path(&self) -> String {
        let Name { label, customer_no, language, revision, format } = self;
        format!("{label}/{}/{label}-{language}-r{revision}.{format}", folder_of(customer_no))
    }
}

/// A customer's folder. A number that is not plain letters and digits is replaced by its digest, after a
/// sign that no plain number has.
fn folder_of(customer_no: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=NAME_MAX).contains(&customer_no.len()) && customer_no.bytes().all(is_plain) {
        return customer_no.to_owned();
    }
    let digest = hex::encode(Sha256::digest(customer_no.as_bytes()));
    format!("~{}", digest.get(..SHORT * 2).unwrap_or(&digest))
}

/// A report in a format. It takes up to a second: not on a runtime thread.
///
/// # Errors
/// Why it cannot be drawn.
pub fn rendered(report: &Report, fonts: &Fonts, format: Format) -> Result<Vec<u8>, ReportError> {
    match format {
        Format::Pdf => report::pdf(report, fonts),
        Format::Xlsx => report::xlsx(report),
        Format::Csv => report::csv(report),
    }
}

/// An issued file's bytes.
///
/// # Errors
/// If it cannot be read, or is not what was issued.
pub async fn issued(folder: &Path, document: &Document) -> anyhow::Result<Vec<u8>> {
    let path = folder.join(&document.path);
    let content = tokio::fs::read(&path).await.with_context(|| format!("cannot read {}", path.display()))?;
    let is_whole = hex::encode(Sha256::digest(&content)) == document.sha256;
    ensure!(is_whole, "{} is not what was issued: put it back from a backup", path.display());
    Ok(content)
}

/// The path of a standing report's file; no customer's folder has such a name.
pub fn standing_path(label: &str, id: i64, name: &str) -> String {
    format!("{label}/~standing-{id}/{name}")
}

/// Writes a file below the folder of reports so that it is there after a power cut.
///
/// # Errors
/// What the file system says.
pub fn write(folder: &Path, path: String, content: &[u8]) -> io::Result<Written> {
    let place = folder.join(&path);
    let parent = place.parent().unwrap_or(folder);
    fs::create_dir_all(parent)?;
    let unfinished = place.with_added_extension("part");
    let mut file = File::create(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&unfinished, &place)?;
    for folder in parent.ancestors().take(3) {
        File::open(folder)?.sync_all()?;
    }
    Ok(Written { path, bytes: content.len() as u64, sha256: hex::encode(Sha256::digest(content)) })
}
