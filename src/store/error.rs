//! What can go wrong with the database, and whether trying again may help.

use std::path::PathBuf;

use sqlx::error::{DatabaseError, ErrorKind};

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be used.
    #[error("cannot use data folder {path}: check that it exists, is writable and has space")]
    Folder {
        /// Path.
        path: PathBuf,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// Another process has the data open.
    #[error("{0} is in use by another linesman process: stop that one first, or choose other data")]
    InUse(String),
    /// The SQLite library has a bug that loses committed writes.
    #[error("SQLite {found} may lose committed writes: {needed} or later is needed")]
    SqliteTooOld {
        /// Version linked.
        found: String,
        /// Version needed.
        needed: &'static str,
    },
    /// The database would not keep what it commits.
    #[error("the database does not keep what it commits: {0}")]
    NotDurable(String),
    /// The database cannot be opened.
    #[error("cannot open the database {0}")]
    Connect(String, #[source] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("cannot migrate the database: was it made by a newer linesman?")]
    Migrate(#[source] Box<sqlx::migrate::MigrateError>),
    /// Another process has become the leader; this one may no longer write.
    #[error("another process has taken over this database")]
    NotLeader,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A write was asked of a read transaction.
    #[error("a read transaction cannot write")]
    ReadOnly,
    /// The thing exists already.
    #[error("{0} exists already")]
    Exists(&'static str),
    /// The thing refers to one that does not exist, or is still referred to.
    #[error("{0} refers to something that does not exist")]
    Dangling(String),
    /// A row holds what this program cannot read.
    #[error("{table} holds a row that cannot be read: {what}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// What.
        what: String,
    },
    /// A statement touched another number of rows than it must.
    #[error("{what}: {touched} rows were touched instead of {expected}")]
    RowCount {
        /// Statement.
        what: &'static str,
        /// Rows that it must touch.
        expected: u64,
        /// Rows that it touched.
        touched: u64,
    },
    /// The link broke while committing: it may or may not have happened.
    #[error("the outcome of a commit is unknown")]
    CommitUnknown(#[source] sqlx::Error),
    /// Anything else.
    #[error("a database statement failed")]
    Query(#[source] sqlx::Error),
}

/// Unique keys by the columns SQLite names or the name PostgreSQL gives, and what they say.
const UNIQUE: &[(&str, &str, &str)] = &[
    ("alarm_event.source_no", "alarm_event_once", "the alarm event"),
    ("alarm.source_no", "alarm_once", "the alarm"),
    ("alarm_subject.digest", "alarm_subject_digest_key", "the alarm subject"),
    ("peer_state.source", "peer_state_source_key", "the source"),
    ("message.key16", "message_key16_key", "the message"),
    ("ticket.alarm_id", "ticket_pkey", "the ticket"),
    ("outbox.kind", "outbox_once", "the outbox row"),
    ("resource_load.sync_req_id", "resource_load_sync_req_id_key", "a load with this syncReqId"),
    ("app_user.login", "app_user_pkey", "a user with this login"),
    ("session.id_sha256", "session_pkey", "the session"),
    ("api_token.sha256", "api_token_sha256_key", "the token"),
];

// === impl StoreError ===

impl StoreError {
    /// Trying again later may help.
    pub fn temporary(&self) -> bool {
        match self {
            StoreError::Query(error) | StoreError::Connect(_, error) => temporary(error),
            // After a lost link the server may hold our own old lock for a while.
            StoreError::CommitUnknown(_) | StoreError::InUse(_) => true,
            _ => false,
        }
    }

    /// It is about certain rows and would come again: what was to be written breaks a rule or is too large, or a row
    /// that it needs cannot be read.
    pub fn is_about_rows(&self) -> bool {
        match self {
            StoreError::Exists(_) | StoreError::Dangling(_) | StoreError::RowCount { .. } => true,
            StoreError::Corrupt { .. } => true,
            StoreError::Query(error) => is_about_rows(error),
            _ => false,
        }
    }

    /// A row that cannot be read.
    pub(crate) fn corrupt(table: &'static str, what: impl std::fmt::Display) -> Self {
        StoreError::Corrupt { table, what: what.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return StoreError::Query(error);
        };
        match database.kind() {
            ErrorKind::UniqueViolation => {
                let named = UNIQUE.iter().find(|(columns, name, _)| {
                    database.constraint() == Some(name) || database.message().contains(&format!(": {columns}"))
                });
                named.map_or(StoreError::Exists("a row with this key"), |(_, _, what)| StoreError::Exists(what))
            }
            ErrorKind::ForeignKeyViolation => StoreError::Dangling(database.table().unwrap_or("a row").to_owned()),
            _ => StoreError::Query(error),
        }
    }
}

/// Checks that a statement touched as many rows as it must.
pub(crate) fn expect_rows(what: &'static str, expected: u64, touched: u64) -> Result<(), StoreError> {
    if expected == touched { Ok(()) } else { Err(StoreError::RowCount { what, expected, touched }) }
}

fn temporary(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        // SQLite: BUSY 5, LOCKED 6, IOERR 10, FULL 13. PostgreSQL: link, conflict, resources, operator.
        sqlx::Error::Database(database) => is_one_of(database.as_ref(), &[5, 6, 10, 13], &["08", "40", "53", "57"]),
        _ => false,
    }
}

fn is_about_rows(error: &sqlx::Error) -> bool {
    // SQLite: TOOBIG 18, CONSTRAINT 19, MISMATCH 20. PostgreSQL: bad data, broken constraint, limit of the program.
    let database = error.as_database_error();
    database.is_some_and(|database| is_one_of(database, &[18, 19, 20], &["22", "23", "54"]))
}

/// Is the code of an error one of these of SQLite (their low bytes), or of these classes of PostgreSQL?
fn is_one_of(error: &dyn DatabaseError, sqlite: &[u32], postgres: &[&str]) -> bool {
    let code = error.code().unwrap_or_default();
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => sqlite.contains(&(number & 0xff)),
        _ => postgres.iter().any(|class| code.starts_with(class)),
    }
}
