//! The inventory for reasoning: objects, routes, circuits and customers, interned and immutable.
//! It is built whole from the rows of the resource classes, shared by `Arc` and swapped whole after
//! a load. Numbers ([`CircuitIx`], [`CustomerIx`]) are valid for one inventory only; across a swap a
//! circuit is known by its code.

mod builder;
mod circuits;
mod csr;
mod ends;
mod finish;
pub(crate) mod names;
pub(crate) mod objects;
pub(crate) mod routes;
pub(crate) mod touch;

use std::collections::{BTreeMap, BTreeSet};

use model::alarm::ObjectType;
use model::resource::{Class, Row};
use model::time::Window;

pub use builder::Builder;
pub use circuits::{Circuit, CircuitIx, Customer, CustomerIx};
pub use routes::{Alternative, Hop};
pub use touch::{Place, Subject, Touch};

use circuits::{CircuitRow, CustomerRow};
use csr::Csr;
use names::{Names, Sym};
use objects::{ObjectIx, Objects};
use routes::Routes;

/// Depth to which customers may be nested; deeper ones are cut off (a cycle would have no end).
const CUSTOMER_DEPTH_MAX: usize = 16;

/// Something wrong with the data that does not stop us, for people to reconcile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataIssue {
    /// Class of the row.
    pub class: Class,
    /// Its key.
    pub key: String,
    /// What is wrong and what we did, as the end of a sentence that begins with class and key.
    pub reason: String,
}

/// A network object as it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectView<'a> {
    /// Its name; empty if it has none or no row defines it.
    pub name: &'a str,
    /// NE: its manager's name. BOARD: slot. PORT: port type. LINK: link type.
    pub note: &'a str,
    /// Id of its element; empty for a link (it has two ends) and where it is not known.
    pub ne_id: &'a str,
    /// Name of its element.
    pub ne_name: &'a str,
    /// A link's ports (A, Z); empty otherwise.
    pub ends: [&'a str; 2],
}

/// Where an element stands. Absent text is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Site<'a> {
    /// Name of its room (else id).
    pub room: &'a str,
    /// Name of the room's region (else id).
    pub region: &'a str,
}

/// Objects, routes, circuits and customers.
pub struct Inventory {
    pub(crate) names: Names,
    pub(crate) objects: Objects,
    pub(crate) routes: Routes,
    circuits: Vec<CircuitRow>,
    code_digests: Vec<u64>,
    customers: Vec<CustomerRow>,
    by_customer: Csr<CircuitIx>,
    children: Csr<CustomerIx>,
    vpns: Vec<(Sym, CircuitIx)>,
    ends: Vec<(Sym, CircuitIx)>,
    /// Circuits by the manager that observes them.
    observed: BTreeMap<Sym, Box<[CircuitIx]>>,
    /// Room and region of each element of which that is known.
    sites: BTreeMap<ObjectIx, (Sym, Sym)>,
    revision: i64,
}

// === impl Inventory ===

