//! The HTTP listener: hyper with a deadline on everything a client can drag out.
//!
//! `axum::serve` has no header, body or idle deadline: a handful of slow clients would hold every
//! connection for good. Here each connection is watched from below (the socket, [`guard`]) and
//! from above (request bodies, [`body`]), counted ([`census`]), and ended in two steps at shutdown.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::header::CONNECTION;
use http::{HeaderValue, Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use self::body::{CountedBody, TimedBody};
use self::census::{Census, Place};
use self::guard::{Guarded, Watch};
use self::linger::{Linger, LingerLimits};

pub(crate) mod body;
mod census;
mod guard;
mod linger;

/// Limits of a listener. The defaults suit a daemon that is reachable by strangers.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A new connection must send its first byte within this.
    pub first_byte: Duration,
    /// A request's head must be complete this long after its first byte.
    pub header: Duration,
    /// A connection without a request is closed after this.
    pub idle: Duration,
    /// A connection with a request is closed when no byte moved either way for this.
    pub stall: Duration,
    /// A request's body has this long, plus one second for each `body_rate` bytes received.
    pub body: Duration,
    /// Slowest acceptable rate of a request's body, in bytes a second.
    pub body_rate: u64,
    /// When a request was answered before its body was read, so many bytes of the rest are thrown away …
    pub linger_bytes: u64,
    /// … within this time, so that the client gets its answer and not a reset.
    pub linger: Duration,
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address.
    pub connections_per_ip: usize,
    /// Addresses of our own reverse proxies: not limited per address, `X-Forwarded-For` believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Requests in flight on one HTTP/2 connection.
    pub h2_streams: u32,
    /// At shutdown, requests in flight have this long to finish.
    pub grace: Duration,
}

/// What every connection of one listener shares.
struct Shared {
    router: Router,
    limits: Limits,
    census: Census,
    graceful: GracefulShutdown,
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Self {
        Limits {
            first_byte: Duration::from_secs(10),
            header: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            stall: Duration::from_secs(30),
            body: Duration::from_secs(10),
            body_rate: 4096,
            linger_bytes: 64 << 20,
            linger: Duration::from_secs(60),
            connections: 4096,
            connections_per_ip: 1024,
            trusted_proxies: Vec::new(),
            h2_streams: 128,
            grace: Duration::from_secs(10),
        }
    }
}

/// Serves `router` on `listener` until `shutdown`, then lets requests in flight finish within the
/// grace time and closes the rest. The peer's address is in the request as [`ConnectInfo`].
pub async fn run(listener: TcpListener, router: Router, limits: Limits, shutdown: CancellationToken) {
    let census = Census::new(&limits);
    let shared = Arc::new(Shared { router, limits, census, graceful: GracefulShutdown::new() });
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, remote)) => {
                // Over a cap the connection is closed at once: a queue of waiting connections
                // would let one address keep everybody else out.
                if let Some(place) = shared.census.enter(remote.ip()) {
                    connections.spawn(connection(stream, remote, place, Arc::clone(&shared)));
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, "a connection could not be accepted; trying again");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    finish(connections, shared).await;
}

/// The second step of the shutdown: finish what is in flight, then stop.
async fn finish(mut connections: JoinSet<()>, shared: Arc<Shared>) {
    let grace = shared.limits.grace;
    // Dropping the last `GracefulShutdown` tells every connection to close after its request.
    drop(shared);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, all).await.is_err() {
        tracing::warn!("requests were still in flight after the grace time and are cut");
        connections.shutdown().await;
    }
}

async fn connection(stream: TcpStream, remote: SocketAddr, place: Place, shared: Arc<Shared>) {
    // Answers are small and wanted now.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let watch = Arc::new(Watch::default());
    let io = TokioIo::new(Guarded::new(stream, Arc::clone(&watch), &shared.limits));
    let builder = builder(&shared.limits);
    let router = shared.router.clone();
    let limits = shared.limits.clone();
    let service =
        service_fn(move |request| answer(request, remote, router.clone(), Arc::clone(&watch), limits.clone()));
    let connection = builder.serve_connection(io, service).into_owned();
    let watched = shared.graceful.watcher().watch(connection);
    drop(shared);
    if let Err(error) = watched.await {
        tracing::debug!(error = %error, "connection ended");
    }
    drop(place);
}

fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // hyper runs its header timer while a connection is idle too, so here it can only be the
    // idle limit; `Guarded` keeps the shorter one from the head's first byte.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.idle).max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.h2_streams)
        .max_pending_accept_reset_streams(32)
        .max_local_error_reset_streams(256)
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(limits.idle)
        .keep_alive_timeout(limits.stall);
    builder
}

async fn answer(
    request: Request<Incoming>,
    remote: SocketAddr,
    router: Router,
    watch: Arc<Watch>,
    limits: Limits,
) -> Result<Response<Body>, Infallible> {
    let linger = Linger::new(watch.enter(), LingerLimits { bytes: limits.linger_bytes, time: limits.linger });
    let of_body = Arc::clone(&linger);
    let mut request = request.map(|body| Body::new(TimedBody::new(body, of_body, limits.body, limits.body_rate)));
    request.extensions_mut().insert(ConnectInfo(remote));
    let is_h1 = request.version() < Version::HTTP_2;
    let mut response = router.oneshot(request).await?;
    // A client that has not sent its body yet (`Expect: 100-continue`) must not take what it sends
    // next for a new request.
    if is_h1 && linger.is_left() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| Body::new(CountedBody::new(body, linger))))
}

#[cfg(test)]
mod tests;
