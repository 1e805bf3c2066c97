//! Files into staged changes: row by row, with bounded memory, in slices of short transactions.

use std::collections::HashSet;

use collectors::resource::file::{Item, Mode as FileMode, ResourceFile};
use ftp::session::Unpacked;
use model::resource::{Class, Row};
use model::time::Time;
use model::work::OpType;
use store::Tx;
use store::load::{HeldRow, LoadIssue, count_held, held_rows, hold_rows, release_rows};
use store::notice::{place_of, places_told};
use store::resource::{rows_of_class, rows_of_keys};
use store::staging::{Staged, stage_slice};

use super::diff::{Counts, Diff, Mode, Write, wide};
use super::parents::{Missing, Parents};
use super::{Batch, LoadError, Loader, Shown};

/// Changes of one slice: few enough that alarms do not wait long while one is applied.
const SLICE: usize = 512;
/// Changes that gather before they are written.
const GATHERED: usize = 4 * SLICE;
/// Rows read between two looks at the stop.
const LOOK_ROWS: u64 = 2000;

/// One reading.
struct Reading<'a> {
    loader: &'a Loader,
    shown: &'a Shown,
    load: i64,
    class: Class,
    mode: Mode,
    at: Time,
    /// When the load was asked for: what a peer told of since then is newer than its files.
    asked_at: Time,
    diff: Diff,
    parents: Parents,
    staged: Vec<Staged>,
    held: Vec<HeldRow>,
    /// Keys that this file holds back.
    held_keys: HashSet<u128>,
    /// Keys that need not wait any more; used only while some wait.
    freed: Option<Vec<String>>,
    removes: bool,
    rows: u64,
    /// Refused rows of which nobody can tell what they are about.
    unread: u64,
}

/// Reads all files of a batch; what they change is staged when it ends.
pub(super) async fn read(loader: &Loader, shown: &Shown, batch: &Batch) -> Result<Counts, LoadError> {
    let (load, class, full, asked_at) = {
        let load = shown.borrow();
        (load.id, load.class, load.full, load.started_at)
    };
    let mode = if full { Mode::Full } else { Mode::Incremental };
    // What an interrupted reading left is not complete.
    super::apply::discard(loader, load).await?;
    let mut tx = loader.db.read().await?;
    let mut parents = Parents::read(&mut tx, class).await?;
    let mut diff = Diff::new(class, batch.at);
    rows_of_class(&mut tx, class, |row| {
        diff.hold(row);
        parents.know(row);
    })
    .await?;
    let waits = count_held(&mut tx, class).await? > 0;
    drop(tx);
    let mut reading = Reading {
        loader,
        shown,
        load,
        class,
        mode,
        at: batch.at,
        asked_at,
        diff,
        parents,
        staged: Vec::new(),
        held: Vec::new(),
        held_keys: HashSet::new(),
        freed: waits.then(Vec::new),
        removes: false,
        rows: 0,
        unread: 0,
    };
    for input in &batch.inputs {
        let file_mode = if full { FileMode::Full } else { FileMode::Incremental };
        let table = input.table(batch.encoding)?;
        let file = ResourceFile::open(&input.name(), table, (class, file_mode), &batch.dialect)?;
        reading.read_file(file).await?;
    }
    reading.finish().await
}

// === impl Reading ===

