//! A manager's whole list as a file: asked for, fetched, checked, compared, kept.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;
use sims::alarm::{Subject, raised};
use sims::world::knowledge::LOS;

use super::stand::Stand;
use super::table::{Demand, Table};

const FILE: Demand = Demand::high("sync-file: alarms, from the request to the end", "/s", 60_000.0, 120_000.0);
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(10);

/// The second manager, which reported nothing, is asked for its list.
pub(super) async fn file(stand: &Stand, alarms: u64, table: &mut Table) -> anyhow::Result<()> {
    let manager = stand.carrier.managers.get(1).context("the carrier has one manager only")?;
    let before = last_sync(stand, manager.sys_code()).await?;
    manager.set_habits(|habits| habits.silent = true);
    let now = stand.now();
    for port in stand.ports.iter().cycle().take(usize::try_from(alarms)?) {
        manager.raise(raised(&LOS, &Subject::Port(port.clone()), now));
    }
    manager.set_habits(|habits| habits.silent = false);
    let cpu = stand.daemon.cpu_s();
    let began = Instant::now();
    stand.api.post(&format!("/sources/{}/resync", manager.sys_code())).await?;
    loop {
        let sync = last_sync(stand, manager.sys_code()).await?;
        let ended = sync.get("state").and_then(Value::as_str).is_some_and(|state| state.eq_ignore_ascii_case("done"));
        if ended && sync.get("syncReqId") != before.get("syncReqId") {
            break;
        }
        ensure!(began.elapsed() < PATIENCE, "the sync did not end: {sync}");
        tokio::time::sleep(LOOK).await;
    }
    let took = began.elapsed().as_secs_f64();
    let cpu_us = (stand.daemon.cpu_s() - cpu) * 1e6 / alarms as f64;
    table.add(FILE, alarms as f64 / took, &format!("{alarms} alarms in {took:.2} s, {cpu_us:.1} µs CPU an alarm"));
    Ok(())
}

async fn last_sync(stand: &Stand, source: &str) -> anyhow::Result<Value> {
    let source = stand.api.json(&format!("/sources/{source}"), &[]).await?;
    Ok(source.get("lastSync").cloned().unwrap_or_default())
}
