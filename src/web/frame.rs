//! The frame around every request: an id, the security headers, problem documents, and a panic
//! that costs its own request only.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use rand::RngCore;
use tower_http::catch_panic::CatchPanicLayer;

use crate::metrics::Metrics;
use crate::problem::Problem;

/// Scripts, styles and data only from us; shown in nobody's frame.
pub(crate) const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the frame around a router.
pub(crate) fn around(router: Router, metrics: Metrics) -> Router {
    let count = move |request, next| frame(metrics.clone(), request, next);
    router.layer(CatchPanicLayer::custom(panicked)).layer(from_fn(count))
}

async fn frame(metrics: Metrics, request: Request, next: Next) -> Response {
    let id = request_id();
    let span = tracing::debug_span!("web.request.answer", request.id = %id, method = %request.method(), path = request.uri().path());
    let response = tracing::Instrument::instrument(next.run(request), span).await;
    let mut response = match response.extensions().get::<Problem>() {
        Some(problem) => {
            let rendered = problem.render(&id);
            keep_headers(response, rendered)
        }
        None => response,
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    secure(&mut response);
    metrics.requests.with_label_values(&[class(response.status())]).inc();
    response
}

const fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "other",
    }
}

/// The rendered problem with the headers that the handler set (a cookie that ends, an `Allow`).
fn keep_headers(handlers: Response, mut rendered: Response) -> Response {
    for (name, value) in handlers.headers() {
        if *name != header::CONTENT_LENGTH && !rendered.headers().contains_key(name) {
            rendered.headers_mut().append(name, value.clone());
        }
    }
    rendered
}

fn secure(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

fn request_id() -> String {
    format!("{:016x}", rand::rng().next_u64())
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("unknown"), "a request handler panicked");
    Problem::failed().into_response()
}
