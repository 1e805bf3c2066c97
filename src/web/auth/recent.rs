//! Rights read a moment ago, so that a page of twenty requests reads them once. Bounded: what is
//! oldest goes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::{Caller, Credential};

/// Credentials remembered.
const ENTRIES_MAX: usize = 10_000;

#[derive(Default)]
pub(super) struct Recent(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    held: HashMap<Credential, (Instant, Option<Arc<Caller>>)>,
    /// When the use of each was last written.
    noted: HashMap<Credential, Instant>,
    /// Goes up when something is revoked: what was read before is not put afterwards.
    generation: u64,
}

// === impl Recent ===

impl Recent {
    /// What was read less than `age` ago; the inner `None` = there is no such login.
    pub(super) fn get(&self, key: &Credential, now: Instant, age: Duration) -> Option<Option<Arc<Caller>>> {
        let inner = self.0.lock();
        let (at, caller) = inner.held.get(key)?;
        (now.saturating_duration_since(*at) < age).then(|| caller.clone())
    }

    pub(super) fn generation(&self) -> u64 {
        self.0.lock().generation
    }

    pub(super) fn put(&self, key: Credential, caller: Option<Arc<Caller>>, at: Instant, generation: u64) {
        let mut inner = self.0.lock();
        if inner.generation != generation {
            return;
        }
        if inner.held.len() >= ENTRIES_MAX {
            inner.held.clear();
        }
        inner.held.insert(key, (at, caller));
    }

    pub(super) fn clear(&self) {
        let mut inner = self.0.lock();
        inner.held.clear();
        inner.generation += 1;
    }

    /// Is it time to write that this credential is in use?
    pub(super) fn due_note(&self, key: &Credential, now: Instant, every: Duration) -> bool {
        let mut inner = self.0.lock();
        if inner.noted.get(key).is_some_and(|at| now.saturating_duration_since(*at) < every) {
            return false;
        }
        if inner.noted.len() >= ENTRIES_MAX {
            inner.noted.clear();
        }
        inner.noted.insert(*key, now);
        true
    }
}
