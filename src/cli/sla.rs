//! `linesman sla`: figures from files, and what differs between two answers. Figures go to standard
//! output, what was wrong with the files to standard error.

use std::io::{BufWriter, StdoutLock, Write};

use clap::Subcommand;

use crate::sla::error::SlaError;
use crate::sla::{Answer, Args, Per, diff};

/// Figures from files.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = crate::sla::EXAMPLES)]
pub struct Sla {
    #[command(subcommand)]
    command: Option<Also>,
    #[command(flatten)]
    args: Option<Args>,
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
        match (&self.command, &self.args) {
            (Some(Also::Diff(args)), _) => answered(|out| diff::run(args, out)),
            (None, Some(args)) => figures(args),
            (None, None) => anyhow::bail!("say which files: see linesman sla --help"),
        }
    }
}

fn figures(args: &Args) -> anyhow::Result<()> {
    let answer = crate::sla::run(&args.files, args.circuit.as_deref())?;
    report(&answer)?;
    answered(|out| match args.per {
        Per::Circuit => answer.write(args.format, out),
        Per::Customer => answer.write_customers(args.format, out),
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
