//! The command line.

use std::io::Write;

use clap::Parser;
use linesman::sla;

/// Customer network management for leased lines.
#[derive(Parser)]
enum Command {
    /// SLA figures from files, without server or database
    Sla(sla::Args),
}

fn main() -> anyhow::Result<()> {
    let Command::Sla(args) = Command::parse();
    let answer = sla::run(&args)?;
    let mut errors = std::io::stderr().lock();
    for issue in answer.issues.kept() {
        writeln!(errors, "{issue}")?;
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    answer.write(args.format, &mut out)?;
    out.flush()?;
    Ok(())
}