impl Inventory {
    /// Builds the inventory from rows of any class in any order. [`Builder`] takes them one at a time.
    pub fn build<'a>(rows: impl IntoIterator<Item = &'a Row>) -> (Inventory, Vec<DataIssue>) {
        let mut builder = Builder::new();
        rows.into_iter().for_each(|row| builder.add(row));
        builder.finish()
    }

    fn assemble(
        names: Names,
        objects: Objects,
        routes: Routes,
        circuits: Vec<CircuitRow>,
        customers: Vec<CustomerRow>,
    ) -> Self {
        let numbered = || finish::numbered(&circuits);
        let owned = numbered().filter_map(|(ix, row)| row.customer.map(|customer| (customer.0, ix))).collect();
        let parents = (0u32..).zip(&customers).filter_map(|(ix, row)| row.parent.map(|up| (up.0, CustomerIx(ix))));
        let mut vpns: Vec<_> =
            numbered().filter(|(_, row)| !row.vpn.is_empty()).map(|(ix, row)| (row.vpn, ix)).collect();
        vpns.sort_unstable();
        let by_customer = Csr::from_pairs(customers.len(), owned);
        let code_digests = circuits.iter().map(|row| finish::digest(names.get(row.code))).collect();
        let children = Csr::from_pairs(customers.len(), parents.collect());
        let observed = touch::observed(&objects, &routes, circuits.len());
        let ends = ends::ends(&circuits);
        Inventory {
            names,
            objects,
            routes,
            by_customer,
            children,
            circuits,
            code_digests,
            customers,
            vpns,
            ends,
            observed,
            sites: BTreeMap::new(),
            revision: 0,
        }
    }

    /// Of which revision the rows are that it was built from ([`Builder::of_revision`]).
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Number of circuits; their numbers are `0..circuits_total()`.
    pub fn circuits_total(&self) -> usize {
        self.circuits.len()
    }

    /// Every circuit, by code.
    pub fn circuits(&self) -> impl ExactSizeIterator<Item = (CircuitIx, Circuit<'_>)> {
        self.circuits.iter().enumerate().map(|(i, row)| {
            let ix = CircuitIx(u32::try_from(i).unwrap_or(u32::MAX));
            (ix, row.read(&self.names))
        })
    }

    /// One circuit.
    pub fn circuit(&self, ix: CircuitIx) -> Option<Circuit<'_>> {
        self.circuits.get(ix.0 as usize).map(|row| row.read(&self.names))
    }

    /// The circuit with a code.
    pub fn circuit_ix(&self, code: &str) -> Option<CircuitIx> {
        let found = self.circuits.binary_search_by(|row| self.names.get(row.code).cmp(code)).ok()?;
        u32::try_from(found).ok().map(CircuitIx)
    }

    /// A circuit's code; empty if there is no such circuit.
    pub fn circuit_code(&self, ix: CircuitIx) -> &str {
        self.circuits.get(ix.0 as usize).map_or("", |row| self.names.get(row.code))
    }

    pub(crate) fn circuit_rows(&self) -> impl Iterator<Item = (CircuitIx, &CircuitRow)> {
        finish::numbered(&self.circuits)
    }

    pub(crate) fn circuit_row(&self, ix: CircuitIx) -> Option<&CircuitRow> {
        self.circuits.get(ix.0 as usize)
    }

    /// The customer of a circuit, where nothing else of it is wanted.
    pub fn customer_of(&self, ix: CircuitIx) -> Option<CustomerIx> {
        self.circuits.get(ix.0 as usize)?.customer
    }

    /// The customers of some circuits, each once, by number.
    pub fn customers_of(&self, circuits: impl IntoIterator<Item = CircuitIx>) -> Vec<CustomerIx> {
        let mut owners: Vec<CustomerIx> = circuits.into_iter().filter_map(|ix| self.customer_of(ix)).collect();
        if owners.len() < self.customers.len() {
            owners.sort_unstable();
            owners.dedup();
            return owners;
        }
        // Ten thousand circuits of a few thousand customers: to mark them is quicker than to sort them.
        let mut owns = vec![false; self.customers.len()];
        for owner in owners {
            if let Some(owns) = owns.get_mut(owner.0 as usize) {
                *owns = true;
            }
        }
        (0u32..).zip(owns).filter(|(_, owns)| *owns).map(|(ix, _)| CustomerIx(ix)).collect()
    }

    /// A number that stands for a circuit's code: the same in any inventory, other than most others.
    pub(crate) fn code_digest(&self, ix: CircuitIx) -> u64 {
        self.code_digests.get(ix.0 as usize).copied().unwrap_or(0)
    }

    /// Some segment of its route has a spare way. (The access at either end hardly ever has; people call
    /// a circuit protected when its backbone is.)
    pub fn is_protected(&self, ix: CircuitIx) -> bool {
        self.routes.of_circuit(ix.0).any(|alt| self.routes.head(alt).is_some_and(|head| head.alternative > 1))
    }

    /// Every customer, by number.
    pub fn customers(&self) -> impl ExactSizeIterator<Item = (CustomerIx, Customer<'_>)> {
        self.customers.iter().enumerate().map(|(i, row)| {
            let ix = CustomerIx(u32::try_from(i).unwrap_or(u32::MAX));
            (ix, row.read(&self.names))
        })
    }

    /// One customer.
    pub fn customer(&self, ix: CustomerIx) -> Option<Customer<'_>> {
        self.customers.get(ix.0 as usize).map(|row| row.read(&self.names))
    }

    /// The parent of a customer.
    pub fn parent_of(&self, ix: CustomerIx) -> Option<CustomerIx> {
        self.customers.get(ix.0 as usize)?.parent
    }

    /// The customer with a number.
    pub fn customer_ix(&self, no: &str) -> Option<CustomerIx> {
        let found = self.customers.binary_search_by(|row| self.names.get(row.no).cmp(no)).ok()?;
        u32::try_from(found).ok().map(CustomerIx)
    }

    /// The customer's own circuits, by code.
    pub fn circuits_of_customer(&self, customer: CustomerIx) -> &[CircuitIx] {
        self.by_customer.of(customer.0)
    }

    /// The customer's direct children, by number.
    pub fn children_of_customer(&self, customer: CustomerIx) -> &[CustomerIx] {
        self.children.of(customer.0)
    }

    /// The customer, its children, their children…, sorted.
    pub fn family_of_customer(&self, customer: CustomerIx) -> Vec<CustomerIx> {
        let mut family = vec![customer];
        let mut last = vec![customer];
        for _ in 0..CUSTOMER_DEPTH_MAX {
            last = last.iter().flat_map(|up| self.children_of_customer(*up)).copied().collect();
            last.retain(|child| !family.contains(child));
            family.extend_from_slice(&last);
        }
        family.sort_unstable();
        family.dedup();
        family
    }

    /// Customers that had a circuit in service in a period, their own or one of a customer below them.
    pub fn served_in(&self, period: Window) -> Vec<CustomerIx> {
        let served = self.circuits.iter().filter(|row| row.in_service.cut(period).is_some());
        let mut found: BTreeSet<CustomerIx> = BTreeSet::new();
        for owner in served.filter_map(|row| row.customer) {
            let mut at = Some(owner);
            // Whoever was met before has everybody above it already.
            while let Some(customer) = at.filter(|customer| found.insert(*customer)) {
                at = self.parent_of(customer);
            }
        }
        found.into_iter().collect()
    }

    /// Circuits of a customer and of those below it that were in service in a period, by code.
    pub fn circuits_served(&self, customer: CustomerIx, period: Window) -> Vec<CircuitIx> {
        let family = self.family_of_customer(customer);
        let all = family.iter().flat_map(|member| self.circuits_of_customer(*member)).copied();
        let served = |ix: &CircuitIx| self.circuit_row(*ix).is_some_and(|row| row.in_service.cut(period).is_some());
        let mut circuits: Vec<CircuitIx> = all.filter(served).collect();
        circuits.sort_unstable();
        circuits
    }

    /// A circuit's route: its alternatives by (segment, alternative), every version of every hop.
    pub fn routes(&self, circuit: CircuitIx) -> Vec<Alternative<'_>> {
        let read = |alt| {
            let head = self.routes.head(alt)?;
            let hops = self.routes.hops(alt).iter().filter_map(|hop| self.hop(hop)).collect();
            Some(Alternative { segment: head.segment, alternative: head.alternative, hops })
        };
        self.routes.of_circuit(circuit.0).filter_map(read).collect()
    }

    fn hop(&self, stored: &routes::StoredHop) -> Option<Hop<'_>> {
        let object = self.objects.get(stored.object)?;
        Some(Hop {
            hop: stored.hop,
            object_type: object.kind,
            object_id: self.names.get(object.id),
            timeslot: self.names.get(stored.timeslot),
            valid: self.routes.window(stored.valid),
        })
    }

    pub(crate) fn object_ix(&self, kind: ObjectType, id: &str) -> Option<ObjectIx> {
        self.objects.find(kind, self.names.find(id).filter(|sym| !sym.is_empty())?)
    }

    /// What is known of an object; `None` for a circuit, a VPN, or an object nobody named.
    pub fn object(&self, kind: ObjectType, id: &str) -> Option<ObjectView<'_>> {
        let ix = self.object_ix(kind, id)?;
        let object = self.objects.get(ix)?;
        let id_of = |ix| self.objects.get(ix).map_or("", |object| self.names.get(object.id));
        let ne = self.objects.element(ix);
        let ends = if kind == ObjectType::Link { object.above.map(|end| end.map_or("", id_of)) } else { ["", ""] };
        Some(ObjectView {
            name: self.names.get(object.name),
            note: self.names.get(object.note),
            ne_id: ne.map_or("", id_of),
            ne_name: ne.map_or("", |ne| self.objects.name(&self.names, ne)),
            ends,
        })
    }

    /// Where an object stands; a link's two ends (A, Z), each as far as it is known.
    pub fn sites_of(&self, kind: ObjectType, id: &str) -> Vec<Site<'_>> {
        let Some(ix) = self.object_ix(kind, id) else { return Vec::new() };
        let ends = match (kind, self.objects.get(ix)) {
            (ObjectType::Link, Some(link)) => link.above.to_vec(),
            _ => vec![Some(ix)],
        };
        let element = |end: Option<ObjectIx>| end.and_then(|end| self.objects.element(end));
        let site = |ne: ObjectIx| {
            let (room, region) = *self.sites.get(&ne)?;
            Some(Site { room: self.names.get(room), region: self.names.get(region) })
        };
        ends.into_iter().map(|end| element(end).and_then(site).unwrap_or_default()).collect()
    }

    /// An object's name (also a circuit's); empty if there is none.
    pub fn name_of(&self, kind: ObjectType, id: &str) -> &str {
        match kind {
            ObjectType::Circuit => self.circuit_ix(id).and_then(|ix| self.circuit(ix)).map_or("", |c| c.name),
            _ => self.object(kind, id).map_or("", |object| object.name),
        }
    }

    /// Bytes held on the heap, near enough to budget by.
    pub fn bytes(&self) -> usize {
        self.names.bytes()
            + self.objects.bytes()
            + self.routes.bytes()
            + self.circuits.capacity() * (size_of::<CircuitRow>() + size_of::<u64>())
            + self.customers.capacity() * size_of::<CustomerRow>()
            + self.by_customer.bytes()
            + self.children.bytes()
            + (self.vpns.capacity() + self.ends.capacity()) * size_of::<(Sym, CircuitIx)>()
            + self.observed.values().map(|circuits| size_of_val(&**circuits)).sum::<usize>()
            + self.sites.len() * size_of::<(ObjectIx, Sym, Sym)>()
    }
}

#[cfg(test)]
mod tests;
