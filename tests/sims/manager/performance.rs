//! What a manager measures: every quarter of an hour a file with a row for each of its circuits, then the notice. As
//! real managers do, it is now and then late, tells a file twice, cuts one off, or sends a period again with
//! other values.

use std::sync::Arc;

use model::pm::PM_COLUMNS;
use model::time::{Time, Window};
use sha2::{Digest, Sha256};
use soap::XmlWriter;

use super::{Manager, ManagerSim};
use crate::error::SimError;
use crate::files::{self, FileFault, Table};

/// Length of a period.
pub const PERIOD_MS: i64 = 900_000;
/// What is measured.
const PARAMS: [&str; 8] = ["ES", "SES", "BBE", "UAS", "RPL_AVG", "TPL", "LASER_BIAS", "TEMP"];
const TRIES: u32 = 20;

/// What is measured for one circuit.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Circuit.
    pub circuit_code: String,
    /// Port.
    pub object_id: String,
}

/// What a manager does with the file of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whim {
    /// As it should be.
    None,
    /// It comes with the next one.
    Late,
    /// It is told twice under one number, and again under another name.
    Twice,
    /// It is cut off at first.
    Cut,
    /// The period before is sent again with other values.
    Corrects,
}

// === impl ManagerSim ===

impl ManagerSim {
    /// Measures these from now on, every quarter of an hour of the clock.
    pub fn measure(&self, measured: Vec<Measured>) {
        let manager = Arc::clone(&self.manager);
        self.manager.tasks.spawn(async move { manager.measure(&measured).await });
    }

    /// Writes a file of performance data to its site; its path there.
    ///
    /// # Errors
    /// [`SimError`] if it cannot be written.
    pub fn put_performance(&self, name: &str, table: &Table, fault: FileFault) -> Result<String, SimError> {
        self.manager.write_performance(name, table, fault)
    }

    /// Tells the daemon of a file.
    ///
    /// # Errors
    /// [`SimError`] if the daemon does not take the notice.
    pub async fn announce_performance(&self, path: &str, period: Window) -> Result<(), SimError> {
        self.manager.tell_performance(self.manager.link.notification_id(), path, period).await
    }
}

// === impl Manager ===

impl Manager {
    async fn measure(&self, measured: &[Measured]) {
        let mut late = None;
        loop {
            let now = self.clock.now();
            let end = Time::from_ms((now.ms().div_euclid(PERIOD_MS) + 1) * PERIOD_MS);
            // Files are ready a little after the period.
            self.clock.sleep(end.since(now) + 5_000).await;
            let period = Window::new(end.plus_ms(-PERIOD_MS), end);
            let whim = Whim::of(period.start);
            if whim == Whim::Late {
                late = Some(period);
                continue;
            }
            for period in late.take().into_iter().chain([period]) {
                if let Err(error) = self.send_period(measured, period, whim).await {
                    tracing::warn!(%error, "the daemon was not told of a performance file");
                }
            }
        }
    }

    async fn send_period(&self, measured: &[Measured], period: Window, whim: Whim) -> Result<(), SimError> {
        let zone = self.link.zone();
        let table = |start: Time, version| table_of(measured, start, (&zone.write_local(start), version));
        let name = |start: Time, number: u32| {
            let at = zone.civil(start).strftime("%Y%m%d%H%M");
            format!("PM-{}-P-00000001-15M-{at}-{number:03}.csv.gz", self.link.sys_code())
        };
        let rows = table(period.start, 0);
        if whim == Whim::Cut {
            let path = self.write_performance(&name(period.start, 2), &rows, FileFault::Truncated)?;
            self.tell_performance(self.link.notification_id(), &path, period).await?;
        }
        let path = self.write_performance(&name(period.start, 1), &rows, FileFault::None)?;
        let id = self.link.notification_id();
        self.tell_performance(id, &path, period).await?;
        match whim {
            Whim::Twice => {
                self.tell_performance(id, &path, period).await?;
                let again = self.write_performance(&name(period.start, 9), &rows, FileFault::None)?;
                self.tell_performance(self.link.notification_id(), &again, period).await
            }
            Whim::Corrects => {
                let before = Window::new(period.start.plus_ms(-PERIOD_MS), period.start);
                let path = self.write_performance(&name(before.start, 5), &table(before.start, 1), FileFault::None)?;
                self.tell_performance(self.link.notification_id(), &path, before).await
            }
            _ => Ok(()),
        }
    }

    pub(super) fn write_performance(&self, name: &str, table: &Table, fault: FileFault) -> Result<String, SimError> {
        let directory = files::directory(self.link.sys_code(), "PM", self.clock.now(), self.link.zone());
        let path = format!("{directory}/{name}");
        self.publisher.publish(&path, table, fault)?;
        Ok(path)
    }

    async fn tell_performance(&self, id: u64, path: &str, period: Window) -> Result<(), SimError> {
        self.tell_file(id, ("GD_CNM-P-00000001", path), period).await
    }

    /// Tells the daemon of a file of a task.
    pub(super) async fn tell_file(&self, id: u64, (task, path): (&str, &str), period: Window) -> Result<(), SimError> {
        let zone = self.link.zone();
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", id).text("pmTaskId", task);
            w.text("periodStart", zone.write_local(period.start)).text("periodEnd", zone.write_local(period.end));
            w.text("fileList", path);
        };
        let told = self.link.insist("pmDataReadyNotify", TRIES, &write).await;
        told.map(drop).map_err(|source| SimError::Call { operation: "pmDataReadyNotify".to_owned(), source })
    }
}

// === impl Whim ===

impl Whim {
    fn of(start: Time) -> Self {
        match start.ms().div_euclid(PERIOD_MS).rem_euclid(8) {
            1 => Whim::Late,
            3 => Whim::Twice,
            5 => Whim::Cut,
            7 => Whim::Corrects,
            _ => Whim::None,
        }
    }
}

/// The columns of a native performance file with these parameters.
pub fn columns(params: &[&str]) -> Vec<String> {
    PM_COLUMNS.iter().chain(params).map(|name| (*name).to_owned()).collect()
}

/// Rows of one period; another `version` has other values.
fn table_of(measured: &[Measured], start: Time, (local, version): (&str, u8)) -> Table {
    let row = |measured: &Measured| {
        let mut row = vec![
            measured.circuit_code.clone(),
            measured.object_id.clone(),
            "PORT".to_owned(),
            "VC4".to_owned(),
            "NEAR_RX".to_owned(),
            "15M".to_owned(),
            local.to_owned(),
            "900".to_owned(),
            "VALID".to_owned(),
        ];
        row.extend(values(&measured.object_id, start, version));
        row
    };
    Table { columns: columns(&PARAMS), rows: measured.iter().map(row).collect() }
}

/// The same values whenever they are asked for.
fn values(object: &str, start: Time, version: u8) -> [String; 8] {
    let digest = Sha256::digest(format!("{object} {start} {version}"));
    let [a, b, c, d, ..]: [u8; 32] = digest.into();
    let errors = if a < 8 { u32::from(b % 20) } else { 0 };
    let level = Sha256::digest(object).first().map_or(0, |byte| i32::from(*byte % 60));
    let tenths = |whole: i32, part: u8| format!("{:.1}", f64::from(whole * 10 + i32::from(part)) / 10.0);
    [
        errors.to_string(),
        (errors / 16).to_string(),
        (errors * u32::from(c)).to_string(),
        "0".to_owned(),
        tenths(-10 - level / 6, b % 4),
        tenths(-2, c % 3),
        tenths(30 + level / 4, d % 5),
        tenths(35, a % 8),
    ]
}
