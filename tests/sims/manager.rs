//! A network manager of transport, IP or ATM: it knows which alarms are active, reports them as they come and go,
//! and writes the whole list when asked. It can also be as unreliable as real ones ([`Habits`]).

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Weak};

use model::alarm::AlarmRecord;
use model::source::SourceKind;
use model::time::Time;
use parking_lot::Mutex;
use soap::Contract;
use soap::contract::{ATM_NMS, CNM_FOR_ATM, CNM_FOR_IP, CNM_FOR_TRANSPORT, IP_NMS, TRANSPORT_NMS};
use tokio::sync::Notify;

use crate::alarm;
use crate::clock::Clock;
use crate::error::SimError;
use crate::files::Publisher;
use crate::link::{DaemonAddress, Link};
use crate::server::{Caller, SoapServer};
use crate::tasks::Tasks;

mod habits;
pub mod performance;
pub mod probes;
mod reports;
mod service;
mod sync;
pub mod tasks;

pub use habits::{Habits, SyncHabit};

/// Notices that wait for the daemon; beyond it the manager gives up and rebuilds its list.
const QUEUE_LIMIT: usize = 20_000;

/// Who a manager is.
#[derive(Clone, Debug)]
pub struct ManagerSettings {
    /// What it manages: `Transport`, `Ip` or `Atm`.
    pub kind: SourceKind,
    /// System code.
    pub sys_code: String,
    /// Its password at the daemon.
    pub password: String,
    /// The daemon as its caller.
    pub caller: Caller,
    /// Where to listen; port 0 = any.
    pub address: SocketAddr,
}

/// A running manager. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ManagerSim {
    /// Its SOAP server (`TransportNms`, `IpNms` or `AtmNms`).
    pub server: SoapServer,
    manager: Arc<Manager>,
}

/// Counts of what a manager did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Notices acknowledged by the daemon.
    pub acknowledged: u64,
    /// Notices that the daemon refused or never answered.
    pub lost: u64,
    /// Rows that the daemon refused inside acknowledged batches.
    pub refused_rows: u64,
    /// Syncs asked of it.
    pub syncs: u64,
}

#[derive(Debug)]
struct Manager {
    kind: SourceKind,
    /// Itself, for work that outlives a call.
    own: Weak<Manager>,
    link: Link,
    publisher: Publisher,
    clock: Clock,
    tasks: Tasks,
    state: Mutex<State>,
    bell: Notify,
}

#[derive(Debug, Default)]
struct State {
    active: BTreeMap<String, AlarmRecord>,
    queue: VecDeque<Notice>,
    /// Notices on their way: neither queued nor answered.
    sending: usize,
    numbers: u64,
    filters: BTreeMap<String, String>,
    tasks: tasks::Tasks,
    delay_tests: Vec<String>,
    habits: Habits,
    counts: Counts,
}

/// Something to tell the daemon.
#[derive(Clone, Debug)]
enum Notice {
    /// A raise, or a clear that repeats its raise.
    Record(Box<AlarmRecord>),
    /// The end of an alarm by its id.
    End { alarm_id: String, at: Time },
    /// The list was rebuilt.
    Rebuilt(String),
}

// === impl ManagerSim ===

impl ManagerSim {
    /// Starts the manager.
    ///
    /// # Errors
    /// [`SimError`] if it cannot listen or call.
    pub async fn start(
        settings: ManagerSettings,
        daemon: &DaemonAddress,
        site: &Path,
        (clock, tasks): (&Clock, &Tasks),
    ) -> Result<Self, SimError> {
        let signed = (settings.sys_code.as_str(), settings.password.as_str());
        let (told, asked) = contracts(settings.kind);
        let link = Link::new(daemon, told, signed, clock)
            .map_err(|source| SimError::Call { operation: "start".to_owned(), source })?;
        // Ids go on from the second of the start, so that a restart does not repeat them.
        let numbers = u64::try_from(clock.now().ms() / 1000).unwrap_or(0) % 1_000_000_000 * 10_000;
        let manager = Arc::new_cyclic(|own| Manager {
            kind: settings.kind,
            own: own.clone(),
            link,
            publisher: Publisher::new(site),
            clock: clock.clone(),
            tasks: tasks.clone(),
            state: Mutex::new(State { numbers, ..State::default() }),
            bell: Notify::new(),
        });
        let service = Arc::new(service::ManagerService(Arc::clone(&manager), asked));
        let server = SoapServer::start(service, settings.caller, settings.address, (clock, tasks)).await?;
        tasks.spawn(reports::send_all(Arc::clone(&manager)));
        let measuring = Arc::clone(&manager);
        tasks.spawn(async move { measuring.run_tasks().await });
        Ok(ManagerSim { server, manager })
    }

