//! `linesman sla`: figures from files. The figures go to standard output, what was wrong with the
//! files to standard error.

use std::io::Write;

use crate::sla::Args;
use crate::sla::error::SlaError;

/// Computes and prints.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let answer = crate::sla::run(args)?;
    let mut errors = std::io::stderr().lock();
    for issue in answer.issues.kept() {
        writeln!(errors, "{issue}")?;
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match answer.write(args.format, &mut out).and_then(|()| out.flush().map_err(SlaError::Write)) {
        // The reader has what it wanted (`| head`).
        Err(SlaError::Write(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        ended => Ok(ended?),
    }
}
