//! What developers and CI run: `cargo xtask test`, `fuzz`, `web`, `web --check`, `bless`, `browser`.
//!
//! Each command installs what it needs if it may (root on Debian), prints each step before it runs
//! and stops at the first that fails.

mod browser;
mod install;
mod run;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};

use run::{cargo, step};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build and test commands of Linesman")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing and runs every check: format, clippy, all tests, web, browser.
    ///
    /// Example: cargo xtask test
    Test {
        /// Leave the browser and the web build out (for work on the daemon alone).
        #[arg(long)]
        rust_only: bool,
        /// Rounds of the crash test (kill -9 under load).
        #[arg(long, default_value_t = 60)]
        crash_rounds: u32,
    },
    /// Rebuilds the web (dashboards/web/dist) from its sources.
    ///
    /// Example: cargo xtask web --check
    Web {
        /// Rebuild into a scratch folder and fail if the committed files differ.
        #[arg(long)]
        check: bool,
    },
    /// Runs the tests with BLESS=1, which rewrites recorded expectations; read the diff after it.
    Bless,
    /// Damages recorded inputs of every parser: no panic, 1 s of CPU and 64 MiB at most.
    ///
    /// Examples: cargo xtask fuzz --seconds 600 pm-ts32435; cargo xtask fuzz --replay target/fuzz/soap-0f… soap
    Fuzz {
        /// Seconds for each target.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Where chance begins.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Play this input again.
        #[arg(long, requires = "target")]
        replay: Option<String>,
        /// Only this target; see collectors/tests/fuzz/targets.rs.
        target: Option<String>,
    },
    /// Drives the real binary in Chromium: console errors, accessibility, budgets, flows.
    Browser,
}

fn main() -> Result<()> {
    run::enter_root()?;
    match Args::parse().command {
        Command::Test { rust_only, crash_rounds } => test(rust_only, crash_rounds),
        Command::Web { check } => web::build(check),
        Command::Bless => {
            install::for_tests()?;
            run::run(cargo(&["test", "--workspace"]).env("BLESS", "1"))
        }
        Command::Fuzz { seconds, seed, replay, target } => fuzz(seconds, seed, replay, target),
        Command::Browser => browser::run(),
    }
}

fn fuzz(seconds: u64, seed: u64, replay: Option<String>, target: Option<String>) -> Result<()> {
    let (seconds, seed) = (seconds.to_string(), seed.to_string());
    let mut command = cargo(&["test", "--workspace", "--test", "fuzz", "--", "--seconds", &seconds, "--seed", &seed]);
    if let Some(file) = replay {
        command.arg("--replay").arg(std::path::absolute(file)?);
    }
    run::run(command.args(target))
}

fn test(rust_only: bool, crash_rounds: u32) -> Result<()> {
    step("install what is missing");
    install::for_tests()?;
    step("format");
    run::run(&mut cargo(&["fmt", "--all", "--check"]))?;
    step("clippy");
    run::run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    step("tests: unit, property, integration on SQLite and PostgreSQL, foreign clients");
    // Every target but `it`, which is no room's and the only one whose name begins with an i.
    let units = ["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--test", "[!i]*"];
    run::run(&mut cargo(&units))?;
    // Tests of the whole program wait for it most of their time.
    let whole = ["test", "--workspace", "--test", "it", "--", "--skip", "crash::", "--test-threads", "4"];
    run::run(&mut cargo(&whole))?;
    step("fuzz: ten seconds for every parser");
    fuzz(10, 1, None, None)?;
    step("crash test: the release program, killed under load");
    run::run(&mut cargo(&["build", "--release"]))?;
    // The whole workspace is named so that cargo builds nothing anew with other features.
    let crash = ["test", "--workspace", "--test", "it", "crash::", "--", "--test-threads", "1"];
    let released = run::root().join("target/release/linesman");
    let rounds = crash_rounds.to_string();
    run::run(cargo(&crash).env("LINESMAN_PROGRAM", released).env("LINESMAN_CRASH_ROUNDS", rounds))?;
    step("planted bugs are caught");
    run::sabotage()?;
    if !rust_only {
        step("web: the committed files are what the sources make");
        web::build(true)?;
        step("browser");
        browser::run()?;
    }
    step("all checks passed");
    Ok(())
}
