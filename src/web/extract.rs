//! Extractors whose refusals are problem documents: JSON bodies, query strings, path segments.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemCode};

/// A JSON body. Unknown fields are refused by the types themselves.
pub(crate) struct Body<T>(pub(crate) T);

/// A query string.
pub(crate) struct Params<T>(pub(crate) T);

/// A path segment.
pub(crate) struct Segment<T>(pub(crate) T);

/// Rows of a page unless the request says otherwise.
pub(crate) const PAGE_DEFAULT: usize = 100;
/// Most rows of a page.
pub(crate) const PAGE_MAX: usize = 1000;

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let whole = Request::from_parts(head.clone(), body);
        let read = match Bytes::from_request(whole, state).await {
            Ok(text) if names_nul(&text) => {
                return Err(Problem::bad_request("the body has a text with the character U+0000"));
            }
            Ok(text) => Json::<T>::from_request(Request::from_parts(head, text.into()), state).await,
            Err(error) => Err(error.into()),
        };
        match read {
            Ok(Json(value)) => Ok(Body(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                Err(Problem::of(ProblemCode::UnsupportedMediaType, "send the body as Content-Type: application/json"))
            }
            Err(JsonRejection::BytesRejection(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::of(ProblemCode::TooLarge, "the body is too large"))
            }
            Err(JsonRejection::BytesRejection(_)) => Err(Problem::of(ProblemCode::Timeout, "the body did not arrive")),
            Err(error) => Err(Problem::bad_request(error.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Problem::bad_request("the query has a text with the character U+0000"));
        }
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(value)| Params(value)).map_err(|error| Problem::bad_request(error.body_text()))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segment<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // An id of the wrong form names nothing: the same answer as an unknown one.
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found());
        }
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(value)| Segment(value)).map_err(|_| Problem::not_found())
    }
}

/// A text of the JSON has the character U+0000, which can only be written as an escape.
fn names_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with(b"u0000") {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// The page length asked for.
pub(crate) fn page_limit(limit: Option<usize>) -> Result<usize, Problem> {
    match limit {
        None => Ok(PAGE_DEFAULT),
        Some(n) if (1..=PAGE_MAX).contains(&n) => Ok(n),
        Some(_) => Err(Problem::bad_field("limit", format!("must be 1 to {PAGE_MAX}"))),
    }
}

#[cfg(test)]
mod tests;
