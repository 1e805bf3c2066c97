//! The e-ops desk: takes fault tickets, works on them as people do, tells of planned work, and loses
//! its answers when it is told to. What it accepted is its own truth, kept for comparison.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use model::time::Time;
use model::work::{Cutover, KeyProtection};
use parking_lot::Mutex;
use soap::ClientError;
use soap::eoms::Record;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::error::SimError;
use crate::link::{DaemonAddress, Link};
use crate::server::{Caller, SoapServer};
use crate::tasks::Tasks;

mod calls;
mod people;
mod service;

pub use service::{KnownAlarm, Mishap};

/// Sheets kept; the oldest are forgotten.
const SHEETS_LIMIT: usize = 50_000;
/// Lines of the log kept.
const LOG_LIMIT: usize = 100_000;

/// Who a desk is.
#[derive(Clone, Debug)]
pub struct EomsSettings {
    /// System code.
    pub sys_code: String,
    /// Its password at the daemon.
    pub password: String,
    /// The daemon as its caller.
    pub caller: Caller,
    /// Where to listen; port 0 = any.
    pub address: SocketAddr,
    /// What a second `newAlarm` of one `alarmId` does.
    pub known_alarm: KnownAlarm,
    /// How its people work; `None`: nobody is there, sheets move by the test's hand.
    pub manners: Option<Manners>,
}

/// How long people take, in milliseconds of the clock.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    /// From a sheet to its acceptance.
    pub accept_ms: i64,
    /// From the end of the alarms to the reply.
    pub reply_ms: i64,
    /// From the reply to the archive.
    pub archive_ms: i64,
}

/// A fault ticket.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Number.
    pub sheet_no: String,
    /// The daemon's key.
    pub alarm_id: String,
    /// Status word.
    pub status: String,
    /// When it was opened.
    pub opened_at: Time,
    /// The fields of `newAlarm`.
    pub fields: Record,
    /// When the daemon said that its alarms are over.
    pub cleared_at: Option<Time>,
    /// Times it was sent back with `untreadWorkSheet`.
    pub returned: u32,
}

/// A call that the desk took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When.
    pub at: Time,
    /// Operation.
    pub operation: &'static str,
    /// The daemon's key, as far as the call has one.
    pub alarm_id: String,
    /// What was done, e.g. the sheet's number.
    pub result: String,
}

/// A running e-ops desk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct EomsSim {
    /// Its SOAP server (`Eoms`).
    pub server: SoapServer,
    desk: Arc<Desk>,
}

#[derive(Debug)]
struct Desk {
    link: Link,
    clock: Clock,
    tasks: Tasks,
    manners: Option<Manners>,
    state: Mutex<State>,
    /// Rings whenever a sheet changed.
    bell: Notify,
}

#[derive(Debug, Default)]
struct State {
    sheets: BTreeMap<String, Sheet>,
    log: VecDeque<LogLine>,
    mishaps: VecDeque<Planned>,
    known_alarm: KnownAlarm,
    numbers: u32,
}

/// A mishap that waits for its call.
#[derive(Debug)]
struct Planned {
    operation: &'static str,
    suits: fn(&Record) -> bool,
    mishap: Mishap,
}

// === impl EomsSim ===

impl EomsSim {
    /// Starts the desk.
    ///
    /// # Errors
    /// [`SimError`] if it cannot listen or call.
    pub async fn start(
        settings: EomsSettings,
        daemon: &DaemonAddress,
        (clock, tasks): (&Clock, &Tasks),
    ) -> Result<Self, SimError> {
        let signed = (settings.sys_code.as_str(), settings.password.as_str());
        let link = Link::new(daemon, &soap::contract::CNM_FOR_EOMS, signed, clock)
            .map_err(|source| SimError::Call { operation: "start".to_owned(), source })?;
        let desk = Arc::new(Desk {
            link,
            clock: clock.clone(),
            tasks: tasks.clone(),
            manners: settings.manners,
            state: Mutex::new(State { known_alarm: settings.known_alarm, ..State::default() }),
            bell: Notify::new(),
        });
        let service = Arc::new(service::EomsService(Arc::clone(&desk)));
        let server = SoapServer::start(service, settings.caller, settings.address, (clock, tasks)).await?;
        Ok(EomsSim { server, desk })
    }

