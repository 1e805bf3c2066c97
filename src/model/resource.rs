//! The inventory: its classes, which columns each has, and a row of any class.
//!
//! The classes are data (contract §4.5): loading, diffing and holding rows back is one piece of
//! code for all of them. What the engine needs typed, it reads out of [`Row`] by column name.

use serde::{Deserialize, Serialize};

use crate::time::Time;
use crate::words::words;

words! {
    /// A class of resource, in load order.
    Class {
        /// Region.
        Region = "REGION",
        /// Equipment room.
        Room = "ROOM",
        /// Network element.
        Ne = "NE",
        /// Board.
        Board = "BOARD",
        /// Port.
        Port = "PORT",
        /// Link between two ports.
        Link = "LINK",
        /// Customer.
        Customer = "CUSTOMER",
        /// Contract.
        Contract = "CONTRACT",
        /// Circuit.
        Circuit = "CIRCUIT",
        /// Hop of a circuit's route.
        Route = "ROUTE",
        /// VPN.
        Vpn = "VPN",
        /// Customer premises equipment.
        Cpe = "CPE",
        /// What an alarm means.
        AlarmKnowledge = "ALARM_KNOWLEDGE",
    }
}

/// What a cell must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Any text up to 64 characters: a code.
    Code,
    /// Any text up to 4,000 characters.
    Text,
    /// A whole number.
    Number,
    /// A place in an order: a whole number from 1 to 65,535.
    Ordinal,
    /// A decimal number.
    Decimal,
    /// `yyyy-MM-dd HH:mm:ss`, or `yyyy-MM-dd`, in the peer's zone.
    Time,
    /// `yyyy-MM-dd`: a day of the calendar, the same in every zone. A time of day after it is dropped.
    Date,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// One column of a class.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub cell: Cell,
    /// A row without it is refused.
    pub mandatory: bool,
    /// The class whose key it names. A mandatory reference that is absent holds the row back.
    pub refers: Option<Class>,
}

/// One row of a class: its cells in the order of [`Class::columns`]; an empty cell is absent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Row {
    /// Class.
    pub class: Class,
    /// Cells.
    pub cells: Vec<String>,
}

const fn code(name: &'static str) -> Column {
    Column { name, cell: Cell::Code, mandatory: false, refers: None }
}
const fn text(name: &'static str) -> Column {
    Column { name, cell: Cell::Text, mandatory: false, refers: None }
}
const fn cell(name: &'static str, cell: Cell) -> Column {
    Column { name, cell, mandatory: false, refers: None }
}
const fn link(name: &'static str, to: Class) -> Column {
    Column { name, cell: Cell::Code, mandatory: false, refers: Some(to) }
}
const fn must(column: Column) -> Column {
    Column { mandatory: true, ..column }
}

const LEVELS: &[&str] = &["GOLD", "SILVER", "BRONZE", "STANDARD"];
const SERVICE_LEVELS: &[&str] = &["AAA", "AA", "A", "NORMAL"];
const SERVICE_TYPES: &[&str] = &["SDH", "MSTP", "OTN", "MPLS_VPN", "INTERNET", "ATM", "FR", "VPDN"];
const STATUSES: &[&str] = &["ACTIVE", "SUSPENDED", "TERMINATED"];
const HOP_TYPES: &[&str] = &["PORT", "LINK", "BOARD", "NE", "CTP"];
const EFFECTS: &[&str] = &["OUTAGE", "DEGRADED", "NONE"];

