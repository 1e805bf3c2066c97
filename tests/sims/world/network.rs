//! The transport network: rooms, elements, boards, ports, cables and links. Ports are taken from
//! the elements on demand, so every board that exists carries something.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::Rng;
use rand::rngs::StdRng;

use super::geo::{self, CITIES, City, TRUNKS};

/// An equipment room.
#[derive(Debug)]
pub struct Room {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Where.
    pub city: &'static City,
    /// Address.
    pub address: String,
}

/// A network element.
#[derive(Debug)]
pub struct Ne {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Type.
    pub ne_type: &'static str,
    /// Where it stands.
    pub room: Arc<Room>,
}

/// A board.
#[derive(Debug)]
pub struct Board {
    /// Id.
    pub id: String,
    /// Slot.
    pub slot: u32,
    /// Model.
    pub model: &'static str,
    /// Its element.
    pub ne: Arc<Ne>,
}

/// A port.
#[derive(Debug)]
pub struct Port {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Rate.
    pub rate: &'static str,
    /// Its board.
    pub board: Arc<Board>,
}

/// A cable section: what an excavator cuts. Every link in it fails with it.
#[derive(Debug)]
pub struct Cable {
    /// Name with its section.
    pub name: String,
    /// One end.
    pub a: &'static City,
    /// Other end.
    pub z: &'static City,
    /// Length.
    pub km: f64,
    /// The transmission systems in it.
    pub links: Vec<Arc<Link>>,
}

/// A link between two ports.
#[derive(Debug)]
pub struct Link {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// One end.
    pub a: Arc<Port>,
    /// Other end.
    pub z: Arc<Port>,
    /// TRUNK or ACCESS.
    pub link_type: &'static str,
    /// Name of its cable section.
    pub cable: String,
    /// Length.
    pub km: f64,
}

/// What a board is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BoardKind {
    /// One trunk port.
    Trunk,
    /// Eight ports towards access elements.
    Access,
    /// Sixteen customer ports.
    Tributary,
}

/// An element that is being filled with boards.
#[derive(Debug)]
pub struct Shelf {
    /// The element.
    pub ne: Arc<Ne>,
    open: BTreeMap<BoardKind, (Arc<Board>, u32)>,
    boards: Vec<Arc<Board>>,
    ports: Vec<Arc<Port>>,
}

/// An access element of a city and its link to the trunk office.
#[derive(Debug)]
pub struct AccessSite {
    /// The element.
    pub shelf: Shelf,
    /// Its link.
    pub uplink: Arc<Link>,
}

/// The network while and after it is built.
#[derive(Debug, Default)]
pub struct Network {
    /// Rooms.
    pub rooms: Vec<Arc<Room>>,
    /// Trunk elements by city code.
    pub trunk: BTreeMap<&'static str, Shelf>,
    /// Access elements by city code.
    pub access: BTreeMap<&'static str, Vec<AccessSite>>,
    /// Trunk cables.
    pub cables: Vec<Arc<Cable>>,
    /// Links.
    pub links: Vec<Arc<Link>>,
}

// === impl BoardKind ===

impl BoardKind {
    const fn ports(self) -> u32 {
        match self {
            BoardKind::Trunk => 1,
            BoardKind::Access => 8,
            BoardKind::Tributary => 16,
        }
    }

    fn model(self, vendor: &str) -> &'static str {
        match (self, vendor) {
            (BoardKind::Trunk, "HUAWEI") => "TN54NS4",
            (BoardKind::Trunk, "ZTE") => "LS4",
            (BoardKind::Trunk, _) => "OTU4S",
            (BoardKind::Access, "HUAWEI") => "SSN1SLQ16",
            (BoardKind::Access, "ZTE") => "OL16x8",
            (BoardKind::Access, _) => "O2500-8",
            (BoardKind::Tributary, "HUAWEI") => "SSN2PQ1",
            (BoardKind::Tributary, "ZTE") => "EPE1x16",
            (BoardKind::Tributary, _) => "E1-16",
        }
    }

    const fn rate(self) -> &'static str {
        match self {
            BoardKind::Trunk => "OTU4",
            BoardKind::Access => "STM-64",
            BoardKind::Tributary => "CLIENT",
        }
    }
}

// === impl Shelf ===

impl Shelf {
    fn new(ne: Arc<Ne>) -> Self {
        Shelf { ne, open: BTreeMap::new(), boards: Vec::new(), ports: Vec::new() }
    }

    /// The next free port of a kind, on a new board when the last one is full.
    pub fn take(&mut self, kind: BoardKind) -> Arc<Port> {
        let (board, used) = match self.open.remove(&kind) {
            Some((board, used)) if used < kind.ports() => (board, used),
            _ => (self.new_board(kind), 0),
        };
        let number = used + 1;
        let port = Arc::new(Port {
            id: format!("{}-P{number:02}", board.id),
            name: format!("{}-{}-{number}", board.slot, board.model),
            rate: kind.rate(),
            board: Arc::clone(&board),
        });
        self.open.insert(kind, (board, number));
        self.ports.push(Arc::clone(&port));
        port
    }

