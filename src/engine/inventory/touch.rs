//! From an alarm's object to the circuits it touches (semantics §2), and back from a circuit to the
//! objects whose alarms could touch it.

use std::collections::{BTreeMap, BTreeSet};

use model::alarm::{AlarmRecord, ObjectType};
use model::time::Window;

use super::names::Sym;
use super::objects::{ObjectIx, Objects};
use super::routes::{AltIx, Routes, union};
use super::{CircuitIx, Inventory};

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// Type of the object.
    pub object_type: Option<ObjectType>,
    /// Its id.
    pub object_id: &'a str,
    /// Element that the record names.
    pub ne_id: &'a str,
    /// Circuits that the record names.
    pub circuit_codes: &'a [String],
}

/// One circuit that an alarm touches, where, and during which validity of the route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// Circuit.
    pub circuit: CircuitIx,
    /// Where.
    pub place: Place,
    /// While the route runs there. Windows of one (circuit, place) are disjoint and sorted.
    pub valid: Window,
}

/// Where an alarm touches a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The circuit as a whole.
    Whole,
    /// One alternative of one segment of its route.
    Alternative {
        /// Segment.
        segment: u16,
        /// Alternative.
        alternative: u16,
    },
}

/// What an alarm touches, in numbers: the form that the live state counts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Circuits touched as a whole, sorted.
    pub(crate) whole: Vec<CircuitIx>,
    /// Alternatives with the validity of the touch: sorted, windows of one alternative disjoint.
    pub(crate) alternatives: Vec<(AltIx, Window)>,
}

// === impl Subject ===

impl<'a> Subject<'a> {
    /// What a record is about. An alarm on an element that repeats no object id means its `neId`.
    pub fn of(record: &'a AlarmRecord) -> Self {
        let own = record.object_id.as_str();
        let is_ne = record.object_type == Some(ObjectType::Ne);
        Subject {
            object_type: record.object_type,
            object_id: if own.is_empty() && is_ne { &record.ne_id } else { own },
            ne_id: &record.ne_id,
            circuit_codes: &record.circuit_codes,
        }
    }
}

// === impl Inventory ===

impl Inventory {
    /// Every (circuit, place, route validity) that an alarm touches, sorted by circuit and place;
    /// once per alternative however many hops it touches. `out` is cleared first.
    pub fn touches(&self, subject: &Subject<'_>, out: &mut Vec<Touch>) {
        out.clear();
        let reach = self.reach(subject);
        out.extend(reach.whole.iter().map(|circuit| Touch {
            circuit: *circuit,
            place: Place::Whole,
            valid: Window::ALWAYS,
        }));
        out.extend(reach.alternatives.iter().filter_map(|(alt, valid)| {
            let head = self.routes.head(*alt)?;
            let place = Place::Alternative { segment: head.segment, alternative: head.alternative };
            Some(Touch { circuit: CircuitIx(head.circuit), place, valid: *valid })
        }));
        out.sort_unstable();
    }

    pub(crate) fn reach(&self, subject: &Subject<'_>) -> Reach {
        Reach { whole: self.reach_whole(subject), alternatives: self.reach_alternatives(subject) }
    }

    fn reach_whole(&self, subject: &Subject<'_>) -> Vec<CircuitIx> {
        let mut whole: Vec<CircuitIx> = subject.circuit_codes.iter().filter_map(|code| self.circuit_ix(code)).collect();
        match subject.object_type {
            Some(ObjectType::Circuit) => whole.extend(self.circuit_ix(subject.object_id)),
            Some(ObjectType::Vpn) => whole.extend(self.circuits_of_vpn(subject.object_id)),
            _ => {}
        }
        whole.sort_unstable();
        whole.dedup();
        whole
    }

    fn reach_alternatives(&self, subject: &Subject<'_>) -> Vec<(AltIx, Window)> {
        let Some(kind) = subject.object_type else { return Vec::new() };
        let Some(object) = self.object_ix(kind, subject.object_id) else { return Vec::new() };
        let mut raw: Vec<(AltIx, u32)> = Vec::new();
        let mut objects = 0;
        self.objects.walk_down(object, &mut |ix| {
            objects += usize::from(!self.routes.uses(ix).is_empty());
            raw.extend_from_slice(self.routes.uses(ix));
        });
        if objects > 1 {
            // Several sorted lists: they are merged, which this sort does and the unstable one does not.
            raw.sort();
            raw.dedup();
        }
        self.join_windows(&raw)
    }

    /// Joins the windows of each alternative, so that the alarm counts once at any time.
    fn join_windows(&self, raw: &[(AltIx, u32)]) -> Vec<(AltIx, Window)> {
        let mut out = Vec::with_capacity(raw.len());
        for group in raw.chunk_by(|a, b| a.0 == b.0) {
            match group {
                [(alt, window)] => {
                    let valid = self.routes.window(*window);
                    out.extend((!valid.is_empty()).then_some((*alt, valid)));
                }
                [(alt, _), ..] => {
                    let windows = group.iter().map(|(_, window)| self.routes.window(*window)).collect();
                    out.extend(union(windows).into_iter().map(|valid| (*alt, valid)));
                }
                [] => {}
            }
        }
        out
    }

    /// Circuits that an alarm touches at some time of a window, or at its start if it is empty; by code.
    pub fn circuits_touched(&self, subject: &Subject<'_>, window: Window) -> Vec<CircuitIx> {
        self.reach(subject).circuits(self, |valid| valid.end > window.start && valid.start <= window.end)
    }

