//! A transaction on either engine, and the only place that runs statements.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};
use tokio::sync::OwnedMutexGuard;

use crate::db::{Link, Readers, Shared, Writer};
use crate::engine;
use crate::error::StoreError;
use crate::local::{self, Next};
use crate::meta::Counter;
use crate::readers::Lease;
use crate::value::{FromRows, Multi, Placeholders, Value, bound};

/// A transaction. Dropping it without [`Tx::commit`] undoes what it wrote.
pub struct Tx {
    connection: Held,
    pub(crate) shared: Arc<Shared>,
    /// Subjects that this transaction has stored: others may know them once it is committed.
    pub(crate) new_subjects: HashMap<[u8; 16], i64>,
    /// Numbers that it took and has not given: others may give them once it is committed.
    pub(crate) reserved: HashMap<Counter, Range<i64>>,
}

/// Who lends the connection.
enum Held {
    Writer(OwnedMutexGuard<Writer>),
    Sqlite(Lease),
    Postgres(PoolConnection<Postgres>),
}

/// The connection of one engine.
enum Arm<'a> {
    // Exclusive, so that it may go with its future to another thread.
    Sqlite(&'a mut rusqlite::Connection),
    Postgres(&'a mut PgConnection),
}

// === impl Tx ===

impl Tx {
    fn new(connection: Held, shared: &Arc<Shared>) -> Self {
        Tx { connection, shared: Arc::clone(shared), new_subjects: HashMap::new(), reserved: HashMap::new() }
    }

    /// Waits for the writer and begins, if we still lead.
    pub(crate) async fn begin_write(shared: &Arc<Shared>) -> Result<Tx, StoreError> {
        let mut writer = Arc::clone(&shared.writer).lock_owned().await;
        if let Err(error) = writer.begin().await {
            if !lost(&error) {
                return Err(error);
            }
            writer.disconnect();
            writer.begin().await?;
        }
        let mut tx = Tx::new(Held::Writer(writer), shared);
        let epoch = shared.epoch.load(Ordering::Acquire);
        if epoch != 0 {
            tx.check_epoch(epoch).await?;
        }
        Ok(tx)
    }

    pub(crate) async fn begin_read(shared: &Arc<Shared>) -> Result<Tx, StoreError> {
        let connection = match &shared.readers {
            Readers::Sqlite(readers) => Held::Sqlite(readers.lease().await?),
            Readers::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                sqlx::query(engine::BEGIN_READ_POSTGRES).execute(&mut *connection).await?;
                Held::Postgres(connection)
            }
        };
        Ok(Tx::new(connection, shared))
    }

    /// Makes what was written durable. A read transaction just ends.
    ///
    /// # Errors
    /// [`StoreError::CommitUnknown`] if the link broke meanwhile: it may have happened.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if !matches!(self.connection, Held::Writer(_)) {
            return Ok(());
        }
        let style = Placeholders::Nameless;
        self.run("commit", style, [].iter()).await.map_err(|error| match error {
            StoreError::Query(error) if !matches!(error, sqlx::Error::Database(_)) => StoreError::CommitUnknown(error),
            other => other,
        })?;
        self.shared.subjects.learn(std::mem::take(&mut self.new_subjects));
        self.shared.reserve.put(std::mem::take(&mut self.reserved));
        if let Held::Writer(writer) = &mut self.connection {
            writer.open = false;
        }
        Ok(())
    }

    /// Undoes what was written.
    ///
    /// # Errors
    /// If the database cannot say so; then the next writer makes sure.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        let Held::Writer(writer) = &mut self.connection else { return Ok(()) };
        writer.roll_back().await
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: &[Value<'_>]) -> Result<u64, StoreError> {
        self.run(sql, Placeholders::Numbered, args.iter()).await
    }

    /// Every row of a query that is bounded by itself.
    pub(crate) async fn fetch_all<T: FromRows>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, args, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is one.
    pub(crate) async fn fetch_optional<T: FromRows>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        let first = |row| {
            found = Some(row);
            Ok(Next::Enough)
        };
        self.visit(sql, Placeholders::Numbered, args.iter(), first).await?;
        Ok(found)
    }

    /// The row of a query that always has one.
    pub(crate) async fn fetch_one<T: FromRows>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
    ) -> Result<T, StoreError> {
        self.fetch_optional(sql, args).await?.ok_or(StoreError::Query(sqlx::Error::RowNotFound))
    }

    /// Row by row, so that memory does not grow with their number.
    pub(crate) async fn each<T: FromRows>(
        &mut self,
        sql: &'static str,
        args: &[Value<'_>],
        mut visitor: impl FnMut(T) -> Result<(), StoreError> + Send,
    ) -> Result<(), StoreError> {
        self.visit(sql, Placeholders::Numbered, args.iter(), |row| visitor(row).map(|()| Next::More)).await
    }

    /// Runs a statement over many rows; how many it touched.
    pub(crate) async fn execute_many<const N: usize>(
        &mut self,
        statement: &'static Multi,
        mut rows: &[[Value<'_>; N]],
    ) -> Result<u64, StoreError> {
        let style = self.placeholders();
        let mut touched = 0;
        while !rows.is_empty() {
            let (size, sql) = statement.part(rows.len(), style);
            let (part, rest) = rows.split_at(size);
            touched += self.run(sql, style, part.iter().flatten()).await?;
            rows = rest;
        }
        Ok(touched)
    }

    /// Runs a query over many keys; all rows, in no order.
    pub(crate) async fn fetch_many<T: FromRows, const N: usize>(
        &mut self,
        statement: &'static Multi,
        mut keys: &[[Value<'_>; N]],
    ) -> Result<Vec<T>, StoreError> {
        let style = self.placeholders();
        let mut found = Vec::new();
        while !keys.is_empty() {
            let (size, sql) = statement.part(keys.len(), style);
            let (part, rest) = keys.split_at(size);
            let keep = |row| {
                found.push(row);
                Ok(Next::More)
            };
            self.visit(sql, style, part.iter().flatten(), keep).await?;
            keys = rest;
        }
        Ok(found)
    }

    async fn run<'v>(
        &mut self,
        sql: &'static str,
        style: Placeholders,
        args: impl Iterator<Item = &'v Value<'v>> + Send,
    ) -> Result<u64, StoreError> {
        match self.arm()? {
            Arm::Sqlite(c) => local::run(c, sql, style, args),
            Arm::Postgres(c) => Ok(bound(sql, args).execute(c).await?.rows_affected()),
        }
    }

    async fn visit<'v, T: FromRows>(
        &mut self,
        sql: &'static str,
        style: Placeholders,
        args: impl Iterator<Item = &'v Value<'v>> + Send,
        mut visitor: impl FnMut(T) -> Result<Next, StoreError> + Send,
    ) -> Result<(), StoreError> {
        match self.arm()? {
            Arm::Sqlite(c) => local::visit(c, sql, style, args, visitor),
            Arm::Postgres(c) => {
                let mut rows = bound(sql, args).fetch(c);
                while let Some(row) = rows.try_next().await? {
                    if visitor(T::from_row(&row)?)? == Next::Enough {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    async fn check_epoch(&mut self, ours: i64) -> Result<(), StoreError> {
        let sql = match self.placeholders() {
            Placeholders::Nameless => engine::EPOCH_SQLITE,
            Placeholders::Numbered => engine::EPOCH_POSTGRES,
        };
        let (epoch,): (i64,) = self.fetch_one(sql, &[]).await?;
        if epoch == ours { Ok(()) } else { Err(StoreError::NotLeader) }
    }

    fn placeholders(&self) -> Placeholders {
        match &self.shared.readers {
            Readers::Sqlite(_) => Placeholders::Nameless,
            Readers::Postgres(_) => Placeholders::Numbered,
        }
    }

    fn arm(&mut self) -> Result<Arm<'_>, StoreError> {
        match &mut self.connection {
            Held::Writer(writer) => writer.arm(),
            Held::Sqlite(lease) => Ok(Arm::Sqlite(lease.connection()?)),
            Held::Postgres(connection) => Ok(Arm::Postgres(connection)),
        }
    }
}

// === impl Writer ===

impl Writer {
    /// Begins a transaction; one that somebody left open is rolled back first.
    async fn begin(&mut self) -> Result<(), StoreError> {
        if self.closed {
            return Err(StoreError::Closed);
        }
        if self.open {
            self.roll_back().await?;
        }
        self.connect().await?;
        self.open = true;
        self.say(engine::BEGIN_WRITE_SQLITE, engine::BEGIN_WRITE_POSTGRES).await
    }

    /// Ends the open transaction. If the database refuses, the connection is given up: that ends it too.
    async fn roll_back(&mut self) -> Result<(), StoreError> {
        let ended = self.say("rollback", "rollback").await;
        match ended {
            Ok(()) => {}
            // SQLite ends a transaction by itself after some errors, and then says there is none.
            Err(StoreError::Query(sqlx::Error::Database(error)))
                if error.message().contains("no transaction is active") => {}
            Err(_) => self.disconnect(),
        }
        self.open = false;
        Ok(())
    }

    /// Says the same to either engine; nothing if there is no connection.
    async fn say(&mut self, sqlite: &'static str, postgres: &'static str) -> Result<(), StoreError> {
        match &mut self.link {
            Link::Sqlite(_, Some(c)) => local::run(c, sqlite, Placeholders::Nameless, [].iter()).map(drop),
            Link::Postgres(_, Some(c)) => Ok(sqlx::query(postgres).execute(c).await.map(drop)?),
            _ => Ok(()),
        }
    }

    async fn connect(&mut self) -> Result<(), StoreError> {
        match &mut self.link {
            Link::Sqlite(folder, connection @ None) => *connection = Some(engine::connect_local(folder)?),
            Link::Postgres(options, connection @ None) => *connection = Some(engine::connect_postgres(options).await?),
            _ => {}
        }
        Ok(())
    }

    fn disconnect(&mut self) {
        match &mut self.link {
            Link::Sqlite(_, connection) => drop(connection.take()),
            Link::Postgres(_, connection) => drop(connection.take()),
        }
        self.open = false;
    }

    fn arm(&mut self) -> Result<Arm<'_>, StoreError> {
        match &mut self.link {
            Link::Sqlite(_, Some(connection)) => Ok(Arm::Sqlite(connection)),
            Link::Postgres(_, Some(connection)) => Ok(Arm::Postgres(connection)),
            _ => Err(StoreError::Closed),
        }
    }
}

/// The link is gone: a new one may work.
fn lost(error: &StoreError) -> bool {
    matches!(error, StoreError::Query(sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed))
}
