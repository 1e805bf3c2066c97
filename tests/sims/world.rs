//! The world of the simulators: a small carrier drawn from a seed. The same seed and day give the
//! same world, so a demonstration, a test and its expected figures can be repeated.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::time::Time;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

pub mod business;
pub mod circuits;
pub mod geo;
pub mod knowledge;
mod names;
pub mod network;
pub mod plans;
mod rows;

use business::{Contract, Customer, DAY_MS};
use circuits::{Circuit, Planner};
use network::{Cable, Network};

/// What world to draw.
#[derive(Clone, Copy, Debug)]
pub struct WorldSettings {
    /// Seed.
    pub seed: u64,
    /// The present; only its day matters.
    pub now: Time,
    /// Customers.
    pub customers: usize,
    /// Circuits.
    pub circuits: usize,
}

/// A small carrier.
#[derive(Debug)]
pub struct World {
    /// How it was drawn.
    pub settings: WorldSettings,
    /// The transport network.
    pub network: Network,
    /// Customers.
    pub customers: Vec<Arc<Customer>>,
    /// Contracts.
    pub contracts: Vec<Arc<Contract>>,
    /// Circuits.
    pub circuits: Vec<Arc<Circuit>>,
}

/// What a cut of a cable does.
#[derive(Debug)]
pub struct CutImpact {
    /// Circuits without another way: down.
    pub down: Vec<Arc<Circuit>>,
    /// Protected circuits that lose one way: degraded.
    pub degraded: Vec<Arc<Circuit>>,
}

// === impl WorldSettings ===

impl WorldSettings {
    /// The demonstration's size: 200 customers, 3,000 circuits.
    pub fn demo(seed: u64, now: Time) -> Self {
        WorldSettings { seed, now, customers: 200, circuits: 3000 }
    }
}

// === impl World ===

impl World {
    /// Draws the world.
    pub fn generate(settings: WorldSettings) -> Self {
        let today = Time::from_ms(settings.now.ms().div_euclid(DAY_MS) * DAY_MS);
        let mut rng = rng(settings.seed, 1);
        let mut network = Network::build(&mut rng);
        let customers = business::customers(&mut rng, settings.customers);
        let mut planner =
            Planner { network: &mut network, customers: &customers, contracts: BTreeMap::new(), now: today };
        let numbers = 1..=settings.circuits;
        let mut circuits: Vec<Circuit> = numbers.filter_map(|number| planner.circuit(&mut rng, number)).collect();
        let contracts = planner.contracts.into_values().collect();
        for circuit in circuits.iter_mut().filter(|circuit| circuit.segments.len() == 3) {
            if rng.random_bool(0.015) {
                let at = today.plus_ms(-DAY_MS * rng.random_range(3..25)).plus_s(rng.random_range(0..20_000));
                circuits::reroute(&mut rng, &network, circuit, at);
            }
        }
        let circuits = circuits.into_iter().map(Arc::new).collect();
        World { settings, network, customers, contracts, circuits }
    }

    /// What a cut of this cable does to circuits in service.
    pub fn impact_of(&self, cable: &Cable) -> CutImpact {
        let mut impact = CutImpact { down: Vec::new(), degraded: Vec::new() };
        for circuit in self.circuits.iter().filter(|circuit| circuit.status == "ACTIVE") {
            if !cable.links.iter().any(|link| circuit.rides(&link.id)) {
                continue;
            }
            let list = if circuit.is_protected() { &mut impact.degraded } else { &mut impact.down };
            list.push(Arc::clone(circuit));
        }
        impact
    }

    /// Trunk cables, the one whose cut takes most circuits down first.
    pub fn cables_by_impact(&self) -> Vec<Arc<Cable>> {
        let mut cables = self.network.cables.clone();
        cables.sort_by_cached_key(|cable| std::cmp::Reverse((self.impact_of(cable).down.len(), cable.name.clone())));
        cables
    }

    /// Number of the customer with the most circuits that a cut of the busiest cable takes down: whoever
    /// looks at the portal in the demonstration should see something.
    pub fn busiest_customer(&self) -> Option<String> {
        let cable = self.cables_by_impact().into_iter().next()?;
        let mut hit: BTreeMap<&str, usize> = BTreeMap::new();
        let impact = self.impact_of(&cable);
        for circuit in &impact.down {
            *hit.entry(circuit.customer.no.as_str()).or_default() += 1;
        }
        hit.into_iter().max_by_key(|(no, count)| (*count, std::cmp::Reverse(*no))).map(|(no, _)| no.to_owned())
    }

    /// Names of the element managers that a transport manager looks after.
    pub fn ems_names(&self, manager: &str) -> Vec<String> {
        let mut names: Vec<String> =
            geo::CITIES.iter().filter(|city| city.manager == manager).map(geo::City::ems_name).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The random numbers of one part of a seed, so that parts do not disturb each other.
pub(crate) fn rng(seed: u64, part: u64) -> StdRng {
    StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(part))
}

#[cfg(test)]
mod tests;
