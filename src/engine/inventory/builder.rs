//! Takes the rows of an [`Inventory`] in any order, one at a time, so that the rows themselves need
//! never be in memory together. What does not fit becomes an issue, never an error. `finish.rs`
//! joins what was taken.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::alarm::ObjectType;
use model::resource::{Class, Row};
use model::time::{Time, Window};

use super::DataIssue;
use super::circuits::{CircuitRow, CustomerRow};
use super::names::{Names, Sym};
use super::objects::{ObjectIx, Objects};
use super::routes::StoredHop;

/// Issues kept; the rest is only counted in the last one.
const ISSUES_MAX: usize = 10_000;

/// Takes rows one at a time; [`Builder::finish`] gives the inventory.
pub struct Builder {
    pub(super) names: Names,
    pub(super) objects: Objects,
    pub(super) customers: BTreeMap<Sym, CustomerDraft>,
    pub(super) contracts: BTreeMap<Sym, Contract>,
    pub(super) vpns: Vec<Sym>,
    pub(super) regions: BTreeMap<Sym, Sym>,
    /// Name and region of each room.
    pub(super) rooms: BTreeMap<Sym, (Sym, Sym)>,
    /// The room of each element that is in one.
    pub(super) in_rooms: Vec<(ObjectIx, Sym)>,
    pub(super) circuits: Vec<CircuitDraft>,
    pub(super) hops: Vec<HopDraft>,
    /// Circuit of the hop before: hops of one circuit follow each other.
    hop_circuit: Sym,
    pub(super) windows: Vec<Window>,
    pub(super) window_index: BTreeMap<Window, u32>,
    pub(super) ports: Vec<PortDraft>,
    pub(super) issues: Vec<DataIssue>,
    pub(super) issues_total: usize,
    pub(super) revision: i64,
}

/// A customer whose parent is still a number on paper.
pub(super) struct CustomerDraft {
    pub(super) row: CustomerRow,
    pub(super) parent: Sym,
}

/// What a circuit takes from its contract.
pub(super) struct Contract {
    pub(super) plan: Sym,
    pub(super) start: Option<Date>,
}

/// A circuit whose references are not resolved.
pub(super) struct CircuitDraft {
    pub(super) row: CircuitRow,
    pub(super) customer_no: Sym,
    pub(super) a_region: Sym,
    pub(super) z_region: Sym,
}

/// A hop whose circuit is not resolved. Field order is the order of a route.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HopDraft {
    pub(super) circuit: Sym,
    pub(super) segment: u16,
    pub(super) alternative: u16,
    pub(super) hop: StoredHop,
}

/// A port whose board may not be known yet.
pub(super) struct PortDraft {
    pub(super) port: ObjectIx,
    pub(super) ne: Sym,
    pub(super) board: Sym,
}

