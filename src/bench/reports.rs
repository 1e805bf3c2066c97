//! The reports of last month for many customers, by a run as the NOC asks for it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use jiff::ToSpan;
use model::time::Zone;
use serde_json::{Value, json};

use super::stand::Stand;
use super::table::{Demand, Table};

const RUN: Demand = Demand::low("reports: 1,000 customers' PDFs, the whole run", "s", 180.0, 180.0);
/// Customers.
const CUSTOMERS: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(1800);
const LOOK: Duration = Duration::from_millis(200);

/// Asks for them and waits until all are made; for fewer customers the time is that of 1,000.
pub(super) async fn run(stand: &Stand, table: &mut Table) -> anyhow::Result<()> {
    let civil = Zone::china().civil(stand.now());
    let label = civil.date().first_of_month().checked_sub(1.day())?.strftime("%Y-%m").to_string();
    let customers = customers(stand)?;
    let body = json!({ "label": label, "language": "zh", "formats": ["pdf"], "customers": customers });
    let cpu = stand.daemon.cpu_s();
    let began = Instant::now();
    let run = stand.api.post_json("/reports/runs", &body).await?;
    let path = format!("/reports/runs/{}", run.get("id").and_then(Value::as_str).context("the run has no number")?);
    let ended = loop {
        let run = stand.api.json(&path, &[]).await?;
        if run.get("state").and_then(Value::as_str) == Some("done") {
            break run;
        }
        ensure!(began.elapsed() < PATIENCE, "the reports were not made in {} s: {run}", PATIENCE.as_secs());
        tokio::time::sleep(LOOK).await;
    };
    ensure!(ended.get("failed").and_then(Value::as_u64) == Some(0), "reports failed: {ended}");
    let (took, made) = (began.elapsed().as_secs_f64(), customers.len() as f64);
    let cpu = stand.daemon.cpu_s() - cpu;
    let note = format!("{made:.0} customers in {took:.1} s, {:.1} ms CPU each", cpu * 1000.0 / made);
    table.add(RUN, took * CUSTOMERS as f64 / made, &note);
    Ok(())
}

/// Customers that have circuits of their own.
fn customers(stand: &Stand) -> anyhow::Result<Vec<String>> {
    let active = stand.carrier.world.circuits.iter().filter(|circuit| circuit.status == "ACTIVE");
    let numbers: BTreeSet<&str> = active.map(|circuit| circuit.customer.no.as_str()).collect();
    ensure!(!numbers.is_empty(), "the carrier has no customer with a circuit");
    Ok(numbers.into_iter().take(CUSTOMERS).map(str::to_owned).collect())
}
