//! Where the episodes in memory are: by object, element and circuit, so that the few that may explain
//! each other are found without looking at all.

use std::collections::{BTreeSet, HashMap};

use model::alarm::ObjectType;
use model::fault::Category;
use model::time::Time;

use crate::chains::{Chain, Chains};
use crate::inventory::names::{Names, Sym};
use crate::inventory::objects::ObjectIx;
use crate::inventory::{CircuitIx, Inventory};
use crate::live::episode::{Episode, Key, Slot};

/// Marks the key of an object that the inventory does not number.
const NAMED: u32 = 1 << 31;

/// The index.
pub(crate) struct Index {
    names: Names,
    /// By the inventory's number of the object.
    by_object: Chains,
    /// On objects that the inventory does not number.
    by_name: HashMap<Key, Vec<Slot>>,
    by_element: HashMap<Key, BTreeSet<(Time, Slot)>>,
    by_circuit: Chains,
    /// Of these, the signals that tell of trouble elsewhere on the route: mostly none.
    signals: Chains,
    managers: Vec<Slot>,
}

// === impl Index ===

impl Index {
    pub(crate) fn new() -> Self {
        Index {
            names: Names::new(),
            by_object: Chains::default(),
            by_name: HashMap::new(),
            by_element: HashMap::new(),
            by_circuit: Chains::default(),
            signals: Chains::default(),
            managers: Vec::new(),
        }
    }

    /// The key of an object; one that the inventory does not number gets a number of ours.
    pub(crate) fn key(&mut self, inventory: &Inventory, kind: ObjectType, id: &str) -> Key {
        match inventory.object_ix(kind, id) {
            Some(ix) => Key(ix.0),
            None => Key(NAMED | (self.names.intern(id).0 << 4) | (kind as u32)),
        }
    }

    /// Number of a maker's word.
    pub(crate) fn word(&mut self, text: &str) -> u32 {
        self.names.intern(text).0
    }

    /// Room taken by names that are not the inventory's.
    pub(crate) fn names_bytes(&self) -> usize {
        self.names.bytes()
    }

    /// The id of an object.
    pub(crate) fn id<'a>(&'a self, inventory: &'a Inventory, key: Key) -> &'a str {
        match known(key) {
            Some(ix) => inventory.objects.get(ix).map_or("", |object| inventory.names.get(object.id)),
            None => self.names.get(Sym((key.0 & !NAMED) >> 4)),
        }
    }

    pub(crate) fn insert(&mut self, inventory: &Inventory, slot: Slot, episode: &Episode, circuits: &[CircuitIx]) {
        match known(episode.object) {
            Some(ix) => self.by_object.link(ix.0, slot),
            None => self.by_name.entry(episode.object).or_default().push(slot),
        }
        for element in elements(inventory, episode) {
            self.by_element.entry(element).or_default().insert((episode.alarm.raised, slot));
        }
        for circuit in circuits {
            self.by_circuit.link(circuit.0, slot);
            if episode.is_signal_below() {
                self.signals.link(circuit.0, slot);
            }
        }
        if episode.category == Category::EmsLink {
            self.managers.push(slot);
        }
    }

    pub(crate) fn remove(&mut self, inventory: &Inventory, slot: Slot, episode: &Episode, circuits: &[CircuitIx]) {
        if let Some(ix) = known(episode.object) {
            self.by_object.unlink(ix.0, slot);
        } else if let Some(slots) = self.by_name.get_mut(&episode.object) {
            slots.retain(|other| *other != slot);
            if slots.is_empty() {
                self.by_name.remove(&episode.object);
            }
        }
        for element in elements(inventory, episode) {
            if let Some(slots) = self.by_element.get_mut(&element) {
                slots.remove(&(episode.alarm.raised, slot));
                if slots.is_empty() {
                    self.by_element.remove(&element);
                }
            }
        }
        for circuit in circuits {
            self.by_circuit.unlink(circuit.0, slot);
            if episode.is_signal_below() {
                self.signals.unlink(circuit.0, slot);
            }
        }
        self.managers.retain(|other| *other != slot);
    }

    /// Episodes on an object.
    pub(crate) fn on_object(&self, key: Key) -> impl Iterator<Item = Slot> + Clone {
        let numbered = known(key).map(|ix| self.by_object.of(ix.0));
        let named = self.by_name.get(&key).filter(|_| numbered.is_none());
        numbered.into_iter().flatten().chain(named.into_iter().flatten().copied())
    }

