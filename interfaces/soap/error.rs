//! Why a message could not be read. Every variant says what and where, and has a result code.

use model::code::ResultCode;

/// A message that we refuse to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SoapError {
    /// More bytes or elements than allowed.
    #[error("the message has more than {limit} {what}; send it in parts")]
    TooLarge {
        /// Bytes or elements.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// A limit other than size.
    #[error("{what} is over the limit of {limit} near byte {at}")]
    Limit {
        /// Depth, attributes, namespaces, length of a name.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// Offset in the decoded text.
        at: u64,
    },
    /// A construct that is never accepted.
    #[error("{what} is not accepted (near byte {at})")]
    Forbidden {
        /// DTD, processing instruction, entity.
        what: &'static str,
        /// Offset in the decoded text.
        at: u64,
    },
    /// Not well-formed.
    #[error("the XML is not well-formed near byte {at}: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
        /// Offset in the decoded text.
        at: u64,
    },
    /// The bytes are not what they are declared to be.
    #[error("{0}")]
    Encoding(String),
    /// Well-formed XML, but not a SOAP 1.1 envelope as it should be.
    #[error("{0}")]
    Envelope(&'static str),
    /// The envelope has another version.
    #[error("only SOAP 1.1 envelopes ({}) are spoken here", crate::SOAP_11)]
    Version,
    /// A header block that we must understand and do not.
    #[error("the header block {0:?} must be understood but is not")]
    MustUnderstand(String),
}

// === impl SoapError ===

impl SoapError {
    /// The interface's result code.
    pub fn code(&self) -> ResultCode {
        match self {
            SoapError::TooLarge { .. } => ResultCode::TooLarge,
            _ => ResultCode::BadXml,
        }
    }
}
