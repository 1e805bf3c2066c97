//! What a load changes: rows of a file against the rows we hold. Pure.
//!
//! Held rows are indexed by a digest of their key, 32 bytes a row, so that a million route hops fit.
//! Routes have a history: a hop that comes without validity and differs closes the hop we hold at
//! the time of the notice and begins there (semantics §2); a hop is never deleted, it ends.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use model::resource::{Class, Row};
use model::time::Time;

/// Column numbers of ROUTE.
const VALID_FROM: usize = 7;
const VALID_TO: usize = 8;
const POSITION: usize = 4;

/// Index of what is held of one class, and what of it the file has confirmed.
#[derive(Debug)]
pub struct Diff {
    class: Class,
    at: Time,
    by_key: HashMap<u128, Entry>,
    open_hops: HashMap<u128, Entry>,
    counts: Counts,
}

/// What a diff found so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows held before.
    pub held: u64,
    /// New rows.
    pub added: u64,
    /// Rows with other content.
    pub changed: u64,
    /// Rows that end or go.
    pub deleted: u64,
    /// Rows as they were.
    pub same: u64,
}

/// One write that a diff asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Insert or replace by key.
    Put(Row),
    /// Delete by key.
    Delete(String),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    content: u64,
    fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// The file has not named it.
    Unseen,
    /// The file has it, same or rewritten.
    Kept,
    /// Another hop begins in its place.
    Replaced,
    /// The file deletes it.
    Removed,
}

impl Write {
    /// The key, and the row unless it is deleted.
    pub fn change(&self) -> (String, Option<Row>) {
        match self {
            Write::Put(row) => (row.key(), Some(row.clone())),
            Write::Delete(key) => (key.clone(), None),
        }
    }
}

impl Diff {
    /// Of a class, for a load or notice at `at`, with nothing held yet.
    pub fn new(class: Class, at: Time) -> Self {
        Diff { class, at, by_key: HashMap::new(), open_hops: HashMap::new(), counts: Counts::default() }
    }

    /// Adds a row that we hold. All held rows come before the first [`Diff::put`].
    pub fn hold(&mut self, row: &Row) {
        self.counts.held += 1;
        if self.is_open_hop(row) {
            let entry = Entry { content: content_digest(row.cells.get(POSITION..VALID_FROM)), fate: Fate::Unseen };
            self.open_hops.insert(position_digest(row), entry);
        }
        let entry = Entry { content: content_digest(Some(&row.cells)), fate: Fate::Unseen };
        self.by_key.insert(key_digest(row), entry);
    }

    /// A row of the file (ADD or MOD, or any row of a FULL file).
    pub fn put(&mut self, row: Row) -> Option<Write> {
        if self.class == Class::Route && cell(&row, VALID_FROM).is_empty() && cell(&row, VALID_TO).is_empty() {
            return self.put_open_hop(row);
        }
        let content = content_digest(Some(&row.cells));
        let known = self.by_key.get_mut(&key_digest(&row));
        match known {
            Some(entry) if entry.content == content => {
                entry.fate = Fate::Kept;
                self.counts.same += 1;
                None
            }
            Some(entry) => {
                *entry = Entry { content, fate: Fate::Kept };
                self.counts.changed += 1;
                Some(Write::Put(row))
            }
            None => {
                self.by_key.insert(key_digest(&row), Entry { content, fate: Fate::Kept });
                self.counts.added += 1;
                Some(Write::Put(row))
            }
        }
    }

    /// Is this row held, or in the file already (a hop without validity: anything in its place)?
    pub fn knows(&self, row: &Row) -> bool {
        let hop = self.class == Class::Route && cell(row, VALID_FROM).is_empty();
        self.by_key.contains_key(&key_digest(row)) || (hop && self.open_hops.contains_key(&position_digest(row)))
    }

    /// The file has a row of this key that cannot be used: what is held under it stays. `false` if the
    /// key is not known to be one, so that the row could be any.
    pub fn keep(&mut self, key: &str) -> bool {
        if let Some(entry) = self.by_key.get_mut(&wide(key)) {
            entry.fate = Fate::Kept;
        }
        let position: Vec<&str> = key.split('|').take(POSITION).collect();
        if self.class == Class::Route
            && let Some(entry) = self.open_hops.get_mut(&wide(&position.join("|")))
        {
            entry.fate = Fate::Kept;
        }
        let mut parts = self.class.key_columns().iter().zip(key.split('|'));
        let is_named = |(at, part): (&usize, &str)| {
            !part.trim().is_empty() || self.class.columns().get(*at).is_some_and(|column| !column.mandatory)
        };
        !key.is_empty() && parts.all(is_named)
    }

