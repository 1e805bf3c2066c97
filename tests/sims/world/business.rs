//! Customers and their contracts.

use std::sync::Arc;

use model::time::Time;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::geo::{CITIES, City};
use super::names::{self, INDUSTRIES, Industry};
use super::plans::PlanName;

/// A day in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// A customer.
#[derive(Debug)]
pub struct Customer {
    /// Number.
    pub no: String,
    /// Name.
    pub name: String,
    /// GOLD, SILVER, BRONZE or STANDARD.
    pub level: &'static str,
    /// The customer it belongs to.
    pub parent: Option<Arc<Customer>>,
    /// Line of business.
    pub industry: &'static Industry,
    /// Home city.
    pub city: &'static City,
    /// The carrier's account manager.
    pub manager: (String, String),
    /// The customer's own contact.
    pub contact: (String, String),
}

/// A contract.
#[derive(Debug)]
pub struct Contract {
    /// Number.
    pub no: String,
    /// Whose.
    pub customer: Arc<Customer>,
    /// SLA plan.
    pub plan: PlanName,
    /// Start.
    pub start: Time,
}

/// `count` customers: every fifth that can be is a branch of an earlier one.
pub fn customers(rng: &mut StdRng, count: usize) -> Vec<Arc<Customer>> {
    let managers: Vec<(String, String)> = (0..12).map(|_| (names::person(rng), names::phone(rng))).collect();
    let mut all: Vec<Arc<Customer>> = Vec::with_capacity(count);
    for number in 0..count {
        let parent = if number % 5 == 4 { head_office(rng, &all) } else { None };
        let manager = managers.choose(rng).cloned().unwrap_or_default();
        let customer = match parent {
            Some(parent) => branch(rng, number, parent),
            None => company(rng, number, manager),
        };
        all.push(Arc::new(customer));
    }
    all
}

fn head_office(rng: &mut StdRng, all: &[Arc<Customer>]) -> Option<Arc<Customer>> {
    let heads: Vec<&Arc<Customer>> = all.iter().filter(|c| c.parent.is_none() && !c.industry.office_hours).collect();
    heads.choose(rng).map(|head| Arc::clone(head))
}

fn company(rng: &mut StdRng, number: usize, manager: (String, String)) -> Customer {
    let industry = INDUSTRIES.choose_weighted(rng, |i| i.weight).unwrap_or(&INDUSTRIES[0]);
    let city = a_city(rng);
    let ending = names::pick(rng, industry.endings);
    Customer {
        no: format!("C{:06}", 100_001 + number),
        name: format!("{}{}{ending}", city.name, names::brand(number)),
        level: level(rng),
        parent: None,
        industry,
        city,
        manager,
        contact: (names::person(rng), names::phone(rng)),
    }
}

fn branch(rng: &mut StdRng, number: usize, parent: Arc<Customer>) -> Customer {
    let city = a_city(rng);
    Customer {
        no: format!("C{:06}", 100_001 + number),
        name: format!("{}{}第{}分公司", parent.name, city.name, number / 5 + 1),
        level: parent.level,
        industry: parent.industry,
        city,
        manager: parent.manager.clone(),
        contact: (names::person(rng), names::phone(rng)),
        parent: Some(parent),
    }
}

/// A city, busy ones more often.
pub fn a_city(rng: &mut StdRng) -> &'static City {
    CITIES.choose_weighted(rng, |city| city.weight).unwrap_or(&CITIES[0])
}

fn level(rng: &mut StdRng) -> &'static str {
    match rng.random_range(0..100u32) {
        0..12 => "GOLD",
        12..35 => "SILVER",
        35..65 => "BRONZE",
        _ => "STANDARD",
    }
}

impl Customer {
    /// How many circuits it has beside others.
    pub fn weight(&self) -> u32 {
        match self.level {
            "GOLD" => 40,
            "SILVER" => 20,
            "BRONZE" => 11,
            _ => 5,
        }
    }

    /// Service level of one of its circuits.
    pub fn service_level(&self, rng: &mut StdRng) -> &'static str {
        let dice = rng.random_range(0..100u32);
        let (aaa, aa, a) = match self.level {
            "GOLD" => (30, 60, 90),
            "SILVER" => (8, 30, 75),
            "BRONZE" => (0, 8, 55),
            _ => (0, 0, 20),
        };
        match dice {
            dice if dice < aaa => "AAA",
            dice if dice < aa => "AA",
            dice if dice < a => "A",
            _ => "NORMAL",
        }
    }
}
