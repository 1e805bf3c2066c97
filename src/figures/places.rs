//! Where on the line a circuit's outages were: at the object at the bottom of the fault that their first alarm
//! belongs to, else at what that alarm is about.

use std::collections::{BTreeMap, BTreeSet};

use engine::figure::Figure;
use engine::inventory::Subject;
use engine::ledger::Interval;
use engine::place::{Location, locate};
use model::fault::{Fault, FaultNo};
use store::fault::faults_by_nos;
use store::{StoreError, Tx};

use crate::Dossier;

/// Faults of one figure that are read; alarms of others speak for themselves.
const FAULTS_MAX: usize = 1000;

/// The faults that a figure's outages belong to.
#[derive(Default)]
pub struct Places {
    faults: BTreeMap<FaultNo, Fault>,
}

impl Places {
    /// Reads the faults of a figure's outages.
    ///
    /// # Errors
    /// What the database says.
    pub async fn read(tx: &mut Tx, dossier: &Dossier, figure: &Figure) -> Result<Self, StoreError> {
        let down = figure.ledger.iter().filter(|interval| interval.is_down());
        let cited = down.flat_map(|interval| &interval.evidence).filter_map(|evidence| dossier.cited(evidence).fault);
        let numbers: BTreeSet<FaultNo> = cited.collect();
        let numbers: Vec<FaultNo> = numbers.into_iter().take(FAULTS_MAX).collect();
        if numbers.is_empty() {
            return Ok(Places::default());
        }
        let faults = faults_by_nos(tx, &numbers).await?.into_iter();
        Ok(Places { faults: faults.map(|fault| (fault.fault_no, fault)).collect() })
    }

    /// Where some intervals of one outage had their cause; `None` if no alarm of an object speaks of them.
    pub fn of(&self, dossier: &Dossier, intervals: &[Interval]) -> Option<Location> {
        let first = dossier.first_alarm(intervals)?;
        let (inventory, circuit) = (&dossier.network.inventory, dossier.circuit);
        if let Some(fault) = dossier.cited(&first.evidence).fault.and_then(|fault| self.faults.get(&fault)) {
            return Some(locate(inventory, circuit, fault.cause_object_type, &fault.cause_object_id));
        }
        let (_, record) = first.episode.values.first()?;
        let subject = Subject::of(record);
        Some(locate(inventory, circuit, subject.object_type?, subject.object_id))
    }
}
