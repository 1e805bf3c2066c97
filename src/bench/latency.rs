//! How soon something can be seen: over HTTP, on a connection that is kept.

use std::time::{Duration, Instant};

use model::alarm::AlarmRecord;
use sims::alarm::{Subject, cleared, raised};
use sims::link::Link;
use sims::load::run_paced;
use sims::world::knowledge::LOS;
use tokio_util::sync::CancellationToken;

use super::stand::{Load, Stand};
use super::table::{Demand, Table, percentile};

const PAGE_50: Demand = Demand::low("page: 100 active alarms, filtered, p50", "ms", 0.5, 0.5);
const PAGE_99: Demand = Demand::low("page: 100 active alarms, filtered, p99", "ms", 5.0, 5.0);
const FIGURE_50: Demand = Demand::low("figure: one circuit's SLA, always current, p50", "ms", 0.3, 0.3);
const IDLE_99: Demand = Demand::low("visible: request to API, idle, p99", "ms", 15.0, 15.0);
const LOADED_99: Demand = Demand::low("visible: request to API, 10,000/s, p99", "ms", 100.0, 100.0);
const CUT_50: Demand = Demand::low("cut: durable and visible, p50", "ms", 8.0, 3.0);
const CUT_99: Demand = Demand::low("cut: durable and visible, p99", "ms", 25.0, 10.0);

const PAGES: usize = 500;
const ALARMS: usize = 300;
const CUTS: usize = 60;
/// Longest wait for something to be seen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A page of active alarms by severity and customer.
pub(super) async fn page(stand: &Stand, table: &mut Table) -> anyhow::Result<()> {
    let customer = stand.carrier.world.busiest_customer().unwrap_or_default();
    let query = [("severity", "1"), ("customer", customer.as_str()), ("limit", "100")];
    let page = stand.api.json("/alarms", &query).await?;
    let found = page.get("items").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    let mut times = Vec::with_capacity(PAGES);
    for _ in 0..PAGES {
        let began = Instant::now();
        stand.api.text("/alarms", &query).await?;
        times.push(ms(began));
    }
    table.add(PAGE_50, percentile(&mut times, 50), &format!("{found} alarms of {customer}"));
    table.add(PAGE_99, percentile(&mut times, 99), "");
    Ok(())
}

/// The figure of the running month, of another circuit each time.
pub(super) async fn figure(stand: &Stand, table: &mut Table) -> anyhow::Result<()> {
    let mut times = Vec::with_capacity(PAGES);
    for circuit in stand.carrier.world.circuits.iter().step_by(7).take(PAGES) {
        let began = Instant::now();
        stand.api.text(&format!("/circuits/{}/sla", circuit.code), &[]).await?;
        times.push(ms(began));
    }
    table.add(FIGURE_50, percentile(&mut times, 50), "each of another circuit");
    table.tell("figure: one circuit's SLA, always current, p99", percentile(&mut times, 99), "ms");
    Ok(())
}

/// From the request to the alarm at its circuit in the API.
pub(super) async fn visible(stand: &mut Stand, table: &mut Table) -> anyhow::Result<()> {
    let mut times = see_alarms(stand, "idle").await?;
    let median = percentile(&mut times, 50);
    table.tell("visible: request to API, idle, p50", median, "ms");
    table.add(IDLE_99, percentile(&mut times, 99), "");
    let pace = Duration::from_millis(64);
    let load = Load { connections: 64, alarms_per_request: 10, requests: 1_000_000, time: PATIENCE, pace };
    let settings = stand.prepare(load)?;
    let stop = CancellationToken::new();
    let seen = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let seen = see_alarms(stand, "loaded").await;
        stop.cancel();
        seen
    };
    let (times, report) = tokio::join!(seen, run_paced(settings, pace, stop.clone()));
    let mut times = times?;
    table.tell("visible: request to API, 10,000/s, p50", percentile(&mut times, 50), "ms");
    table.add(LOADED_99, percentile(&mut times, 99), &format!("at {:.0} alarms/s", report.alarms_per_second()));
    Ok(())
}

async fn see_alarms(stand: &Stand, prefix: &str) -> anyhow::Result<Vec<f64>> {
    let link = stand.link()?;
    let mut times = Vec::with_capacity(ALARMS);
    let circuits = stand.carrier.world.circuits.iter().filter(|circuit| circuit.status == "ACTIVE").rev();
    for (number, circuit) in circuits.take(ALARMS).enumerate() {
        let subject = Subject::Port(circuit.a_port.clone());
        let alarm_id = format!("{prefix}-{number}");
        let alarm = AlarmRecord { alarm_id: alarm_id.as_str().into(), ..raised(&LOS, &subject, stand.now()) };
        let began = Instant::now();
        report(&link, &alarm).await?;
        wait_for(stand, &circuit.code, |text| text.contains(&alarm_id)).await?;
        times.push(ms(began));
    }
    Ok(times)
}

/// The busiest cable is cut and mended again and again, while all else is up: every circuit that it
/// takes down changes its state.
pub(super) async fn cut(stand: &Stand, table: &mut Table) -> anyhow::Result<()> {
    let world = &stand.carrier.world;
    let Some(cable) = world.cables_by_impact().into_iter().next() else { return Ok(()) };
    let impact = world.impact_of(&cable);
    let (Some(link), Some(circuit)) = (cable.links.first(), impact.down.last()) else { return Ok(()) };
    let caller = stand.link()?;
    let mut times = Vec::with_capacity(CUTS);
    for number in 0..CUTS {
        let alarm = raised(&LOS, &Subject::Port(link.a.clone()), stand.now());
        let alarm = AlarmRecord { alarm_id: format!("cut-{number}").into(), ..alarm };
        let began = Instant::now();
        report(&caller, &alarm).await?;
        let is_down = |text: &str| text.contains(alarm.alarm_id.as_str()) && text.contains(r#""state":"down""#);
        wait_for(stand, &circuit.code, is_down).await?;
        times.push(ms(began));
        let over = cleared(&alarm, stand.now());
        report(&caller, &over).await?;
        wait_for(stand, &circuit.code, |text| !text.contains(alarm.alarm_id.as_str())).await?;
    }
    let note = format!("{} circuits down, {} degraded", impact.down.len(), impact.degraded.len());
    table.add(CUT_50, percentile(&mut times, 50), &note);
    table.add(CUT_99, percentile(&mut times, 99), "");
    Ok(())
}

async fn report(link: &Link, alarm: &AlarmRecord) -> anyhow::Result<()> {
    let (message, number) = (link.message_id(), link.notification_id());
    let write = |w: &mut soap::XmlWriter| {
        w.value("notificationId", number);
        w.nest("alarm", |w| sims::wire::write_alarm(w, alarm, link.zone()));
    };
    link.call("reportAlarm", &message, &write).await?;
    Ok(())
}

/// Reads a circuit until it is as wanted.
async fn wait_for(stand: &Stand, circuit: &str, wanted: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    let path = format!("/circuits/{circuit}");
    let began = Instant::now();
    while !wanted(&stand.api.text(&path, &[]).await?) {
        anyhow::ensure!(began.elapsed() < PATIENCE, "nothing was to be seen at circuit {circuit}");
    }
    Ok(())
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}
