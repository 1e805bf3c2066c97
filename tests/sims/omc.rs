//! An OMC with a real-time alarm socket: it numbers what happens, tells it to whoever is logged in, sends messages
//! again and writes lists when asked. It can also be as unreliable as real ones ([`Habits`]).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::alarm::AlarmRecord;
use omc::sequence::SEQ_MAX;
use omc::{Frame, Kind};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;

use crate::alarm;
use crate::clock::Clock;
use crate::error::SimError;
use crate::tasks::Tasks;

mod habits;
mod list;
mod session;
mod wire;

pub use habits::{Habits, ListHabit};

/// Our user at every OMC.
pub const USER: &str = "linesman";
/// Messages that it can send again.
const KEPT: usize = 5_000;

/// Who an OMC is.
#[derive(Clone, Debug)]
pub struct OmcSettings {
    /// System code under which the daemon knows it.
    pub sys_code: String,
    /// Key of [`USER`].
    pub key: String,
    /// Where to listen; port 0 = any.
    pub address: SocketAddr,
    /// The directory that its file site serves.
    pub site: PathBuf,
}

/// A running OMC. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OmcSim {
    /// Where it listens.
    pub address: SocketAddr,
    centre: Arc<Centre>,
}

/// What was asked of an OMC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Logins that it let in.
    pub logins: u64,
    /// Numbers from which on messages were asked for again.
    pub messages: Vec<u32>,
    /// Lists.
    pub lists: u64,
}

#[derive(Debug)]
struct Centre {
    settings: OmcSettings,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    active: BTreeMap<String, AlarmRecord>,
    ids: u64,
    /// The number of the latest message.
    seq: u32,
    log: Vec<(u32, Vec<u8>)>,
    /// Whoever is logged in.
    heard_by: Vec<UnboundedSender<Out>>,
    habits: Habits,
    asked: Asked,
    files: u64,
}

/// Something for the socket.
#[derive(Debug)]
enum Out {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The end of the connection.
    Cut,
}

// === impl OmcSim ===

impl OmcSim {
    /// Starts the OMC; its numbers begin with 1.
    ///
    /// # Errors
    /// [`SimError::Listen`] if the address cannot be bound.
    pub async fn start(settings: OmcSettings, (clock, tasks): (&Clock, &Tasks)) -> Result<Self, SimError> {
        let failed = |source| SimError::Listen { what: "OMC", address: settings.address.to_string(), source };
        let listener = TcpListener::bind(settings.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        // Ids go on from the second of the start, so that a restart does not repeat them.
        let ids = u64::try_from(clock.now().ms() / 1000).unwrap_or(0) % 1_000_000_000 * 10_000;
        let state = Mutex::new(State { ids, ..State::default() });
        let centre = Arc::new(Centre { settings, clock: clock.clone(), state });
        tasks.spawn(session::accept(listener, Arc::clone(&centre), tasks.clone()));
        Ok(OmcSim { address, centre })
    }

    /// Its address for a client.
    pub fn url(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// System code.
    pub fn sys_code(&self) -> &str {
        &self.centre.settings.sys_code
    }

    /// The directory of its files.
    pub fn site(&self) -> &Path {
        &self.centre.settings.site
    }

    /// Raises an alarm and tells it. Returns its id.
    pub fn raise(&self, record: AlarmRecord) -> String {
        let mut state = self.centre.state.lock();
        state.ids += 1;
        let alarm_id = format!("{}-{}", self.sys_code(), state.ids);
        let record = AlarmRecord { alarm_id: alarm_id.as_str().into(), ..record };
        state.active.insert(alarm_id.clone(), record.clone());
        self.centre.tell(&mut state, &record);
        alarm_id
    }

    /// Ends an alarm and tells it.
    pub fn clear(&self, alarm_id: &str) {
        let mut state = self.centre.state.lock();
        let Some(record) = state.active.remove(alarm_id) else { return };
        self.centre.tell(&mut state, &alarm::cleared(&record, self.centre.clock.now()));
    }

    /// Ids of the alarms that are active, in order: the truth.
    pub fn active(&self) -> Vec<String> {
        self.centre.state.lock().active.keys().cloned().collect()
    }

    /// Changes how it behaves.
    pub fn set_habits(&self, change: impl FnOnce(&mut Habits)) {
        change(&mut self.centre.state.lock().habits);
    }

    /// The number of the latest message.
    pub fn seq(&self) -> u32 {
        self.centre.state.lock().seq
    }

    /// Counts on after this number and has nothing any more to send again, as after a restart (0) of it.
    pub fn count_after(&self, seq: u32) {
        let mut state = self.centre.state.lock();
        state.seq = seq;
        state.log.clear();
    }

    /// Sends bytes that are no message to everybody.
    pub fn garble(&self, bytes: &[u8]) {
        self.centre.state.lock().send(|| Out::Bytes(bytes.to_vec()));
    }

    /// Ends every connection, after these bytes of the latest message.
    pub fn cut(&self, after: usize) {
        let mut state = self.centre.state.lock();
        let half = state.log.last().map_or_else(Vec::new, |(_, body)| self.centre.frame(Kind::RealTimeAlarm, body));
        let half = half.get(..after).unwrap_or(&half).to_vec();
        state.send(|| Out::Bytes(half.clone()));
        state.send(|| Out::Cut);
        state.heard_by.clear();
    }

    /// What was asked of it.
    pub fn asked(&self) -> Asked {
        self.centre.state.lock().asked.clone()
    }
}

// === impl Centre ===

impl Centre {
    /// Numbers a message, keeps it, and sends it as the habits say.
    fn tell(&self, state: &mut State, record: &AlarmRecord) {
        state.seq = if state.seq >= SEQ_MAX { 1 } else { state.seq + 1 };
        let body = wire::alarm(record, state.seq);
        state.log.push((state.seq, body.clone()));
        let surplus = state.log.len().saturating_sub(KEPT);
        state.log.drain(..surplus);
        if state.habits.losing {
            return;
        }
        let times = if state.habits.repeating { 2 } else { 1 };
        for _ in 0..times {
            state.send(|| Out::Bytes(self.frame(Kind::RealTimeAlarm, &body)));
        }
    }

    fn frame(&self, kind: Kind, body: &[u8]) -> Vec<u8> {
        let at_s = u32::try_from(self.clock.now().ms() / 1000).unwrap_or(0);
        let mut bytes = bytes::BytesMut::new();
        Frame { kind, at_s, body: body.to_vec() }.write(&mut bytes);
        bytes.to_vec()
    }
}

// === impl State ===

impl State {
    fn send(&mut self, out: impl Fn() -> Out) {
        self.heard_by.retain(|listener| listener.send(out()).is_ok());
    }
}
