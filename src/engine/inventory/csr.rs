//! A map from dense numbers to lists, as two flat arrays (compressed sparse rows): no allocation per
//! key, and a list is one contiguous slice.

/// Lists of `T` by number.
pub(crate) struct Csr<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Ord> Csr<T> {
    /// From pairs; each list comes out sorted and without repeats.
    pub(crate) fn from_pairs(keys: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0u32; keys + 1];
        for (key, _) in &pairs {
            if let Some(count) = starts.get_mut(*key as usize + 1) {
                *count += 1;
            }
        }
        let mut total = 0u32;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        // From a slice: `into_iter` would collect in place and keep the room of the pairs.
        Csr { starts, items: pairs.iter().map(|(_, item)| *item).collect() }
    }

    /// The list of a number; empty if there is none.
    pub(crate) fn of(&self, key: u32) -> &[T] {
        let key = key as usize;
        let (Some(start), Some(end)) = (self.starts.get(key), self.starts.get(key + 1)) else { return &[] };
        self.items.get(*start as usize..*end as usize).unwrap_or(&[])
    }

    pub(crate) fn bytes(&self) -> usize {
        self.starts.capacity() * 4 + self.items.capacity() * size_of::<T>()
    }
}
