//! `linesman sla` from the files of a carrier's month: how long a run takes, and how much memory at most.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use model::time::{Time, Zone};

use super::table::{Demand, Table};

const SECONDS: Demand = Demand::low("sla from files: 1,000,000 outages, 20,000 works", "s", 3.0, 3.0);
const MEMORY: Demand = Demand::low("sla from files: memory at most", "MiB", 500.0, 500.0);

/// Outages of each circuit in the month.
const OUTAGES: u64 = 10;
/// Every so many circuits one has planned work.
const WORK_EVERY: u64 = 5;
/// Links of the core, which carries every circuit twice.
const LINKS: u64 = 5_000;
const MONTH_S: u64 = 31 * 86_400;
/// The first of October 2026 in China.
const START: Time = Time::from_ms(1_790_784_000_000);
const PLANS: &str = "[plan.gold]\ntarget = 99.9\n";
/// How often the child is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Makes the files, runs the command over them as a child, and looks at it until it ends.
pub(super) fn run(circuits: u64, folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder.join("inventory"))?;
    inventory(circuits, &folder.join("inventory"))?;
    alarms(circuits, &folder.join("ALARMS.csv"))?;
    cutovers(circuits, &folder.join("CUTOVERS.csv"))?;
    std::fs::write(folder.join("plans.toml"), PLANS)?;
    let files = ["--inventory", "inventory", "--alarms", "ALARMS.csv", "--cutovers", "CUTOVERS.csv"];
    let mut command = Command::new(std::env::current_exe()?);
    command.current_dir(folder).arg("sla").args(files);
    command.args(["--plans", "plans.toml", "--period", "2026-10", "--format", "csv"]);
    command.stdout(File::create(folder.join("figures.csv"))?).stderr(Stdio::inherit());
    let (began, mut child) = (Instant::now(), command.spawn()?);
    let mut peak_mib: f64 = 0.0;
    let ended = loop {
        // A child that has ended has no memory: the last look before counts.
        peak_mib = peak_mib.max(peak_of(child.id()).unwrap_or(0.0));
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(LOOK),
        }
    };
    let took = began.elapsed();
    ensure!(ended.success(), "linesman sla ended with {ended}");
    let figures = std::fs::read_to_string(folder.join("figures.csv"))?.lines().count().saturating_sub(1);
    table.add(SECONDS, took.as_secs_f64(), &format!("{figures} figures"));
    table.add(MEMORY, peak_mib, "");
    Ok(())
}

/// The most memory that a process had resident so far.
fn peak_of(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Circuits of three segments: a port of their own, two links of the core side by side, another port of their own.
fn inventory(circuits: u64, folder: &Path) -> anyhow::Result<()> {
    let nodes = (0..LINKS).map(|n| format!("N{n},N{n},TRANS"));
    write(&folder.join("NE.csv"), "neId,name,specialty", nodes)?;
    let own = (0..circuits).flat_map(|n| ["A", "Z"].map(|end| format!("P{n}{end},N{}", n % LINKS)));
    let core = (0..LINKS).flat_map(|n| ["A", "Z"].map(|end| format!("Q{n}{end},N{n}")));
    write(&folder.join("PORT.csv"), "portId,neId", own.chain(core))?;
    let links = (0..LINKS).map(|n| format!("L{n},Q{n}A,Q{n}Z"));
    write(&folder.join("LINK.csv"), "linkId,aPortId,zPortId", links)?;
    let customers = (0..circuits / 20 + 1).map(|n| format!("K{n},Customer {n}"));
    write(&folder.join("CUSTOMER.csv"), "customerNo,name", customers)?;
    let contracts = (0..circuits / 20 + 1).map(|n| format!("T{n},K{n},gold"));
    write(&folder.join("CONTRACT.csv"), "contractNo,customerNo,slaPlan", contracts)?;
    let rows = (0..circuits).map(|n| format!("C{n:06},K{0},T{0},2025-01-01 00:00:00", n / 20));
    write(&folder.join("CIRCUIT.csv"), "circuitCode,customerNo,contractNo,inServiceTime", rows)?;
    let hops = (0..circuits).flat_map(|n| {
        [
            format!("C{n:06},1,1,1,PORT,P{n}A"),
            format!("C{n:06},2,1,1,LINK,L{}", scatter(n) % LINKS),
            format!("C{n:06},2,2,1,LINK,L{}", scatter(n + circuits) % LINKS),
            format!("C{n:06},3,1,1,PORT,P{n}Z"),
        ]
    });
    write(&folder.join("ROUTE.csv"), "circuitCode,segment,alternative,hop,objectType,objectId", hops)
}

/// A raise and a clear of each outage, at either end of its circuit, scattered over the file.
fn alarms(circuits: u64, path: &Path) -> anyhow::Result<()> {
    let row = |n: u64| {
        let (circuit, end) = (n % circuits, if n.is_multiple_of(3) { "A" } else { "Z" });
        let from = scatter(n) % (MONTH_S - 7_300);
        let (from, to) = (local(from), local(from + 60 + scatter(n + 1) % 7_200));
        let about = format!("A{n},P{circuit}{end},PORT,LOS,1,Y");
        [format!("{about},ACTIVE,{from},"), format!("{about},CLEARED,{from},{to}")]
    };
    let head = "alarmId,objectId,objectType,alarmTitle,severity,serviceAffecting,alarmStatus,neTime,clearTime";
    write(path, head, (0..circuits * OUTAGES).flat_map(row))
}

fn cutovers(circuits: u64, path: &Path) -> anyhow::Result<()> {
    let row = |n: u64| {
        let from = 5 * 86_400 + scatter(n) % (MONTH_S - 6 * 86_400);
        let (told, from, to) = (local(from - 4 * 86_400), local(from), local(from + 4 * 3_600));
        format!("W{n},1,{from},{to},C{:06},ADD,1,{told}", n * WORK_EVERY)
    };
    let head = "cutoverNo,isAffect,affectStartTime,affectEndTime,circuitCodes,opType,revision,notifiedTime";
    write(path, head, (0..circuits / WORK_EVERY).map(row))
}

fn write(path: &Path, head: &str, rows: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let unwritable = || format!("cannot write {}", path.display());
    let mut out = BufWriter::new(File::create(path).with_context(unwritable)?);
    writeln!(out, "{head}")?;
    for row in rows {
        writeln!(out, "{row}")?;
    }
    out.flush().with_context(unwritable)
}

/// So many seconds into the month, as a manager writes it.
fn local(seconds: u64) -> String {
    Zone::china().write_local(START.plus_s(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

/// A number that looks random and is the same in every run.
fn scatter(seed: u64) -> u64 {
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (seed >> 15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33
}
