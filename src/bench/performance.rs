//! Performance data: a file of all circuits until it is seen, and a month of a circuit's past as it is asked for.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use model::time::{Time, Window, Zone};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use sims::files::{FileFault, Table as File};
use sims::manager::performance::{PERIOD_MS, columns};

use super::stand::Stand;
use super::table::{Demand, Table, percentile};

const SEEN: Demand = Demand::low("pm: 15-min file, all circuits, notice to seen", "ms", 150.0, 60.0);
const CPU: Demand = Demand::low("pm: CPU a value, fetch to seen", "µs", 0.12, 0.05);
const MONTH_50: Demand = Demand::low("pm: a circuit's 30 days as JSON, p50", "ms", 2.0, 1.0);
const MONTH_99: Demand = Demand::low("pm: a circuit's 30 days as JSON, p99", "ms", 8.0, 4.0);
/// What is measured: as an access router tells it.
const PARAMS: [&str; 8] =
    ["IN_OCTETS", "OUT_OCTETS", "IN_UTIL", "OUT_UTIL", "DELAY_MIN", "DELAY_AVG", "DELAY_MAX", "LOSS_PCT"];
/// Files that are measured, after one in which every object is new.
const FILES: i64 = 5;
/// Circuits that have a past, and its periods.
const PAST_CIRCUITS: usize = 1_000;
const PAST: i64 = 2_880;
const READS: usize = 400;
const PATIENCE: Duration = Duration::from_secs(120);

/// Sends files of all circuits, then the past of some, and asks for it.
pub(super) async fn all(stand: &Stand, table: &mut Table) -> anyhow::Result<()> {
    let codes: Vec<String> = stand.carrier.world.circuits.iter().map(|circuit| circuit.code.clone()).collect();
    let end = Time::from_ms(stand.now().ms().div_euclid(PERIOD_MS) * PERIOD_MS);
    files(stand, &codes, end, table).await?;
    let some: Vec<String> = codes.iter().rev().take(PAST_CIRCUITS).cloned().collect();
    past(stand, &some, end.plus_ms(-10 * PERIOD_MS), table).await
}

async fn files(stand: &Stand, codes: &[String], end: Time, table: &mut Table) -> anyhow::Result<()> {
    let last = codes.last().context("the carrier has no circuit")?;
    let values = codes.len() as f64 * PARAMS.len() as f64;
    let (mut times, mut cpus) = (Vec::new(), Vec::new());
    for number in 0..=FILES {
        let period =
            Window::new(end.plus_ms((number - FILES - 1) * PERIOD_MS), end.plus_ms((number - FILES) * PERIOD_MS));
        let file = file_of(codes, period.start);
        let (took, cpu) = send(stand, (&file, period, &format!("PM-BENCH-{number}.csv.gz")), last).await?;
        match number {
            0 => table.tell("pm: the first file, every object new", took * 1000.0, "ms"),
            _ => {
                times.push(took * 1000.0);
                cpus.push(cpu * 1e6 / values);
            }
        }
    }
    table.add(
        SEEN,
        percentile(&mut times, 50),
        &format!("{} circuits x {} values; with writing the file", codes.len(), PARAMS.len()),
    );
    table.add(CPU, percentile(&mut cpus, 50), "");
    Ok(())
}

