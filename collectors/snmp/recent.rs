//! What was told lately, so that the same told twice is told once: networks repeat datagrams, devices send
//! traps several times to be sure, and an inform comes again until it is answered.

use std::collections::HashMap;

use model::time::Time;

/// For so long it is remembered, at least; shorter when very much comes.
const REMEMBERED_MS: i64 = 60_000;
/// How many of one generation are remembered.
const REMEMBERED_MAX: usize = 1 << 17;

/// Digests of two generations.
#[derive(Debug)]
pub struct Recent {
    young: HashMap<[u8; 16], Fate>,
    old: HashMap<[u8; 16], Fate>,
    began: Time,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is on its way to the writer.
    Waiting,
    /// It is kept.
    Kept,
}

impl Default for Recent {
    fn default() -> Self {
        Recent { young: HashMap::new(), old: HashMap::new(), began: Time::MIN }
    }
}

// === impl Recent ===

impl Recent {
    /// What became of it when it came before; if it did not, it waits from now on.
    pub fn meet(&mut self, digest: [u8; 16], now: Time) -> Option<Fate> {
        if now.since(self.began) >= REMEMBERED_MS || self.young.len() >= REMEMBERED_MAX {
            self.old = std::mem::take(&mut self.young);
            self.began = now;
        }
        let before = self.young.get(&digest).or_else(|| self.old.get(&digest)).copied();
        if before.is_none() {
            self.young.insert(digest, Fate::Waiting);
        }
        before
    }

    /// It is kept: whoever repeats it is answered at once.
    pub fn kept(&mut self, digest: [u8; 16]) {
        self.young.insert(digest, Fate::Kept);
    }

    /// It was not kept: it may come again.
    pub fn forget(&mut self, digest: [u8; 16]) {
        self.young.remove(&digest);
        self.old.remove(&digest);
    }
}

#[cfg(test)]
mod tests;
