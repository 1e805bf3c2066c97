//! What is left of a request's body when its answer is known early. A client that is still writing
//! would get a reset instead of the answer if we closed the connection, so the rest is read and thrown
//! away: within limits, and only after the answer was handed to the connection.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use parking_lot::Mutex;

use super::guard::InFlight;

/// The end of one request: its body and its answer each hold it, whoever is dropped last begins to
/// throw away what was not read.
pub(super) struct Linger {
    rest: Mutex<Option<Incoming>>,
    /// The request is in flight until its rest is gone too.
    in_flight: Option<InFlight>,
    limits: LingerLimits,
}

/// How much of a refused body is read, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct LingerLimits {
    pub(super) bytes: u64,
    pub(super) time: Duration,
}

// === impl Linger ===

impl Linger {
    pub(super) fn new(in_flight: InFlight, limits: LingerLimits) -> Arc<Self> {
        Arc::new(Linger { rest: Mutex::default(), in_flight: Some(in_flight), limits })
    }

    /// What a handler did not read of a body.
    pub(super) fn leave(&self, rest: Incoming) {
        if !rest.is_end_stream() {
            *self.rest.lock() = Some(rest);
        }
    }

    /// Is something left? Then the connection can serve nothing else.
    pub(super) fn is_left(&self) -> bool {
        self.rest.lock().is_some()
    }
}

impl Drop for Linger {
    fn drop(&mut self) {
        let (Some(rest), in_flight) = (self.rest.get_mut().take(), self.in_flight.take()) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let limits = self.limits;
        runtime.spawn(async move {
            // Whether it came to its end or ran into a limit: the connection closes.
            let _ = tokio::time::timeout(limits.time, throw_away(rest, limits.bytes)).await;
            drop(in_flight);
        });
    }
}

/// Reads at most `limit` bytes of what is left.
async fn throw_away(mut rest: Incoming, limit: u64) {
    let mut read = 0u64;
    while let Some(Ok(frame)) = rest.frame().await {
        let bytes = frame.data_ref().map_or(0, axum::body::Bytes::len);
        read = read.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if read > limit {
            return;
        }
    }
}
