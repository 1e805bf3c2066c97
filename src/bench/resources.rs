//! A full load of every class over SOAP and FTP, with alarms being acknowledged meanwhile.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::Value;
use sims::load::run_paced;
use tokio_util::sync::CancellationToken;

use super::stand::{Load, Stand};
use super::table::{Demand, Table};

const LOAD: Demand = Demand::low("load: full load of every class", "s", 30.0, 30.0);
const ACKNOWLEDGED: Demand = Demand::low("load: acknowledgement meanwhile, p99", "ms", 100.0, 100.0);
const PATIENCE: Duration = Duration::from_secs(600);
const LOOK: Duration = Duration::from_millis(100);
/// 4 connections at this pace: 80 alarms a second.
const PACE: Duration = Duration::from_millis(50);

/// Waits until the daemon, just started, has loaded what it asked for and shows it.
pub(super) async fn load(stand: &mut Stand, table: &mut Table) -> anyhow::Result<()> {
    let began = Instant::now();
    let cpu = stand.daemon.cpu_s();
    let load = Load { connections: 4, alarms_per_request: 1, requests: 1_000_000, time: PATIENCE, pace: PACE };
    let settings = stand.prepare(load)?;
    let stop = CancellationToken::new();
    let circuits = stand.carrier.world.circuits.len();
    let loaded = async {
        let loaded = wait_until_shown(stand).await;
        stop.cancel();
        loaded.map(|()| began.elapsed().as_secs_f64())
    };
    let (took, report) = tokio::join!(loaded, run_paced(settings, PACE, stop.clone()));
    let took = took?;
    let cpu = stand.daemon.cpu_s() - cpu;
    let memory = stand.daemon.memory_mib();
    table.add(LOAD, took, &format!("{circuits} circuits, {cpu:.1} s CPU, {memory:.0} MiB resident after it"));
    let p99 = f64::from(report.percentile_us(99)) / 1000.0;
    table.add(ACKNOWLEDGED, p99, &format!("max {:.1} ms", f64::from(report.percentile_us(100)) / 1000.0));
    Ok(())
}

async fn wait_until_shown(stand: &Stand) -> anyhow::Result<()> {
    let began = Instant::now();
    while !is_shown(stand).await? {
        ensure!(began.elapsed() < PATIENCE, "the load did not end in {} s", PATIENCE.as_secs());
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// Every class is loaded, and the last circuit is there to be seen.
async fn is_shown(stand: &Stand) -> anyhow::Result<bool> {
    let loads = stand.api.json("/resource-loads", &[]).await?;
    let items = loads.get("items").and_then(Value::as_array).into_iter().flatten();
    let done = items.filter(|load| load.get("state").and_then(Value::as_str) == Some("done")).count();
    let Some(last) = stand.carrier.world.circuits.last() else { return Ok(true) };
    let all = done >= model::resource::Class::ALL.len();
    Ok(all && stand.api.text(&format!("/circuits/{}", last.code), &[]).await.is_ok())
}
