//! Customer circuits and their routes: an unprotected access leg at each end, and between cities
//! a trunk leg that AAA and AA circuits have twice, over cables that share nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::time::Time;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::{IndexedMutRandom, IndexedRandom};

use super::business::{self, Contract, Customer, DAY_MS};
use super::geo::City;
use super::names;
use super::network::{BoardKind, Cable, Link, Network, Port};
use super::plans::PlanName;

/// What a hop is.
#[derive(Clone, Debug)]
pub enum HopObject {
    /// A customer port.
    Port(Arc<Port>),
    /// A link.
    Link(Arc<Link>),
}

/// One hop of a route.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The object.
    pub object: HopObject,
    /// Time slot in it.
    pub timeslot: String,
    /// First instant of a route that replaced another.
    pub valid_from: Option<Time>,
    /// End of a route that was replaced.
    pub valid_to: Option<Time>,
}

/// A segment: alternatives in parallel, the first one working.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// Alternatives.
    pub alternatives: Vec<Vec<Hop>>,
}

/// A circuit.
#[derive(Debug)]
pub struct Circuit {
    /// Code.
    pub code: String,
    /// Product instance.
    pub product_id: String,
    /// Name.
    pub name: String,
    /// Whose.
    pub customer: Arc<Customer>,
    /// Under which contract.
    pub contract: Arc<Contract>,
    /// SDH, MSTP, OTN, ATM or `MPLS_VPN`.
    pub service_type: &'static str,
    /// Rate.
    pub rate_kbps: u32,
    /// AAA, AA, A or NORMAL.
    pub service_level: &'static str,
    /// City of the A end.
    pub a_city: &'static City,
    /// City of the Z end.
    pub z_city: &'static City,
    /// Addresses of both ends.
    pub addresses: (String, String),
    /// Customer port at A.
    pub a_port: Arc<Port>,
    /// Customer port at Z.
    pub z_port: Arc<Port>,
    /// Its VPN.
    pub vpn_id: String,
    /// ACTIVE, SUSPENDED or TERMINATED.
    pub status: &'static str,
    /// In service from.
    pub in_service: Time,
    /// Out of service from.
    pub out_of_service: Option<Time>,
    /// Route.
    pub segments: Vec<Segment>,
}

/// Draws circuits over a network for customers.
#[derive(Debug)]
pub struct Planner<'a> {
    /// The network; ports are taken from it.
    pub network: &'a mut Network,
    /// The customers.
    pub customers: &'a [Arc<Customer>],
    /// Contracts so far, by customer number and plan.
    pub contracts: BTreeMap<(String, PlanName), Arc<Contract>>,
    /// The present.
    pub now: Time,
}

/// One end of a circuit.
struct End {
    port: Arc<Port>,
    uplink: Arc<Link>,
}

// === impl Circuit ===

impl Circuit {
    /// It has a second way somewhere.
    pub fn is_protected(&self) -> bool {
        self.segments.iter().any(|segment| segment.alternatives.len() > 1)
    }

    /// One of its present hops, working or protection, is this link.
    pub fn rides(&self, link_id: &str) -> bool {
        let hops = self.segments.iter().flat_map(|segment| &segment.alternatives).flatten();
        hops.filter(|hop| hop.valid_to.is_none()).any(|hop| hop.link_id() == Some(link_id))
    }
}

// === impl Hop ===

impl Hop {
    fn new(object: HopObject, timeslot: String) -> Self {
        Hop { object, timeslot, valid_from: None, valid_to: None }
    }

    /// Id of its link, if it is one.
    pub fn link_id(&self) -> Option<&str> {
        match &self.object {
            HopObject::Link(link) => Some(&link.id),
            HopObject::Port(_) => None,
        }
    }
}

// === impl Planner ===

