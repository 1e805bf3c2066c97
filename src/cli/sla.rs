//! `linesman sla`: figures from files, and what differs between two answers. Figures go to standard
//! output, what was wrong with the files to standard error.

use std::io::{BufWriter, StdoutLock, Write};

use clap::Subcommand;

use crate::sla::error::SlaError;
use crate::sla::{Answer, Files, Per, Wanted, diff};

/// Figures from files.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = crate::sla::EXAMPLES)]
pub struct Sla {
    #[command(subcommand)]
    command: Option<Also>,
    #[command(flatten)]
    files: Option<Files>,
    #[command(flatten)]
    wanted: Wanted,
}

/// What else can be done with figures.
#[derive(Debug, Subcommand)]
enum Also {
    /// Say what counts otherwise in one answer than in another.
    Diff(diff::Args),
}

impl Sla {
    /// Computes and prints.
    pub fn run(&self) -> anyhow::Result<()> {
        match (&self.command, &self.files) {
            (Some(Also::Diff(args)), _) => answered(|out| diff::run(args, out)),
            (None, Some(files)) => figures(files, &self.wanted),
            (None, None) => anyhow::bail!("say which files: see linesman sla --help"),
        }
    }
}

fn figures(files: &Files, wanted: &Wanted) -> anyhow::Result<()> {
    let answer = crate::sla::run(files, wanted.circuit.as_deref())?;
    report(&answer)?;
    answered(|out| match wanted.per {
        Per::Circuit => answer.write(wanted.format, out),
        Per::Customer => answer.write_customers(wanted.format, out),
    })
}

/// Says what was wrong with the files.
pub(super) fn report(answer: &Answer) -> anyhow::Result<()> {
    let mut errors = std::io::stderr().lock();
    for issue in answer.issues.kept() {
        writeln!(errors, "{issue}")?;
    }
    Ok(())
}

/// Writes an answer to standard output.
pub(super) fn answered(
    write: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> Result<(), SlaError>,
) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush().map_err(SlaError::Write)) {
        // The reader has what it wanted (`| head`).
        Err(SlaError::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        ended => Ok(ended?),
    }
}
