//! The socket. A thread reads it and only puts what came into the queue, so that the system's own buffer
//! stays empty; decoding and everything after it is done by whoever takes.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_snmp::message::CommunityMessage;
use async_snmp::pdu::ResponsePdu;
use async_snmp::{Result, Version};
use bytes::Bytes;
use model::time::Time;
use parking_lot::Mutex;
use rustix::net::sockopt;
use tokio::sync::Notify;

use crate::drops::{Dropped, Drops, Reason};
use crate::error::SnmpError;
use crate::fair::{Datagram, Fair};
use crate::gate::{Gate, Refused};
use crate::lost::Lost;
use crate::notification::{Notification, Way};

/// The largest datagram of UDP.
const DATAGRAM_MAX: usize = 65_535;
/// How often the thread looks whether it shall end, and at what the system dropped.
const LOOK: Duration = Duration::from_millis(250);
/// Reports to one address in a second: a forged address must not make us a weapon.
const REPORTS_MAX: u32 = 10;
/// Addresses whose reports are counted at once.
const REPORTED_MAX: usize = 4096;
/// A report is at most so many times as large as what it answers.
const REPORT_GROWTH: usize = 2;

/// How to listen.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Address.
    pub listen: SocketAddr,
    /// Bytes that the system shall hold for us.
    pub receive_buffer: usize,
    /// Bytes that may wait here.
    pub queue: usize,
}

/// A listener. Its thread ends when it is dropped.
pub struct Listener {
    gate: Arc<Gate>,
    shared: Arc<Shared>,
    reports: Mutex<Reports>,
    address: SocketAddr,
    receive_buffer: usize,
}

struct Shared {
    socket: UdpSocket,
    queue: Mutex<Fair>,
    came: Notify,
    drops: Arc<dyn Drops>,
    now: Box<dyn Fn() -> Time + Send + Sync>,
    over: AtomicBool,
}

/// Reports of this second, by address.
struct Reports {
    second: Instant,
    sent: HashMap<IpAddr, u32>,
}

// === impl Listener ===

impl Listener {
    /// Opens the socket and starts to read it. `now` is the time of receipt.
    ///
    /// # Errors
    /// [`SnmpError`] if the address cannot be had.
    pub fn start(
        settings: Settings,
        gate: Gate,
        drops: Arc<dyn Drops>,
        now: impl Fn() -> Time + Send + Sync + 'static,
    ) -> std::result::Result<Self, SnmpError> {
        let failed = |source| SnmpError::Bind { address: settings.listen, source };
        let (socket, receive_buffer) = open(&settings).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let (queue, came, over) = (Mutex::new(Fair::new(settings.queue)), Notify::new(), AtomicBool::new(false));
        let shared = Arc::new(Shared { socket, queue, came, drops, now: Box::new(now), over });
        let (gate, reading) = (Arc::new(gate), Arc::clone(&shared));
        let doorman = Arc::clone(&gate);
        let thread = std::thread::Builder::new().name("snmp".to_owned());
        thread.spawn(move || read(&reading, &doorman)).map_err(SnmpError::Thread)?;
        let reports = Mutex::new(Reports { second: Instant::now(), sent: HashMap::new() });
        Ok(Listener { gate, shared, reports, address, receive_buffer })
    }

    /// The address that it got.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes that the system really holds for us: without the right to more it gives what `net.core.rmem_max` says.
    pub fn receive_buffer(&self) -> usize {
        self.receive_buffer
    }

    /// Waits until something came, and takes at most so many datagrams. It may return fewer notifications,
    /// or none: what is refused is told and left out.
    pub async fn next(&self, most: usize) -> Vec<Notification> {
        while self.shared.queue.lock().is_empty() {
            self.shared.came.notified().await;
        }
        let mut taken = Vec::with_capacity(most);
        {
            let mut queue = self.shared.queue.lock();
            taken.extend(std::iter::from_fn(|| queue.pop()).take(most));
        }
        taken.iter().filter_map(|datagram| self.read(datagram)).collect()
    }

    /// Answers an inform; call it when what it says is kept. `false` if there was nothing to answer, or the
    /// answer could not be sent: its sender asks again.
    pub fn acknowledge(&self, notification: &Notification) -> bool {
        let answer = self.answer(notification).ok().flatten();
        answer.is_some_and(|answer| self.shared.socket.send_to(&answer, notification.from).is_ok())
    }

