//! The figure: one circuit, one plan, one period. The same function stands behind the offline
//! command and the daemon, so both give the same answer for the same facts.

use model::time::{Time, Window};
use model::work::Cutover;
use serde::Serialize;

use crate::calendar;
use crate::exclusion::{self, Suspend};
use crate::hits::{self, EvidencedEpisode, Hit, Impact};
use crate::inventory::{CircuitIx, Inventory};
use crate::knowledge::Knowledge;
use crate::ledger::{self, Class, Exclusion, Interval, Layers};
use crate::outage::{self, AlternativeLife, Condition};
use crate::plan::Plan;
use crate::sla::{Base, Budget, Counts, Share, Totals};
use crate::spans;

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
    /// Holds of its tickets.
    pub suspends: &'a [Suspend],
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
    /// Holds of its tickets.
    pub suspends: &'a [Suspend],
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
}

/// The layers of a ledger, owned, over a span that holds the period and what counts before it.
struct Strata {
    in_service: Vec<Window>,
    open: Vec<Window>,
    exclusions: Vec<Exclusion>,
    outages: Vec<Window>,
    unmeasured: Vec<Window>,
    impaired: Vec<Window>,
}

// === impl Strata ===

impl Strata {
    fn layers(&self) -> Layers<'_> {
        Layers {
            in_service: &self.in_service,
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
    let in_service = spans::without(life, facts.suspended);
    let facts = CircuitFacts {
        code,
        in_service: &in_service,
        route: &route_of(facts.inventory, facts.circuit),
        hits: &hits,
        episodes: facts.episodes,
        cutovers: &cutovers,
        suspends: facts.suspends,
        silences: facts.silences,
    };
    evaluate_circuit(&facts, plan, period, as_of)
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

/// [`evaluate`] for a caller that evaluates many circuits.
pub fn evaluate_circuit(facts: &CircuitFacts<'_>, plan: &Plan, period: Window, as_of: Time) -> Figure {
    let as_of = as_of.clamp(period.start, period.end);
    let condition = outage::condition(facts.route, facts.hits);
    let outages = outage::counted_outages(&condition.down, facts.in_service, plan.merge_gap_s, plan.min_outage_s);
    let ended = outages.iter().filter(|outage| period.start < outage.end && outage.end <= as_of);
    let from = ended.map(|outage| outage.start).min().map_or(period.start, |first| first.min(period.start));
    let strata = strata(facts, plan, &condition, outages, Window { start: from, end: period.end });
    let whole = ledger::partition(&strata.layers(), Window { start: from, end: as_of });
    let counts = Counts::of(&strata.outages, &whole, period.start, as_of);
    let mut ledger = since(whole, period.start);
    cite_all(&mut ledger, facts, &strata, &condition);
    let totals = Totals::of(&ledger);
    let base = totals.base(plan.unmeasured);
    let budget = budget(&strata, plan, &base, Window { start: as_of, end: period.end });
    Figure {
        circuit_code: facts.code.to_owned(),
        as_of,
        service_ms: base.service,
        down_ms: base.down,
        excluded_outage_ms: base.excluded_outage,
        excluded_window_ms: base.excluded,
        unmeasured_ms: totals.unmeasured,
        not_in_service_ms: totals.not_in_service,
        outside_window_ms: totals.outside_window,
        availability: base.availability(plan.denominator),
        gross_availability: base.gross(),
        outages: counts.outages,
        mttr_ms: counts.mean_time_to_restore(),
        mtbf_ms: counts.mean_time_between(base.up()),
        longest_ms: counts.longest(),
        ledger,
        period,
        budget,
    }
}

fn strata(facts: &CircuitFacts<'_>, plan: &Plan, condition: &Condition, outages: Vec<Window>, span: Window) -> Strata {
    let after_silence = facts.hits.iter().filter(|hit| hit.impact == Impact::Unmeasured).map(|hit| hit.window);
    Strata {
        in_service: facts.in_service.to_vec(),
        open: calendar::open_windows(plan, span),
        exclusions: exclusion::exclusions(plan, facts.cutovers, facts.suspends),
        outages,
        unmeasured: spans::union(facts.silences.iter().copied().chain(after_silence).collect()),
        impaired: condition.impaired.clone(),
    }
}

/// The part of a ledger from an instant on.
fn since(mut ledger: Vec<Interval>, start: Time) -> Vec<Interval> {
    ledger.retain(|interval| interval.end > start);
    ledger.iter_mut().for_each(|interval| interval.start = interval.start.max(start));
    ledger
}

/// Names what each interval rests on.
fn cite_all(ledger: &mut [Interval], facts: &CircuitFacts<'_>, strata: &Strata, condition: &Condition) {
    let name = |(window, episode): (Window, u32)| {
        let index = usize::try_from(episode).ok()?;
        facts.episodes.get(index).map(|evidenced| (window, &evidenced.evidence))
    };
    let is_down = |interval: &Interval| interval.class == Class::Down || interval.down == Some(true);
    ledger::cite(ledger, condition.down_by.iter().copied().filter_map(name), is_down);
    let bare = ledger.iter().filter(|interval| is_down(interval) && interval.evidence.is_empty());
    let bare: Vec<Time> = bare.map(|interval| interval.start).collect();
    if !bare.is_empty() {
        let is_bare = |interval: &Interval| bare.binary_search(&interval.start).is_ok();
        ledger::cite(ledger, gaps(strata, condition).filter_map(name), is_bare);
    }
    for exclusion in &strata.exclusions {
        let evidence = [(exclusion.window, &exclusion.evidence)];
        ledger::cite(ledger, evidence, |interval| interval.code == Some(exclusion.code));
    }
    let hits = facts.hits.iter().map(|hit| (hit.window, hit.episode));
    let unknown = facts.hits.iter().map(|hit| hit.impact == Impact::Unmeasured);
    let (doubts, faults): (Vec<_>, Vec<_>) = hits.zip(unknown).partition(|(_, unknown)| *unknown);
    let named = |hits: Vec<((Window, u32), bool)>| hits.into_iter().filter_map(move |(hit, _)| name(hit));
    ledger::cite(ledger, named(faults), |interval| interval.degraded == Some(true));
    ledger::cite(ledger, named(doubts), |interval| interval.class == Class::Unmeasured);
    ledger::settle(ledger);
}

/// For the gaps that merging filled: every alarm of an outage, over the whole of it.
fn gaps<'a>(strata: &'a Strata, condition: &'a Condition) -> impl Iterator<Item = (Window, u32)> + 'a {
    condition.down_by.iter().filter_map(|(window, episode)| {
        let outage = spans::overlapping(&strata.outages, *window).first()?;
        Some((*outage, *episode))
    })
}

fn budget(strata: &Strata, plan: &Plan, base: &Base, rest: Window) -> Budget {
    let ahead = spans::common(&spans::cut(&strata.open, rest), &strata.in_service);
    let mut budget = Budget::new(plan, base, base.service + spans::length_ms(&ahead));
    budget.breach_at = strata.ahead(rest).and_then(|ahead| budget.breach(&ahead));
    budget
}

#[cfg(test)]
mod tests;
