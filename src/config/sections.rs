//! The sections of the configuration that are not peers.

use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Faults;

/// Largest configuration or plan file that is read.
const TEXT_CAP: u64 = 4 << 20;

/// Where facts are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Folder of the SQLite database. Default `linesman-data`.
    pub data: PathBuf,
    /// A file that holds `postgres://user:password@host/database`; if given, PostgreSQL is used.
    pub postgres_url_file: Option<PathBuf>,
}

/// The web, the API and the SOAP services.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Address to listen on. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// Connections at once, all together. Default 2,000.
    pub connections: usize,
    /// Submissions that may wait for the writer before callers get 503. Default 4,096.
    pub queue: usize,
    /// A proxy in front speaks TLS with browsers: cookies are `Secure`. Default false.
    pub tls: bool,
}

/// Health and metrics, on a listener of their own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operations {
    /// Address to listen on. Default `127.0.0.1:9464`.
    pub listen: SocketAddr,
}

/// Alarm rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alarms {
    /// Raises of one identity that make it toggling. Default 5.
    pub toggling_raises: u32,
    /// Seconds in which they must come. Default 1,800.
    pub toggling_s: i64,
    /// Seconds between cause and symptom. Default 60.
    pub correlation_s: i64,
    /// Seconds in which a returning alarm reopens its fault. Default 900.
    pub reopen_s: i64,
    /// Hours of alarms that are held for grouping. Default 24.
    pub horizon_h: i64,
}

/// Tickets.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dispatch {
    /// Seconds a fault must persist before it is sent, for priority 1, 2 and 3. Default 60, 120, 300.
    pub persistence_s: [i64; 3],
}

/// Resource loads.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// Seconds between incremental loads. Default 3,600.
    pub incremental_s: i64,
    /// A FULL load that deletes more than this share of a class (percent) waits for approval. Default 2.
    pub guard_percent: u32,
    /// … if it also deletes more rows than this. Default 20.
    pub guard_rows: u64,
}

/// SLA plans and figures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sla {
    /// Plan file. Default: none, every circuit has the built-in plan.
    pub plans_file: Option<PathBuf>,
    /// Hours after a period's end until its figures are kept as versions: late alarms and notices have
    /// come by then. Default 72.
    pub close_after_h: i64,
}

/// The audit log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Audit {
    /// File with the key of the log's chain, 64 hex digits; made at the first start. Default `audit.key` in
    /// `store.data`. Keep a copy elsewhere: without it the log cannot be verified.
    pub key_file: Option<PathBuf>,
    /// File to which the end of the chain is added every five minutes. Best on another machine: whoever
    /// can cut the log must not be able to cut this too. Default `audit.checkpoints` in `store.data`.
    pub checkpoint_file: Option<PathBuf>,
}

/// Log.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Filter such as `info` or `info,linesman::pipeline=debug`. Default `info`.
    pub level: String,
    /// One JSON object a line instead of text. Default false.
    pub json: bool,
}

impl Default for Store {
    fn default() -> Self {
        Store { data: PathBuf::from("linesman-data"), postgres_url_file: None }
    }
}

impl Default for Web {
    fn default() -> Self {
        Web { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), connections: 2000, queue: 4096, tls: false }
    }
}

impl Default for Operations {
    fn default() -> Self {
        Operations { listen: SocketAddr::from(([127, 0, 0, 1], 9464)) }
    }
}

impl Default for Alarms {
    fn default() -> Self {
        Alarms { toggling_raises: 5, toggling_s: 1800, correlation_s: 60, reopen_s: 900, horizon_h: 24 }
    }
}

impl Default for Dispatch {
    fn default() -> Self {
        Dispatch { persistence_s: [60, 120, 300] }
    }
}

impl Default for Resources {
    fn default() -> Self {
        Resources { incremental_s: 3600, guard_percent: 2, guard_rows: 20 }
    }
}

