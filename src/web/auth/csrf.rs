//! A change that comes with a cookie must come from our own pages: a custom header that other
//! sites cannot send without asking first, JSON only, and our own origin.

use http::request::Parts;
use http::{Method, header};

use crate::problem::{Problem, ProblemCode};

/// Is our own header needed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// Yes: the request carries a session.
    Required,
    /// No: the request only makes one.
    Optional,
}

/// Refuses a change that another site may have caused.
pub(crate) fn check(parts: &Parts, marker: Marker) -> Result<(), Problem> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if marker == Marker::Required && text("x-linesman") != Some("1") {
        return Err(Problem::of(ProblemCode::NotOurPage, "changes need the header X-Linesman: 1"));
    }
    let json = text(header::CONTENT_TYPE.as_str()).is_some_and(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !json && parts.method != Method::DELETE {
        return Err(Problem::of(ProblemCode::UnsupportedMediaType, "send changes as Content-Type: application/json"));
    }
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Problem::of(ProblemCode::NotOurPage, "changes are taken from our own pages only"));
    }
    let host = text(header::HOST.as_str()).or(parts.uri.authority().map(http::uri::Authority::as_str));
    match text(header::ORIGIN.as_str()) {
        None => Ok(()),
        Some(origin) if origin.split_once("://").map(|(_, host)| host) == host => Ok(()),
        Some(_) => Err(Problem::of(ProblemCode::NotOurPage, "changes are taken from our own pages only")),
    }
}

#[cfg(test)]
mod tests;
