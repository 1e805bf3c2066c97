//! What can go wrong in a simulator.

/// A simulator could not do its part.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// A listener could not be opened.
    #[error("the {what} cannot listen on {address}")]
    Listen {
        /// Which simulator.
        what: &'static str,
        /// Where.
        address: String,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// A file could not be written to the site.
    #[error("{path} cannot be written")]
    Write {
        /// Path on the site.
        path: String,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// Rows could not be encoded.
    #[error("the rows of {path} cannot be encoded")]
    Encode {
        /// Path on the site.
        path: String,
        /// Cause.
        #[source]
        source: csv::Error,
    },
    /// A call to the daemon failed.
    #[error("{operation} failed")]
    Call {
        /// Operation.
        operation: String,
        /// Cause.
        #[source]
        source: soap::ClientError,
    },
}
