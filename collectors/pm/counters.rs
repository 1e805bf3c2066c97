//! Numbered counters of the XML dialects: names are told once with a number each, values come by number, and
//! nearly always in the order of the names.

use std::collections::HashMap;

use crate::pm::columns::COUNTERS_MAX;

/// Names by number.
#[derive(Debug, Default)]
pub(super) struct Counters {
    names: Vec<String>,
    numbers: Vec<u32>,
    by_number: HashMap<u32, usize>,
    /// Where the next value probably goes.
    next: usize,
}

// === impl Counters ===

impl Counters {
    /// A name with its number.
    ///
    /// # Errors
    /// A sentence if the number is none or is taken, or the list is full.
    pub(super) fn add(&mut self, number: &str, name: &str) -> Result<(), String> {
        let read = number.trim().parse().map_err(|_| format!("{number:?} is no number of a counter"))?;
        if self.names.len() >= COUNTERS_MAX {
            return Err(format!("more than {COUNTERS_MAX} counters; this one is left out"));
        }
        if self.by_number.contains_key(&read) {
            return Err(format!("the number {read} is taken already; this counter is left out"));
        }
        self.by_number.insert(read, self.names.len());
        self.numbers.push(read);
        self.names.push(name.to_owned());
        Ok(())
    }

    /// The next name, numbered by its place.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub(super) fn add_next(&mut self, name: &str) -> Result<(), String> {
        self.add(&(self.names.len() + 1).to_string(), name)
    }

    /// Where the counter with a number is.
    ///
    /// # Errors
    /// A sentence if there is none.
    pub(super) fn find(&mut self, number: &str) -> Result<usize, String> {
        let unknown = || format!("no counter has the number {:?}; the value is left out", super::issue::shown(number));
        let read: u32 = number.trim().parse().map_err(|_| unknown())?;
        let at = match self.numbers.get(self.next) {
            Some(next) if *next == read => self.next,
            _ => *self.by_number.get(&read).ok_or_else(unknown)?,
        };
        self.next = at + 1;
        Ok(at)
    }

    /// An object begins.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}
