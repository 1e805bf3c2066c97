//! Files that are downloaded: never shown by the browser, under the name that they have.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// A file as a download.
pub(crate) fn attachment(content: Vec<u8>, name: &str, kind: &'static str) -> Response {
    let name: String = name.bytes().map(percent).collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"));
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    response
}

/// A byte of a file name as RFC 5987 writes it.
fn percent(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}
