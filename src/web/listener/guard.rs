//! The watch on a connection, from below: whoever keeps a socket open must keep bytes moving.
//!
//! | the connection | limit | counted from |
//! |---|---|---|
//! | never sent a byte | `first_byte` | accept |
//! | sent a part of a head (HTTP/1) | `header` | first byte of the head |
//! | has no request | `idle` | last byte either way |
//! | has a request in flight | `stall` | last byte either way |
//!
//! The deadline is checked when the socket itself would block, so that a response that nobody
//! reads is found although its body is no longer polled.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::Limits;

/// What the service above knows of a connection.
#[derive(Default)]
pub(super) struct Watch {
    /// Requests whose head was read.
    started: AtomicU64,
    /// Requests whose response is gone.
    ended: AtomicU64,
}

/// One request, from its head to the end of its response's body.
pub(super) struct InFlight(Arc<Watch>);

/// A socket with deadlines.
pub(super) struct Guarded {
    stream: TcpStream,
    watch: Arc<Watch>,
    limits: Limits,
    opened: Instant,
    /// Last byte either way; `None` before the first.
    moved: Option<Instant>,
    /// First byte of a head, and how many requests had started by then.
    head: Option<(Instant, u64)>,
    /// Frames of HTTP/2 are no heads; its own keep-alive watches it.
    h2: bool,
    sleep: Pin<Box<Sleep>>,
}

// === impl Watch ===

impl Watch {
    /// A request's head was read.
    pub(super) fn enter(self: &Arc<Self>) -> InFlight {
        self.started.fetch_add(1, Ordering::Relaxed);
        InFlight(Arc::clone(self))
    }

    fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    fn busy(&self) -> bool {
        self.started() > self.ended.load(Ordering::Relaxed)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

// === impl Guarded ===

impl Guarded {
    pub(super) fn new(stream: TcpStream, watch: Arc<Watch>, limits: &Limits) -> Self {
        let opened = Instant::now();
        let sleep = Box::pin(tokio::time::sleep_until(opened + limits.first_byte));
        Guarded { stream, watch, limits: limits.clone(), opened, moved: None, head: None, h2: false, sleep }
    }

    fn deadline(&self) -> Instant {
        let Some(moved) = self.moved else { return self.opened + self.limits.first_byte };
        if self.watch.busy() {
            return moved + self.limits.stall;
        }
        match self.head {
            Some((began, started)) if started == self.watch.started() => began + self.limits.header,
            _ => moved + self.limits.idle,
        }
    }

    fn on_read(&mut self, bytes: &[u8]) {
        let now = Instant::now();
        if self.moved.is_none() {
            self.h2 = bytes.starts_with(b"PRI");
        }
        self.moved = Some(now);
        let started = self.watch.started();
        let known = self.head.is_some_and(|(_, at)| at == started);
        if !self.h2 && !known && !self.watch.busy() {
            self.head = Some((now, started));
        }
    }

    /// The socket would block: an error if that went on for too long.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let deadline = self.deadline();
        if deadline < self.sleep.deadline() {
            self.sleep.as_mut().reset(deadline);
        }
        // A sleep set too early rings once and is set again, so a moving byte costs no timer work.
        while self.sleep.as_mut().poll(cx).is_ready() {
            if deadline <= Instant::now() {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the client was too slow"));
            }
            self.sleep.as_mut().reset(deadline);
        }
        Ok(())
    }

    fn after_write(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match polled {
            Poll::Ready(Ok(bytes)) => {
                if bytes > 0 {
                    self.moved = Some(Instant::now());
                }
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(error) => Poll::Ready(error),
            Poll::Pending => match self.check(cx) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
        }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                if let Some(fresh) = buf.filled().get(before..).filter(|fresh| !fresh.is_empty()) {
                    this.on_read(fresh);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(error) => Poll::Ready(error),
            Poll::Pending => match this.check(cx) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
        }
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(cx, buf);
        this.after_write(cx, polled)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.after_write(cx, polled)
    }
}
