//! A load generator for `reportAlarm` that costs next to nothing itself, because it shares the
//! processors with the daemon: raw keep-alive connections, messages spliced from prepared pieces,
//! one call in flight on each connection. It remembers what was acknowledged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use model::alarm::AlarmRecord;
use model::time::{Time, Zone};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

mod connection;
mod message;

use connection::Connection;
use message::Template;

/// What load.
#[derive(Clone, Debug)]
pub struct LoadSettings {
    /// The daemon's listener.
    pub address: SocketAddr,
    /// Path of its transport service.
    pub path: String,
    /// The caller and its password.
    pub signed: (String, String),
    /// The daemon's system code.
    pub supplier: String,
    /// `callTime` of every message.
    pub call_time: Time,
    /// Zone of the caller.
    pub zone: Zone,
    /// What every alarm says; its id, element and object are replaced.
    pub alarm: AlarmRecord,
    /// Elements and objects, used in turn.
    pub objects: Vec<(String, String)>,
    /// Begins every alarm id and `msgId`.
    pub prefix: String,
    /// Number of the first request: `notificationId`, and with its rows the alarm ids.
    pub first: u64,
    /// Connections, each with one call in flight.
    pub connections: usize,
    /// Alarms in a request.
    pub alarms_per_request: u64,
    /// Requests at most.
    pub requests: u64,
    /// Time at most.
    pub time: Duration,
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct LoadReport {
    /// Numbers of the requests that were acknowledged, in no order.
    pub acknowledged: Vec<u64>,
    /// Requests answered with anything else.
    pub refused: u64,
    /// Connections that broke: what they had in flight is unknown.
    pub broken: u64,
    /// Latencies of the acknowledged requests in microseconds, ascending.
    pub latencies_us: Vec<u32>,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Alarms in a request.
    pub alarms_per_request: u64,
}

/// When to stop, and how fast.
#[derive(Clone, Copy)]
struct Limits {
    first: u64,
    requests: u64,
    end: Instant,
    pace: Duration,
}

// === impl LoadReport ===

impl LoadReport {
    /// Acknowledged alarms a second.
    pub fn alarms_per_second(&self) -> f64 {
        let alarms = self.acknowledged.len() as u64 * self.alarms_per_request;
        u32::try_from(alarms).map_or(0.0, f64::from) / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// The latency below which this share of a hundred lies, in microseconds.
    pub fn percentile_us(&self, percent: usize) -> u32 {
        let last = self.latencies_us.len().saturating_sub(1);
        self.latencies_us.get(last * percent.min(100) / 100).copied().unwrap_or(0)
    }

    /// The alarm ids that were acknowledged.
    pub fn alarm_ids<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = String> + 'a {
        let rows = self.alarms_per_request;
        self.acknowledged.iter().flat_map(move |number| (0..rows).map(move |row| alarm_id(prefix, *number, row)))
    }

    fn add(&mut self, other: LoadReport) {
        self.acknowledged.extend(other.acknowledged);
        self.latencies_us.extend(other.latencies_us);
        self.refused += other.refused;
        self.broken += other.broken;
    }
}

/// The id of a row of a request.
pub fn alarm_id(prefix: &str, number: u64, row: u64) -> String {
    format!("{prefix}{number}.{row}")
}

/// Sends until the requests or the time are used up, every connection is broken, or `stop`.
pub async fn run(settings: LoadSettings, stop: CancellationToken) -> LoadReport {
    run_paced(settings, Duration::ZERO, stop).await
}

/// The same at a rate: each connection begins a request every `pace`, or at once if it is late.
pub async fn run_paced(settings: LoadSettings, pace: Duration, stop: CancellationToken) -> LoadReport {
    let template = Arc::new(Template::new(&settings));
    let next = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..settings.connections {
        let (template, next, stop) = (Arc::clone(&template), Arc::clone(&next), stop.clone());
        let limits = Limits { first: settings.first, requests: settings.requests, end: began + settings.time, pace };
        let address = settings.address;
        connections.spawn(async move { drive(address, (&template, &next), limits, &stop).await });
    }
    let mut report = LoadReport { alarms_per_request: settings.alarms_per_request, ..LoadReport::default() };
    while let Some(done) = connections.join_next().await {
        report.add(done.unwrap_or_default());
    }
    report.elapsed = began.elapsed();
    report.latencies_us.sort_unstable();
    report
}

/// One connection's share.
async fn drive(
    address: SocketAddr,
    (template, next): (&Template, &AtomicU64),
    Limits { first, requests, end, pace }: Limits,
    stop: &CancellationToken,
) -> LoadReport {
    let mut report = LoadReport::default();
    let Ok(mut connection) = Connection::open(address).await else {
        report.broken = 1;
        return report;
    };
    let mut message = Vec::new();
    let mut due = Instant::now();
    while !stop.is_cancelled() && Instant::now() < end {
        let taken = next.fetch_add(1, Ordering::Relaxed);
        if taken >= requests {
            break;
        }
        let number = first + taken;
        if !pace.is_zero() {
            tokio::time::sleep_until(due.into()).await;
            due = Instant::now().max(due + pace);
        }
        template.write(number, &mut message);
        let sent = Instant::now();
        match connection.exchange(&message).await {
            Ok(true) => {
                report.acknowledged.push(number);
                report.latencies_us.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            Ok(false) => report.refused += 1,
            Err(_) => {
                report.broken = 1;
                break;
            }
        }
    }
    report
}

#[cfg(test)]
mod tests;