impl Planner<'_> {
    /// The n-th circuit.
    pub fn circuit(&mut self, rng: &mut StdRng, number: usize) -> Option<Circuit> {
        let customer = Arc::clone(self.customers.choose_weighted(rng, |c| c.weight()).ok()?);
        let service_level = customer.service_level(rng);
        let contract = self.contract(rng, &customer, service_level);
        let (a_city, z_city) = two_cities(rng, &customer);
        let a = self.end(rng, a_city)?;
        let z = self.end(rng, z_city)?;
        let protected = matches!(service_level, "AAA" | "AA");
        let segments = self.route(rng, (a_city, z_city), (&a, &z), protected);
        let (service_type, letters, rate_kbps) = service(rng);
        let (status, in_service, out_of_service) = life(rng, self.now, contract.start);
        let cities = if a_city == z_city { a_city.name.to_owned() } else { format!("{}{}", a_city.name, z_city.name) };
        Some(Circuit {
            code: format!("{cities}{letters}{number:04}NP"),
            product_id: format!("75{:011}", 10_000_000 + number),
            name: format!("{}{}—{}专线", names::brand(number / 3), a_city.name, z_city.name),
            addresses: (names::address(rng, a_city.name), names::address(rng, z_city.name)),
            vpn_id: if service_type == "MPLS_VPN" { format!("VPN-{}", customer.no) } else { String::new() },
            customer,
            contract,
            service_type,
            rate_kbps,
            service_level,
            a_city,
            z_city,
            a_port: a.port,
            z_port: z.port,
            status,
            in_service,
            out_of_service,
            segments,
        })
    }

    fn contract(&mut self, rng: &mut StdRng, customer: &Arc<Customer>, service_level: &str) -> Arc<Contract> {
        let plan = PlanName::of(service_level, customer.industry.office_hours);
        let key = (customer.no.clone(), plan);
        if let Some(contract) = self.contracts.get(&key) {
            return Arc::clone(contract);
        }
        let contract = Arc::new(Contract {
            no: format!("HT-{}-{}", customer.no, plan.word().to_uppercase()),
            customer: Arc::clone(customer),
            plan,
            start: self.now.plus_ms(-DAY_MS * rng.random_range(90..1400)),
        });
        self.contracts.insert(key, Arc::clone(&contract));
        contract
    }

    fn end(&mut self, rng: &mut StdRng, city: &City) -> Option<End> {
        let site = self.network.access.get_mut(city.code)?.choose_mut(rng)?;
        Some(End { port: site.shelf.take(BoardKind::Tributary), uplink: Arc::clone(&site.uplink) })
    }

    fn route(&self, rng: &mut StdRng, cities: (&City, &City), ends: (&End, &End), protected: bool) -> Vec<Segment> {
        let (a, z) = ends;
        let mut first = vec![port_hop(&a.port), link_hop(rng, &a.uplink)];
        let last = vec![link_hop(rng, &z.uplink), port_hop(&z.port)];
        if cities.0 == cities.1 {
            let same_site = a.uplink.id == z.uplink.id;
            first.extend(last.into_iter().skip(usize::from(same_site)));
            return vec![Segment { alternatives: vec![first] }];
        }
        let weights = self.weights(rng);
        let working = shortest(&self.network.cables, cities, &weights, &BTreeSet::new());
        let mut ways = vec![hops(rng, &working)];
        if protected {
            let used = working.iter().map(|cable| cable.name.as_str()).collect();
            let spare = shortest(&self.network.cables, cities, &weights, &used);
            ways.extend((!spare.is_empty()).then(|| hops(rng, &spare)));
        }
        vec![
            Segment { alternatives: vec![first] },
            Segment { alternatives: ways },
            Segment { alternatives: vec![last] },
        ]
    }

    /// Planners do not all choose the same way: a cable counts up to a quarter longer or shorter.
    fn weights(&self, rng: &mut StdRng) -> BTreeMap<&str, f64> {
        let cables = self.network.cables.iter();
        cables.map(|cable| (cable.name.as_str(), cable.km * rng.random_range(0.75..1.25))).collect()
    }
}

/// Moves an unprotected circuit to another way in the past: the old trunk leg gets an end, the new
/// one a beginning.
pub fn reroute(rng: &mut StdRng, network: &Network, circuit: &mut Circuit, at: Time) {
    let weights = network.cables.iter().map(|cable| (cable.name.as_str(), cable.km)).collect();
    let Some(segment) = circuit.segments.get_mut(1) else { return };
    let [old] = segment.alternatives.as_mut_slice() else { return };
    let old_links: BTreeSet<String> = old.iter().filter_map(|hop| hop.link_id().map(str::to_owned)).collect();
    let used = network.cables.iter().filter(|cable| cable.links.iter().any(|link| old_links.contains(&link.id)));
    let used = used.map(|cable| cable.name.as_str()).collect();
    let way = shortest(&network.cables, (circuit.a_city, circuit.z_city), &weights, &used);
    if way.is_empty() {
        return;
    }
    for hop in old.iter_mut() {
        hop.valid_to = Some(at);
    }
    let new = hops(rng, &way).into_iter().map(|hop| Hop { valid_from: Some(at), ..hop });
    old.extend(new);
}

