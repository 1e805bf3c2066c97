//! Performance files into the store, and what is done with them there.
//!
//! - [`take`]: one file: read, checked, written slot by slot, shown as a whole
//! - [`judge`]: what a file brought against the thresholds; [`told`]: a crossing in the words of an alarm;
//!   [`defaults`]: the thresholds that come with the program
//! - [`compact`]: the slots of a day become blocks; months are rolled up; what is old goes
//!
//! It computes, so it runs on the blocking pool: [`detached`].

pub mod compact;
pub mod defaults;
pub mod judge;
pub mod take;
pub mod told;

use ftp::FtpError;
use store::StoreError;
use tokio::runtime::Handle;

/// Why performance data could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum PerformanceError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error(transparent)]
    File(#[from] FtpError),
    /// A mistake of ours.
    #[error("the work on performance data ended early: {0}")]
    Panicked(String),
}

/// Runs a piece of work on the blocking pool.
///
/// # Errors
/// What the work says.
pub async fn detached<T, Fut>(work: Fut) -> Result<T, PerformanceError>
where
    T: Send + 'static,
    Fut: Future<Output = Result<T, PerformanceError>> + Send + 'static,
{
    let handle = Handle::current();
    let work = tokio::task::spawn_blocking(move || handle.block_on(work));
    work.await.map_err(|error| PerformanceError::Panicked(error.to_string()))?
}

#[cfg(test)]
mod tests;
