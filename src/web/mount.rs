//! SOAP services at `/soap/<Service>`: the listener's deadlines, a cap on the body, the peer's own
//! address, and the rest is the endpoint's.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use axum::routing::any;
use model::code::ResultCode;
use soap::{BODY_LIMIT, Fault};

use crate::app::App;

/// `/soap/…`.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new().route("/soap/{service}", any(call)).with_state(app)
}

async fn call(State(app): State<Arc<App>>, ConnectInfo(remote): ConnectInfo<SocketAddr>, request: Request) -> Response {
    let received_at = app.clock.now();
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_LIMIT).await else {
        let fault = Fault::client(ResultCode::TooLarge, "the body is over 8 MiB, or did not arrive whole and in time");
        return fault.to_response().map(Body::from);
    };
    // A peer that goes away does not undo its call: what is being committed is committed.
    let answering = Arc::clone(&app);
    let address = remote.ip().to_canonical();
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
