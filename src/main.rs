//! The `linesman` program: reads the command line and runs one command.

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    linesman::cli::Cli::parse().run()
}
