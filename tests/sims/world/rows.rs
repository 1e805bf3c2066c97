//! The world as rows of the interface classes, times as instants (the file writer turns them into
//! the peer's local time).

use model::resource::{Class, Row};
use model::time::{Time, Zone};

use super::World;
use super::business::{Contract, Customer};
use super::circuits::{Circuit, HopObject};
use super::geo::CITIES;
use super::knowledge::KINDS;

impl World {
    /// Every row of a class, in key order of creation.
    pub fn rows(&self, class: Class) -> Vec<Row> {
        match class {
            Class::Region => regions(),
            Class::Room => self.rooms(),
            Class::Ne => self.nes(),
            Class::Board => self.boards(),
            Class::Port => self.ports(),
            Class::Link => self.links(),
            Class::Customer => self.customers.iter().map(|customer| customer_row(customer)).collect(),
            Class::Contract => self.contracts.iter().map(|contract| contract_row(contract)).collect(),
            Class::Circuit => self.circuits.iter().map(|circuit| circuit_row(circuit)).collect(),
            Class::Route => self.circuits.iter().flat_map(|circuit| route_rows(circuit)).collect(),
            Class::Vpn => self.vpns(),
            Class::Cpe => self.cpes(),
            Class::AlarmKnowledge => knowledge(),
        }
    }

    fn rooms(&self) -> Vec<Row> {
        let rooms = self.network.rooms.iter().enumerate();
        rooms
            .map(|(number, room)| {
                let off = f64::from(u32::try_from(number % 17).unwrap_or(0)) / 200.0;
                let place = [room.city.longitude + off, room.city.latitude - off];
                let [longitude, latitude] = place.map(|degrees| format!("{degrees:.5}"));
                row(Class::Room, [&room.id, &room.name, &room.city.region_id(), &room.address, &longitude, &latitude])
            })
            .collect()
    }

    fn nes(&self) -> Vec<Row> {
        let nes = self.network.shelves().map(|shelf| &shelf.ne);
        nes.map(|ne| {
            let city = ne.room.city;
            let ems = city.ems_name();
            row(Class::Ne, [&ne.id, &ne.name, "TRANS", ne.ne_type, city.vendor, ne.ne_type, &ems, &ne.room.id])
        })
        .collect()
    }

    fn boards(&self) -> Vec<Row> {
        let boards = self.network.shelves().flat_map(|shelf| shelf.boards());
        boards.map(|board| row(Class::Board, [&board.id, &board.ne.id, &board.slot.to_string(), board.model])).collect()
    }

    fn ports(&self) -> Vec<Row> {
        let ports = self.network.shelves().flat_map(|shelf| shelf.ports());
        ports
            .map(|port| {
                let kind = if port.rate == "CLIENT" { "ELECTRICAL" } else { "OPTICAL" };
                row(Class::Port, [&port.id, &port.board.ne.id, &port.board.id, &port.name, port.rate, kind])
            })
            .collect()
    }

    fn links(&self) -> Vec<Row> {
        let links = self.network.links.iter();
        links
            .map(|link| {
                let km = link.km.to_string();
                row(Class::Link, [&link.id, &link.name, &link.a.id, &link.z.id, link.link_type, &link.cable, &km])
            })
            .collect()
    }

    fn vpns(&self) -> Vec<Row> {
        let mut owners: Vec<(&str, &Customer)> =
            self.circuits.iter().filter(|c| !c.vpn_id.is_empty()).map(|c| (c.vpn_id.as_str(), &*c.customer)).collect();
        owners.sort_by_key(|(id, _)| *id);
        owners.dedup_by_key(|(id, _)| *id);
        owners
            .iter()
            .map(|(id, owner)| row(Class::Vpn, [*id, &format!("{}企业网", owner.name), owner.no.as_str()]))
            .collect()
    }