// === impl Builder ===

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Nothing yet.
    pub fn new() -> Self {
        Builder {
            names: Names::new(),
            objects: Objects::new(),
            customers: BTreeMap::new(),
            contracts: BTreeMap::new(),
            vpns: Vec::new(),
            regions: BTreeMap::new(),
            rooms: BTreeMap::new(),
            in_rooms: Vec::new(),
            circuits: Vec::new(),
            hops: Vec::new(),
            hop_circuit: Sym::EMPTY,
            windows: vec![Window::ALWAYS],
            window_index: BTreeMap::from([(Window::ALWAYS, 0)]),
            ports: Vec::new(),
            issues: Vec::new(),
            issues_total: 0,
            revision: 0,
        }
    }

    /// Nothing yet, of an inventory whose rows are of a revision.
    pub fn of_revision(revision: i64) -> Self {
        Builder { revision, ..Builder::new() }
    }

    /// Takes one row; classes that do not bear on circuits (CPE, …) are passed over.
    pub fn add(&mut self, row: &Row) {
        match row.class {
            Class::Region => {
                let (id, name) = (self.sym(row, "regionId"), self.sym(row, "name"));
                self.regions.insert(id, name);
            }
            Class::Room => {
                let (id, name, region) = (self.sym(row, "roomId"), self.sym(row, "name"), self.sym(row, "regionId"));
                self.rooms.insert(id, (name, region));
            }
            Class::Ne | Class::Board | Class::Port | Class::Link => self.add_object(row),
            Class::Customer => self.add_customer(row),
            Class::Contract => {
                let contract = Contract { plan: self.sym(row, "slaPlan"), start: self.date(row, "startDate") };
                let key = self.sym(row, "contractNo");
                self.contracts.insert(key, contract);
            }
            Class::Circuit => self.add_circuit(row),
            Class::Route => self.add_hop(row),
            Class::Vpn => {
                let id = self.sym(row, "vpnId");
                self.vpns.push(id);
            }
            Class::Cpe | Class::AlarmKnowledge => {}
        }
    }

    fn sym(&mut self, row: &Row, column: &str) -> Sym {
        self.names.intern(row.get(column))
    }

    fn time(&mut self, row: &Row, column: &str) -> Option<Time> {
        let text = row.get(column);
        if text.is_empty() {
            return None;
        }
        let time = Time::parse(text).ok();
        if time.is_none() {
            self.issue(row.class, &row.key(), format!("{column} {text:?} is not a time; taken as absent"));
        }
        time
    }

    fn date(&mut self, row: &Row, column: &str) -> Option<Date> {
        let text = row.get(column);
        let date = text.parse().ok();
        if date.is_none() && !text.is_empty() {
            self.issue(row.class, &row.key(), format!("{column} {text:?} is not a date; taken as absent"));
        }
        date
    }

    fn window(&mut self, row: &Row, from: &str, to: &str) -> Window {
        let start = self.time(row, from).unwrap_or(Time::MIN);
        let end = self.time(row, to).unwrap_or(Time::MAX);
        if end < start {
            self.issue(row.class, &row.key(), format!("{to} lies before {from}; taken as never valid"));
        }
        Window::new(start, end)
    }

    pub(super) fn issue(&mut self, class: Class, key: &str, reason: String) {
        self.issues_total += 1;
        if self.issues.len() < ISSUES_MAX {
            self.issues.push(DataIssue { class, key: key.to_owned(), reason });
        }
    }

    fn add_object(&mut self, row: &Row) {
        let (kind, id, name, note) = match row.class {
            Class::Ne => (ObjectType::Ne, "neId", "name", "emsName"),
            Class::Board => (ObjectType::Board, "boardId", "slot", "slot"),
            Class::Port => (ObjectType::Port, "portId", "name", "portType"),
            _ => (ObjectType::Link, "linkId", "name", "linkType"),
        };
        let (id, name, note) = (self.sym(row, id), self.sym(row, name), self.sym(row, note));
        let ix = self.objects.intern(kind, id);
        let above = match row.class {
            Class::Board => [self.refer(row, ObjectType::Ne, "neId"), None],
            Class::Link => [self.refer(row, ObjectType::Port, "aPortId"), self.refer(row, ObjectType::Port, "zPortId")],
            _ => [None, None],
        };
        if row.class == Class::Ne {
            let room = self.sym(row, "roomId");
            self.in_rooms.extend((!room.is_empty()).then_some((ix, room)));
        }
        if row.class == Class::Port {
            let draft = PortDraft { port: ix, ne: self.sym(row, "neId"), board: self.sym(row, "boardId") };
            self.ports.push(draft);
        }
        if let Some(object) = self.objects.get_mut(ix) {
            object.name = name;
            object.note = note;
            object.above = above;
            object.defined = true;
        }
    }

    fn refer(&mut self, row: &Row, kind: ObjectType, column: &str) -> Option<ObjectIx> {
        let id = self.sym(row, column);
        (!id.is_empty()).then(|| self.objects.intern(kind, id))
    }

    fn add_customer(&mut self, row: &Row) {
        let stored = CustomerRow {
            no: self.sym(row, "customerNo"),
            name: self.sym(row, "name"),
            level: self.sym(row, "level"),
            parent: None,
            manager_name: self.sym(row, "managerName"),
            manager_phone: self.sym(row, "managerPhone"),
            manager_email: self.sym(row, "managerEmail"),
        };
        let draft = CustomerDraft { row: stored, parent: self.sym(row, "parentCustomerNo") };
        self.customers.insert(stored.no, draft);
    }

    fn add_circuit(&mut self, row: &Row) {
        let stored = CircuitRow {
            code: self.sym(row, "circuitCode"),
            product_instance: self.sym(row, "productInstanceId"),
            name: self.sym(row, "name"),
            customer: None,
            contract_no: self.sym(row, "contractNo"),
            plan: Sym::EMPTY,
            contract_start: None,
            service_type: self.sym(row, "serviceType"),
            rate_kbps: row.get("rateKbps").parse().unwrap_or(0),
            service_level: self.sym(row, "serviceLevel"),
            a_region: Sym::EMPTY,
            z_region: Sym::EMPTY,
            a_address: self.sym(row, "aAddress"),
            z_address: self.sym(row, "zAddress"),
            a_port: self.sym(row, "aPortId"),
            z_port: self.sym(row, "zPortId"),
            vpn: self.sym(row, "vpnId"),
            status: self.sym(row, "status"),
            in_service: self.window(row, "inServiceTime", "outOfServiceTime"),
        };
        let draft = CircuitDraft {
            row: stored,
            customer_no: self.sym(row, "customerNo"),
            a_region: self.sym(row, "aRegionId"),
            z_region: self.sym(row, "zRegionId"),
        };
        self.circuits.push(draft);
    }

    fn add_hop(&mut self, row: &Row) {
        let number = |column| row.get(column).parse::<u16>().ok().filter(|n| *n > 0);
        let kind = ObjectType::from_word(row.get("objectType"));
        let (Some(segment), Some(alternative), Some(hop), Some(kind)) =
            (number("segment"), number("alternative"), number("hop"), kind)
        else {
            let reason = "segment, alternative and hop must be 1 to 65535 and objectType a hop's type; left out";
            return self.issue(Class::Route, &row.key(), reason.to_owned());
        };
        let object = self.sym(row, "objectId");
        let valid = self.window(row, "validFrom", "validTo");
        let stored = StoredHop {
            hop,
            object: self.objects.intern(kind, object),
            timeslot: self.sym(row, "timeslot"),
            valid: self.window_number(valid),
        };
        if self.names.get(self.hop_circuit) != row.get("circuitCode") {
            self.hop_circuit = self.sym(row, "circuitCode");
        }
        self.hops.push(HopDraft { circuit: self.hop_circuit, segment, alternative, hop: stored });
    }

    /// Most hops share one window, so a hop holds a number.
    fn window_number(&mut self, window: Window) -> u32 {
        let next = u32::try_from(self.windows.len()).unwrap_or(0);
        let number = *self.window_index.entry(window).or_insert(next);
        if number == next {
            self.windows.push(window);
        }
        number
    }
}