    fn read(&self, datagram: &Datagram) -> Option<Notification> {
        match self.gate.read(datagram) {
            Ok(notification) => Some(notification),
            Err(Refused { reason, report }) => {
                let from = datagram.from.ip();
                let (at, bytes) = (datagram.at, &datagram.bytes);
                self.shared.drops.note(&Dropped { from: Some(from), reason, at, bytes, count: 1 });
                let fits = |report: &Vec<u8>| report.len() <= bytes.len() * REPORT_GROWTH;
                if let Some(report) = report.filter(fits).filter(|_| self.reports.lock().admit(from)) {
                    // A report that is lost is asked for again.
                    drop(self.shared.socket.send_to(&report, datagram.from));
                }
                None
            }
        }
    }

    fn answer(&self, notification: &Notification) -> Result<Option<Vec<u8>>> {
        let Some(inform) = &notification.inform else { return Ok(None) };
        let version = if matches!(inform.way, Way::User(_)) { Version::V3 } else { Version::V2c };
        let response = ResponsePdu::success(version, inform.request_id, inform.varbinds.clone())?;
        match &inform.way {
            Way::Community(community) => {
                let message = CommunityMessage::v2c(community.clone(), response.into_raw())?;
                Ok(Some(message.encode()?.to_vec()))
            }
            Way::User(conversation) => self.gate.usm.answer(conversation, response),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("address", &self.address).finish_non_exhaustive()
    }
}

// === impl Reports ===

impl Reports {
    fn admit(&mut self, address: IpAddr) -> bool {
        if self.second.elapsed() >= Duration::from_secs(1) {
            self.second = Instant::now();
            self.sent.clear();
        }
        if self.sent.len() >= REPORTED_MAX && !self.sent.contains_key(&address) {
            return false;
        }
        let sent = self.sent.entry(address).or_default();
        *sent += 1;
        *sent <= REPORTS_MAX
    }
}

/// The socket, and the bytes that the system holds for it.
fn open(settings: &Settings) -> std::io::Result<(UdpSocket, usize)> {
    let socket = UdpSocket::bind(settings.listen)?;
    // More than the system's limit needs a right (CAP_NET_ADMIN) that we may lack.
    sockopt::set_socket_recv_buffer_size_force(&socket, settings.receive_buffer)
        .or_else(|_| sockopt::set_socket_recv_buffer_size(&socket, settings.receive_buffer))?;
    socket.set_read_timeout(Some(LOOK))?;
    let held = sockopt::socket_recv_buffer_size(&socket)?;
    Ok((socket, held))
}

/// The thread: whatever comes from where we allow it goes into the queue.
fn read(shared: &Shared, gate: &Gate) {
    let mut buffer = vec![0; DATAGRAM_MAX];
    let mut lost = Lost::new(&shared.socket);
    while !shared.over.load(Ordering::Relaxed) {
        match shared.socket.recv_from(&mut buffer) {
            Ok((length, from)) => {
                let bytes = buffer.get(..length).unwrap_or_default();
                take(shared, gate, from, bytes);
            }
            Err(error) if is_pause(&error) => {}
            // An ICMP answer to something that we sent, or a passing want of memory.
            Err(error) => tracing::debug!(%error, "the SNMP socket says: {error}"),
        }
        let count = lost.look();
        if count > 0 {
            let (reason, at) = (Reason::SocketFull, (shared.now)());
            shared.drops.note(&Dropped { from: None, reason, at, bytes: &[], count });
        }
    }
}

fn take(shared: &Shared, gate: &Gate, from: SocketAddr, bytes: &[u8]) {
    let at = (shared.now)();
    if !gate.allows(from.ip()) {
        return shared.drops.note(&Dropped { from: Some(from.ip()), reason: Reason::Address, at, bytes, count: 1 });
    }
    let gone = shared.queue.lock().push(Datagram { from, at, bytes: Bytes::copy_from_slice(bytes) });
    shared.came.notify_one();
    for datagram in gone {
        let (from, bytes) = (Some(datagram.from.ip()), &datagram.bytes);
        shared.drops.note(&Dropped { from, reason: Reason::QueueFull, at, bytes, count: 1 });
    }
}

fn is_pause(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)
}
