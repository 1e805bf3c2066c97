//! What of a file could not be read. The list is bounded, the count is not.

use std::fmt;

/// Issues that are kept; all are counted.
const KEPT_MAX: usize = 200;
/// Characters of a text out of the file that an issue repeats.
const SHOWN_MAX: usize = 80;

/// Something in a file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column, counter or element; empty if it is about the whole row.
    pub place: String,
    /// What is wrong and what was done.
    pub reason: String,
}

/// The issues of a file.
#[derive(Clone, Debug, Default)]
pub struct Issues {
    kept: Vec<Issue>,
    total: u64,
}

// === impl Issues ===

impl Issues {
    /// The first ones.
    pub fn kept(&self) -> &[Issue] {
        &self.kept
    }

    /// How many there are altogether.
    pub fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn add(&mut self, line: u64, place: &str, reason: impl fmt::Display) {
        self.total += 1;
        if self.kept.len() < KEPT_MAX {
            self.kept.push(Issue { line, place: shown(place), reason: reason.to_string() });
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.reason),
            place => write!(f, "line {}, {place}: {}", self.line, self.reason),
        }
    }
}

/// A text out of a file, short enough for a message.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
