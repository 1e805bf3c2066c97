//! SOAP services at `/soap/<Service>`: the listener's deadlines, a cap on the body, the peer's own
//! address, and the rest is the endpoint's.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use axum::routing::any;
use http::header::EXPECT;
use http_body_util::BodyExt;
use model::code::ResultCode;
use soap::{BODY_LIMIT, Fault, Sender, Unread};

use crate::app::App;
use crate::listener::body::TooSlow;

/// `/soap/…`.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new().route("/soap/{service}", any(call)).with_state(app)
}

async fn call(State(app): State<Arc<App>>, ConnectInfo(remote): ConnectInfo<SocketAddr>, request: Request) -> Response {
    let sender = Sender { address: remote.ip().to_canonical(), received_at: app.clock.now() };
    let (parts, body) = request.into_parts();
    // A client that asks first whether it may send its body is told before it does.
    let head = if parts.headers.contains_key(EXPECT) { Head::Skip } else { Head::Read };
    let bytes = match read(body, head).await {
        Ok(bytes) => bytes,
        // The listener throws the rest of the body away, so that the answer arrives.
        Err(unread) => return app.soap.refuse(&parts, unread, sender).map(Body::from),
    };
    // A peer that goes away does not undo its call: what is being committed is committed.
    let answering = Arc::clone(&app);
    let Sender { address, received_at } = sender;
    let answer = app
        .tasks
        .spawn(async move { answering.soap.handle(Request::from_parts(parts, bytes), address, received_at).await });
    match answer.await {
        Ok(response) => response.map(Body::from),
        Err(error) => {
            tracing::error!(error = %error, "a SOAP call failed");
            Fault::server(ResultCode::Internal, "the service failed").to_response().map(Body::from)
        }
    }
}

/// Of a body that is announced as too large: is its beginning read?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Read,
    Skip,
}

/// What came of a body so far. Most bodies are one frame, which is then not copied.
enum Gathered {
    One(Bytes),
    Many(Vec<u8>),
}

// === impl Gathered ===

impl Gathered {
    fn push(self, data: Bytes) -> Self {
        match self {
            Gathered::One(first) if first.is_empty() => Gathered::One(data),
            Gathered::One(first) => Gathered::Many([first, data].concat()),
            Gathered::Many(mut bytes) => {
                bytes.extend_from_slice(&data);
                Gathered::Many(bytes)
            }
        }
    }

    fn bytes(self) -> Bytes {
        match self {
            Gathered::One(bytes) => bytes,
            Gathered::Many(bytes) => bytes.into(),
        }
    }
}

/// Reads a body of at most 8 MiB.
async fn read(mut body: Body, head: Head) -> Result<Bytes, Unread> {
    let announced = body.size_hint().lower();
    let is_over = announced > BODY_LIMIT as u64;
    if is_over && head == Head::Skip {
        return Err(too_large(Bytes::new(), announced));
    }
    let (mut gathered, mut size) = (Gathered::One(Bytes::new()), 0);
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                let data = frame.into_data().unwrap_or_default();
                size += data.len();
                gathered = gathered.push(data);
            }
            Err(error) => return Err(broken(&error, gathered.bytes())),
        }
        if is_over || size > BODY_LIMIT {
            return Err(too_large(gathered.bytes(), announced.max(size as u64)));
        }
    }
    Ok(gathered.bytes())
}

fn too_large(head: Bytes, size: u64) -> Unread {
    let fault = Fault::client(ResultCode::TooLarge, "the body is over 8 MiB; send it in parts");
    Unread { fault, head, size }
}

/// A body that does not come to its end.
fn broken(error: &axum::Error, head: Bytes) -> Unread {
    let mut causes = std::iter::successors(error.source(), |error| (*error).source());
    let (code, message) = match causes.any(|error| error.is::<TooSlow>()) {
        true => (ResultCode::Timeout, "the body came too slowly; send it again"),
        false => (ResultCode::BadXml, "the body did not arrive whole; send it again"),
    };
    let size = head.len() as u64;
    Unread { fault: Fault::client(code, message), head, size }
}
