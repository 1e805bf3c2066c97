//! The HTTP side of a simulated system: a SOAP endpoint whose answers can be lost, cut or held
//! back after the call was executed. The service decides by [`befall`], in the middle of a call.

use std::cell::Cell;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use model::source::SourceId;
use soap::{Endpoint, Gate, MessageKey, Peer, Recall, ReplayMemory, Secret};
use tokio::net::{TcpListener, TcpStream};

use crate::clock::Clock;
use crate::error::SimError;
use crate::tasks::Tasks;

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It is sent.
    #[default]
    Sent,
    /// It is sent after this much real time.
    Late(Duration),
    /// The connection is closed instead.
    HungUp,
    /// The connection is closed in the middle of it.
    Cut,
    /// Another status with a body that is no SOAP.
    Status(u16),
}

/// A caller that a simulated system knows.
#[derive(Clone, Debug)]
pub struct Caller {
    /// `serCaller`.
    pub name: String,
    /// `callerPwd`.
    pub password: String,
}

/// A running SOAP server.
#[derive(Clone, Debug)]
pub struct SoapServer {
    /// Where it listens.
    pub address: SocketAddr,
    path: String,
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the simulator hangs up")]
struct HangUp;

type Body = BoxBody<Bytes, HangUp>;

/// Simulated systems forget: a repetition is executed again, as the crudest real ones do.
struct NoMemory;

const REQUEST_LIMIT: usize = soap::BODY_LIMIT;

tokio::task_local! {
    static FATE: Cell<Fate>;
}

/// Decides what becomes of the answer to the call that is being executed.
pub fn befall(fate: Fate) {
    // Outside a call there is no answer to decide about.
    let _ = FATE.try_with(|cell| cell.set(fate));
}

// === impl SoapServer ===

impl SoapServer {
    /// Serves `service` to `caller` until the tasks are stopped.
    ///
    /// # Errors
    /// [`SimError::Listen`] if the address cannot be bound.
    pub async fn start(
        service: Arc<dyn soap::Service>,
        caller: Caller,
        address: SocketAddr,
        around: (&Clock, &Tasks),
    ) -> Result<Self, SimError> {
        Self::start_all(&[service], &[caller], address, around).await
    }

    /// Serves all of `services` to each of `callers`.
    ///
    /// # Errors
    /// [`SimError::Listen`] if the address cannot be bound.
    pub async fn start_all(
        services: &[Arc<dyn soap::Service>],
        callers: &[Caller],
        address: SocketAddr,
        (clock, tasks): (&Clock, &Tasks),
    ) -> Result<Self, SimError> {
        let name = services.first().map_or("", |service| service.contract().name);
        let failed = |source| SimError::Listen { what: name, address: address.to_string(), source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let gate = Gate::new(callers.iter().map(|caller| caller.peer(services)));
        let endpoint = Endpoint::new(gate, Arc::new(NoMemory));
        let endpoint = services.iter().fold(endpoint, |endpoint, service| endpoint.service(Arc::clone(service)));
        tasks.spawn(accept(listener, Arc::new(endpoint), clock.clone(), tasks.clone()));
        Ok(SoapServer { address, path: format!("/services/{name}") })
    }

    /// The address of its first service for a client.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }
}

// === impl Caller ===

impl Caller {
    fn peer(&self, services: &[Arc<dyn soap::Service>]) -> Peer {
        let mut peer = Peer::new(&self.name, Secret::new(self.password.as_str()));
        peer.allow = vec![ipnet::IpNet::from(std::net::IpAddr::from([127, 0, 0, 1]))];
        peer.services = services.iter().map(|service| service.contract().name.to_owned()).collect();
        peer
    }
}

// === impl NoMemory ===

impl ReplayMemory for NoMemory {
    fn recall<'a>(&'a self, _: &'a SourceId, _: &'a MessageKey) -> BoxFuture<'a, Recall> {
        Box::pin(async { Recall::Unknown })
    }
}

async fn accept(listener: TcpListener, endpoint: Arc<Endpoint>, clock: Clock, tasks: Tasks) {
    loop {
        let Ok((stream, remote)) = listener.accept().await else { continue };
        tasks.spawn(serve(stream, remote, Arc::clone(&endpoint), clock.clone()));
    }
}

async fn serve(stream: TcpStream, remote: SocketAddr, endpoint: Arc<Endpoint>, clock: Clock) {
    let service = service_fn(|request| answer(&endpoint, request, remote, &clock));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(120))
        .serve_connection(TokioIo::new(stream), service);
    // A connection that ends badly is what these servers are for.
    let _ = connection.await;
}

async fn answer(
    endpoint: &Endpoint,
    request: Request<Incoming>,
    remote: SocketAddr,
    clock: &Clock,
) -> Result<Response<Body>, HangUp> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, REQUEST_LIMIT).collect().await.map_err(|_| HangUp)?.to_bytes();
    let request = Request::from_parts(head, body);
    let (response, fate) = FATE
        .scope(Cell::default(), async {
            let response = endpoint.handle(request, remote.ip(), clock.now()).await;
            (response, FATE.with(Cell::get))
        })
        .await;
    match fate {
        Fate::Sent => Ok(whole(response)),
        Fate::Late(time) => {
            tokio::time::sleep(time).await;
            Ok(whole(response))
        }
        Fate::HungUp => Err(HangUp),
        Fate::Cut => Ok(cut(response)),
        Fate::Status(status) => Ok(other_status(status)),
    }
}

fn whole(response: Response<Bytes>) -> Response<Body> {
    response.map(|bytes| Full::new(bytes).map_err(|never: Infallible| match never {}).boxed())
}

/// Half of the body under the whole one's length, then the end.
fn cut(response: Response<Bytes>) -> Response<Body> {
    let length = response.body().len();
    let mut response = response.map(|bytes| {
        let half = bytes.slice(..length / 2);
        let parts = stream::iter([Ok(Frame::data(half)), Err(HangUp)]);
        // The first half must leave before the failure is noticed.
        BodyExt::boxed(StreamBody::new(parts.then(|part| async {
            tokio::task::yield_now().await;
            part
        })))
    });
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn other_status(status: u16) -> Response<Body> {
    let mut response = whole(Response::new(Bytes::from_static(b"<html><body>Internal Server Error</body></html>")));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