    /// The next call of `operation` has this mishap; several are used up in order.
    pub fn next_mishap(&self, operation: &'static str, mishap: Mishap) {
        self.next_mishap_where(operation, |_| true, mishap);
    }

    /// The next call of `operation` whose fields suit has this mishap.
    pub fn next_mishap_where(&self, operation: &'static str, suits: fn(&Record) -> bool, mishap: Mishap) {
        self.desk.state.lock().mishaps.push_back(Planned { operation, suits, mishap });
    }

    /// Every sheet.
    pub fn sheets(&self) -> Vec<Sheet> {
        self.desk.state.lock().sheets.values().cloned().collect()
    }

    /// How many sheets each `alarmId` has: more than one is one too many.
    pub fn sheets_by_alarm(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for sheet in self.desk.state.lock().sheets.values() {
            *counts.entry(sheet.alarm_id.clone()).or_default() += 1;
        }
        counts
    }

    /// The calls it took, oldest first.
    pub fn log(&self) -> Vec<LogLine> {
        self.desk.state.lock().log.iter().cloned().collect()
    }

    /// Accepts a sheet: `confirmWorkSheet`, then its state.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn accept(&self, sheet_no: &str) -> Result<(), ClientError> {
        self.desk.accept(sheet_no).await
    }

    /// Reports the repair: `replyWorkSheet`.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn reply(&self, sheet_no: &str) -> Result<(), ClientError> {
        self.desk.reply(sheet_no).await
    }

    /// Archives a sheet and tells its state.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn archive(&self, sheet_no: &str) -> Result<(), ClientError> {
        self.desk.set_status(sheet_no, people::ARCHIVED).await
    }

    /// Rejects a sheet: `withdrawWorkSheet`.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn withdraw(&self, sheet_no: &str, reason: &str) -> Result<(), ClientError> {
        self.desk.withdraw(sheet_no, reason).await
    }

    /// Stops the clock of a sheet: `suspendWorkSheet`.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn suspend(&self, sheet_no: &str, reason_code: &str, at: Time) -> Result<(), ClientError> {
        self.desk.suspend(sheet_no, reason_code, at).await
    }

    /// Lets the clock of a sheet run again: `resumeWorkSheet`.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn resume(&self, sheet_no: &str, at: Time) -> Result<(), ClientError> {
        self.desk.resume(sheet_no, at).await
    }

    /// Tells of protected circuits: `syncKeyProtectCircuit`.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn tell_key_protection(&self, task: &KeyProtection) -> Result<(), ClientError> {
        self.desk.tell_key_protection(task).await
    }

    /// Tells of planned work: `syncCutover`.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take it.
    pub async fn tell_cutover(&self, cutover: &Cutover) -> Result<(), ClientError> {
        self.desk.tell_cutover(cutover).await
    }
}

// === impl State ===

impl State {
    fn note(&mut self, at: Time, operation: &'static str, alarm_id: &str, result: &str) {
        if self.log.len() >= LOG_LIMIT {
            self.log.pop_front();
        }
        self.log.push_back(LogLine { at, operation, alarm_id: alarm_id.to_owned(), result: result.to_owned() });
    }

    fn take_mishap(&mut self, operation: &str, record: &Record) -> Option<Mishap> {
        let suits = |planned: &Planned| planned.operation == operation && (planned.suits)(record);
        let at = self.mishaps.iter().position(suits)?;
        self.mishaps.remove(at).map(|planned| planned.mishap)
    }

    fn sheet_of(&self, alarm_id: &str) -> Option<&Sheet> {
        self.sheets.values().find(|sheet| sheet.alarm_id == alarm_id)
    }

    /// The sheet by its number, or by the daemon's key.
    fn find(&mut self, sheet_no: &str, alarm_id: &str) -> Option<&mut Sheet> {
        let mut sheets = self.sheets.values_mut();
        match sheet_no {
            "" => sheets.find(|sheet| sheet.alarm_id == alarm_id),
            _ => sheets.find(|sheet| sheet.sheet_no == sheet_no),
        }
    }

    fn open(&mut self, sheet: Sheet) {
        if self.sheets.len() >= SHEETS_LIMIT {
            self.sheets.pop_first();
        }
        self.sheets.insert(sheet.sheet_no.clone(), sheet);
    }
}

#[cfg(test)]
mod tests;
