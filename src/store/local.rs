//! A connection to SQLite on the thread of whoever uses it.
//!
//! A group of alarms is a dozen short statements, and so is a figure. Through a driver that has a thread of its
//! own each of them would be two changes of thread, on a busy machine longer than the statement itself; here
//! each is a call.

use std::borrow::Cow;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{FromSql, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Row, Statement, ffi};
use sqlx::error::{DatabaseError, ErrorKind};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::error::StoreError;
use crate::value::{Placeholders, Value, storable};

/// A row type that a connection of this file gives.
pub(crate) trait FromLocal: Sized {
    /// Reads the row.
    fn from_local(row: &Row<'_>) -> rusqlite::Result<Self>;
}

/// What SQLite says went wrong, as the drivers of the pool say it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct LocalError {
    code: i32,
    message: String,
}

/// Opens a connection to a database that exists.
pub(crate) fn connect(
    file: &Path,
    pragmas: &[(&str, &str)],
    busy: Duration,
    statements: usize,
) -> Result<Connection, StoreError> {
    let open = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(busy)?;
        for (name, value) in pragmas {
            connection.pragma_update(None, name, value)?;
        }
        connection.set_prepared_statement_cache_capacity(statements);
        Ok(connection)
    };
    open().map_err(|error| StoreError::Connect(file.display().to_string(), translate(error)))
}

/// Closes the connection; the last one folds the log into the database.
pub(crate) fn close(connection: Connection) -> Result<(), StoreError> {
    connection.close().map_err(|(_, error)| translate(error).into())
}

/// Begins to read: one unchanging view.
pub(crate) fn begin(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch("begin").map_err(translate)?)
}

/// Ends a view, whatever became of it.
pub(crate) fn end(connection: &Connection) -> Result<(), StoreError> {
    if connection.is_autocommit() {
        return Ok(());
    }
    Ok(connection.execute_batch("rollback").map_err(translate)?)
}

/// Does all of this on the calling thread; a worker of the runtime hands its other work over first, once.
pub(crate) async fn together<T>(work: impl Future<Output = T>) -> T {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(|| runtime.block_on(work))
        }
        _ => work.await,
    }
}

/// Runs a statement; how many rows it touched.
pub(crate) fn run<'v>(
    connection: &Connection,
    sql: &str,
    style: Placeholders,
    args: impl Iterator<Item = &'v Value<'v>>,
) -> Result<u64, StoreError> {
    let ran = || {
        let mut statement = connection.prepare_cached(sql)?;
        bind(&mut statement, style, args)?;
        statement.raw_execute()
    };
    Ok(blocking(ran).map_err(translate)? as u64)
}

/// Visits the rows of a query until the visitor has enough.
pub(crate) fn visit<'v, T: FromLocal>(
    connection: &Connection,
    sql: &str,
    style: Placeholders,
    args: impl Iterator<Item = &'v Value<'v>>,
    mut visitor: impl FnMut(T) -> Result<Next, StoreError>,
) -> Result<(), StoreError> {
    blocking(|| {
        let mut statement = connection.prepare_cached(sql).map_err(translate)?;
        bind(&mut statement, style, args).map_err(translate)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(translate)? {
            if visitor(T::from_local(row).map_err(translate)?)? == Next::Enough {
                break;
            }
        }
        Ok(())
    })
}

/// Whether a visitor wants another row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Go on.
    More,
    /// Stop here.
    Enough,
}

/// Says of an error of this driver what the pool's driver would.
pub(crate) fn translate(error: rusqlite::Error) -> sqlx::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            let message = message.unwrap_or_else(|| code.to_string());
            sqlx::Error::Database(Box::new(LocalError { code: code.extended_code, message }))
        }
        other => sqlx::Error::Decode(Box::new(other)),
    }
}

/// A field of a row: where it is expected, else by its name.
pub(crate) fn field<T: FromSql>(row: &Row<'_>, place: &mut usize, name: &str) -> rusqlite::Result<T> {
    let statement: &Statement<'_> = row.as_ref();
    if statement.column_name(*place).is_ok_and(|found| found == name) {
        *place += 1;
        return row.get(*place - 1);
    }
    let index = statement.column_index(name)?;
    *place = index + 1;
    row.get(index)
}

/// Binds arguments by their number, or one after the other where placeholders have none.
fn bind<'v>(
    statement: &mut Statement<'_>,
    style: Placeholders,
    args: impl Iterator<Item = &'v Value<'v>>,
) -> rusqlite::Result<()> {
    match style {
        Placeholders::Nameless => {
            args.zip(1..).try_for_each(|(value, place)| statement.raw_bind_parameter(place, value))
        }
        Placeholders::Numbered => args.zip(1..).try_for_each(|(value, number)| {
            let name = format!("${number}");
            match statement.parameter_index(&name)? {
                Some(place) => statement.raw_bind_parameter(place, value),
                None => Ok(()),
            }
        }),
    }
}

/// Runs what may wait for the disk. A worker of the runtime hands its other work over first.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

// === impl LocalError ===

impl DatabaseError for LocalError {
    fn message(&self) -> &str {
        &self.message
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        match self.code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => ErrorKind::UniqueViolation,
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ErrorKind::ForeignKeyViolation,
            ffi::SQLITE_CONSTRAINT_NOTNULL => ErrorKind::NotNullViolation,
            ffi::SQLITE_CONSTRAINT_CHECK => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}

// === impl Value ===

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match *self {
            Value::Int(value) => value.map_or(ValueRef::Null, ValueRef::Integer),
            Value::Text(text) | Value::OptText(Some(text)) => match storable(text) {
                Cow::Borrowed(text) => ValueRef::Text(text.as_bytes()),
                Cow::Owned(text) => return Ok(ToSqlOutput::from(text)),
            },
            Value::OptText(None) => ValueRef::Null,
            Value::Bytes(value) => ValueRef::Blob(value),
            Value::Bool(value) => ValueRef::Integer(value.into()),
        };
        Ok(ToSqlOutput::Borrowed(value))
    }
}

// === impl FromLocal ===

macro_rules! tuple {
    ($($field:ident $place:literal),+) => {
        impl<$($field: FromSql),+> FromLocal for ($($field,)+) {
            fn from_local(row: &Row<'_>) -> rusqlite::Result<Self> {
                Ok(($(row.get::<usize, $field>($place)?,)+))
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
