//! The figure: one circuit, one plan, one period. The same function stands behind the offline
//! command and the daemon, so both give the same answer for the same facts.

mod evidence;

use std::borrow::Cow;

use model::time::{Time, Window};
use model::work::Cutover;
use serde::Serialize;

use crate::clock::{self, TicketLife};
use crate::correction::{self, Correction};
use crate::exclusion::{self, Suspend};
use crate::hits::{self, EvidencedEpisode, Hit};
use crate::inventory::{CircuitIx, Inventory};
use crate::knowledge::Knowledge;
use crate::ledger::{self, Exclusion, Interval, Layers};
use crate::outage::{self, AlternativeLife, Condition};
use crate::plan::Plan;
use crate::quality::Quality;
use crate::sla::{Base, Budget, Share};
use crate::spans;
use crate::tally::Tally;
use crate::terms::Terms;

/// What people did about a circuit, in any order.
#[derive(Clone, Copy, Default)]
pub struct Paperwork<'a> {
    /// Its tickets; they count only by a plan whose clock looks at them.
    pub tickets: &'a [TicketLife],
    /// Holds of its tickets.
    pub suspends: &'a [Suspend],
    /// Approved corrections.
    pub corrections: &'a [Correction],
}

/// What is known of one circuit, for [`evaluate`].
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The network.
    pub inventory: &'a Inventory,
    /// What alarms do.
    pub knowledge: &'a Knowledge,
    /// The circuit.
    pub circuit: CircuitIx,
    /// Episodes that may touch it.
    pub episodes: &'a [EvidencedEpisode],
    /// Every revision of every cutover that ever named it.
    pub cutovers: &'a [Cutover],
    /// What people did about it.
    pub paperwork: Paperwork<'a>,
    /// Silences of the sources that observe it.
    pub silences: &'a [Window],
    /// When it was suspended, or terminated without a date: from when we learnt it, in any order.
    pub suspended: &'a [Window],
}

/// The same with the work shared by many circuits already done, for [`evaluate_circuit`].
#[derive(Clone, Copy)]
pub struct CircuitFacts<'a> {
    /// Circuit code.
    pub code: &'a str,
    /// When it is in service: sorted, disjoint.
    pub in_service: &'a [Window],
    /// Its route, by (segment, alternative).
    pub route: &'a [AlternativeLife],
    /// The hits on it.
    pub hits: &'a [Hit],
    /// The episodes that the hits number.
    pub episodes: &'a [EvidencedEpisode],
    /// Cutovers in force that name it.
    pub cutovers: &'a [&'a Cutover],
    /// What people did about it.
    pub paperwork: Paperwork<'a>,
    /// Silences of the sources that observe it.
    pub silences: &'a [Window],
}

/// The figure of one circuit. Its JSON is the contract of interfaces §9.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// Circuit.
    pub circuit_code: String,
    /// The ledger covers [period start, here).
    pub as_of: Time,
    /// S.
    pub service_ms: i64,
    /// D.
    pub down_ms: i64,
    /// X.
    pub excluded_outage_ms: i64,
    /// W.
    pub excluded_window_ms: i64,
    /// Time in which nobody knows.
    pub unmeasured_ms: i64,
    /// Time before and after the circuit's life.
    pub not_in_service_ms: i64,
    /// Time outside the promised hours.
    pub outside_window_ms: i64,
    /// Availability by the plan; `None` = not applicable.
    pub availability: Option<Share>,
    /// Gross availability; `None` = not applicable.
    pub gross_availability: Option<Share>,
    /// N.
    pub outages: u32,
    /// Mean time to restore.
    pub mttr_ms: Option<i64>,
    /// Mean time between outages.
    pub mtbf_ms: Option<i64>,
    /// The longest outage.
    pub longest_ms: Option<i64>,
    /// Every minute explained.
    pub ledger: Vec<Interval>,
    /// The period asked for.
    #[serde(skip)]
    pub period: Window,
    /// What is left of the promise.
    #[serde(skip)]
    pub budget: Budget,
    /// What else is said of it.
    #[serde(skip)]
    pub quality: Quality,
}

/// How much of a figure is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// All of it.
    Ledger,
    /// The numbers; the ledger is left empty.
    Numbers,
}

/// The layers of a ledger over a span that holds the period and what counts before it.
struct Strata<'a> {
    /// Where the span begins.
    from: Time,
    in_service: &'a [Window],
    open: Cow<'a, [Window]>,
    exclusions: Vec<Exclusion>,
    outages: Cow<'a, [Window]>,
    unmeasured: Cow<'a, [Window]>,
    impaired: Cow<'a, [Window]>,
}

// === impl Strata ===

impl<'a> Strata<'a> {
    fn new(facts: &CircuitFacts<'a>, terms: &'a Terms<'_>, condition: &'a Condition) -> Self {
        let (plan, Paperwork { tickets, suspends, corrections }) = (terms.plan, facts.paperwork);
        let down = correction::down(clock::down_by(plan.clock, &condition.down, tickets), corrections);
        let outages = outage::counted_outages(down, facts.in_service, plan.merge_gap_s, plan.min_outage_s);
        let from = looks_back_to(&outages, terms);
        Strata {
            from,
            in_service: facts.in_service,
            open: terms.open_since(from),
            exclusions: exclusion::exclusions(plan, facts.cutovers, suspends, corrections),
            outages,
            unmeasured: spans::with(&condition.unknown, facts.silences),
            impaired: correction::impaired(condition.impaired(), corrections),
        }
    }

