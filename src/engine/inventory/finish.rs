//! Joins what the [`Builder`] took: references become numbers, dangling ones become issues.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use model::alarm::ObjectType;
use model::resource::Class;

use super::builder::{Builder, PortDraft};
use super::circuits::{CircuitIx, CircuitRow, CustomerIx, CustomerRow};
use super::names::Sym;
use super::objects::ObjectIx;
use super::routes::Routes;
use super::{DataIssue, Inventory};

// === impl Builder ===

impl Builder {
    /// The inventory, and what is wrong with the data.
    pub fn finish(mut self) -> (Inventory, Vec<DataIssue>) {
        self.join_ports();
        self.report_undefined();
        self.objects.seal();
        let customers = self.finish_customers();
        let circuits = self.finish_circuits(&customers);
        let routes = self.finish_routes(&circuits);
        self.report_vpns(&circuits);
        let sites = self.finish_sites();
        if self.issues_total > self.issues.len() {
            let reason = format!("and {} more issues", self.issues_total - self.issues.len());
            self.issues.push(DataIssue { class: Class::Region, key: String::new(), reason });
        }
        self.names.shrink();
        let inventory = Inventory::assemble(self.names, self.objects, routes, circuits, customers);
        (Inventory { revision: self.revision, sites, ..inventory }, self.issues)
    }

    /// A port hangs below its board; where that is absent, or belongs to another element, below its element.
    fn join_ports(&mut self) {
        for PortDraft { port, ne, board } in std::mem::take(&mut self.ports) {
            let ne_ix = self.objects.intern(ObjectType::Ne, ne);
            let board_ix = self.objects.find(ObjectType::Board, board).filter(|_| !board.is_empty());
            let board_ix = board_ix.filter(|ix| self.objects.get(*ix).is_some_and(|object| object.defined));
            let board_ne = board_ix.and_then(|ix| self.objects.get(ix)).and_then(|object| object.above[0]);
            let key = self.objects.get(port).map_or(String::new(), |object| self.names.get(object.id).to_owned());
            let board_name = self.names.get(board).to_owned();
            if !board.is_empty() && board_ix.is_none() {
                self.issue(Class::Port, &key, format!("boardId {board_name} is unknown; hung below its NE"));
            } else if board_ix.is_some() && board_ne != Some(ne_ix) {
                self.issue(Class::Port, &key, format!("board {board_name} is in another NE than the port"));
            }
            let above = match (board_ix, board_ne == Some(ne_ix)) {
                (None, _) => [Some(ne_ix), None],
                (Some(board), true) => [Some(board), None],
                (Some(board), false) => [Some(board), Some(ne_ix)],
            };
            if let Some(object) = self.objects.get_mut(port) {
                object.above = above;
            }
        }
    }

    /// An object that is only named: alarms on it still match by its id, but what is above it is unknown.
    fn report_undefined(&mut self) {
        let undefined = |object: &super::objects::Object| !object.defined && object.kind != ObjectType::Ctp;
        let missing: Vec<(ObjectType, Sym)> = self
            .objects
            .all()
            .filter(|(_, object)| undefined(object))
            .map(|(_, object)| (object.kind, object.id))
            .collect();
        for (kind, id) in missing {
            let key = self.names.get(id).to_owned();
            self.issue(class_of(kind), &key, "is named by other rows but no row defines it".to_owned());
        }
    }

    fn finish_customers(&mut self) -> Vec<CustomerRow> {
        let drafts = std::mem::take(&mut self.customers);
        let mut order: Vec<Sym> = drafts.keys().copied().collect();
        order.sort_by(|a, b| self.names.get(*a).cmp(self.names.get(*b)));
        let numbers: BTreeMap<Sym, CustomerIx> = order.iter().copied().zip((0u32..).map(CustomerIx)).collect();
        let mut customers = Vec::with_capacity(order.len());
        for draft in order.iter().filter_map(|no| drafts.get(no)) {
            let parent = numbers.get(&draft.parent).copied().filter(|_| !draft.parent.is_empty());
            if parent.is_none() && !draft.parent.is_empty() {
                let (key, parent) = (self.names.get(draft.row.no).to_owned(), self.names.get(draft.parent).to_owned());
                self.issue(Class::Customer, &key, format!("parentCustomerNo {parent} is unknown"));
            }
            customers.push(CustomerRow { parent, ..draft.row });
        }
        customers
    }