    fn cpes(&self) -> Vec<Row> {
        let managed = self.circuits.iter().filter(|circuit| circuit.service_type == "MPLS_VPN").enumerate();
        managed
            .map(|(number, circuit)| {
                let address = format!("100.64.{}.{}", number / 250 % 250, number % 250 + 1);
                let id = format!("CPE-{}", circuit.product_id);
                let name = format!("{}-CE1", circuit.customer.city.code);
                let cells = [
                    &id,
                    &circuit.code,
                    "A",
                    &name,
                    "HUAWEI",
                    "AR6120",
                    &address,
                    "v3",
                    circuit.customer.manager.0.as_str(),
                ];
                row(Class::Cpe, cells)
            })
            .collect()
    }
}

fn regions() -> Vec<Row> {
    let mut rows = vec![row(Class::Region, ["CN", "全国", ""])];
    for city in &CITIES {
        let province = row(Class::Region, [city.province, city.province_name, "CN"]);
        if !rows.contains(&province) {
            rows.push(province);
        }
    }
    rows.extend(CITIES.iter().map(|city| row(Class::Region, [city.region_id().as_str(), city.name, city.province])));
    rows
}

fn customer_row(customer: &Customer) -> Row {
    let parent = customer.parent.as_ref().map_or("", |parent| parent.no.as_str());
    let number = customer.no.to_lowercase();
    let cells = [
        customer.no.as_str(),
        &customer.name,
        customer.level,
        parent,
        customer.industry.name,
        &customer.city.region_id(),
        &customer.manager.0,
        &customer.manager.1,
        &format!("am.{}@carrier.example", customer.manager.1),
        &customer.contact.0,
        &customer.contact.1,
        &format!("it@{number}.example"),
    ];
    row(Class::Customer, cells)
}

fn contract_row(contract: &Contract) -> Row {
    let start = Zone::china().civil(contract.start).date().to_string();
    row(Class::Contract, [&contract.no, &contract.customer.no, contract.plan.word(), &start, ""])
}

fn circuit_row(circuit: &Circuit) -> Row {
    let cells = [
        circuit.code.as_str(),
        &circuit.product_id,
        "",
        &circuit.name,
        &circuit.customer.no,
        &circuit.contract.no,
        circuit.service_type,
        &circuit.rate_kbps.to_string(),
        circuit.service_level,
        &circuit.a_city.region_id(),
        &circuit.z_city.region_id(),
        &circuit.addresses.0,
        &circuit.addresses.1,
        &circuit.a_port.id,
        &circuit.z_port.id,
        &circuit.vpn_id,
        circuit.status,
        &circuit.in_service.to_string(),
        &instant(circuit.out_of_service),
    ];
    row(Class::Circuit, cells)
}

fn route_rows(circuit: &Circuit) -> Vec<Row> {
    let mut rows = Vec::new();
    for (segment_number, segment) in circuit.segments.iter().enumerate() {
        for (way_number, way) in segment.alternatives.iter().enumerate() {
            for (hop_number, hop) in way.iter().enumerate() {
                let (kind, id) = match &hop.object {
                    HopObject::Port(port) => ("PORT", &port.id),
                    HopObject::Link(link) => ("LINK", &link.id),
                };
                let [segment, way, hop_no] = [segment_number, way_number, hop_number].map(|n| (n + 1).to_string());
                let (from, to) = (instant(hop.valid_from), instant(hop.valid_to));
                let cells = [circuit.code.as_str(), &segment, &way, &hop_no, kind, id, &hop.timeslot, &from, &to];
                rows.push(row(Class::Route, cells));
            }
        }
    }
    rows
}

fn knowledge() -> Vec<Row> {
    let kinds = KINDS.iter();
    kinds
        .map(|kind| {
            let cells = [
                "TRANS",
                "",
                kind.native_cause,
                kind.probable_cause,
                kind.effect.word(),
                kind.category.word(),
                kind.advice,
            ];
            row(Class::AlarmKnowledge, cells)
        })
        .collect()
}

fn instant(at: Option<Time>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

fn row<'a>(class: Class, cells: impl IntoIterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>) -> Row {
    Row { class, cells: cells.into_iter().map(|cell| cell.as_ref().to_owned()).collect() }
}
