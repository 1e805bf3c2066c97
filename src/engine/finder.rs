//! Finds the places of things by a key that the things themselves hold: an entry is a number in a
//! hash table, not a second copy of the key.

use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

/// Places by key; several things may have one key.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

// === impl Finder ===

impl Finder {
    /// Adds the place of a thing. `key_of` tells the key of what is at a place; when the table grows it
    /// is asked of all.
    pub fn add<K: Hash>(&mut self, key: &K, place: u32, key_of: impl Fn(u32) -> Option<K>) {
        let hasher = &self.hasher;
        let hash_of = |place: &u32| key_of(*place).map_or(0, |key| hasher.hash_one(key));
        self.table.insert_unique(hasher.hash_one(key), place, hash_of);
    }

    /// Takes a place out, if it is there under the key.
    pub fn remove<K: Hash>(&mut self, key: &K, place: u32) {
        if let Ok(held) = self.table.find_entry(self.hasher.hash_one(key), |held| *held == place) {
            held.remove();
        }
    }

    /// The place is there under the key.
    pub fn holds<K: Hash>(&self, key: &K, place: u32) -> bool {
        self.find(key, |held| held == place).is_some()
    }

    /// The place of a thing with the key; `is` tells whether what is at a place has it.
    pub fn find<K: Hash>(&self, key: &K, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.table.find(self.hasher.hash_one(key), |place| is(*place)).copied()
    }

    /// The places of things that may have the key, in no order: others may be among them.
    pub fn candidates<'a, K: Hash>(&'a self, key: &K) -> impl Iterator<Item = u32> + use<'a, K> {
        self.table.iter_hash(self.hasher.hash_one(key)).copied()
    }

    /// Bytes held on the heap.
    pub fn bytes(&self) -> usize {
        self.table.capacity() * (size_of::<u32>() + 1)
    }
}

#[cfg(test)]
mod tests;
