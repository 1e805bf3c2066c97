//! SOAP 1.1, document/literal wrapped, as carrier systems speak it: both ends of it, and no word
//! of the domain.
//!
//! What comes in:
//! - [`encoding`]: bytes to text, strictly
//! - [`parse`]: text to a [`Tree`] under limits; [`tree`]: walking it by [`Element`]
//! - [`envelope`]: the envelope's rules
//! - [`header`], [`gate`], `digest`: who calls, may they, is it fresh, was it answered before
//! - [`contract`]: a service's namespace, operations and WSDL
//! - [`endpoint`]: HTTP request to [`Service`] call to HTTP response
//! - [`refused`], `blank`: what does not get that far, told without its passwords
//!
//! What goes out:
//! - [`write`]: well-formed XML by construction
//! - [`reply`]: answers and faults
//! - [`client`]: calls to peers, and what their failures mean
//!
//! The habit of e-ops systems, positional strings and XML inside a string, is in [`eoms`].

mod blank;
pub mod client;
pub mod contract;
mod digest;
pub mod encoding;
pub mod endpoint;
pub mod envelope;
pub mod eoms;
pub mod error;
pub mod gate;
pub mod header;
pub mod parse;
pub mod refused;
pub mod reply;
pub mod secret;
pub mod tree;
pub mod write;

pub use client::{Client, ClientError, Remote};
pub use contract::{Contract, Style};
pub use endpoint::{Call, Endpoint, Sender, Service};
pub use envelope::Envelope;
pub use error::SoapError;
pub use gate::{About, Gate, MessageKey, NoMemory, Peer, Recall, ReplayMemory};
pub use header::Header;
pub use refused::{News, Refusals, Refused, Unread};
pub use reply::{Fault, FaultCode, Reply, RowResult};
pub use secret::Secret;
pub use tree::{Element, Tree};
pub use write::XmlWriter;

/// Namespace of SOAP 1.1 envelopes.
pub const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Bytes that a message, in or out, may have.
pub const BODY_LIMIT: usize = 8 * 1024 * 1024;
