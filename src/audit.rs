//! The key of the audit log's chain, and the ends of the chain that are kept beside the database
//! (reliability G21): whoever changes the log must change those too.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use model::time::Time;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use store::audit::{AuditKey, Checkpoint};

use crate::config::Config;

/// Bytes of a checkpoint file that are read: ten years of one every five minutes are less.
const CHECKPOINTS_MAX: u64 = 512 << 20;

/// One line of the checkpoint file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    at: Time,
    #[serde(flatten)]
    end: Checkpoint,
}

/// The configured key; the first start makes it.
///
/// # Errors
/// If the file cannot be read or made, or holds no key.
pub fn key(config: &Config) -> anyhow::Result<AuditKey> {
    let path = key_file(config);
    match std::fs::read_to_string(&path) {
        Ok(text) => read_key(&text).with_context(|| format!("{} must hold 64 hex digits", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make_key(&path).with_context(|| format!("cannot make the audit key {}", path.display()))
        }
        Err(error) => Err(error).with_context(|| format!("cannot read the audit key {}", path.display())),
    }
}

/// The configured key file.
pub fn key_file(config: &Config) -> PathBuf {
    named(config.audit.key_file.as_ref(), config, "audit.key")
}

/// The configured checkpoint file.
pub fn checkpoint_file(config: &Config) -> PathBuf {
    named(config.audit.checkpoint_file.as_ref(), config, "audit.checkpoints")
}

fn named(file: Option<&PathBuf>, config: &Config, name: &str) -> PathBuf {
    file.cloned().unwrap_or_else(|| config.store.data.join(name))
}

fn read_key(text: &str) -> Option<AuditKey> {
    let bytes = hex::decode(text.trim()).ok()?;
    <[u8; 32]>::try_from(bytes).ok().map(AuditKey::new)
}

/// Only its owner may read it.
fn make_key(path: &Path) -> anyhow::Result<AuditKey> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    let text = hex::encode(bytes);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    tracing::info!(path = %path.display(), "made the key of the audit log {}: keep a copy elsewhere", path.display());
    Ok(AuditKey::new(bytes))
}

/// Adds the end of the chain to the file.
///
/// # Errors
/// If it cannot be written.
pub fn keep(path: &Path, end: &Checkpoint, at: Time) -> anyhow::Result<()> {
    let line = serde_json::to_string(&Line { at, end: end.clone() })?;
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    writeln!(file, "{line}")?;
    Ok(file.sync_all()?)
}

/// The ends that were kept, oldest first; none if there is no file yet.
///
/// # Errors
/// If the file cannot be read, or a line is no checkpoint.
pub fn kept(path: &Path) -> anyhow::Result<Vec<Checkpoint>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    if file.metadata()?.len() > CHECKPOINTS_MAX {
        bail!("{} is larger than 512 MiB", path.display());
    }
    let mut ends = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(file.take(CHECKPOINTS_MAX)).lines()) {
        let line: Line =
            serde_json::from_str(&line?).with_context(|| format!("{}:{number}: is no checkpoint", path.display()))?;
        ends.push(line.end);
    }
    Ok(ends)
}

#[cfg(test)]
mod tests;
