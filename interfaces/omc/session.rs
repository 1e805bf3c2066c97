//! One session: connect, log in, then events until it ends. We speak a heartbeat each minute; a peer that says
//! nothing for three is gone. Both directions are waited for at once, so a peer that does not read cannot stop
//! us from hearing it, and what waits to be sent is bounded.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use model::time::Time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use crate::body::{self, Body};
use crate::error::OmcError;
use crate::frame::{Frame, Kind};

/// Bytes taken from the socket at once.
const PIECE: usize = 64 << 10;
/// Bytes that may wait to be sent.
const WAITING_MAX: usize = 64 << 10;
/// How long the word of the end may take to leave.
const GOODBYE: Duration = Duration::from_secs(1);

/// The clock by which frames are stamped.
pub type Now = Arc<dyn Fn() -> Time + Send + Sync>;

/// Where an OMC is and how it is spoken to.
#[derive(Clone)]
pub struct Settings {
    /// `host:port`.
    pub address: String,
    /// User.
    pub user: String,
    /// Key of the user.
    pub key: String,
    /// For the connection and for the login, each.
    pub connect: Duration,
    /// Between two heartbeats.
    pub heartbeat: Duration,
    /// Silence after which the session is over.
    pub silence: Duration,
    /// The clock.
    pub now: Now,
}

/// A session that is logged in.
pub struct Session {
    stream: TcpStream,
    received: BytesMut,
    waiting: BytesMut,
    settings: Settings,
    heard: Instant,
    beat: Instant,
    requests: u32,
}

/// The answer to something that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The number of the request.
    pub req_id: u32,
    /// `None`: it succeeded; else the OMC's words.
    pub refused: Option<String>,
    /// When it was sent, by the OMC's clock.
    pub at: Time,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An alarm, as it is on the wire.
    Alarm(Vec<u8>),
    /// It will send messages again, or not.
    Messages(Reply),
    /// It will make a list, or not.
    ListTaken(Reply),
    /// The list is there, or failed: its path on the file site.
    List(Reply, String),
    /// It is alive.
    Alive,
    /// It ends the session.
    Closed,
}

// === impl Settings ===

impl Settings {
    /// `host:port` of `tcp://host:port`.
    ///
    /// # Errors
    /// [`OmcError::Address`] for any other form.
    pub fn address_of(url: &str) -> Result<String, OmcError> {
        let address = url.strip_prefix("tcp://").map(|rest| rest.trim_end_matches('/'));
        let is_one = |address: &&str| {
            let parts = address.rsplit_once(':');
            parts.is_some_and(|(host, port)| !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok())
        };
        address.filter(is_one).map(str::to_owned).ok_or_else(|| OmcError::Address { url: url.to_owned() })
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("address", &self.address).field("user", &self.user).finish_non_exhaustive()
    }
}

