//! What truly differs between SQLite and PostgreSQL: how a connection is opened and checked, who
//! may write, and how a transaction begins. Everything else is one text for both.

use std::fs::{DirBuilder, File};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool};

use crate::error::StoreError;
use crate::local;

/// SQLite 3.7.0 to 3.51.2 can lose committed writes when a write meets a checkpoint.
const SQLITE_NEEDED: (u32, u32, u32) = (3, 51, 3);
const SQLITE_NEEDED_TEXT: &str = "3.51.3";
/// The planted bug: commits that a power cut can undo.
const NORMAL: bool = cfg!(feature = "sabotage-sync-normal");
/// WAL pages before a checkpoint: 16 MiB, so that a checkpoint is rare but the file stays small.
const CHECKPOINT_PAGES: &str = "4000";
/// The WAL is cut back to this after a checkpoint.
const WAL_BYTES: &str = "67108864";
/// Page cache of the writer and of each reader, in KiB (negative by SQLite's convention).
const WRITER_CACHE: &str = "-32768";
const READER_CACHE: &str = "-2048";
/// Prepared statements kept by each connection: every text there is.
const STATEMENTS: usize = 512;
/// How long a busy database, or a reader to become free, is waited for.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// `linesman` as a number: the advisory lock that one process holds for its life.
const ADVISORY_LOCK: i64 = 0x6c69_6e65_736d;

/// The first statement of every write transaction: no one else has become leader.
pub(crate) const EPOCH_SQLITE: &str = "select value from meta where key = 'leader_epoch'";
/// On PostgreSQL the row is also held until the commit, so a new leader waits for us.
pub(crate) const EPOCH_POSTGRES: &str = "select value from meta where key = 'leader_epoch' for share";
/// A write transaction takes SQLite's write lock at once: a later upgrade fails without waiting.
pub(crate) const BEGIN_WRITE_SQLITE: &str = "begin immediate";
pub(crate) const BEGIN_WRITE_POSTGRES: &str = "begin";
pub(crate) const BEGIN_READ_POSTGRES: &str = "begin isolation level repeatable read read only";

const FILE_NAME: &str = "linesman.db";
const LOCK_NAME: &str = "linesman.lock";

// === SQLite ===

/// Makes the data folder, private to us, and takes its lock for as long as the file lives.
pub(crate) fn lock_folder(folder: &Path) -> Result<File, StoreError> {
    let failed = |source| StoreError::Folder { path: folder.to_owned(), source };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    let lock = File::create(folder.join(LOCK_NAME)).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse(folder.display().to_string())),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Makes the database if there is none, and opens it to bring its schema up to date.
pub(crate) async fn connect_migrator(folder: &Path) -> Result<SqliteConnection, StoreError> {
    let synchronous = if NORMAL { SqliteSynchronous::Normal } else { SqliteSynchronous::Full };
    let options = SqliteConnectOptions::new()
        .filename(folder.join(FILE_NAME))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .disable_statement_logging();
    let name = options.get_filename().display().to_string();
    SqliteConnection::connect_with(&options).await.map_err(|error| StoreError::Connect(name, error))
}

/// Opens the writer's connection.
pub(crate) fn connect_local(folder: &Path) -> Result<rusqlite::Connection, StoreError> {
    let pragmas = [
        ("journal_mode", "wal"),
        ("synchronous", if NORMAL { "normal" } else { "full" }),
        ("foreign_keys", "on"),
        ("journal_size_limit", WAL_BYTES),
        ("wal_autocheckpoint", CHECKPOINT_PAGES),
        ("temp_store", "memory"),
        ("cache_size", WRITER_CACHE),
    ];
    let connection = local::connect(&folder.join(FILE_NAME), &pragmas, BUSY, STATEMENTS)?;
    check_local(&connection)?;
    Ok(connection)
}

/// The version, and that what was asked for is really in force.
fn check_local(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    let found = rusqlite::version().to_owned();
    let mut numbers = found.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) < SQLITE_NEEDED {
        return Err(StoreError::SqliteTooOld { found, needed: SQLITE_NEEDED_TEXT });
    }
    let asked = || -> rusqlite::Result<(String, i64)> {
        let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        Ok((mode, connection.pragma_query_value(None, "synchronous", |row| row.get(0))?))
    };
    let (mode, synchronous) = asked().map_err(local::translate)?;
    let wanted = if NORMAL { 1 } else { 2 };
    if mode != "wal" || synchronous != wanted {
        let what = format!("journal_mode is {mode} and synchronous is {synchronous}; the file system must support WAL");
        return Err(StoreError::NotDurable(what));
    }
    Ok(())
}

/// Opens a reader's connection.
pub(crate) fn connect_reader(folder: &Path) -> Result<rusqlite::Connection, StoreError> {
    let pragmas = [("temp_store", "memory"), ("cache_size", READER_CACHE), ("query_only", "on")];
    local::connect(&folder.join(FILE_NAME), &pragmas, BUSY, STATEMENTS)
}

// === PostgreSQL ===

pub(crate) fn postgres_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|e| StoreError::Connect("postgres".to_owned(), e))?;
    Ok(options
        .application_name("linesman")
        .options([("synchronous_commit", "on"), ("timezone", "UTC"), ("idle_in_transaction_session_timeout", "60s")])
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging())
}

/// Opens the writer's connection and takes the lock that keeps every other process out.
/// The lock lives and dies with this connection, so whoever writes also holds it.
pub(crate) async fn connect_postgres(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let name = postgres_name(options);
    let opened = PgConnection::connect_with(options).await;
    let mut connection = opened.map_err(|error| StoreError::Connect(name.clone(), error))?;
    let locked: bool =
        sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(ADVISORY_LOCK).fetch_one(&mut connection).await?;
    if !locked {
        return Err(StoreError::InUse(name));
    }
    let fsync: String = sqlx::query_scalar("show fsync").fetch_one(&mut connection).await?;
    if fsync != "on" {
        tracing::warn!("{name} runs with fsync = {fsync}: what it commits may be lost when its machine fails");
    }
    Ok(connection)
}

pub(crate) async fn postgres_readers(options: &PgConnectOptions, readers: u32) -> Result<PgPool, StoreError> {
    PgPoolOptions::new()
        .max_connections(readers)
        .acquire_timeout(BUSY)
        .after_release(|connection, _| {
            Box::pin(async move { Ok(sqlx::query("rollback").execute(connection).await.is_ok()) })
        })
        .connect_with(options.clone())
        .await
        .map_err(|error| StoreError::Connect(postgres_name(options), error))
}

/// Host and database, without the password.
fn postgres_name(options: &PgConnectOptions) -> String {
    format!("postgres {}/{}", options.get_host(), options.get_database().unwrap_or_default())
}
