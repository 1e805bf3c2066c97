//! A report in parts, so that a revision can say which of them are others than before, also where no figure is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::digest::digest_of;
use crate::input::Report;

/// A part of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Circuits, their figures and their last months.
    Circuits,
    /// Outages: when they were and how they count.
    Outages,
    /// Excluded time.
    Exclusions,
    /// Time without measurement.
    Gaps,
    /// Advised credits.
    Credits,
    /// How figures are made.
    Method,
    /// What outages were caused by.
    Causes,
    /// Where outages were.
    Places,
    /// The reasons for outages that were given with the repair.
    Reasons,
    /// Tickets.
    Tickets,
    /// Planned work.
    Works,
    /// Key protection.
    Protections,
    /// What was measured.
    Performance,
    /// The customer's data, texts and sections.
    Look,
}

/// Digests of a report's parts; what is about single circuits, for each circuit on its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts(BTreeMap<Part, BTreeMap<String, String>>);

// === impl Part ===

impl Part {
    /// It follows from the figures: where one of those is another, this is so too.
    pub const fn follows_figures(self) -> bool {
        matches!(self, Part::Circuits | Part::Outages | Part::Exclusions | Part::Gaps | Part::Credits | Part::Method)
    }
}

// === impl Parts ===

impl Parts {
    /// Of a report.
    pub fn of(report: &Report) -> Self {
        let mut parts = Parts::default();
        report.circuits.iter().for_each(|one| parts.add(Part::Circuits, &one.code, one));
        for one in &report.outages {
            let circuit = &one.circuit;
            parts.add(Part::Outages, circuit, &(one.start, one.end, &one.ledger));
            parts.add(Part::Causes, circuit, &(one.start, &one.cause));
            parts.add(Part::Places, circuit, &(one.start, &one.place));
            if one.rfo.is_some() {
                parts.add(Part::Reasons, circuit, &(one.start, &one.rfo));
            }
        }
        report.exclusions.iter().for_each(|one| parts.add(Part::Exclusions, &one.circuit, one));
        report.completeness.gaps.iter().for_each(|one| parts.add(Part::Gaps, &one.circuit, one));
        report.credits.iter().for_each(|one| parts.add(Part::Credits, &one.circuit, one));
        report.performance.iter().for_each(|one| parts.add(Part::Performance, &one.circuit, one));
        report.tickets.iter().for_each(|one| parts.of_circuits(Part::Tickets, &one.circuits, one));
        report.works.iter().for_each(|one| parts.of_circuits(Part::Works, &one.circuits, one));
        report.protections.iter().for_each(|one| parts.of_circuits(Part::Protections, &one.circuits, one));
        parts.add(Part::Method, "", &report.methods);
        parts.add(Part::Look, "", &(&report.template, &report.customer));
        parts
    }

    /// The parts that are others than before, each with the circuits that it is about.
    pub fn changed_since(&self, before: &Parts) -> Vec<(Part, Vec<String>)> {
        let all: BTreeSet<Part> = self.0.keys().chain(before.0.keys()).copied().collect();
        let none = BTreeMap::new();
        let changed = |part: Part| {
            let [is, was] = [self, before].map(|parts| parts.0.get(&part).unwrap_or(&none));
            let circuits: BTreeSet<&String> = is.keys().chain(was.keys()).collect();
            let other = circuits.into_iter().filter(|circuit| is.get(*circuit) != was.get(*circuit));
            let other: Vec<String> = other.cloned().collect();
            (!other.is_empty()).then_some((part, other))
        };
        all.into_iter().filter_map(changed).collect()
    }

    fn of_circuits(&mut self, part: Part, circuits: &[String], what: &impl Serialize) {
        circuits.iter().for_each(|circuit| self.add(part, circuit, what));
    }

    /// Adds to what is known of a circuit.
    fn add(&mut self, part: Part, circuit: &str, what: &impl Serialize) {
        let held = self.0.entry(part).or_default().entry(circuit.to_owned()).or_default();
        *held = digest_of(&(&*held, what));
    }
}

#[cfg(test)]
mod tests;
