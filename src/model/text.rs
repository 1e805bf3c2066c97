//! Text that many records share: names of elements, causes, titles, makers. A carrier's alarms say the
//! same few thousand words over and over, so each is kept once and a copy of it is a pointer.

use std::cell::RefCell;
use std::collections::HashSet;

use serde::{Deserialize, Deserializer};

/// A text that is never changed and cheap to copy. The empty one takes no room.
pub type Text = arcstr::ArcStr;

/// Longer texts hardly repeat.
const SHARED_MAX: usize = 96;
/// Texts of one generation that a thread remembers.
const REMEMBERED: usize = 8_192;

/// Texts that this thread met lately: when the young are many they become the old, and the old are
/// forgotten.
#[derive(Default)]
struct Pool {
    young: HashSet<Text>,
    old: HashSet<Text>,
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

/// The text; the very same one as before if this thread met its equal lately.
pub fn shared(text: &str) -> Text {
    if text.is_empty() {
        return Text::new();
    }
    if text.len() > SHARED_MAX {
        return Text::from(text);
    }
    POOL.with_borrow_mut(|pool| pool.shared(text))
}

/// Reads a text as the very same one that others have too: for `#[serde(deserialize_with)]`.
///
/// # Errors
/// If it is no text.
pub fn read_shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    String::deserialize(deserializer).map(|text| shared(&text))
}

// === impl Pool ===

impl Pool {
    fn shared(&mut self, text: &str) -> Text {
        if let Some(known) = self.young.get(text) {
            return known.clone();
        }
        let found = self.old.get(text).cloned().unwrap_or_else(|| Text::from(text));
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(found.clone());
        found
    }
}

#[cfg(test)]
mod tests;