    /// Episodes that touch a circuit at any time.
    pub(crate) fn on_circuit(&self, circuit: CircuitIx) -> Chain<'_> {
        self.by_circuit.of(circuit.0)
    }

    /// Of the episodes that touch a circuit at any time, those that tell of trouble elsewhere.
    pub(crate) fn signals_on_circuit(&self, circuit: CircuitIx) -> Chain<'_> {
        self.signals.of(circuit.0)
    }

    /// Episodes that may explain this one from where they are.
    pub(crate) fn above(&self, inventory: &Inventory, child: &Episode) -> Vec<Slot> {
        let mut slots = self.around(inventory, child);
        if let Some(object) = known(child.object) {
            inventory.objects.walk_up(object, &mut |ix| {
                let holds = |object: &crate::inventory::objects::Object| {
                    matches!(object.kind, ObjectType::Board | ObjectType::Ne)
                };
                if ix != object && inventory.objects.get(ix).is_some_and(holds) {
                    slots.extend(self.on_object(Key(ix.0)));
                }
            });
        }
        slots.extend(child.element.iter().flat_map(|element| self.on_object(*element)));
        slots.extend_from_slice(&self.managers);
        slots
    }

    /// Episodes that this one may explain from where they are. (A manager's own alarm may explain any.)
    pub(crate) fn below(&self, inventory: &Inventory, parent: &Episode, window_ms: i64) -> Vec<Slot> {
        let from = parent.alarm.raised.plus_ms(-window_ms);
        let to = parent.alarm.cleared.map_or(Time::MAX, |cleared| cleared.plus_ms(window_ms));
        let span = (from, 0)..(to.max(from), 0);
        match parent.category {
            Category::NeUnreachable | Category::Board => elements(inventory, parent)
                .iter()
                .filter_map(|element| self.by_element.get(element))
                .flat_map(|slots| slots.range(span.clone()).map(|(_, slot)| *slot))
                .collect(),
            _ => self.around(inventory, parent),
        }
    }

    /// Episodes on the same object, on the link of a port, on the ports of a link, at a link's other end.
    fn around(&self, inventory: &Inventory, episode: &Episode) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.on_object(episode.object).collect();
        for link in links(inventory, episode.object) {
            slots.extend(self.on_object(link));
            for port in ends(inventory, link).into_iter().filter(|port| *port != episode.object) {
                slots.extend(self.on_object(port));
            }
        }
        if kind(inventory, episode.object) == Some(ObjectType::Link) {
            slots.extend(ends(inventory, episode.object).into_iter().flat_map(|port| self.on_object(port)));
        }
        slots
    }

    /// The episode's object lies below the one with the key.
    pub(crate) fn is_below(&self, inventory: &Inventory, episode: &Episode, key: Key) -> bool {
        if episode.object == key {
            return false;
        }
        let mut below = episode.element == Some(key);
        if let Some(object) = known(episode.object) {
            inventory.objects.walk_up(object, &mut |ix| below |= ix.0 == key.0);
        }
        below
    }

    /// The episode's element belongs to the manager with the key.
    pub(crate) fn is_managed_by(&self, inventory: &Inventory, episode: &Episode, manager: Key) -> bool {
        if episode.object == manager {
            return false;
        }
        let name = self.id(inventory, manager);
        let mut managed = episode.alarm.record.ems_name == name;
        for element in elements(inventory, episode).into_iter().filter_map(known) {
            managed |= inventory.objects.get(element).is_some_and(|ne| inventory.names.get(ne.note) == name);
        }
        managed && !name.is_empty()
    }
}

/// The object in the inventory.
fn known(key: Key) -> Option<ObjectIx> {
    (key.0 & NAMED == 0).then_some(ObjectIx(key.0))
}

/// The type of an object.
pub(crate) fn kind(inventory: &Inventory, key: Key) -> Option<ObjectType> {
    match known(key) {
        Some(ix) => inventory.objects.get(ix).map(|object| object.kind),
        None => ObjectType::ALL.get((key.0 & 15) as usize).copied(),
    }
}

/// Elements that an episode belongs to: its object's (a link has two), else the one its record names.
fn elements(inventory: &Inventory, episode: &Episode) -> Vec<Key> {
    let mut elements: Vec<Key> = episode.element.into_iter().collect();
    if let Some(object) = known(episode.object) {
        inventory.objects.walk_up(object, &mut |ix| {
            if inventory.objects.get(ix).is_some_and(|object| object.kind == ObjectType::Ne) {
                elements.push(Key(ix.0));
            }
        });
    } else if kind(inventory, episode.object) == Some(ObjectType::Ne) {
        elements.push(episode.object);
    }
    elements.sort_unstable();
    elements.dedup();
    elements
}

/// The links that end at a port.
pub(crate) fn links(inventory: &Inventory, key: Key) -> Vec<Key> {
    match known(key).filter(|_| kind(inventory, key) == Some(ObjectType::Port)) {
        Some(port) => inventory.objects.below(port).iter().map(|link| Key(link.0)).collect(),
        None => Vec::new(),
    }
}

/// The ports at the ends of a link.
pub(crate) fn ends(inventory: &Inventory, key: Key) -> Vec<Key> {
    let link = known(key).and_then(|ix| inventory.objects.get(ix)).filter(|object| object.kind == ObjectType::Link);
    link.map(|link| link.above.iter().flatten().map(|port| Key(port.0)).collect()).unwrap_or_default()
}

/// One is a link and the other a port at its end.
pub(crate) fn joined(inventory: &Inventory, one: Key, other: Key) -> bool {
    ends(inventory, one).contains(&other) || ends(inventory, other).contains(&one)
}