    fn new_board(&mut self, kind: BoardKind) -> Arc<Board> {
        let slot = u32::try_from(self.boards.len()).unwrap_or(u32::MAX) + 1;
        let board = Arc::new(Board {
            id: format!("{}-B{slot:02}", self.ne.id),
            slot,
            model: kind.model(self.ne.room.city.vendor),
            ne: Arc::clone(&self.ne),
        });
        self.boards.push(Arc::clone(&board));
        board
    }

    /// Boards so far.
    pub fn boards(&self) -> &[Arc<Board>] {
        &self.boards
    }

    /// Ports so far.
    pub fn ports(&self) -> &[Arc<Port>] {
        &self.ports
    }
}

// === impl Network ===

impl Network {
    /// Every city's offices and every cable between them.
    pub fn build(rng: &mut StdRng) -> Self {
        let mut network = Network::default();
        for city in &CITIES {
            network.add_trunk_office(city);
            for number in 1..=(2 + city.weight / 3) {
                network.add_access_site(rng, city, number);
            }
        }
        for (a, z, section) in TRUNKS {
            if let (Some(a), Some(z)) = (geo::city(a), geo::city(z)) {
                network.add_cable(a, z, section);
            }
        }
        network
    }

    /// Every element with its boards and ports.
    pub fn shelves(&self) -> impl Iterator<Item = &Shelf> {
        self.trunk.values().chain(self.access.values().flatten().map(|site| &site.shelf))
    }

    fn add_trunk_office(&mut self, city: &'static City) {
        let room = Arc::new(Room {
            id: format!("RM-{}-00", city.code),
            name: format!("{}长途枢纽楼", city.name),
            city,
            address: format!("{}市通信大道1号", city.name),
        });
        let ne = Ne {
            id: format!("{}-OTN-01", city.region_id()),
            name: format!("{}枢纽-OTN-01", city.name),
            ne_type: trunk_type(city.vendor),
            room: Arc::clone(&room),
        };
        self.rooms.push(room);
        self.trunk.insert(city.code, Shelf::new(Arc::new(ne)));
    }

    fn add_access_site(&mut self, rng: &mut StdRng, city: &'static City, number: u32) {
        let room = Arc::new(Room {
            id: format!("RM-{}-{number:02}", city.code),
            name: format!("{}汇聚机房{number}", city.name),
            city,
            address: super::names::address(rng, city.name),
        });
        let ne = Arc::new(Ne {
            id: format!("{}-MSTP-{number:02}", city.region_id()),
            name: format!("{}汇聚{number}-MSTP", city.name),
            ne_type: access_type(city.vendor),
            room: Arc::clone(&room),
        });
        self.rooms.push(room);
        let mut shelf = Shelf::new(ne);
        let Some(trunk) = self.trunk.get_mut(city.code) else { return };
        let km = f64::from(rng.random_range(20..300u32)) / 10.0;
        let uplink = Arc::new(Link {
            id: format!("LK-{}-A{number:02}", city.code),
            name: format!("{}汇聚{number}—枢纽 本地环", city.name),
            a: shelf.take(BoardKind::Access),
            z: trunk.take(BoardKind::Access),
            link_type: "ACCESS",
            cable: format!("{}本地光缆{number}号", city.name),
            km,
        });
        self.links.push(Arc::clone(&uplink));
        self.access.entry(city.code).or_default().push(AccessSite { shelf, uplink });
    }

    fn add_cable(&mut self, a: &'static City, z: &'static City, section: &str) {
        let name = format!("{}{}干线光缆 {section}", a.name, z.name);
        let km = geo::cable_km(a, z);
        let mut links = Vec::new();
        for system in 1..=1u32 {
            let (Some(port_a), Some(port_z)) = (self.take_trunk(a), self.take_trunk(z)) else { continue };
            links.push(Arc::new(Link {
                id: format!("LK-{}-{}-{system:02}", a.code, z.code),
                name: format!("{}—{} {system}系统", a.name, z.name),
                a: port_a,
                z: port_z,
                link_type: "TRUNK",
                cable: name.clone(),
                km,
            }));
        }
        self.links.extend(links.iter().cloned());
        self.cables.push(Arc::new(Cable { name, a, z, km, links }));
    }

    fn take_trunk(&mut self, city: &City) -> Option<Arc<Port>> {
        self.trunk.get_mut(city.code).map(|shelf| shelf.take(BoardKind::Trunk))
    }
}

fn trunk_type(vendor: &str) -> &'static str {
    match vendor {
        "HUAWEI" => "OSN 9800",
        "ZTE" => "ZXONE 9700",
        _ => "FONST 6000",
    }
}

fn access_type(vendor: &str) -> &'static str {
    match vendor {
        "HUAWEI" => "OSN 3500",
        "ZTE" => "ZXMP S385",
        _ => "CiTRANS 780",
    }
}
