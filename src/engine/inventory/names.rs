//! One arena for every string of the inventory: a string is stored once and known by a number, so
//! that 100,000 circuits with their routes fit in tens of megabytes.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Number of an interned string; `Sym::EMPTY` is the empty (absent) one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Sym(pub(crate) u32);

/// The arena.
pub(crate) struct Names {
    text: String,
    ends: Vec<u32>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

// === impl Sym ===

impl Sym {
    pub(crate) const EMPTY: Sym = Sym(0);

    pub(crate) fn is_empty(self) -> bool {
        self == Self::EMPTY
    }
}

// === impl Names ===

impl Names {
    pub(crate) fn new() -> Self {
        Names { text: String::new(), ends: vec![0], index: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }

    /// The string of a number.
    pub(crate) fn get(&self, sym: Sym) -> &str {
        slice(&self.text, &self.ends, sym.0)
    }

    /// The number of a string, if it is known.
    pub(crate) fn find(&self, text: &str) -> Option<Sym> {
        if text.is_empty() {
            return Some(Sym::EMPTY);
        }
        let hash = self.hasher.hash_one(text);
        self.index.find(hash, |id| slice(&self.text, &self.ends, *id) == text).map(|id| Sym(*id))
    }

    /// The number of a string, which becomes known. An arena of 4 GiB is full: what comes then is empty.
    pub(crate) fn intern(&mut self, text: &str) -> Sym {
        if let Some(known) = self.find(text) {
            return known;
        }
        let (Ok(end), Ok(id)) = (u32::try_from(self.text.len() + text.len()), u32::try_from(self.ends.len())) else {
            return Sym::EMPTY;
        };
        self.text.push_str(text);
        self.ends.push(end);
        let (arena, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.index.insert_unique(hasher.hash_one(text), id, |id| hasher.hash_one(slice(arena, ends, *id)));
        Sym(id)
    }

    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        let (arena, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.index.shrink_to_fit(|id| hasher.hash_one(slice(arena, ends, *id)));
    }

    pub(crate) fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 4 + self.index.capacity() * 5
    }
}

/// String number `id`: it ends at `ends[id]` and begins where the one before ended.
fn slice<'a>(text: &'a str, ends: &[u32], id: u32) -> &'a str {
    let id = id as usize;
    let start = id.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(id).copied().unwrap_or(0);
    text.get(start as usize..end as usize).unwrap_or("")
}
