//! Builds the web. Its output is committed, so that nobody needs Node to run the daemon.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::run::{has, run};

const WEB: &str = "dashboards/web";

/// Rebuilds `dist`; with `check`, fails if the rebuilt files differ from the committed ones.
pub fn build(check: bool) -> Result<()> {
    ensure!(has("npm"), "Node and npm are needed to build the web; the daemon itself runs without them");
    npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    npm(&["test"])?;
    npm(&["run", "build"])?;
    if check {
        let changed = Command::new("git").args(["status", "--porcelain", "--", &format!("{WEB}/dist")]).output()?;
        let changed = String::from_utf8_lossy(&changed.stdout).into_owned();
        ensure!(changed.is_empty(), "{WEB}/dist is not what its sources make; run cargo xtask web and commit:\n{changed}");
    }
    Ok(())
}

/// Runs npm inside the web's folder.
pub fn npm(arguments: &[&str]) -> Result<()> {
    run(Command::new("npm").args(arguments).current_dir(Path::new(WEB)))
}
