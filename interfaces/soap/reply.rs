//! Answers and faults, and the HTTP responses that carry them.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use model::code::ResultCode;

use crate::SoapError;
use crate::contract::Style;
use crate::write::{XmlWriter, envelope};

/// Seconds after which an overloaded peer's call may come again.
const RETRY_AFTER_S: &str = "5";

/// What a service answers.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Result code, sentence and payload. In a positional service it is written as one string:
    /// `0`, or the sentence.
    Typed {
        /// Result.
        code: ResultCode,
        /// What, where, what to do; empty where it went well.
        description: String,
        /// What follows `resultDesc`.
        payload: XmlWriter,
    },
    /// The one string of a positional service.
    Text(String),
    /// Refused before it was looked at.
    Fault(Fault),
    /// Overloaded: HTTP 503 with `Retry-After`.
    Busy(String),
}

/// The result of one row of a batch that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowResult {
    /// Position in the batch, from 0.
    pub index: usize,
    /// Code.
    pub code: ResultCode,
    /// What is wrong.
    pub description: String,
}

/// A SOAP fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Whose mistake it is.
    pub fault: FaultCode,
    /// The interface's code, in the fault's detail.
    pub code: ResultCode,
    /// What, where, what to do.
    pub message: String,
}

/// `faultcode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultCode {
    /// The message or its sender.
    Client,
    /// Us.
    Server,
    /// A header block that must be understood.
    MustUnderstand,
    /// Not SOAP 1.1.
    VersionMismatch,
}

// === impl Reply ===

impl Reply {
    /// Done.
    pub fn ok() -> Self {
        Self::coded(ResultCode::Ok, "")
    }

    /// A result code with its sentence.
    pub fn coded(code: ResultCode, description: impl Into<String>) -> Self {
        Reply::Typed { code, description: description.into(), payload: XmlWriter::new() }
    }

    /// Done, with a payload.
    pub fn with(write: impl FnOnce(&mut XmlWriter)) -> Self {
        let mut payload = XmlWriter::new();
        write(&mut payload);
        Reply::Typed { code: ResultCode::Ok, description: String::new(), payload }
    }

    /// The answer to a batch: done, and the rows that were not taken.
    pub fn batch(refused: &[RowResult]) -> Self {
        if refused.is_empty() {
            return Self::ok();
        }
        let rows = |w: &mut XmlWriter| {
            for row in refused {
                w.nest("result", |w| {
                    w.value("index", row.index).value("resultCode", row.code).text("resultDesc", &row.description);
                });
            }
        };
        Self::with(|w| {
            w.nest("results", rows);
        })
    }

    /// The answer as an HTTP response to `operation` of `namespace`.
    pub(crate) fn into_response(self, style: Style, operation: &str, namespace: &str) -> Response<Bytes> {
        let write = |w: &mut XmlWriter| match (style, &self) {
            (Style::Typed, Reply::Typed { code, description, payload }) => {
                w.value("resultCode", code).text("resultDesc", description).append(payload);
            }
            (Style::Positional, Reply::Typed { code, description, .. }) => {
                w.text(&format!("{operation}Return"), positional(*code, description));
            }
            (_, Reply::Text(text)) => {
                w.text(&format!("{operation}Return"), text);
            }
            (_, Reply::Fault(_) | Reply::Busy(_)) => {}
        };
        match &self {
            Reply::Fault(fault) => fault.to_response(),
            Reply::Busy(message) => busy(message),
            _ => {
                let body = envelope(|w| {
                    w.nest_in(&format!("{operation}Response"), namespace, write);
                });
                respond(StatusCode::OK, body)
            }
        }
    }
}

/// `0`, or a text that says what is wrong: never a text that reads as `0`.
fn positional(code: ResultCode, description: &str) -> String {
    match (code, description.is_empty()) {
        (ResultCode::Ok, _) => "0".to_owned(),
        (code, true) => format!("error {code}"),
        (code, false) => format!("{code}: {description}"),
    }
}

// === impl Fault ===

impl Fault {
    /// The sender's mistake.
    pub fn client(code: ResultCode, message: impl Into<String>) -> Self {
        Fault { fault: FaultCode::Client, code, message: message.into() }
    }

    /// Our mistake.
    pub fn server(code: ResultCode, message: impl Into<String>) -> Self {
        Fault { fault: FaultCode::Server, code, message: message.into() }
    }

    /// As an HTTP response with status 500.
    pub fn to_response(&self) -> Response<Bytes> {
        respond(StatusCode::INTERNAL_SERVER_ERROR, self.to_xml())
    }

    pub(crate) fn to_xml(&self) -> String {
        let faultcode = match self.fault {
            FaultCode::Client => "soap:Client",
            FaultCode::Server => "soap:Server",
            FaultCode::MustUnderstand => "soap:MustUnderstand",
            FaultCode::VersionMismatch => "soap:VersionMismatch",
        };
        envelope(|w| {
            w.nest("soap:Fault", |w| {
                w.text("faultcode", faultcode).text("faultstring", &self.message);
                w.nest("detail", |w| {
                    w.value("resultCode", self.code).text("resultDesc", &self.message);
                });
            });
        })
    }
}

impl From<SoapError> for Fault {
    fn from(error: SoapError) -> Self {
        let fault = match error {
            SoapError::MustUnderstand(_) => FaultCode::MustUnderstand,
            SoapError::Version => FaultCode::VersionMismatch,
            _ => FaultCode::Client,
        };
        Fault { fault, code: error.code(), message: error.to_string() }
    }
}

/// HTTP 503 with `Retry-After` and a fault that carries 9002.
pub fn busy(message: &str) -> Response<Bytes> {
    let body = Fault::server(ResultCode::Busy, message).to_xml();
    let mut response = respond(StatusCode::SERVICE_UNAVAILABLE, body);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    response
}

pub(crate) fn respond(status: StatusCode, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests;
