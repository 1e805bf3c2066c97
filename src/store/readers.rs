//! SQLite's reading connections. As the writer's ([`crate::local`]), each works on the thread of whoever reads:
//! most of what is read is a few short statements out of the page cache, and to change threads twice for each
//! would take longer than the statement.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::engine;
use crate::error::StoreError;
use crate::local;

/// The connections, opened when they are first needed.
pub(crate) struct LocalReaders {
    folder: PathBuf,
    count: u32,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

/// A connection in use, with its view of what is committed. Dropping it ends the view.
pub(crate) struct Lease {
    connection: Option<Connection>,
    readers: Arc<LocalReaders>,
    _place: OwnedSemaphorePermit,
}

// === impl LocalReaders ===

impl LocalReaders {
    /// At most `count` connections to the database in a folder; one is opened at once.
    pub(crate) fn open(folder: PathBuf, count: u32) -> Result<Arc<Self>, StoreError> {
        let first = engine::connect_reader(&folder)?;
        let places = Arc::new(Semaphore::new(usize::try_from(count).unwrap_or(1)));
        Ok(Arc::new(LocalReaders { folder, count, places, idle: Mutex::new(vec![first]) }))
    }

    /// Waits for a connection and begins to read.
    pub(crate) async fn lease(self: &Arc<Self>) -> Result<Lease, StoreError> {
        let place = tokio::time::timeout(engine::BUSY, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| StoreError::Closed)?;
        let idle = self.idle.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => engine::connect_reader(&self.folder)?,
        };
        let mut lease = Lease { connection: Some(connection), readers: Arc::clone(self), _place: place };
        local::begin(lease.connection()?)?;
        Ok(lease)
    }

    /// Lends no more, and closes what is given back in time.
    pub(crate) async fn close(&self, patience: Duration) {
        let all = tokio::time::timeout(patience, self.places.acquire_many(self.count)).await;
        self.places.close();
        drop(all);
        self.idle.lock().clear();
    }
}

// === impl Lease ===

impl Lease {
    /// The connection.
    pub(crate) fn connection(&mut self) -> Result<&mut Connection, StoreError> {
        self.connection.as_mut().ok_or(StoreError::Closed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let ended = self.connection.take().filter(|connection| local::end(connection).is_ok());
        if !self.readers.places.is_closed() {
            self.readers.idle.lock().extend(ended);
        }
    }
}