/// The shortest way between two cities over cables that are not `used`; empty if there is none.
fn shortest<'a>(
    cables: &'a [Arc<Cable>],
    cities: (&City, &City),
    weights: &BTreeMap<&str, f64>,
    used: &BTreeSet<&str>,
) -> Vec<&'a Arc<Cable>> {
    let mut best: BTreeMap<&str, (f64, Option<&'a Arc<Cable>>, &str)> = BTreeMap::new();
    best.insert(cities.0.code, (0.0, None, ""));
    // Bellman–Ford: few cities, and it needs no queue. Lengths are positive, so it ends.
    let mut changed = true;
    while changed {
        changed = false;
        for cable in cables.iter().filter(|cable| !used.contains(cable.name.as_str())) {
            let weight = weights.get(cable.name.as_str()).copied().unwrap_or(cable.km);
            for (from, to) in [(cable.a.code, cable.z.code), (cable.z.code, cable.a.code)] {
                let Some((so_far, ..)) = best.get(from) else { continue };
                let length = so_far + weight;
                if best.get(to).is_none_or(|(known, ..)| length < *known) {
                    best.insert(to, (length, Some(cable), from));
                    changed = true;
                }
            }
        }
    }
    let mut way = Vec::new();
    let mut at = cities.1.code;
    while let Some((_, Some(cable), from)) = best.get(at) {
        way.push(*cable);
        at = from;
    }
    way.reverse();
    way
}

fn hops(rng: &mut StdRng, way: &[&Arc<Cable>]) -> Vec<Hop> {
    way.iter().filter_map(|cable| cable.links.choose(rng).map(|link| link_hop(rng, link))).collect()
}

fn link_hop(rng: &mut StdRng, link: &Arc<Link>) -> Hop {
    let slot = format!("{}-{}-{}", rng.random_range(1..=64u32), rng.random_range(1..=3u32), rng.random_range(1..=7u32));
    Hop::new(HopObject::Link(Arc::clone(link)), slot)
}

fn port_hop(port: &Arc<Port>) -> Hop {
    Hop::new(HopObject::Port(Arc::clone(port)), String::new())
}

fn two_cities(rng: &mut StdRng, customer: &Customer) -> (&'static City, &'static City) {
    let a = if rng.random_bool(0.5) { customer.city } else { business::a_city(rng) };
    if rng.random_bool(0.18) {
        return (a, a);
    }
    for _ in 0..8 {
        let z = business::a_city(rng);
        if z != a {
            return (a, z);
        }
    }
    (a, a)
}

fn service(rng: &mut StdRng) -> (&'static str, &'static str, u32) {
    const SDH: [u32; 4] = [2_048, 2_048, 34_368, 155_520];
    const MSTP: [u32; 4] = [10_000, 50_000, 100_000, 1_000_000];
    const OTN: [u32; 3] = [1_250_000, 2_500_000, 10_000_000];
    const VPN: [u32; 4] = [10_000, 20_000, 100_000, 200_000];
    let (kind, letters, rates): (_, _, &[u32]) = match rng.random_range(0..100u32) {
        0..33 => ("SDH", "ANE", &SDH),
        33..35 => ("ATM", "ANE", &SDH),
        35..70 => ("MSTP", "MNE", &MSTP),
        70..80 => ("OTN", "ONE", &OTN),
        _ => ("MPLS_VPN", "VPN", &VPN),
    };
    (kind, letters, rates.choose(rng).copied().unwrap_or(2_048))
}

/// Most circuits are old and alive; a few are new, suspended or gone.
fn life(rng: &mut StdRng, now: Time, contract_start: Time) -> (&'static str, Time, Option<Time>) {
    let days_ago = |rng: &mut StdRng, days: std::ops::Range<i64>| {
        now.plus_ms(-DAY_MS * rng.random_range(days)).plus_s(-rng.random_range(0..86_400))
    };
    match rng.random_range(0..1000u32) {
        0..15 => ("ACTIVE", days_ago(rng, 2..28), None),
        15..20 => ("SUSPENDED", contract_start, None),
        20..25 => ("TERMINATED", contract_start, Some(days_ago(rng, 1..20))),
        _ => ("ACTIVE", contract_start.plus_ms(DAY_MS * rng.random_range(0..60)), None),
    }
}
