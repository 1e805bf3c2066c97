//! `linesman audit`: whether the log of who did what is whole.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use store::Db;
use store::audit::{Break, BreakKind, Chain, verify};

use super::{ConfigFile, say};
use crate::config::Config;

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check the whole log: what was changed, deleted, moved or cut off behind our back.
    ///
    /// It may run beside the daemon. Exit code 1 if something does not fit.
    #[command(after_help = "Examples:\n  linesman audit verify --config /etc/linesman/linesman.toml\n  \
                            linesman audit verify --config linesman.toml --checkpoints /mnt/elsewhere/audit.checkpoints")]
    Verify(Verify),
}

/// Arguments of `audit verify`.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    file: ConfigFile,
    /// Ends of the chain that were kept, instead of the configured file; best a copy from another machine
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
}

impl Audit {
    /// Checks and prints.
    pub fn run(self) -> anyhow::Result<()> {
        let Audit::Verify(arguments) = self;
        super::runtime()?.block_on(arguments.run())
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<()> {
        let Verify { file, checkpoints } = self;
        let config = Config::read(&file.config)?;
        let key = crate::audit::key_file(&config);
        // To look is not to begin a log: a key made now would fit nothing.
        ensure!(key.is_file(), "there is no audit key {}: has this daemon ever run?", key.display());
        let path = checkpoints.unwrap_or_else(|| crate::audit::checkpoint_file(&config));
        let ends = crate::audit::kept(&path)?;
        let db = Db::look(&crate::app::place(&config)?).await.context("cannot open the store")?;
        let mut tx = db.read().await.context("cannot read the store")?;
        let chain = verify(&mut tx, &ends).await?;
        let Chain { end, breaks } = &chain;
        if !breaks.is_empty() {
            let told: Vec<String> = breaks.iter().map(sentence).collect();
            bail!("the audit log is not whole:\n  - {}", told.join("\n  - "));
        }
        say(format_args!(
            "the audit log is whole: {} entries, {} checkpoints, head {}",
            end.count,
            ends.len(),
            end.head
        ));
        Ok(())
    }
}

fn sentence(found: &Break) -> String {
    let id = found.id;
    match found.kind {
        BreakKind::DoesNotFit => {
            format!("entry {id} does not fit: it was changed, or the one before it was deleted, added or moved")
        }
        BreakKind::CutOff => format!("entries after {id} are missing: the log was cut off"),
        BreakKind::NotAsChecked => format!("entry {id} is not what a checkpoint says: the log was written anew"),
        BreakKind::FalseCheckpoint => format!("the checkpoint at entry {id} was not made with this key"),
    }
}