    /// System code.
    pub fn sys_code(&self) -> &str {
        self.manager.link.sys_code()
    }

    /// What it manages.
    pub fn kind(&self) -> SourceKind {
        self.manager.kind
    }

    /// Raises an alarm and reports it. Returns its id.
    pub fn raise(&self, record: AlarmRecord) -> String {
        let mut state = self.manager.state.lock();
        state.numbers += 1;
        let alarm_id = format!("{}-{}", self.sys_code(), state.numbers);
        let record =
            AlarmRecord { alarm_id: alarm_id.as_str().into(), ems_time: Some(self.manager.clock.now()), ..record };
        state.active.insert(alarm_id.clone(), record.clone());
        state.tell(Notice::Record(Box::new(record)));
        drop(state);
        self.manager.bell.notify_one();
        alarm_id
    }

    /// Raises an ended alarm again under its own id, as managers do with flapping ports.
    pub fn raise_again(&self, record: AlarmRecord) {
        let record = AlarmRecord { ems_time: Some(self.manager.clock.now()), ..record };
        let mut state = self.manager.state.lock();
        state.active.insert(record.alarm_id.to_string(), record.clone());
        state.tell(Notice::Record(Box::new(record)));
        drop(state);
        self.manager.bell.notify_one();
    }

    /// Ends an alarm and reports it, every other time by `alarmEndNotify`.
    pub fn clear(&self, alarm_id: &str) {
        let at = self.manager.clock.now();
        let mut state = self.manager.state.lock();
        let Some(record) = state.active.remove(alarm_id) else { return };
        let by_id = alarm_id.ends_with(['0', '2', '4', '6', '8']) && !state.habits.nameless;
        state.tell(match by_id {
            true => Notice::End { alarm_id: alarm_id.to_owned(), at },
            false => Notice::Record(Box::new(alarm::cleared(&record, at))),
        });
        drop(state);
        self.manager.bell.notify_one();
    }

    /// The alarms that are active: the truth.
    pub fn active(&self) -> Vec<AlarmRecord> {
        self.manager.state.lock().active.values().cloned().collect()
    }

    /// Changes how it behaves.
    pub fn set_habits(&self, change: impl FnOnce(&mut Habits)) {
        change(&mut self.manager.state.lock().habits);
        self.manager.bell.notify_one();
    }

    /// Forgets what it had not reported yet and says that its list was rebuilt.
    pub fn rebuild_list(&self, reason: &str) {
        let mut state = self.manager.state.lock();
        state.queue.clear();
        state.tell(Notice::Rebuilt(reason.to_owned()));
        drop(state);
        self.manager.bell.notify_one();
    }

    /// Uses up notification numbers: the daemon sees a gap.
    pub fn skip_notifications(&self, count: u64) {
        self.manager.link.skip_notifications(count);
    }

    /// Texts of the filters that were set.
    pub fn filters(&self) -> BTreeMap<String, String> {
        self.manager.state.lock().filters.clone()
    }

    /// What it did so far.
    pub fn counts(&self) -> Counts {
        self.manager.state.lock().counts
    }

    /// Notices not yet acknowledged.
    pub fn waiting(&self) -> usize {
        let state = self.manager.state.lock();
        state.queue.len() + state.sending
    }
}

/// The daemon's service for a kind of managers, and theirs.
fn contracts(kind: SourceKind) -> (&'static Contract, &'static Contract) {
    match kind {
        SourceKind::Ip => (&CNM_FOR_IP, &IP_NMS),
        SourceKind::Atm => (&CNM_FOR_ATM, &ATM_NMS),
        _ => (&CNM_FOR_TRANSPORT, &TRANSPORT_NMS),
    }
}

// === impl State ===

impl State {
    /// Queues a notice; a silent manager loses it, an overrun one starts over.
    fn tell(&mut self, notice: Notice) {
        if self.habits.silent {
            return;
        }
        let notice = match notice {
            Notice::Record(record) if self.habits.nameless => Notice::Record(Box::new(alarm::nameless(&record))),
            other => other,
        };
        if self.queue.len() >= QUEUE_LIMIT {
            self.counts.lost += self.queue.len() as u64;
            self.queue.clear();
            self.queue.push_back(Notice::Rebuilt("report queue overrun".to_owned()));
        }
        self.queue.push_back(notice);
    }
}

#[cfg(test)]
mod tests;
