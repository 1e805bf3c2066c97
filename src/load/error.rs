//! What can go wrong with a load.

use ftp::FtpError;
use store::StoreError;

/// A load that could not go on.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file cannot be used.
    #[error("the file cannot be used: {0}")]
    File(FtpError),
    /// The database.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// The daemon stops; the load goes on after the restart.
    #[error("the load was stopped")]
    Stopped,
    /// A mistake of ours.
    #[error("the load broke off: {0}")]
    Panicked(String),
}

impl From<FtpError> for LoadError {
    fn from(error: FtpError) -> Self {
        LoadError::File(error)
    }
}
