//! Alarms a second: each acknowledged after its commit, deduplicated and correlated.

use std::time::Duration;

use super::stand::{Load, Stand};
use super::table::{Demand, Table};

const BATCHED: Demand = Demand::high("soap-100: alarms, 100 a request", "/s", 30_000.0, 60_000.0);
const SINGLE_64: Demand = Demand::high("soap-1: alarms, 1 a request, 64 connections", "/s", 10_000.0, 10_000.0);
const SINGLE_256: Demand = Demand::high("soap-1: alarms, 1 a request, 256 connections", "/s", 10_000.0, 20_000.0);
/// Far more than can be sent in the time.
const MANY: u64 = 100_000_000;
const LONG: Duration = Duration::from_secs(120);

/// Raises the wanted number of alarms, 100 a request: a measurement, and what the others stand on.
pub(super) async fn fill(stand: &mut Stand, active: u64, table: &mut Table) -> anyhow::Result<()> {
    let load = Load {
        connections: 16,
        alarms_per_request: 100,
        requests: active / 100,
        time: LONG,
        pace: Duration::ZERO,
    };
    let (report, cpu_us) = stand.send(load).await?;
    let note = format!("{cpu_us:.1} µs CPU an alarm, p99 {:.1} ms", f64::from(report.percentile_us(99)) / 1000.0);
    table.add(BATCHED, report.alarms_per_second(), &note);
    Ok(())
}

/// One alarm a request, at 64 and at 256 connections.
pub(super) async fn single(stand: &mut Stand, seconds: u64, table: &mut Table) -> anyhow::Result<()> {
    for (connections, demand) in [(64, SINGLE_64), (256, SINGLE_256)] {
        let time = Duration::from_secs(seconds);
        let load = Load { connections, alarms_per_request: 1, requests: MANY, time, pace: Duration::ZERO };
        let (report, cpu_us) = stand.send(load).await?;
        let note = format!("{cpu_us:.1} µs CPU an alarm, p99 {:.1} ms", f64::from(report.percentile_us(99)) / 1000.0);
        table.add(demand, report.alarms_per_second(), &note);
    }
    Ok(())
}