    /// Circuits by code; of rows with one code the last one stands.
    fn finish_circuits(&mut self, customers: &[CustomerRow]) -> Vec<CircuitRow> {
        let mut drafts = std::mem::take(&mut self.circuits);
        drafts.sort_by(|a, b| self.names.get(a.row.code).cmp(self.names.get(b.row.code)));
        let mut circuits: Vec<CircuitRow> = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let mut row = draft.row;
            let code = self.names.get(row.code).to_owned();
            row.customer = customer_ix(customers, draft.customer_no, &self.names);
            if row.customer.is_none() {
                let no = self.names.get(draft.customer_no).to_owned();
                self.issue(Class::Circuit, &code, format!("customerNo {no} is unknown"));
            }
            match self.contracts.get(&row.contract_no).filter(|_| !row.contract_no.is_empty()) {
                Some(contract) => (row.plan, row.contract_start) = (contract.plan, contract.start),
                None if row.contract_no.is_empty() => {
                    self.issue(Class::Circuit, &code, "has no contract; the plan \"default\" applies".to_owned());
                }
                None => {
                    let no = self.names.get(row.contract_no).to_owned();
                    self.issue(
                        Class::Circuit,
                        &code,
                        format!("contractNo {no} is unknown; the plan \"default\" applies"),
                    );
                }
            }
            row.a_region = self.region(draft.a_region, &code);
            row.z_region = self.region(draft.z_region, &code);
            if circuits.last().is_some_and(|last| last.code == row.code) {
                self.issue(Class::Circuit, &code, "comes twice; the later row stands".to_owned());
                circuits.pop();
            }
            circuits.push(row);
        }
        circuits.shrink_to_fit();
        circuits
    }

    /// Name of a region, its id if it is not known.
    fn region(&mut self, id: Sym, code: &str) -> Sym {
        match self.regions.get(&id) {
            Some(name) => *name,
            None if id.is_empty() => id,
            None => {
                let region = self.names.get(id).to_owned();
                self.issue(Class::Circuit, code, format!("region {region} is unknown"));
                id
            }
        }
    }

    fn finish_routes(&mut self, circuits: &[CircuitRow]) -> Routes {
        let numbers: BTreeMap<Sym, u32> = circuits.iter().map(|row| row.code).zip(0u32..).collect();
        let mut hops = Vec::with_capacity(self.hops.len());
        for draft in std::mem::take(&mut self.hops) {
            match numbers.get(&draft.circuit) {
                Some(circuit) => hops.push((*circuit, draft.segment, draft.alternative, draft.hop)),
                None => {
                    let code = self.names.get(draft.circuit).to_owned();
                    self.issue(Class::Route, &code, "names a circuit that does not exist; left out".to_owned());
                }
            }
        }
        hops.sort_unstable();
        hops.dedup();
        let windows = std::mem::take(&mut self.windows);
        Routes::new(&hops, windows, circuits.len(), self.objects.len())
    }

    /// The room of each element, and the region of that.
    fn finish_sites(&mut self) -> BTreeMap<ObjectIx, (Sym, Sym)> {
        let name = |id: &Sym| self.regions.get(id).copied().unwrap_or(*id);
        let site = |(ne, room): &(ObjectIx, Sym)| match self.rooms.get(room) {
            Some((called, region)) => (*ne, (*called, name(region))),
            None => (*ne, (*room, Sym::EMPTY)),
        };
        self.in_rooms.iter().map(site).collect()
    }

    fn report_vpns(&mut self, circuits: &[CircuitRow]) {
        self.vpns.sort_unstable();
        for row in circuits {
            if !row.vpn.is_empty() && self.vpns.binary_search(&row.vpn).is_err() {
                let (code, vpn) = (self.names.get(row.code).to_owned(), self.names.get(row.vpn).to_owned());
                self.issue(Class::Circuit, &code, format!("vpnId {vpn} is unknown"));
            }
        }
    }
}

fn customer_ix(customers: &[CustomerRow], no: Sym, names: &super::names::Names) -> Option<CustomerIx> {
    let found = customers.binary_search_by(|row| names.get(row.no).cmp(names.get(no))).ok()?;
    u32::try_from(found).ok().map(CustomerIx)
}

fn class_of(kind: ObjectType) -> Class {
    match kind {
        ObjectType::Ne => Class::Ne,
        ObjectType::Board => Class::Board,
        ObjectType::Link => Class::Link,
        ObjectType::Circuit => Class::Circuit,
        ObjectType::Vpn => Class::Vpn,
        _ => Class::Port,
    }
}

/// A number that stands for a text, the same in every process.
pub(super) fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Pairs a circuit with a number; used where only the order matters.
pub(super) fn numbered(circuits: &[CircuitRow]) -> impl Iterator<Item = (CircuitIx, &CircuitRow)> {
    (0u32..).map(CircuitIx).zip(circuits)
}