    fn put_open_hop(&mut self, mut row: Row) -> Option<Write> {
        let position = position_digest(&row);
        let content = content_digest(row.cells.get(POSITION..VALID_FROM));
        match self.open_hops.get_mut(&position) {
            Some(entry) if entry.content == content => {
                entry.fate = Fate::Kept;
                self.counts.same += 1;
                None
            }
            Some(entry) => {
                entry.fate = Fate::Replaced;
                self.counts.changed += 1;
                if let Some(from) = row.cells.get_mut(VALID_FROM) {
                    *from = self.at.to_string();
                }
                Some(Write::Put(row))
            }
            None => {
                self.open_hops.insert(position, Entry { content, fate: Fate::Kept });
                self.counts.added += 1;
                // A hop that ended and comes back must not write over its own past.
                if self.by_key.contains_key(&key_digest(&row))
                    && let Some(from) = row.cells.get_mut(VALID_FROM)
                {
                    *from = self.at.to_string();
                }
                Some(Write::Put(row))
            }
        }
    }

    /// A key that the file deletes (INC or a notice). What happens to its row comes from [`Diff::rest`].
    pub fn remove(&mut self, row: &Row) {
        if let Some(entry) = self.by_key.get_mut(&key_digest(row)) {
            entry.fate = Fate::Removed;
        }
        if self.class == Class::Route
            && let Some(entry) = self.open_hops.get_mut(&position_digest(row))
        {
            entry.fate = Fate::Removed;
        }
    }

    /// Each held row once more, after the file: what becomes of it. With `full`, rows that the file
    /// did not name go.
    pub fn rest(&mut self, row: &Row, full: Mode) -> Option<Write> {
        if self.class == Class::Route {
            return self.rest_of_route(row, full);
        }
        let fate = self.by_key.get(&key_digest(row)).map(|entry| entry.fate)?;
        let goes = fate == Fate::Removed || (fate == Fate::Unseen && full == Mode::Full);
        if goes {
            self.counts.deleted += 1;
        }
        goes.then(|| self.ended(row))
    }

    /// How a row ends: it goes; a hop of a route stays as history until now.
    pub fn ended(&self, row: &Row) -> Write {
        if self.class != Class::Route {
            return Write::Delete(row.key());
        }
        let mut closed = row.clone();
        if let Some(to) = closed.cells.get_mut(VALID_TO) {
            *to = self.at.to_string();
        }
        Write::Put(closed)
    }

    fn rest_of_route(&mut self, row: &Row, full: Mode) -> Option<Write> {
        if !self.is_open_hop(row) || self.by_key.get(&key_digest(row)).is_some_and(|entry| entry.fate == Fate::Kept) {
            return None;
        }
        let fate = self.open_hops.get(&position_digest(row)).map(|entry| entry.fate)?;
        // Changed twice at one instant: the new hop has taken the old one's key.
        if fate == Fate::Replaced && cell(row, VALID_FROM) == self.at.to_string() {
            return None;
        }
        let gone = fate == Fate::Removed || (fate == Fate::Unseen && full == Mode::Full);
        if gone {
            self.counts.deleted += 1;
        }
        (gone || fate == Fate::Replaced).then(|| self.ended(row))
    }

    /// What it found.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    fn is_open_hop(&self, row: &Row) -> bool {
        self.class == Class::Route && cell(row, VALID_TO).is_empty()
    }
}

/// How a load is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The file holds all rows.
    Full,
    /// The file holds changes.
    Incremental,
}

/// Would a FULL load delete so much that a person must approve it?
pub fn guarded(counts: Counts, percent: u32, rows: u64) -> bool {
    counts.deleted > rows && counts.deleted * 100 > counts.held * u64::from(percent)
}

fn cell(row: &Row, index: usize) -> &str {
    row.cells.get(index).map_or("", String::as_str)
}

fn key_digest(row: &Row) -> u128 {
    wide(&row.key())
}

fn position_digest(row: &Row) -> u128 {
    wide(&row.cells.iter().take(POSITION).map(String::as_str).collect::<Vec<_>>().join("|"))
}

fn content_digest(cells: Option<&[String]>) -> u64 {
    let mut hasher = DefaultHasher::new();
    cells.unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

/// Two 64-bit digests side by side: keys of one class do not collide by chance.
pub(super) fn wide(text: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(1) << 64 | half(2)
}

#[cfg(test)]
mod tests;
