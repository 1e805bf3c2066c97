//! What was wrong with the files, row by row. The good rows count all the same.

/// Issues kept; further ones are only counted.
const KEPT_MAX: usize = 1_000;

/// One thing that was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// File, or class and key of a resource.
    pub place: String,
    /// Line in the file.
    pub line: Option<u64>,
    /// What is wrong and what we did.
    pub reason: String,
}

/// Everything that was wrong, the first thousand in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issues {
    kept: Vec<Issue>,
    total: usize,
}

// === impl Issue ===

impl std::fmt::Display for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.place, self.reason),
            None => write!(f, "{}: {}", self.place, self.reason),
        }
    }
}

// === impl Issues ===

impl Issues {
    /// Writes one down.
    pub fn add(&mut self, place: impl Into<String>, line: Option<u64>, reason: impl Into<String>) {
        self.total += 1;
        if self.kept.len() < KEPT_MAX {
            self.kept.push(Issue { place: place.into(), line, reason: reason.into() });
        }
    }

    /// Adds those of another file.
    pub fn append(&mut self, other: Issues) {
        self.total += other.total;
        self.kept.extend(other.kept.into_iter().take(KEPT_MAX.saturating_sub(self.kept.len())));
    }

    /// The first of them.
    pub fn kept(&self) -> &[Issue] {
        &self.kept
    }

    /// How many there were.
    pub fn total(&self) -> usize {
        self.total
    }
}
