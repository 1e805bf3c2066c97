//! The figure of a circuit from the facts in the store: the same function as the offline command,
//! so both answer the same for the same facts.
//!
//! - [`Figures`]: what is needed to ask for one; [`Dossier`]: everything known of it
//! - `facts`: events of everything that can touch the circuit, as episodes
//! - `tickets`: from when to when each of its tickets ran, and when its clock stood
//! - [`corrections`]: what people correct, and what it does to figures
//! - [`versions`]: figures as they were, what made them and what they changed
//! - [`performance`]: what was measured of a circuit, as measured or rolled up
//! - [`measured`]: the same as registers, beside the figure
//! - [`places`]: where on the line outages were
//! - `history`: when the circuit was suspended, and which plan acted when

pub mod corrections;
mod dossier;
mod facts;
mod history;
pub mod measured;
pub mod performance;
pub mod places;
mod tickets;
pub mod versions;

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use engine::plan::{Chosen, DEFAULT_PLAN, Plan, PlanFile};
use model::source::SourceId;
use model::time::Time;
use store::{StoreError, Tx};

pub use dossier::{Cited, Dossier};

/// Seconds of facts before a period that may bear on its figure: outages that began before it, repeats, chronic
/// circuits (plans look back a year at most).
pub const BEFORE_S: i64 = 400 * 86_400;

/// What does not depend on the circuit. Cheap to clone.
#[derive(Clone)]
pub struct Figures {
    plans: Arc<PlanFile>,
    /// For circuits without a contract or with an unknown plan.
    default_plan: Arc<Plan>,
    /// Managers (`emsName`) that each source speaks for: their silence leaves circuits unmeasured.
    ems_names: Arc<BTreeMap<SourceId, Vec<String>>>,
    /// Measured unavailability and alarms may be so far apart.
    apart_max_ms: i64,
}

/// The network as it is known now, and what alarms mean in it.
#[derive(Clone)]
pub struct Network {
    /// The network.
    pub inventory: Arc<Inventory>,
    /// What alarms do.
    pub knowledge: Arc<Knowledge>,
}

// === impl Figures ===

impl Figures {
    /// Figures by a plan file and the managers that each source speaks for; `apart_max_ms`: how far measured
    /// unavailability and alarms may be apart before that is reported.
    pub fn new(plans: Arc<PlanFile>, ems_names: BTreeMap<SourceId, Vec<String>>, apart_max_ms: i64) -> Self {
        Figures { plans, default_plan: Arc::default(), ems_names: Arc::new(ems_names), apart_max_ms }
    }

    /// Measured unavailability and down time that are further apart than so many milliseconds are reported.
    pub fn apart_max_ms(&self) -> i64 {
        self.apart_max_ms
    }

    /// A plan by its name, else the built-in one; and the name of what was chosen.
    pub fn plan<'a>(&'a self, name: &'a str) -> (&'a str, &'a Plan) {
        match self.plans.choose(name, &self.default_plan) {
            Chosen::Named(plan) => (name, plan),
            Chosen::BuiltIn(plan) => (DEFAULT_PLAN, plan),
        }
    }

    /// The built-in plan, then every plan of the file by name.
    pub fn plans(&self) -> impl Iterator<Item = (&str, &Plan)> {
        let named = self.plans.plan.iter().map(|(name, plan)| (name.as_str(), plan));
        std::iter::once((DEFAULT_PLAN, &*self.default_plan)).chain(named)
    }

    /// Everything known of a circuit that bears on time from `since` on; `None` if there is no such circuit.
    ///
    /// # Errors
    /// What the database says.
    pub async fn dossier(
        &self,
        tx: &mut Tx,
        network: &Network,
        code: &str,
        since: Time,
    ) -> Result<Option<Dossier>, StoreError> {
        let Some(circuit) = network.inventory.circuit_ix(code) else { return Ok(None) };
        dossier::load(self, tx, network, circuit, since).await.map(Some)
    }
}
