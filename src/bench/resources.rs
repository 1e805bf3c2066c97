//! A full load of every class over SOAP and FTP, with alarms being acknowledged meanwhile.

use std::time::{Duration, Instant};

use anyhow::ensure;
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
    let trickle = tokio::spawn(run_paced(settings, PACE, stop.clone()));
    let wanted = stand.carrier.world.circuits.len() as u64;
    while shown(stand).await? < wanted {
        ensure!(began.elapsed() < PATIENCE, "the load did not end in {} s", PATIENCE.as_secs());
        tokio::time::sleep(LOOK).await;
    }
    let took = began.elapsed().as_secs_f64();
    stop.cancel();
    let report = trickle.await?;
    let cpu = stand.daemon.cpu_s() - cpu;
    let memory = stand.daemon.memory_mib();
    table.add(LOAD, took, &format!("{wanted} circuits, {cpu:.1} s CPU, {memory:.0} MiB resident after it"));
    let p99 = f64::from(report.percentile_us(99)) / 1000.0;
    table.add(ACKNOWLEDGED, p99, &format!("max {:.1} ms", f64::from(report.percentile_us(100)) / 1000.0));
    Ok(())
}

/// Circuits whose routes are shown; 0 while a load is under way.
async fn shown(stand: &Stand) -> anyhow::Result<u64> {
    let loads = stand.api.json("/resource-loads", &[]).await?;
    let states: Vec<&str> = loads["items"].as_array().into_iter().flatten().filter_map(|l| l["state"].as_str()).collect();
    let classes = model::resource::Class::ALL.len();
    if states.len() < classes || states.iter().any(|state| state.eq_ignore_ascii_case("loading")) {
        return Ok(0);
    }
    let page = stand.api.json("/circuits", &[("limit", "1")]).await?;
    Ok(page["total"].as_u64().unwrap_or(0))
}
