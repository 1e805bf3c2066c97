//! Trees of one trouble, joined over time: a tree whose root is raised while the group stands, or
//! within the reopen window after its end, belongs to the group.

use model::time::Time;

use super::forest::Forest;
use crate::live::episode::{Signature, Slot};

/// The alarms of one fault.
pub(crate) struct Group {
    /// Roots by identity; the first one is the cause.
    pub(crate) roots: Vec<Slot>,
    /// Every alarm, roots included.
    pub(crate) members: Vec<Slot>,
}

/// Groups of a signature, oldest first.
pub(crate) fn groups(forest: &Forest, signature: Signature, reopen_ms: i64) -> Vec<Group> {
    let mut roots: Vec<Slot> = forest.roots(signature).collect();
    roots.sort_by(|a, b| identity(forest, *a).cmp(&identity(forest, *b)));
    let mut groups: Vec<(Group, Time)> = Vec::new();
    for root in roots {
        let mut members = Vec::new();
        forest.tree(root, &mut members);
        let ends = members.iter().filter_map(|slot| forest.get(*slot)).map(|m| m.alarm.cleared.unwrap_or(Time::MAX));
        let end = ends.max().unwrap_or(Time::MAX);
        let raised = forest.get(root).map_or(Time::MAX, |root| root.alarm.raised);
        match groups.last_mut() {
            Some((group, last)) if raised < last.plus_ms(reopen_ms) => {
                group.roots.push(root);
                group.members.append(&mut members);
                *last = end.max(*last);
            }
            _ => groups.push((Group { roots: vec![root], members }, end)),
        }
    }
    groups.into_iter().map(|(group, _)| group).collect()
}

/// Order of episodes that does not depend on how they came.
pub(crate) fn identity(forest: &Forest, slot: Slot) -> Option<(Time, &str, &str)> {
    forest.get(slot).map(|episode| episode.alarm.identity())
}
