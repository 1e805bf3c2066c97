//! `linesman explain`: why a figure is what it is, from the files of `linesman sla`.

use clap::Subcommand;
use model::time::Zone;

use super::sla::{answered, report};
use crate::sla::error::SlaError;
use crate::sla::{Files, instant};

const EXAMPLES: &str = "\
Examples:
  The month of a circuit, every interval with what it rests on:
    linesman explain circuit 北京天津ANE0365NP --inventory inventory/ --alarms ALARMS.csv --plans plans.toml --period 2026-10
  One minute of it:
    linesman explain circuit 北京天津ANE0365NP --inventory inventory/ --alarms ALARMS.csv --plans plans.toml --period 2026-10 \\
      --at \"2026-10-07 18:30:00\"";

/// What to explain.
#[derive(Debug, Subcommand)]
pub enum Explain {
    /// The figure of a circuit: method, formula with numbers, every interval with its evidence.
    #[command(after_help = EXAMPLES)]
    Circuit(Circuit),
}

/// Arguments of `explain circuit`.
#[derive(Debug, clap::Args)]
pub struct Circuit {
    /// Circuit code
    #[arg(value_name = "CODE")]
    code: String,
    #[command(flatten)]
    files: Files,
    /// Only the interval that holds this instant: RFC 3339, or a local time in --zone
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

impl Explain {
    /// Computes and prints.
    pub fn run(&self) -> anyhow::Result<()> {
        let Explain::Circuit(Circuit { code, files, at }) = self;
        let zone = Zone::parse(&files.zone).map_err(SlaError::Zone)?;
        let at = at.as_deref().map(|text| instant(&zone, "--at", text)).transpose()?;
        let answer = crate::sla::run(files, Some(code))?;
        report(&answer)?;
        answered(|out| answer.explain(at, out))
    }
}
