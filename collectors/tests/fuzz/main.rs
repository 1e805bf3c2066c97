//! A mutation fuzzer for whatever reads bytes from outside, on stable Rust: recorded cases are damaged, spliced
//! and blown up, and no input may panic, take more than a second of CPU, or more than 64 MiB.
//!
//! `cargo xtask fuzz [--seconds N] [TARGET]` runs it; each target runs in a process of its own, as many at once
//! as there are processors. Without `--seconds`, as in `cargo test`, it plays the recorded cases and ends. An
//! input that broke a rule is kept below `target/fuzz`; `cargo xtask fuzz --replay FILE TARGET` plays it again.

mod guard;
mod mutate;
mod targets;

use std::error::Error;
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};

use guard::Guard;
use mutate::Mutator;
use targets::Target;

#[global_allocator]
static ALLOCATOR: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// What was asked for. Arguments of the usual test harness are passed over.
struct Asked {
    seconds: u64,
    seed: u64,
    replay: Option<String>,
    target: Option<String>,
}

impl Asked {
    fn read() -> Self {
        let mut asked = Asked { seconds: 0, seed: 1, replay: None, target: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--seconds" => asked.seconds = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(10),
                "--seed" => asked.seed = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1),
                "--replay" => asked.replay = arguments.next(),
                name if targets::NAMES.contains(&name) => asked.target = Some(argument),
                _ => {}
            }
        }
        asked
    }
}

fn main() -> ExitCode {
    let asked = Asked::read();
    let outcome = match &asked.target {
        Some(name) => one(name, &asked),
        None => all(&asked),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Each target in a process of its own.
fn all(asked: &Asked) -> Result<(), Box<dyn Error>> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let mut waiting: Vec<&str> = targets::NAMES.iter().rev().copied().collect();
    let mut running: Vec<(&str, Child)> = Vec::new();
    let mut broken = Vec::new();
    while !waiting.is_empty() || !running.is_empty() {
        while running.len() < at_once {
            let Some(name) = waiting.pop() else { break };
            let (seconds, seed) = (asked.seconds.to_string(), asked.seed.to_string());
            let mut command = Command::new(std::env::current_exe()?);
            let child = command.args(["--seconds", &seconds, "--seed", &seed, name]).spawn()?;
            running.push((name, child));
        }
        // A child that runs for seconds is asked now and then; there is nothing to wait on for several at once.
        std::thread::sleep(Duration::from_millis(20));
        for at in (0..running.len()).rev() {
            let ended = running.get_mut(at).map(|(_, child)| child.try_wait()).transpose()?.flatten();
            if let Some(status) = ended {
                let (name, _) = running.swap_remove(at);
                broken.extend((!status.success()).then_some(name));
            }
        }
    }
    match broken.as_slice() {
        [] => Ok(()),
        names => Err(format!("these targets broke a rule: {}", names.join(", ")).into()),
    }
}

/// One target in this process.
fn one(name: &str, asked: &Asked) -> Result<(), Box<dyn Error>> {
    let target = Target::of(name)?;
    let guard = Guard::new(name);
    if let Some(path) = &asked.replay {
        return guard.run(&target, &std::fs::read(path)?).map_err(Into::into);
    }
    for case in &target.corpus {
        guard.run(&target, case)?;
    }
    let (began, lasting) = (Instant::now(), Duration::from_secs(asked.seconds));
    let mut mutator = Mutator::new(asked.seed, &target.corpus);
    while began.elapsed() < lasting {
        guard.run(&target, mutator.next())?;
    }
    say(&format!("{name}: {}", guard.summary()));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
fn say(text: &str) {
    println!("{text}");
}