// === impl Session ===

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// [`OmcError::Connect`], [`OmcError::Login`], [`OmcError::Silent`], or what [`Session::next`] says.
    pub async fn open(settings: Settings) -> Result<Self, OmcError> {
        let limit_s = settings.connect.as_secs();
        let failed = |source| OmcError::Connect { address: settings.address.clone(), source };
        let connecting = timeout(settings.connect, TcpStream::connect(&settings.address)).await;
        let stream = connecting.map_err(|_| failed(std::io::ErrorKind::TimedOut.into()))?.map_err(failed)?;
        let now = Instant::now();
        let mut session = Session {
            stream,
            received: BytesMut::new(),
            waiting: BytesMut::new(),
            heard: now,
            beat: now + settings.heartbeat,
            settings,
            requests: 0,
        };
        let late = OmcError::Silent { what: "login", limit_s };
        timeout(session.settings.connect, session.log_in()).await.map_err(|_| late)??;
        Ok(session)
    }

    async fn log_in(&mut self) -> Result<(), OmcError> {
        let refused = |said: &str| OmcError::Login { user: self.settings.user.clone(), said: said.to_owned() };
        let Settings { user, key, .. } = &self.settings;
        if !body::is_sayable(user) || !body::is_sayable(key) {
            return Err(refused("user and key must hold no semicolon"));
        }
        let login = body::write("reqLoginAlarm", &[("user", user), ("key", key), ("type", "msg")]);
        self.send(Kind::ReqLogin, login)?;
        loop {
            let frame = self.frame().await?;
            match (frame.kind, refusal(&Body::read(&frame.body))) {
                (Kind::Close, _) => return Err(OmcError::Closed),
                (Kind::AckLogin, None) => return Ok(()),
                (Kind::AckLogin, Some(said)) => {
                    // Some repeat what they were sent.
                    let said = said.replace(&self.settings.key, "***");
                    return Err(OmcError::Login { user: self.settings.user.clone(), said });
                }
                _ => {}
            }
        }
    }

    /// The next event. May be dropped and called again at any time.
    ///
    /// # Errors
    /// [`OmcError`] with why the session is over.
    pub async fn next(&mut self) -> Result<Event, OmcError> {
        loop {
            if let Some(event) = event_of(self.frame().await?) {
                return Ok(event);
            }
        }
    }

    /// The next event that is here already; `None` also when the next thing here is an error, which
    /// [`Session::next`] will say.
    pub fn at_hand(&mut self) -> Option<Event> {
        while let Ok(Some(frame)) = Frame::read(&mut self.received) {
            if let Some(event) = event_of(frame) {
                return Some(event);
            }
        }
        None
    }

    /// Asks for all alarms from this number on; the number of the request.
    ///
    /// # Errors
    /// [`OmcError::Stuck`].
    pub fn ask_messages(&mut self, from: u32) -> Result<u32, OmcError> {
        self.ask(Kind::ReqSyncMsg, "reqSyncAlarmMsg", &[("alarmSeq", &from.to_string())])
    }

    /// Asks for the list of all active alarms in a file; the number of the request.
    ///
    /// # Errors
    /// [`OmcError::Stuck`].
    pub fn ask_list(&mut self) -> Result<u32, OmcError> {
        self.ask(Kind::ReqSyncFile, "reqSyncAlarmFile", &[("startTime", ""), ("endTime", ""), ("syncSource", "0")])
    }

    /// Ends the session with a word.
    pub async fn close(mut self) {
        if self.send(Kind::Close, body::write("closeConnAlarm", &[])).is_ok() {
            // The word is a courtesy: the connection ends anyway.
            drop(timeout(GOODBYE, self.stream.write_all_buf(&mut self.waiting)).await);
        }
    }

    fn ask(&mut self, kind: Kind, name: &str, more: &[(&str, &str)]) -> Result<u32, OmcError> {
        self.requests = self.requests % i32::MAX.unsigned_abs() + 1;
        let req_id = self.requests.to_string();
        let fields: Vec<_> = [("reqId", req_id.as_str())].into_iter().chain(more.iter().copied()).collect();
        self.send(kind, body::write(name, &fields))?;
        Ok(self.requests)
    }

    /// Puts a frame to what is sent while the next event is waited for.
    fn send(&mut self, kind: Kind, body: Vec<u8>) -> Result<(), OmcError> {
        if self.waiting.len() > WAITING_MAX {
            return Err(OmcError::Stuck);
        }
        let at_s = u32::try_from((self.settings.now)().ms().div_euclid(1000)).unwrap_or(0);
        Frame { kind, at_s, body }.write(&mut self.waiting);
        Ok(())
    }

    async fn frame(&mut self) -> Result<Frame, OmcError> {
        loop {
            if let Some(frame) = Frame::read(&mut self.received)? {
                return Ok(frame);
            }
            self.received.reserve(PIECE);
            let (mut reader, mut writer) = self.stream.split();
            // What is here already is read before anybody is called silent, and a flood does not keep us from speaking.
            tokio::select! {
                biased;
                sent = writer.write_buf(&mut self.waiting), if !self.waiting.is_empty() => {
                    sent.map_err(OmcError::Broken)?;
                }
                () = sleep_until(self.beat) => {
                    self.beat = Instant::now() + self.settings.heartbeat;
                    self.ask(Kind::ReqHeartBeat, "reqHeartBeat", &[])?;
                }
                read = reader.read_buf(&mut self.received) => match read.map_err(OmcError::Broken)? {
                    0 => return Err(OmcError::Closed),
                    _ => self.heard = Instant::now(),
                },
                () = sleep_until(self.heard + self.settings.silence) => {
                    return Err(OmcError::Silent { what: "the session", limit_s: self.settings.silence.as_secs() });
                }
            }
        }
    }
}

/// What a frame says to us; `None` if nothing.
fn event_of(frame: Frame) -> Option<Event> {
    let (kind, at) = (frame.kind, Time::from_ms(i64::from(frame.at_s) * 1000));
    let said = || Body::read(&frame.body);
    let reply = |body: &Body| Reply { req_id: body.get("reqid").parse().unwrap_or(0), refused: refusal(body), at };
    match kind {
        Kind::RealTimeAlarm => Some(Event::Alarm(frame.body)),
        Kind::AckSyncMsg => Some(Event::Messages(reply(&said()))),
        Kind::AckSyncFile => Some(Event::ListTaken(reply(&said()))),
        Kind::SyncFileResult => {
            let body = said();
            Some(Event::List(reply(&body), body.get("filename").to_owned()))
        }
        Kind::AckHeartBeat => Some(Event::Alive),
        Kind::Close => Some(Event::Closed),
        // Our own words back, or words that nobody told us of.
        _ => None,
    }
}

/// Why a result is no success; `None` if it is one.
fn refusal(body: &Body) -> Option<String> {
    let result = body.get("result");
    if result.eq_ignore_ascii_case("succ") {
        return None;
    }
    let said = [result, body.get("resdesc")].into_iter().filter(|text| !text.is_empty());
    let said = said.collect::<Vec<_>>().join(": ");
    Some(if said.is_empty() { "it gives no result".to_owned() } else { said.chars().take(200).collect() })
}

#[cfg(test)]
mod tests;