static REGION: &[Column] = &[must(code("regionId")), must(text("name")), link("parentRegionId", Class::Region)];
static ROOM: &[Column] = &[
    must(code("roomId")),
    must(text("name")),
    link("regionId", Class::Region),
    text("address"),
    cell("longitude", Cell::Decimal),
    cell("latitude", Cell::Decimal),
];
static NE: &[Column] = &[
    must(code("neId")),
    must(text("name")),
    must(cell("specialty", Cell::OneOf(&["TRANS", "IP", "ATM"]))),
    text("neType"),
    text("vendor"),
    text("model"),
    text("emsName"),
    link("roomId", Class::Room),
];
static BOARD: &[Column] = &[must(code("boardId")), must(link("neId", Class::Ne)), text("slot"), text("model")];
static PORT: &[Column] = &[
    must(code("portId")),
    must(link("neId", Class::Ne)),
    link("boardId", Class::Board),
    text("name"),
    text("rate"),
    text("portType"),
];
static LINK: &[Column] = &[
    must(code("linkId")),
    text("name"),
    must(link("aPortId", Class::Port)),
    must(link("zPortId", Class::Port)),
    text("linkType"),
    text("cableSection"),
    cell("lengthKm", Cell::Decimal),
];
static CUSTOMER: &[Column] = &[
    must(code("customerNo")),
    must(text("name")),
    cell("level", Cell::OneOf(LEVELS)),
    link("parentCustomerNo", Class::Customer),
    text("industry"),
    link("regionId", Class::Region),
    text("managerName"),
    text("managerPhone"),
    text("managerEmail"),
    text("contactName"),
    text("contactPhone"),
    text("contactEmail"),
];
static CONTRACT: &[Column] = &[
    must(code("contractNo")),
    must(link("customerNo", Class::Customer)),
    must(text("slaPlan")),
    cell("startDate", Cell::Date),
    cell("endDate", Cell::Date),
];
static CIRCUIT: &[Column] = &[
    must(code("circuitCode")),
    code("productInstanceId"),
    code("groupNo"),
    text("name"),
    must(link("customerNo", Class::Customer)),
    link("contractNo", Class::Contract),
    cell("serviceType", Cell::OneOf(SERVICE_TYPES)),
    cell("rateKbps", Cell::Number),
    cell("serviceLevel", Cell::OneOf(SERVICE_LEVELS)),
    link("aRegionId", Class::Region),
    link("zRegionId", Class::Region),
    text("aAddress"),
    text("zAddress"),
    link("aPortId", Class::Port),
    link("zPortId", Class::Port),
    code("vpnId"),
    cell("status", Cell::OneOf(STATUSES)),
    must(cell("inServiceTime", Cell::Time)),
    cell("outOfServiceTime", Cell::Time),
];
static ROUTE: &[Column] = &[
    must(link("circuitCode", Class::Circuit)),
    must(cell("segment", Cell::Ordinal)),
    must(cell("alternative", Cell::Ordinal)),
    must(cell("hop", Cell::Ordinal)),
    must(cell("objectType", Cell::OneOf(HOP_TYPES))),
    must(code("objectId")),
    text("timeslot"),
    cell("validFrom", Cell::Time),
    cell("validTo", Cell::Time),
];
static VPN: &[Column] = &[must(code("vpnId")), text("name"), must(link("customerNo", Class::Customer))];
static CPE: &[Column] = &[
    must(code("cpeId")),
    link("circuitCode", Class::Circuit),
    cell("end", Cell::OneOf(&["A", "Z"])),
    text("name"),
    text("vendor"),
    text("model"),
    text("managementAddress"),
    text("snmpVersion"),
    text("maintainer"),
];
static ALARM_KNOWLEDGE: &[Column] = &[
    must(cell("specialty", Cell::OneOf(&["TRANS", "IP", "ATM"]))),
    text("vendor"),
    text("nativeCause"),
    text("probableCause"),
    must(cell("effect", Cell::OneOf(EFFECTS))),
    text("category"),
    text("advice"),
];

// === impl Class ===

impl Class {
    /// Columns in file order.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Class::Region => REGION,
            Class::Room => ROOM,
            Class::Ne => NE,
            Class::Board => BOARD,
            Class::Port => PORT,
            Class::Link => LINK,
            Class::Customer => CUSTOMER,
            Class::Contract => CONTRACT,
            Class::Circuit => CIRCUIT,
            Class::Route => ROUTE,
            Class::Vpn => VPN,
            Class::Cpe => CPE,
            Class::AlarmKnowledge => ALARM_KNOWLEDGE,
        }
    }

    /// Indices of the columns that make the key.
    pub fn key_columns(self) -> &'static [usize] {
        match self {
            Class::Route => &[0, 1, 2, 3, 7],
            Class::AlarmKnowledge => &[0, 1, 2, 3],
            _ => &[0],
        }
    }

    /// Index of the column whose value groups rows for look-ups (a circuit's route, a customer's
    /// circuits, an element's ports); `None` if the class has no such parent.
    pub fn parent_column(self) -> Option<usize> {
        match self {
            Class::Board | Class::Port => Some(1),
            Class::Contract => Some(1),
            Class::Circuit => Some(4),
            Class::Route => Some(0),
            Class::Vpn => Some(2),
            Class::Cpe => Some(1),
            _ => None,
        }
    }
}

// === impl Row ===

impl Row {
    /// The cell of a named column; empty if it is absent or the class has no such column.
    pub fn get(&self, name: &str) -> &str {
        let index = self.class.columns().iter().position(|column| column.name == name);
        index.and_then(|i| self.cells.get(i)).map_or("", String::as_str)
    }

    /// The key: its values joined by `|`.
    pub fn key(&self) -> String {
        let parts: Vec<&str> =
            self.class.key_columns().iter().map(|i| self.cells.get(*i).map_or("", String::as_str)).collect();
        parts.join("|")
    }

    /// It says that it is valid until before it begins: no instant lies in that, so it would never act.
    pub fn ends_before_it_begins(&self) -> bool {
        let at = |name| Time::parse(self.get(name)).ok();
        at("validFrom").zip(at("validTo")).is_some_and(|(from, to)| to < from)
    }

    /// The value of the parent column; empty if there is none.
    pub fn parent(&self) -> &str {
        self.class.parent_column().and_then(|i| self.cells.get(i)).map_or("", String::as_str)
    }
}
