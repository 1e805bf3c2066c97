//! What the rows of a class refer to, and whether it is there. Only a missing mandatory parent holds a
//! row back; any other missing reference is an issue.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use model::resource::{Class, Row};
use store::resource::rows_of_class;
use store::{StoreError, Tx};

use super::diff::wide;

/// References within a class that are looked at again when all its rows are known.
const LATER_MAX: usize = 10_000;

/// The keys that rows of one class may refer to, 16 bytes each.
pub(super) struct Parents {
    class: Class,
    references: Vec<Reference>,
    /// Keys of the class itself, where it refers to itself.
    own: Option<HashSet<u128>>,
    /// Row number, key and parent of references to rows that may still come.
    later: Vec<(u64, String, String)>,
}

struct Reference {
    column: usize,
    name: &'static str,
    to: Class,
    mandatory: bool,
    keys: Arc<HashSet<u128>>,
}

/// What is missing of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It must wait.
    Parent(String),
    /// It can be loaded all the same.
    Optional(String),
}

// === impl Parents ===

impl Parents {
    /// Reads the keys of every class that rows of `class` refer to.
    pub(super) async fn read(tx: &mut Tx, class: Class) -> Result<Self, StoreError> {
        let mut read: HashMap<Class, Arc<HashSet<u128>>> = HashMap::new();
        let mut references = Vec::new();
        let mut own = None;
        for (column, described) in class.columns().iter().enumerate() {
            let Some(to) = described.refers else { continue };
            if to == class {
                own = Some(HashSet::new());
                continue;
            }
            let keys = match read.entry(to) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(empty) => Arc::clone(empty.insert(Arc::new(keys_of(tx, to).await?))),
            };
            references.push(Reference { column, name: described.name, to, mandatory: described.mandatory, keys });
        }
        Ok(Parents { class, references, own, later: Vec::new() })
    }

    /// A row of the class itself exists.
    pub(super) fn know(&mut self, row: &Row) {
        if let Some(own) = &mut self.own {
            own.insert(wide(&row.key()));
        }
    }

    /// What is missing of a row, mandatory parents first.
    pub(super) fn missing(&self, row: &Row) -> Vec<Missing> {
        let mut missing: Vec<Missing> = Vec::new();
        for reference in &self.references {
            let value = row.cells.get(reference.column).map_or("", String::as_str);
            if value.is_empty() || reference.keys.contains(&wide(value)) {
                continue;
            }
            let reason = format!("{} {value}: there is no such {}", reference.name, reference.to);
            match reference.mandatory {
                true => missing.insert(0, Missing::Parent(reason)),
                false => missing.push(Missing::Optional(reason)),
            }
        }
        missing
    }

    /// Notes what a row refers to within its own class.
    pub(super) fn look_later(&mut self, number: u64, row: &Row) {
        if self.own.is_none() || self.later.len() >= LATER_MAX {
            return;
        }
        for (column, described) in self.class.columns().iter().enumerate() {
            let value = row.cells.get(column).map_or("", String::as_str);
            if described.refers == Some(self.class) && !value.is_empty() {
                self.later.push((number, row.key(), value.to_owned()));
            }
        }
    }

    /// References within the class that lead nowhere, when all rows are known.
    pub(super) fn dangling(&mut self) -> Vec<(u64, String, String)> {
        let own = self.own.as_ref();
        let later = std::mem::take(&mut self.later);
        let dangling = later.into_iter().filter(|(_, _, to)| !own.is_some_and(|own| own.contains(&wide(to))));
        dangling.map(|(number, key, to)| (number, key, format!("there is no {} {to}", self.class))).collect()
    }
}

async fn keys_of(tx: &mut Tx, class: Class) -> Result<HashSet<u128>, StoreError> {
    let mut keys = HashSet::new();
    rows_of_class(tx, class, |row| {
        keys.insert(wide(&row.key()));
    })
    .await?;
    Ok(keys)
}
