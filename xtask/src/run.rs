//! Running commands: printed before, checked after.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

/// Goes to the root of the project, wherever it was called from.
pub fn enter_root() -> Result<()> {
    std::env::set_current_dir(root()).context("cannot enter the project's folder")
}

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Prints the heading of a step, and when it began since the first.
pub fn step(title: &str) {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let passed = BEGAN.get_or_init(Instant::now).elapsed().as_secs();
    say(&format!("\n=== {title} ({} min {:02} s)", passed / 60, passed % 60));
}

#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
fn say(line: &str) {
    println!("{line}");
}

/// The cargo that runs us, with these arguments. What it told us of ourselves is not handed on: build
/// scripts that look at it would run again, and everything after them.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_str().is_some_and(is_of_package)) {
        command.env_remove(name);
    }
    command
}

fn is_of_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// Runs a command and fails with its words if it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command.status().with_context(|| format!("cannot start {shown}"))?;
    ensure!(status.success(), "{shown} failed: {status}");
    Ok(())
}

/// `true` if a program is on the path.
pub fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program} >/dev/null 2>&1")])
        .status()
        .is_ok_and(|s| s.success())
}

/// Each planted bug, built into a program of its own, must make its check fail.
pub fn sabotage() -> Result<()> {
    // Two in one build: neither could be caught by the test of the other.
    for bugs in [
        &[("sabotage-ack-before-commit", "crash::")][..],
        &[("sabotage-sync-normal", "durability::"), ("sabotage-no-scope", "isolation::")],
    ] {
        let features: Vec<String> = bugs.iter().map(|(bug, _)| format!("linesman/{bug}")).collect();
        let features = features.join(",");
        let build = ["test", "--workspace", "--test", "it", "--features", &features];
        step(&format!("planted: {features}"));
        // A program that cannot be built catches nothing.
        run(cargo(&build).arg("--no-run"))?;
        for (bug, test) in bugs {
            step(&format!("planted bug {bug} must be caught by {test}"));
            let mut command = cargo(&build);
            command.arg(test).env("LINESMAN_CRASH_ROUNDS", "12");
            // A test that fails here is as it should be: its words would be taken for a failure.
            let output = command.output().context("cannot start cargo")?;
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            ensure!(!output.status.success(), "the planted bug {bug} was not caught by {test}:\n{said}");
            let why = said.lines().skip_while(|line| !line.contains("panicked at")).nth(1).unwrap_or(&said);
            say(&format!("caught: {why}"));
        }
    }
    Ok(())
}
