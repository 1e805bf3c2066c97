//! Bodies with a clock on them: a request's body must arrive at a minimum rate, and a response's
//! body keeps its request "in flight" until it is sent or dropped.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::linger::Linger;

/// A request's body with a deadline that each received byte moves on a little. What its reader leaves
/// goes to the request's [`Linger`].
pub(super) struct TimedBody {
    /// `None` when it came to its end or is given up.
    body: Option<Incoming>,
    linger: Arc<Linger>,
    grace: Duration,
    rate: u64,
    received: u64,
    /// When the handler first asked for it.
    began: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

/// A response's body that holds its request's end.
pub(super) struct CountedBody {
    body: Body,
    _linger: Arc<Linger>,
}

/// The client sends its body too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the request body came too slowly")]
pub(crate) struct TooSlow;

// === impl TimedBody ===

impl TimedBody {
    pub(super) fn new(body: Incoming, linger: Arc<Linger>, grace: Duration, rate: u64) -> Self {
        TimedBody { body: Some(body), linger, grace, rate: rate.max(1), received: 0, began: None, sleep: None }
    }

    /// Ready when the body is behind its minimum rate.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let began = *self.began.get_or_insert_with(Instant::now);
        let deadline = began + self.grace + Duration::from_secs(self.received / self.rate);
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        // An alarm clock set too early rings and is set again; so a frame costs no timer work.
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        match Pin::new(body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.received = this.received.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(end) => {
                this.body = None;
                Poll::Ready(end.map(|result| result.map_err(Into::into)))
            }
            Poll::Pending => {
                ready!(this.poll_deadline(cx));
                // Who is too slow is not waited for a second time.
                this.body = None;
                Poll::Ready(Some(Err(Box::new(TooSlow))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        if let Some(rest) = self.body.take() {
            self.linger.leave(rest);
        }
    }
}

// === impl CountedBody ===

impl CountedBody {
    pub(super) fn new(body: Body, linger: Arc<Linger>) -> Self {
        CountedBody { body, _linger: linger }
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