/// Sends a file; seconds from the notice until a circuit's last value is seen, and the daemon's processor time.
async fn send(stand: &Stand, (file, period, name): (&File, Window, &str), circuit: &str) -> anyhow::Result<(f64, f64)> {
    let manager = stand.carrier.managers.first().context("the carrier has no manager")?;
    let path = manager.put_performance(name, file, FileFault::None)?;
    let (from, to) = (period.start.to_string(), period.end.to_string());
    let query = [("from", from.as_str()), ("to", to.as_str()), ("resolution", "measured"), ("params", "IN_UTIL")];
    let cpu = stand.daemon.cpu_s();
    let began = Instant::now();
    manager.announce_performance(&path, period).await?;
    loop {
        let answer = stand.api.json(&format!("/circuits/{circuit}/performance"), &query).await?;
        if answer.pointer("/series/0/params/IN_UTIL/values/0").is_some_and(Value::is_number) {
            return Ok((began.elapsed().as_secs_f64(), stand.daemon.cpu_s() - cpu));
        }
        ensure!(began.elapsed() < PATIENCE, "the file was not seen: {answer}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// A month of quarter hours, a day's files at a time, and then circuits' months.
async fn past(stand: &Stand, codes: &[String], end: Time, table: &mut Table) -> anyhow::Result<()> {
    let manager = stand.carrier.managers.first().context("the carrier has no manager")?;
    let begin = end.plus_ms(-PAST * PERIOD_MS);
    let last = codes.last().context("the carrier has no circuit")?;
    for day in 0..PAST / 96 {
        for number in day * 96..(day + 1) * 96 - 1 {
            let period = Window::new(begin.plus_ms(number * PERIOD_MS), begin.plus_ms((number + 1) * PERIOD_MS));
            let path = manager.put_performance(
                &format!("PM-PAST-{number}.csv.gz"),
                &file_of(codes, period.start),
                FileFault::None,
            )?;
            manager.announce_performance(&path, period).await?;
        }
        let start = begin.plus_ms(((day + 1) * 96 - 1) * PERIOD_MS);
        let period = Window::new(start, start.plus_ms(PERIOD_MS));
        send(stand, (&file_of(codes, start), period, &format!("PM-PAST-{day}-last.csv.gz")), last).await?;
    }
    // What came last becomes blocks in the seconds after it.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let (from, to) = (begin.to_string(), end.to_string());
    let query = [("from", from.as_str()), ("to", to.as_str()), ("resolution", "measured")];
    let (mut times, mut bytes) = (Vec::with_capacity(READS), 0);
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..READS {
        let code = codes.get(random.random_range(0..codes.len())).map_or("", String::as_str);
        let began = Instant::now();
        bytes = stand.api.text(&format!("/circuits/{code}/performance"), &query).await?.len();
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    table.add(
        MONTH_50,
        percentile(&mut times, 50),
        &format!("{PAST} periods x {} values, {bytes} bytes", PARAMS.len()),
    );
    table.add(MONTH_99, percentile(&mut times, 99), "");
    Ok(())
}

/// Values as circuits have them: a level of each circuit, a wave of the day, noise.
fn file_of(codes: &[String], start: Time) -> File {
    let mut random = StdRng::seed_from_u64(start.ms().unsigned_abs());
    let wave = 1.0 + 0.6 * ((start.ms().rem_euclid(86_400_000)) as f64 / 86_400_000.0 * std::f64::consts::TAU).sin();
    let local = Zone::china().write_local(start);
    let row = |(number, code): (usize, &String)| {
        let level = 10_f64.powf(5.0 + (number % 400) as f64 / 100.0) * wave;
        let octets = level * random.random_range(0.95..1.05);
        let delay = 5.0 + (number % 70) as f64 / 10.0;
        let loss = if random.random_ratio(1, 200) { random.random_range(0.01..0.5) } else { 0.0 };
        let mut cells = [code.as_str(), &format!("P-{number}"), "PORT", "IP", "NEAR_RX", "15M", &local, "900", "VALID"]
            .map(str::to_owned)
            .to_vec();
        cells.extend([
            format!("{octets:.0}"),
            format!("{:.0}", octets * 0.8),
            format!("{:.2}", octets / 2e7),
            format!("{:.2}", octets / 2.5e7),
            format!("{:.2}", delay + random.random_range(0.0..0.05)),
            format!("{:.2}", delay + random.random_range(0.2..0.4)),
            format!("{:.2}", delay + random.random_range(1.0..1.8)),
            format!("{loss:.2}"),
        ]);
        cells
    };
    File { columns: columns(&PARAMS), rows: codes.iter().enumerate().map(row).collect() }
}
