//! The open database: one writer that owns its connection, and a pool of readers that never block it.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, PgPool};
use tokio::sync::Mutex;

use crate::alarm::Subjects;
use crate::audit::AuditKey;
use crate::engine;
use crate::error::StoreError;
use crate::local;
use crate::meta::Reserve;
use crate::migrate;
use crate::readers::LocalReaders;
use crate::tx::Tx;

/// How long [`Db::close`] waits for readers.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// Where the data is.
#[derive(Clone)]
pub enum Place {
    /// A folder that holds a SQLite database.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as `postgres://user:password@host/database`.
    Postgres(String),
}

/// How to open the database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the data is.
    pub place: Place,
    /// Reading connections, at least 1.
    pub readers: u32,
    /// Seals the audit log.
    pub audit_key: AuditKey,
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

/// What all transactions share.
pub(crate) struct Shared {
    pub(crate) writer: Arc<Mutex<Writer>>,
    pub(crate) readers: Readers,
    pub(crate) subjects: Subjects,
    pub(crate) reserve: Reserve,
    pub(crate) audit_key: AuditKey,
    /// Our epoch as leader; 0 until we lead.
    pub(crate) epoch: AtomicI64,
}

/// The reading connections of either engine.
pub(crate) enum Readers {
    Sqlite(Arc<LocalReaders>),
    Postgres(PgPool),
}

/// The writing connection. It is in no pool: a caller that goes away in the middle of a transaction
/// leaves `open` set, and whoever writes next rolls that transaction back before it begins its own.
pub(crate) struct Writer {
    pub(crate) link: Link,
    pub(crate) open: bool,
    pub(crate) closed: bool,
    /// Held until the store is closed, or this process ends.
    lock: Option<File>,
}

/// A connection of either engine, or the means to open it again.
pub(crate) enum Link {
    Sqlite(PathBuf, Option<rusqlite::Connection>),
    Postgres(Box<PgConnectOptions>, Option<PgConnection>),
}

// === impl Place ===

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Sqlite(folder) => write!(f, "sqlite in {}", folder.display()),
            Place::Postgres(_) => f.write_str("postgres ***"),
        }
    }
}

// === impl Settings ===

impl Settings {
    /// SQLite in a folder, four readers.
    pub fn sqlite(folder: impl Into<PathBuf>) -> Self {
        Settings { place: Place::Sqlite(folder.into()), readers: 4, audit_key: AuditKey::default() }
    }

    /// PostgreSQL by URL, eight readers.
    pub fn postgres(url: &str) -> Self {
        Settings { place: Place::Postgres(url.to_owned()), readers: 8, audit_key: AuditKey::default() }
    }
}

// === impl Db ===

impl Db {
    /// Opens the database, takes its lock, brings its schema up to date and becomes leader.
    ///
    /// # Errors
    /// If the place cannot be used, another process has it, or it would not keep what it commits.
    pub async fn open(settings: &Settings) -> Result<Db, StoreError> {
        let (readers, link, lock) = match &settings.place {
            Place::Sqlite(folder) => {
                let lock = engine::lock_folder(folder)?;
                let mut migrator = engine::connect_migrator(folder).await?;
                let migrated = migrate::sqlite().run_direct(None, &mut migrator, false).await;
                migrated.map_err(|error| StoreError::Migrate(Box::new(error)))?;
                let writer = engine::connect_local(folder)?;
                migrator.close().await?;
                let readers = LocalReaders::open(folder.clone(), settings.readers.max(1))?;
                (Readers::Sqlite(readers), Link::Sqlite(folder.clone(), Some(writer)), Some(lock))
            }
            Place::Postgres(url) => {
                let options = engine::postgres_options(url)?;
                let mut writer = engine::connect_postgres(&options).await?;
                let migrated = migrate::postgres().run_direct(None, &mut writer, false).await;
                migrated.map_err(|error| StoreError::Migrate(Box::new(error)))?;
                let readers = engine::postgres_readers(&options, settings.readers.max(1)).await?;
                (Readers::Postgres(readers), Link::Postgres(Box::new(options), Some(writer)), None)
            }
        };
        let db = Db::of(readers, Writer { link, open: false, closed: false, lock }, settings);
        db.lead().await?;
        Ok(db)
    }

    /// Opens the database of a daemon that may be running: only to read, as it is.
    ///
    /// # Errors
    /// If there is no database, or it cannot be read.
    pub async fn look(settings: &Settings) -> Result<Db, StoreError> {
        let (readers, link) = match &settings.place {
            Place::Sqlite(folder) => {
                let readers = LocalReaders::open(folder.clone(), 1)?;
                (Readers::Sqlite(readers), Link::Sqlite(folder.clone(), None))
            }
            Place::Postgres(url) => {
                let options = engine::postgres_options(url)?;
                let readers = engine::postgres_readers(&options, 1).await?;
                (Readers::Postgres(readers), Link::Postgres(Box::new(options), None))
            }
        };
        Ok(Db::of(readers, Writer { link, open: false, closed: true, lock: None }, settings))
    }

    fn of(readers: Readers, writer: Writer, settings: &Settings) -> Db {
        let shared = Shared {
            writer: Arc::new(Mutex::new(writer)),
            readers,
            subjects: Subjects::default(),
            reserve: Reserve::default(),
            audit_key: settings.audit_key.clone(),
            epoch: AtomicI64::new(0),
        };
        Db { shared: Arc::new(shared) }
    }

    /// Raises the leader's epoch: whoever wrote before us may write no more.
    async fn lead(&self) -> Result<(), StoreError> {
        let mut tx = Tx::begin_write(&self.shared).await?;
        let epoch = crate::meta::allocate(&mut tx, crate::meta::Counter::LeaderEpoch, 1).await?;
        tx.commit().await?;
        self.shared.epoch.store(epoch, Ordering::Release);
        Ok(())
    }

    /// Begins the one write transaction; others wait for it.
    ///
    /// # Errors
    /// [`StoreError::NotLeader`] if another process has taken over; otherwise what the database says.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Tx::begin_write(&self.shared).await
    }

    /// Begins a read transaction: one unchanging view of what is committed. Drop it when done.
    ///
    /// # Errors
    /// If no reader becomes free in time.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Tx::begin_read(&self.shared).await
    }

    /// Reads that are many short statements, with what is made of them: on SQLite all of it runs on this thread
    /// without a stop. It must not wait for anything but the database.
    pub async fn together<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.shared.readers {
            Readers::Sqlite(_) => local::together(work).await,
            Readers::Postgres(_) => work.await,
        }
    }

    /// Ends all work, folds the log into the database and lets others open it.
    ///
    /// # Errors
    /// What the database says; the data is safe all the same.
    pub async fn close(&self) -> Result<(), StoreError> {
        let mut writer = self.shared.writer.lock().await;
        writer.closed = true;
        match &self.shared.readers {
            Readers::Sqlite(readers) => readers.close(CLOSE_WAIT).await,
            Readers::Postgres(pool) => drop(tokio::time::timeout(CLOSE_WAIT, pool.close()).await),
        }
        let closed = match &mut writer.link {
            Link::Sqlite(_, connection) => connection.take().map_or(Ok(()), local::close),
            Link::Postgres(_, connection) => match connection.take() {
                Some(connection) => connection.close().await.map_err(StoreError::from),
                None => Ok(()),
            },
        };
        drop(writer.lock.take());
        closed
    }
}

#[cfg(test)]
mod tests;
