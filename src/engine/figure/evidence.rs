//! Names what each interval of a ledger rests on: alarms, tickets, cutovers, holds, corrections.

use std::sync::Arc;

use model::time::{Time, Window};

use super::{CircuitFacts, Strata};
use crate::correction::Change;
use crate::hits::Impact;
use crate::ledger::{self, Class, Interval};
use crate::outage;
use crate::plan::OutageClock;
use crate::spans;

/// Something that an interval may rest on.
type Cause<'a> = (Window, &'a Arc<str>);

/// Cites everything.
pub(super) fn cite_all(ledger: &mut [Interval], facts: &CircuitFacts<'_>, strata: &Strata<'_>, clock: OutageClock) {
    let causes = causes(facts, clock);
    ledger::cite(ledger, causes.iter().copied(), Interval::is_down);
    let bare = ledger.iter().filter(|interval| interval.is_down() && interval.evidence.is_empty());
    let bare: Vec<Time> = bare.map(|interval| interval.start).collect();
    if !bare.is_empty() {
        let is_bare = |interval: &Interval| bare.binary_search(&interval.start).is_ok();
        ledger::cite(ledger, gaps(strata, &causes), is_bare);
    }
    for exclusion in &strata.exclusions {
        let evidence = [(exclusion.window, &exclusion.evidence)];
        ledger::cite(ledger, evidence, |interval| interval.code == Some(exclusion.code));
    }
    ledger::cite(ledger, corrected(facts, Change::Up), |interval| interval.class == Class::Up);
    cite_hits(ledger, facts);
    ledger::settle(ledger);
}

/// What had the circuit down.
fn causes<'a>(facts: &CircuitFacts<'a>, clock: OutageClock) -> Vec<Cause<'a>> {
    let blame = outage::blame(facts.route, facts.hits).into_iter();
    let alarms = blame.filter_map(|(window, episode)| Some((window, name(facts, episode)?)));
    let tickets = facts.paperwork.tickets.iter().filter(|_| clock != OutageClock::Alarm);
    let tickets = tickets.map(|ticket| (ticket.window, &ticket.evidence));
    alarms.chain(tickets).chain(corrected(facts, Change::Down)).collect()
}

/// For the gaps that merging filled: every cause of an outage, over the whole of it.
fn gaps<'a>(strata: &Strata<'_>, causes: &[Cause<'a>]) -> impl Iterator<Item = Cause<'a>> {
    causes.iter().filter_map(|(window, name)| {
        let outage = spans::overlapping(&strata.outages, *window).first()?;
        Some((*outage, *name))
    })
}

fn corrected<'a>(facts: &CircuitFacts<'a>, change: Change) -> impl Iterator<Item = Cause<'a>> {
    let corrections = facts.paperwork.corrections.iter().filter(move |correction| correction.change == change);
    corrections.map(|correction| (correction.window, &correction.evidence))
}

/// Alarms of degraded and of unmeasured time.
fn cite_hits(ledger: &mut [Interval], facts: &CircuitFacts<'_>) {
    let hits = |unknown: bool| {
        let hits = facts.hits.iter().filter(move |hit| (hit.impact == Impact::Unmeasured) == unknown);
        hits.filter_map(|hit| Some((hit.window, name(facts, hit.episode)?)))
    };
    ledger::cite(ledger, hits(false), |interval| interval.degraded == Some(true));
    ledger::cite(ledger, hits(true), |interval| interval.class == Class::Unmeasured);
}

fn name<'a>(facts: &CircuitFacts<'a>, episode: u32) -> Option<&'a Arc<str>> {
    let episode = facts.episodes.get(usize::try_from(episode).ok()?)?;
    Some(&episode.evidence)
}
