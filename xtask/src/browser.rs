//! Browser tests against the real binary: a demo carrier with a fixed seed and clock.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::run::{self, cargo};
use crate::{install, web};

const LOOKS: [&str; 2] = ["pages.test.ts", "budgets.test.ts"];
const ALONE: [&str; 2] = ["live.test.ts", "lighthouse.test.ts"];
/// The demo's users.
const PEOPLE: [(&str, &str); 3] = [
    ("LINESMAN_NOC", "noc:noc-demo-2026"),
    ("LINESMAN_CUSTOMER", "customer:customer-demo-2026"),
    ("LINESMAN_ADMIN", "admin:admin-demo-2026"),
];

/// Builds the release binary, starts the demo, runs the browser tests against it.
pub fn run() -> Result<()> {
    install::for_browser()?;
    if !std::path::Path::new("dashboards/web/node_modules").is_dir() {
        web::npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    }
    run::run(&mut cargo(&["build", "--release"]))?;
    let demo = Demo::start()?;
    let outcome = tests(&demo.url);
    demo.stop()?;
    outcome
}

/// Pages that are only looked at are looked at beside the tests that do things. What measures time runs alone.
fn tests(url: &str) -> Result<()> {
    let apart = LOOKS.iter().chain(&ALONE).map(|name| format!("--exclude=**/{name}"));
    let mut looking = vitest(url).args(LOOKS).spawn().context("cannot start npm")?;
    let did = run::run(vitest(url).args(apart));
    let looked = looking.wait()?;
    did?;
    ensure!(looked.success(), "looking at the pages failed: {looked}");
    run::run(vitest(url).args(ALONE))
}

fn vitest(url: &str) -> Command {
    let mut command = Command::new("npm");
    command.args(["run", "e2e", "--"]).current_dir("dashboards/web").env("BASE_URL", url);
    for (role, person) in PEOPLE {
        command.env(role, person);
    }
    command
}

/// The running demo; its first printed address is the web's.
struct Demo {
    process: Child,
    url: String,
}

impl Demo {
    fn start() -> Result<Self> {
        let data = std::env::temp_dir().join(format!("linesman-browser-{}", std::process::id()));
        let mut process = Command::new("target/release/linesman")
            .args(["demo", "--seed", "42", "--clock", "2026-11-07T02:28:12+08:00", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            // It needs no program beside itself, and no Node.
            .env_remove("PATH")
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the demo")?;
        let stdout = process.stdout.take().context("the demo has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let url = loop {
            let line = lines.next().context("the demo ended before it printed its address")??;
            if let Some(at) = line.find("http://") {
                break line[at..].split_whitespace().next().unwrap_or_default().trim_end_matches('/').to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Demo { process, url })
    }

    /// Ends it as an operator would and insists on a clean end.
    fn stop(mut self) -> Result<()> {
        run::run(Command::new("kill").args(["-TERM", &self.process.id().to_string()]))?;
        let status = self.process.wait()?;
        ensure!(status.success(), "the demo did not end clean on SIGTERM: {status}");
        Ok(())
    }
}