impl Default for Sla {
    fn default() -> Self {
        Sla { plans_file: None, close_after_h: 72 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Log { level: "info".to_owned(), json: false }
    }
}

impl Store {
    pub(super) fn resolve(&mut self, folder: &Path) {
        self.data = folder.join(&self.data);
        self.postgres_url_file = self.postgres_url_file.take().map(|file| folder.join(file));
    }

    pub(super) fn validate(&self, faults: &mut Faults) {
        if let Some(file) = &self.postgres_url_file {
            faults.expect(file.is_file(), || format!("store.postgres_url_file {} is not a file", file.display()));
        }
    }
}

impl Web {
    pub(super) fn validate(&self, faults: &mut Faults) {
        faults.expect((1..=100_000).contains(&self.connections), || {
            format!("web.connections {} must be 1 to 100000", self.connections)
        });
        faults.expect((1..=65_536).contains(&self.queue), || format!("web.queue {} must be 1 to 65536", self.queue));
    }
}

impl Operations {
    pub(super) fn validate(&self, faults: &mut Faults) {
        faults.expect(self.listen.ip().is_loopback(), || {
            format!("operations.listen {} must be a loopback address: it has no login", self.listen)
        });
    }
}

impl Alarms {
    pub(super) fn validate(&self, faults: &mut Faults) {
        faults.expect(self.toggling_raises >= 2, || "alarms.toggling_raises must be at least 2".to_owned());
        let spans = [
            ("toggling_s", self.toggling_s),
            ("correlation_s", self.correlation_s),
            ("reopen_s", self.reopen_s),
            ("horizon_h", self.horizon_h),
        ];
        for (name, value) in spans {
            faults
                .expect((1..=86_400 * 31).contains(&value), || format!("alarms.{name} {value} must be 1 s to 31 days"));
        }
    }
}

impl Dispatch {
    pub(super) fn validate(&self, faults: &mut Faults) {
        for (priority, value) in (1..).zip(self.persistence_s) {
            faults.expect((0..=86_400).contains(&value), || {
                format!("dispatch.persistence_s of priority {priority} is {value}; it must be 0 to 86400 seconds")
            });
        }
    }
}

impl Resources {
    pub(super) fn validate(&self, faults: &mut Faults) {
        faults.expect(self.incremental_s >= 60, || "resources.incremental_s must be at least 60".to_owned());
        faults.expect(self.guard_percent <= 100, || "resources.guard_percent must be 0 to 100".to_owned());
    }
}

impl Sla {
    pub(super) fn resolve(&mut self, folder: &Path) {
        self.plans_file = self.plans_file.take().map(|file| folder.join(file));
    }

    pub(super) fn validate(&self, faults: &mut Faults) {
        faults.expect((0..=2_000).contains(&self.close_after_h), || {
            format!("sla.close_after_h {} must be 0 to 2000 hours", self.close_after_h)
        });
        let Some(Err(error)) = self.plans_file.as_deref().map(crate::sla::plans) else { return };
        let cause = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
        faults.expect(false, || format!("sla.plans_file: {error}{cause}"));
    }
}

impl Audit {
    /// Names the files that were not named, in the data folder.
    pub(super) fn resolve(&mut self, folder: &Path, data: &Path) {
        let place = |file: Option<PathBuf>, name: &str| Some(file.map_or(data.join(name), |file| folder.join(file)));
        self.key_file = place(self.key_file.take(), "audit.key");
        self.checkpoint_file = place(self.checkpoint_file.take(), "audit.checkpoints");
    }
}

impl Log {
    pub(super) fn validate(&self, faults: &mut Faults) {
        let read = tracing_subscriber::EnvFilter::try_new(&self.level);
        faults.expect(read.is_ok(), || {
            format!("log.level {:?} must be a filter such as \"info\" or \"info,linesman::pipeline=debug\"", self.level)
        });
    }
}

/// Reads a small text file; one that is larger than the cap is an error, not a full memory.
pub fn read_capped(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(TEXT_CAP + 1).read_to_string(&mut text)?;
    if read as u64 > TEXT_CAP {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "the file is larger than 4 MiB"));
    }
    Ok(text)
}