impl Reading<'_> {
    async fn read_file(&mut self, mut file: ResourceFile<Unpacked>) -> Result<(), LoadError> {
        while let Some(item) = file.next_item()? {
            self.rows += 1;
            match item {
                Item::Row { line, op, row, issues } => {
                    for wrong in issues {
                        self.note(line, row.key(), wrong.reason);
                    }
                    self.take(line, op, row);
                }
                Item::Refused { line, key, wrong } => {
                    // What is held under that key stays: the file has the row, only not well.
                    self.unread += u64::from(!self.diff.keep(&key));
                    self.shown.send_modify(|load| load.progress.refused += 1);
                    self.note(line, key, wrong.reason);
                }
            }
            if self.staged.len() + self.held.len() >= GATHERED {
                self.flush().await?;
            }
            if self.rows.is_multiple_of(LOOK_ROWS) {
                self.show();
                self.look()?;
            }
        }
        Ok(())
    }

    /// One good row: compared, or held back.
    fn take(&mut self, line: u64, op: OpType, row: Row) {
        if let Some(freed) = &mut self.freed {
            freed.push(row.key());
        }
        if op == OpType::Del {
            self.removes = true;
            self.diff.remove(&row);
            return;
        }
        for missing in self.parents.missing(&row) {
            match missing {
                Missing::Parent(reason) if !self.diff.knows(&row) => return self.hold(line, row, reason),
                // A row that is held already stays: deleting a parent keeps its children.
                Missing::Parent(reason) | Missing::Optional(reason) => self.note(line, row.key(), reason),
            }
        }
        self.parents.know(&row);
        self.parents.look_later(line.saturating_sub(1), &row);
        if let Some(Write::Put(row)) = self.diff.put(row) {
            self.staged.push(Staged::Put(row));
        }
    }

    fn hold(&mut self, line: u64, row: Row, reason: String) {
        self.note(line, row.key(), format!("{reason}; the row waits for it"));
        if let Some(freed) = &mut self.freed {
            freed.pop();
        }
        self.held_keys.insert(wide(&row.key()));
        self.held.push(HeldRow { row, reason, since: self.at });
    }

    fn note(&self, line: u64, key: String, reason: String) {
        let issue = LoadIssue { row: line.saturating_sub(1), key, reason };
        self.shown.send_modify(|load| load.progress.note(issue));
    }

    fn look(&self) -> Result<(), LoadError> {
        if self.loader.stop.is_cancelled() { Err(LoadError::Stopped) } else { Ok(()) }
    }

    /// Writes what has gathered, in one short transaction.
    async fn flush(&mut self) -> Result<(), LoadError> {
        self.look()?;
        let freed = self.freed.as_mut().map(std::mem::take).unwrap_or_default();
        if !(self.staged.is_empty() && self.held.is_empty() && freed.is_empty()) {
            let mut tx = self.loader.db.write().await?;
            for slice in self.staged.chunks(SLICE) {
                stage_slice(&mut tx, self.load, slice).await?;
            }
            self.leave_told(&mut tx).await?;
            for held in self.held.chunks(SLICE) {
                hold_rows(&mut tx, held).await?;
            }
            for keys in freed.chunks(SLICE).filter(|_| self.mode == Mode::Incremental) {
                release_rows(&mut tx, self.class, keys).await?;
            }
            tx.commit().await?;
            self.staged.clear();
            self.held.clear();
        }
        self.show();
        Ok(())
    }

    /// A row that a notice told of is not held back: it would be loaded over it later.
    async fn leave_told(&mut self, tx: &mut Tx) -> Result<(), LoadError> {
        let keys: Vec<String> = self.held.iter().map(|held| held.row.key()).collect();
        let told = places_told(tx, self.class, self.asked_at, keys.iter().map(String::as_str)).await?;
        let class = self.class;
        self.held.retain(|held| !told.contains(place_of(class, &held.row.key())));
        for key in keys.iter().filter(|key| told.contains(place_of(class, key))) {
            self.held_keys.remove(&wide(key));
        }
        Ok(())
    }

    fn show(&self) {
        let counts = self.diff.counts();
        self.shown.send_modify(|load| {
            let progress = &mut load.progress;
            progress.rows_read = self.rows;
            progress.held = self.held_keys.len() as u64;
            (progress.added, progress.changed, progress.deleted) = (counts.added, counts.changed, counts.deleted);
        });
    }

    async fn finish(mut self) -> Result<Counts, LoadError> {
        self.flush().await?;
        for (row, key, reason) in self.parents.dangling() {
            self.shown.send_modify(|load| load.progress.note(LoadIssue { row, key, reason }));
        }
        // A file that could not be read whole does not say what is gone.
        let is_whole = self.mode == Mode::Full && self.unread == 0;
        if self.mode == Mode::Full && !is_whole {
            let reason = format!("{} row(s) cannot be read at all, so nothing is deleted", self.unread);
            self.note(1, String::new(), reason);
        }
        let mode = if is_whole { Mode::Full } else { Mode::Incremental };
        if is_whole || self.removes || self.class == Class::Route {
            self.end_rest(mode).await?;
        }
        if is_whole {
            self.free_unnamed().await?;
        }
        self.flush().await?;
        Ok(self.diff.counts())
    }

    /// What becomes of the rows that we hold. Their keys are found in one pass, and the rows read again
    /// in slices, so that a class that goes as a whole is never in memory.
    async fn end_rest(&mut self, mode: Mode) -> Result<(), LoadError> {
        let mut ending = Vec::new();
        let mut tx = self.loader.db.read().await?;
        let diff = &mut self.diff;
        rows_of_class(&mut tx, self.class, |row| {
            if diff.rest(row, mode).is_some() {
                ending.push(row.key());
            }
        })
        .await?;
        if self.class != Class::Route && !ending.is_empty() {
            let gone: HashSet<u128> = ending.iter().map(|key| wide(key)).collect();
            super::orphans::note(&mut tx, self.class, &gone, self.shown).await?;
        }
        for keys in ending.chunks(GATHERED) {
            for (key, row) in rows_of_keys(&mut tx, self.class, keys).await? {
                self.staged.push(match self.diff.ended(&row) {
                    Write::Put(closed) => Staged::Put(closed),
                    Write::Delete(_) => Staged::Delete(key),
                });
            }
            self.flush().await?;
        }
        Ok(())
    }

    /// A FULL file says all: rows that wait and that it does not hold back wait no more.
    async fn free_unnamed(&mut self) -> Result<(), LoadError> {
        let mut after = String::new();
        loop {
            let mut tx = self.loader.db.write().await?;
            let page = held_rows(&mut tx, self.class, &after, u32::try_from(SLICE).unwrap_or(u32::MAX)).await?;
            let keys: Vec<String> = page.iter().map(|held| held.row.key()).collect();
            let Some(last) = keys.last() else { return Ok(()) };
            after.clone_from(last);
            let gone: Vec<String> = keys.into_iter().filter(|key| !self.held_keys.contains(&wide(key))).collect();
            release_rows(&mut tx, self.class, &gone).await?;
            tx.commit().await?;
            self.look()?;
        }
    }
}
