//! Lists of numbers by dense key, as chains through one pool: an entry costs eight bytes and no
//! allocation of its own, so that an alarm on a cable can be noted at 24,000 circuits at once.

/// The end of a chain.
const NONE: u32 = u32::MAX;

/// Lists of numbers by dense key; the latest entry of a list comes first.
#[derive(Clone, Debug)]
pub struct Chains {
    heads: Vec<u32>,
    pool: Vec<Entry>,
    /// Entries to be used again.
    free: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    item: u32,
    next: u32,
}

/// Walks one list.
#[derive(Clone, Debug)]
pub struct Chain<'a> {
    pool: &'a [Entry],
    at: u32,
}

// === impl Chains ===

impl Default for Chains {
    fn default() -> Self {
        Chains { heads: Vec::new(), pool: Vec::new(), free: NONE }
    }
}

impl Chains {
    /// Adds an item to the list of a key. It must not be there already.
    pub fn link(&mut self, key: u32, item: u32) {
        let key = key as usize;
        if key >= self.heads.len() {
            self.heads.resize(key + 1, NONE);
        }
        let Some(head) = self.heads.get_mut(key) else { return };
        let entry = Entry { item, next: *head };
        if let Some(place) = self.pool.get_mut(self.free as usize) {
            *head = std::mem::replace(&mut self.free, place.next);
            *place = entry;
        } else {
            *head = u32::try_from(self.pool.len()).unwrap_or(NONE);
            self.pool.push(entry);
        }
    }

    /// Takes an item out of the list of a key, if it is there.
    pub fn unlink(&mut self, key: u32, item: u32) {
        let Some(head) = self.heads.get_mut(key as usize) else { return };
        let (mut before, mut at) = (NONE, *head);
        while let Some(entry) = self.pool.get(at as usize).copied() {
            if entry.item != item {
                (before, at) = (at, entry.next);
                continue;
            }
            match self.pool.get_mut(before as usize) {
                Some(before) => before.next = entry.next,
                None => *head = entry.next,
            }
            if let Some(gone) = self.pool.get_mut(at as usize) {
                gone.next = std::mem::replace(&mut self.free, at);
            }
            return;
        }
    }

    /// The list of a key.
    pub fn of(&self, key: u32) -> Chain<'_> {
        Chain { pool: &self.pool, at: self.heads.get(key as usize).copied().unwrap_or(NONE) }
    }

    /// Bytes held on the heap.
    pub fn bytes(&self) -> usize {
        self.heads.capacity() * size_of::<u32>() + self.pool.capacity() * size_of::<Entry>()
    }
}

// === impl Chain ===

impl Iterator for Chain<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let entry = self.pool.get(self.at as usize)?;
        self.at = entry.next;
        Some(entry.item)
    }
}

#[cfg(test)]
mod tests;