    fn layers(&self) -> Layers<'_> {
        Layers {
            in_service: self.in_service,
            open: &self.open,
            exclusions: &self.exclusions,
            outages: &self.outages,
            unmeasured: &self.unmeasured,
            impaired: &self.impaired,
        }
    }

    /// The rest of the period if the outage that is open at `as_of` lasts; `None` if none is open.
    fn ahead(&self, rest: Window) -> Option<Vec<Interval>> {
        self.outages.iter().any(|outage| outage.holds(rest.start)).then(|| {
            let outages = [rest];
            ledger::partition(&Layers { outages: &outages, ..self.layers() }, rest)
        })
    }
}

/// The figure of a circuit: `period` is evaluated up to `as_of`, at most to its end.
/// A circuit that the inventory does not have was never in service.
pub fn evaluate(facts: &Facts<'_>, plan: &Plan, period: Window, as_of: Time) -> Figure {
    let circuit = facts.inventory.circuit(facts.circuit);
    let (code, life) = circuit.map_or(("", Window::new(Time::MAX, Time::MAX)), |c| (c.code, c.in_service));
    let hits = hits::hits_on_circuit(facts.inventory, facts.knowledge, facts.circuit, facts.episodes);
    let mut cutovers = exclusion::in_force(facts.cutovers);
    cutovers.retain(|cutover| cutover.circuit_codes.iter().any(|named| named == code));
    let in_service = spans::minus(&[life], facts.suspended);
    let facts = CircuitFacts {
        code,
        in_service: &in_service,
        route: &route_of(facts.inventory, facts.circuit),
        hits: &hits,
        episodes: facts.episodes,
        cutovers: &cutovers,
        paperwork: facts.paperwork,
        silences: facts.silences,
    };
    evaluate_circuit(&facts, &Terms::new(plan, period, as_of), Detail::Ledger)
}

/// A circuit's route as the outage sweep wants it.
pub fn route_of(inventory: &Inventory, circuit: CircuitIx) -> Vec<AlternativeLife> {
    let life = |alternative: crate::inventory::Alternative<'_>| AlternativeLife {
        segment: alternative.segment,
        alternative: alternative.alternative,
        exists: alternative.exists(),
    };
    inventory.routes(circuit).into_iter().map(life).collect()
}

/// [`evaluate`] for a caller that evaluates many circuits of one plan.
pub fn evaluate_circuit(facts: &CircuitFacts<'_>, terms: &Terms<'_>, detail: Detail) -> Figure {
    let (plan, period) = (terms.plan, terms.period);
    let condition = Condition::new(facts.route, facts.hits);
    let strata = Strata::new(facts, terms, &condition);
    let outages = spans::overlapping(&strata.outages, Window::new(strata.from, Time::MAX));
    let (mut found, mut ledger) = (Tally::new(terms, outages), Vec::new());
    ledger::walk(&strata.layers(), Window::new(strata.from, terms.as_of), |piece| {
        found.take(&piece);
        if detail == Detail::Ledger {
            ledger::join(&mut ledger, piece, period);
        }
    });
    let found = found.finish();
    let base = found.totals.base(plan.unmeasured);
    let availability = base.availability(plan.denominator);
    let quality = Quality::new(plan, &found, availability);
    let (totals, counts) = (found.totals, found.counts);
    if detail == Detail::Ledger {
        evidence::cite_all(&mut ledger, facts, &strata, plan.clock);
    }
    Figure {
        circuit_code: facts.code.to_owned(),
        as_of: terms.as_of,
        service_ms: base.service,
        down_ms: base.down,
        excluded_outage_ms: base.excluded_outage,
        excluded_window_ms: base.excluded,
        unmeasured_ms: totals.unmeasured,
        not_in_service_ms: totals.not_in_service,
        outside_window_ms: totals.outside_window,
        availability,
        gross_availability: base.gross(),
        outages: counts.outages,
        mttr_ms: counts.mean_time_to_restore(),
        mtbf_ms: counts.mean_time_between(base.up()),
        longest_ms: counts.longest(),
        ledger,
        period,
        budget: budget(&strata, terms, &base),
        quality,
    }
}

/// The start of the first outage that bears on the figure, at most the period's.
fn looks_back_to(outages: &[Window], terms: &Terms<'_>) -> Time {
    let start = terms.period.start;
    let first = |since: Time, also: bool| {
        let from = outages.partition_point(|outage| outage.end < since || (outage.end == since && !also));
        outages.get(from).filter(|outage| outage.end <= terms.as_of).map_or(start, |outage| outage.start.min(start))
    };
    first(terms.horizon(first(start, false)), true)
}

fn budget(strata: &Strata<'_>, terms: &Terms<'_>, base: &Base) -> Budget {
    let rest = terms.rest();
    let ahead = spans::common(&spans::cut(&strata.open, rest), strata.in_service);
    let mut budget = Budget::new(terms.plan, base, base.service + spans::length_ms(&ahead));
    budget.breach_at = strata.ahead(rest).and_then(|ahead| budget.breach(&ahead));
    budget
}

#[cfg(test)]
mod tests;
