//! What can go wrong between a peer's site and a row, with the result code that says so to a peer.

use std::io;

use model::code::ResultCode;

/// A file that could not be had, or may not be used.
#[derive(Debug, thiserror::Error)]
pub enum FtpError {
    /// The site's address cannot be read.
    #[error("{url:?} is not a file site: {reason}")]
    Site {
        /// As configured.
        url: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A path that a peer may not name.
    #[error("the path {path:?} is refused: {reason}")]
    Path {
        /// As the peer wrote it.
        path: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// No connection to the site.
    #[error("cannot connect to the file site {site}")]
    Connect {
        /// Host and port.
        site: String,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// The site refused the login.
    #[error("the file site {site} refuses the login of {user:?}: {said}; check files.user and files.password_file")]
    Login {
        /// Host and port.
        site: String,
        /// User.
        user: String,
        /// The site's reply.
        said: String,
    },
    /// The file does not exist there, or may not be read.
    #[error("the file {path} is not on the site: {said}")]
    NoSuchFile {
        /// Path.
        path: String,
        /// The site's reply.
        said: String,
    },
    /// The control file is not there (yet): try again a few times.
    #[error("the control file {path} is not on the site")]
    MissingControl {
        /// Path of the control file.
        path: String,
    },
    /// The site answered something else than what was asked.
    #[error("the file site refuses to {what}: {said}")]
    Refused {
        /// What was asked.
        what: String,
        /// The site's reply.
        said: String,
    },
    /// The connection broke in the middle.
    #[error("the connection to the file site broke during {what}")]
    Broken {
        /// What was going on.
        what: String,
        /// Cause.
        #[source]
        source: io::Error,
    },
    /// The site did not answer in time.
    #[error("the file site did not finish {what} within {limit_s} s")]
    Timeout {
        /// What was going on.
        what: String,
        /// The limit.
        limit_s: u64,
    },
    /// The file is larger than we take.
    #[error("the file {path} is larger than {limit} bytes")]
    TooLarge {
        /// Path.
        path: String,
        /// The limit.
        limit: u64,
    },
    /// The file and its control file disagree.
    #[error("the file {path} disagrees with its control file: {mismatch}")]
    Mismatch {
        /// Path.
        path: String,
        /// In what.
        mismatch: Mismatch,
    },
    /// The file's form is wrong: packing, encoding, header, control file.
    #[error("the file {file} cannot be read: {reason}")]
    Format {
        /// Name of the file.
        file: String,
        /// What is wrong and where.
        reason: String,
    },
    /// Our own disk.
    #[error("the spool directory cannot be used")]
    Spool(#[source] io::Error),
}

/// In what a file and its control file disagree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Size as stored.
    #[error("it has {found} bytes, {promised} were promised")]
    Bytes {
        /// Of the control file.
        promised: u64,
        /// Counted.
        found: u64,
    },
    /// Digest as stored.
    #[error("its SHA-256 is {found}, {promised} was promised")]
    Sha256 {
        /// Of the control file.
        promised: String,
        /// Computed.
        found: String,
    },
    /// Rows without the header line.
    #[error("it has {found} rows, {promised} were promised")]
    Records {
        /// Of the control file.
        promised: u64,
        /// Counted.
        found: u64,
    },
}

// === impl FtpError ===

impl FtpError {
    /// The interface's result code.
    pub fn code(&self) -> ResultCode {
        match self {
            FtpError::Site { .. } | FtpError::Path { .. } => ResultCode::BadValue,
            FtpError::Connect { .. } | FtpError::Broken { .. } | FtpError::Refused { .. } => ResultCode::DownstreamDown,
            FtpError::Login { .. } => ResultCode::FtpLogin,
            FtpError::NoSuchFile { .. } | FtpError::MissingControl { .. } => ResultCode::NoSuchFile,
            FtpError::Timeout { .. } => ResultCode::Timeout,
            FtpError::TooLarge { .. } => ResultCode::TooLarge,
            FtpError::Mismatch { mismatch: Mismatch::Records { .. }, .. } => ResultCode::CountMismatch,
            FtpError::Mismatch { .. } => ResultCode::Checksum,
            FtpError::Format { .. } => ResultCode::FileFormat,
            FtpError::Spool(source) if source.kind() == io::ErrorKind::StorageFull => ResultCode::NoSpace,
            FtpError::Spool(_) => ResultCode::Internal,
        }
    }

    /// True: trying again later may help. False: the same file will fail in the same way.
    pub fn temporary(&self) -> bool {
        match self {
            FtpError::Connect { .. }
            | FtpError::Broken { .. }
            | FtpError::Refused { .. }
            | FtpError::Timeout { .. }
            | FtpError::MissingControl { .. }
            | FtpError::Login { .. }
            | FtpError::Spool(_) => true,
            FtpError::Site { .. }
            | FtpError::Path { .. }
            | FtpError::NoSuchFile { .. }
            | FtpError::TooLarge { .. }
            | FtpError::Mismatch { .. }
            | FtpError::Format { .. } => false,
        }
    }
}
