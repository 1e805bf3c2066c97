//! Live streams (SSE): what changed since an id, as it is now, with the rights of now.
//!
//! A stream holds a place in the board's sequence and nothing else. It looks at most every 250 ms,
//! so changes coalesce; a reader that falls behind the board's memory is told to reload; a reader
//! that stalls fills its small queue and then its connection is closed by the listener.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

use crate::app::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemCode};

/// Deltas are at least this far apart.
const COALESCE: Duration = Duration::from_millis(250);
/// How often rights are looked at while nothing changes.
const RIGHTS: Duration = Duration::from_millis(250);
/// Silence after which a comment is sent, so that proxies keep the connection.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Parts that wait for a slow reader.
const QUEUE: usize = 32;
/// A reader that takes nothing for this long is let go.
const STALLED: Duration = Duration::from_secs(30);
/// Bytes of one part.
const PART: usize = 64 * 1024;

/// Open streams, by login.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<String, usize>>>);

/// One open stream; dropping it frees its place.
struct Open {
    streams: Streams,
    login: String,
    gauge: prometheus::IntGauge,
}

/// What a stream has to say next.
pub(crate) struct Delta {
    /// Events, rendered.
    pub(crate) text: Text,
    /// Everything up to this number is told.
    pub(crate) seq: u64,
}

/// Events being written.
#[derive(Default)]
pub(crate) struct Text(String);

/// What a kind of stream shows: the NOC's or a customer's.
pub(crate) trait Show: Send + Sync + 'static {
    /// What happened after `seq`, as far as the caller may see it now.
    fn since(&self, app: &App, caller: &Caller, seq: u64) -> Delta;
    /// May the caller still have this stream?
    fn allows(&self, caller: &Caller) -> bool;
}

// === impl Text ===

impl Text {
    /// Adds an event.
    pub(crate) fn event(&mut self, name: &str, data: &impl Serialize) {
        let Ok(json) = serde_json::to_string(data) else { return };
        self.0.push_str("event: ");
        self.0.push_str(name);
        self.0.push_str("\ndata: ");
        self.0.push_str(&json);
        self.0.push_str("\n\n");
    }

    /// Tells the client to load everything again.
    pub(crate) fn resync(&mut self) {
        self.0.push_str("event: resync\ndata: {}\n\n");
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

// === impl Streams ===

impl Streams {
    fn open(&self, app: &App, login: &str) -> Result<Open, Problem> {
        let mut open = self.0.lock();
        let all: usize = open.values().sum();
        let mine = open.entry(login.to_owned()).or_default();
        if *mine >= app.settings.streams_per_user || all >= app.settings.streams {
            return Err(Problem::of(ProblemCode::TooMany, "too many live streams are open; close one first"));
        }
        *mine += 1;
        app.metrics.streams.inc();
        Ok(Open { streams: self.clone(), login: login.to_owned(), gauge: app.metrics.streams.clone() })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.gauge.dec();
        let mut open = self.streams.0.lock();
        if let Some(mine) = open.get_mut(&self.login) {
            *mine = mine.saturating_sub(1);
            if *mine == 0 {
                open.remove(&self.login);
            }
        }
    }
}

/// Opens a stream for a caller.
pub(crate) fn open(
    app: &Arc<App>,
    caller: &Arc<Caller>,
    headers: &HeaderMap,
    show: impl Show,
) -> Result<Response, Problem> {
    let place = app.streams.open(app, &caller.login)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.trim().parse().ok());
    let (sender, receiver) = mpsc::channel::<Bytes>(QUEUE);
    let pump = Pump {
        app: Arc::clone(app),
        caller: Arc::clone(caller),
        show,
        sender,
        seq: last.unwrap_or(app.board.latest()),
    };
    app.tasks.spawn(async move {
        // The stream ends for many reasons, all of them good.
        let _ = pump.run().await;
        drop(place);
    });
    let parts = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|part| (Ok::<_, Infallible>(part), receiver))
    });
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that buffers would hold events back.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// Writes one stream.
struct Pump<S> {
    app: Arc<App>,
    caller: Arc<Caller>,
    show: S,
    sender: mpsc::Sender<Bytes>,
    seq: u64,
}

/// The stream is over.
struct Over;

// === impl Pump ===

impl<S: Show> Pump<S> {
    async fn run(mut self) -> Result<(), Over> {
        let mut changes = self.app.board.subscribe();
        let mut rights = tokio::time::interval(RIGHTS);
        rights.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first byte goes out at once: proxies and browsers wait for it.
        self.send(format!("retry: 2000\nid: {}\n: connected\n\n", self.seq)).await?;
        let mut told_at = Instant::now();
        self.tell(&mut told_at).await?;
        loop {
            let quiet = told_at + KEEPALIVE;
            tokio::select! {
                () = self.app.shutdown.cancelled() => return Err(Over),
                () = self.sender.closed() => return Err(Over),
                _ = rights.tick() => self.check().await?,
                () = tokio::time::sleep_until(quiet) => {
                    // The id comes along, so that a quiet stream does not have to reload after a cut.
                    self.send(format!("id: {}\n: keepalive\n\n", self.seq)).await?;
                    told_at = Instant::now();
                }
                changed = changes.changed() => {
                    changed.map_err(|_| Over)?;
                    tokio::time::sleep(COALESCE).await;
                    self.tell(&mut told_at).await?;
                }
            }
        }
    }

    /// Ends the stream if the caller may not have it any more.
    async fn check(&mut self) -> Result<(), Over> {
        let caller = self.app.caller(self.caller.credential).await.map_err(|_| Over)?.ok_or(Over)?;
        let same = caller.login == self.caller.login && caller.role == self.caller.role;
        if !same || !self.show.allows(&caller) {
            return Err(Over);
        }
        self.caller = caller;
        Ok(())
    }

    async fn tell(&mut self, told_at: &mut Instant) -> Result<(), Over> {
        self.check().await?;
        let delta = self.show.since(&self.app, &self.caller, self.seq);
        self.seq = delta.seq;
        if delta.text.is_empty() {
            return Ok(());
        }
        *told_at = Instant::now();
        // Only the end of a batch carries its id: who is cut in the middle gets the batch again.
        let text = format!("{}id: {}\n: told\n\n", delta.text.0, delta.seq);
        let mut bytes = Bytes::from(text);
        while !bytes.is_empty() {
            let part = bytes.split_to(bytes.len().min(PART));
            self.put(part).await?;
        }
        Ok(())
    }

    async fn send(&self, text: String) -> Result<(), Over> {
        self.put(Bytes::from(text)).await
    }

    async fn put(&self, part: Bytes) -> Result<(), Over> {
        self.sender.send_timeout(part, STALLED).await.map_err(|_| Over)
    }
}
