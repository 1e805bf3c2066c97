//! What a network manager is to measure: a `[[peer.pm_task]]` each.

use std::collections::BTreeSet;

use model::pm::Granularity;
use serde::{Deserialize, Deserializer};

use super::Peer;

/// Longest name.
const NAME_MAX: usize = 64;

/// A performance task that is wanted at a network manager.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskSettings {
    /// Name: the task keeps its number at the manager as long as it keeps its name here.
    pub name: String,
    /// Parameters, as they are called in performance files.
    pub params: BTreeSet<String>,
    /// Length of the periods: `15M` or `24H`. Default `15M`.
    #[serde(default = "quarter", deserialize_with = "granularity")]
    pub granularity: Granularity,
    /// Objects by their id at the manager.
    #[serde(default)]
    pub objects: BTreeSet<String>,
    /// Circuits of these service types, while they are in service.
    #[serde(default)]
    pub circuits: BTreeSet<String>,
    /// What of such a circuit is an object. Default: its ports.
    #[serde(default)]
    pub measures: Measures,
    /// It is kept at the manager and measures nothing. Default false.
    #[serde(default)]
    pub suspended: bool,
}

/// What of a circuit a manager measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measures {
    /// The ports where it begins and ends, as far as this manager observes them (`ems_names`).
    #[default]
    Ports,
    /// The circuit by its code.
    Circuits,
}

const fn quarter() -> Granularity {
    Granularity::M15
}

fn granularity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Granularity, D::Error> {
    let text = String::deserialize(deserializer)?;
    let known = Granularity::from_word(&text).filter(|it| [Granularity::M15, Granularity::H24].contains(it));
    known.ok_or_else(|| serde::de::Error::custom(format!("granularity {text:?} must be 15M or 24H")))
}

/// What is wrong with the tasks of a peer, a sentence each.
pub(super) fn faults_of(peer: &Peer) -> Vec<String> {
    let mut faults = Vec::new();
    if !peer.pm_tasks.is_empty() && (!peer.kind.is_network_manager() || peer.url.is_none()) {
        faults.push("pm_task needs a manager of kind transport, ip or atm with a url".to_owned());
    }
    if !peer.pm_tasks.is_empty() && peer.files.is_none() {
        faults.push("pm_task needs files: what is measured comes as files of its site".to_owned());
    }
    let mut names = BTreeSet::new();
    for task in &peer.pm_tasks {
        let mut expect = |holds: bool, fault: &str| {
            if !holds {
                faults.push(format!("pm_task {:?}: {fault}", task.name));
            }
        };
        expect((1..=NAME_MAX).contains(&task.name.chars().count()), "name must have 1 to 64 characters");
        expect(names.insert(&task.name), "another task has this name");
        expect(!task.params.is_empty(), "params must name at least one parameter");
        expect(!(task.objects.is_empty() && task.circuits.is_empty()), "objects or circuits must say what is measured");
        let ports = task.measures == Measures::Ports && !task.circuits.is_empty();
        expect(
            !(ports && peer.ems_names.is_empty()),
            "ports of circuits are found by ems_names, which this peer lacks",
        );
        let empty =
            [&task.params, &task.objects, &task.circuits].into_iter().flatten().any(|word| word.trim().is_empty());
        expect(!empty, "params, objects and circuits must not hold an empty text");
    }
    faults
}