    /// The circuits of a VPN, by code.
    pub fn circuits_of_vpn(&self, vpn_id: &str) -> Vec<CircuitIx> {
        let Some(vpn) = self.names.find(vpn_id).filter(|sym| !sym.is_empty()) else { return Vec::new() };
        let start = self.vpns.partition_point(|(id, _)| *id < vpn);
        self.vpns.iter().skip(start).take_while(|(id, _)| *id == vpn).map(|(_, circuit)| *circuit).collect()
    }

    /// Is the object in the inventory? An unknown one is listed for reconciliation. An EMS is always known.
    pub fn knows(&self, subject: &Subject<'_>) -> bool {
        match subject.object_type {
            Some(ObjectType::Ems) => true,
            Some(ObjectType::Circuit) => self.circuit_ix(subject.object_id).is_some(),
            Some(ObjectType::Vpn) => !self.circuits_of_vpn(subject.object_id).is_empty(),
            // No table lists shelves and time slots: their element stands for them.
            Some(ObjectType::Shelf) => self.object_ix(ObjectType::Ne, subject.ne_id).is_some(),
            Some(ObjectType::Ctp) => {
                self.object_ix(ObjectType::Ctp, subject.object_id).is_some()
                    || self.object_ix(ObjectType::Ne, subject.ne_id).is_some()
            }
            Some(kind) => self.object_ix(kind, subject.object_id).is_some(),
            None => false,
        }
    }

    /// Every object whose alarm could touch the circuit at any time, sorted: its hops, what is above
    /// them, the ports of its links and what is above those, the circuit itself and its VPN.
    /// (A record's `circuitCodes` may name the circuit from any other object too.)
    pub fn subject_keys(&self, circuit: CircuitIx) -> Vec<(ObjectType, String)> {
        let mut keys: BTreeSet<(ObjectType, String)> = BTreeSet::new();
        for ix in self.objects_of_circuit(circuit) {
            if let Some(object) = self.objects.get(ix) {
                keys.insert((object.kind, self.names.get(object.id).to_owned()));
            }
        }
        if let Some(row) = self.circuit(circuit) {
            keys.insert((ObjectType::Circuit, row.code.to_owned()));
            if !row.vpn.is_empty() {
                keys.insert((ObjectType::Vpn, row.vpn.to_owned()));
            }
        }
        keys.into_iter().collect()
    }

    fn objects_of_circuit(&self, circuit: CircuitIx) -> BTreeSet<ObjectIx> {
        let mut objects = BTreeSet::new();
        for hop in self.routes.of_circuit(circuit.0).flat_map(|alt| self.routes.hops(alt)) {
            self.objects.walk_up(hop.object, &mut |ix| {
                objects.insert(ix);
            });
        }
        objects
    }

    /// Does an alarm on this subject touch this hop: is its object the hop, above it, or above an end of it?
    pub fn touches_hop(&self, subject: &Subject<'_>, kind: ObjectType, id: &str) -> bool {
        let named = subject.object_type.and_then(|kind| self.object_ix(kind, subject.object_id));
        let (Some(object), Some(hop)) = (named, self.object_ix(kind, id)) else { return false };
        let mut touched = false;
        self.objects.walk_up(hop, &mut |ix| touched |= ix == object);
        touched
    }

    /// Names of the managers that observe a hop of the circuit (`NE.emsName`), sorted.
    pub fn observers_of(&self, circuit: CircuitIx) -> Vec<&str> {
        let elements = self.objects_of_circuit(circuit).into_iter().filter_map(|ix| self.objects.get(ix));
        let names: BTreeSet<&str> =
            elements.filter(|object| object.kind == ObjectType::Ne).map(|ne| self.names.get(ne.note)).collect();
        names.into_iter().filter(|name| !name.is_empty()).collect()
    }

    /// Circuits with a hop that a manager observes, by code.
    pub fn observed_by(&self, ems_name: &str) -> &[CircuitIx] {
        let ems = self.names.find(ems_name).filter(|sym| !sym.is_empty());
        ems.and_then(|ems| self.observed.get(&ems)).map_or(&[], |circuits| circuits)
    }
}

/// The circuits that each manager observes. They are asked for where an alarm waits, so they are found while
/// the inventory is made.
pub(super) fn observed(objects: &Objects, routes: &Routes, circuits: usize) -> BTreeMap<Sym, Box<[CircuitIx]>> {
    let mut elements: BTreeMap<Sym, Vec<ObjectIx>> = BTreeMap::new();
    for (ix, object) in objects.all().filter(|(_, object)| object.kind == ObjectType::Ne && !object.note.is_empty()) {
        elements.entry(object.note).or_default().push(ix);
    }
    let circuits_of = |elements: Vec<ObjectIx>| {
        let mut seen = vec![false; circuits];
        for ne in elements {
            objects.walk_down(ne, &mut |ix| {
                for (alt, _) in routes.uses(ix) {
                    let circuit = routes.head(*alt).map(|head| head.circuit as usize);
                    if let Some(seen) = circuit.and_then(|circuit| seen.get_mut(circuit)) {
                        *seen = true;
                    }
                }
            });
        }
        (0u32..).zip(&seen).filter(|(_, seen)| **seen).map(|(ix, _)| CircuitIx(ix)).collect()
    };
    elements.into_iter().map(|(ems, elements)| (ems, circuits_of(elements))).collect()
}
