//! Crossings of a threshold as a pure function of the measured rows (semantics §5): set and reset values, N of M
//! periods. What comes late, twice or corrected gives the crossings that it would have given in order.
//!
//! A change needs N periods that speak for it among M that follow each other in time and end with the last of the N;
//! only periods after the change before count. A period that was not measured takes its place among the M and speaks
//! for nothing. So the state at an instant follows from the last change before it and less than M periods, and a row
//! that comes late is judged from its period on, until what follows agrees again with what was found before.

use std::collections::{BTreeMap, VecDeque};

use model::pm::Granularity;
use model::threshold::{Crossing, Direction, Threshold};
use model::time::Time;

use crate::inventory::{Circuit, Inventory};

/// What decides which thresholds hold for a circuit.
#[derive(Clone, Debug, Default)]
pub struct Served<'a> {
    /// Its service type.
    pub service_type: &'a str,
    /// Its service level.
    pub service_level: &'a str,
    /// Its customer, then those above.
    pub customers: Vec<&'a str>,
}

/// What becomes of a crossing that was found before, by its raise time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// It was not known.
    Raise(Crossing),
    /// It ended then, or earlier than was found before.
    End {
        /// Which.
        raised_at: Time,
        /// When.
        cleared_at: Time,
    },
    /// It never was.
    TakeBack {
        /// Which.
        raised_at: Time,
    },
}

/// Judges the rows of one measured object from one period on.
#[derive(Clone, Debug)]
pub struct Sweep<'t> {
    rule: &'t Threshold,
    /// Crossings that were found before, by time.
    held: Vec<Crossing>,
    found: Vec<Crossing>,
    /// Begin of the first period that is judged.
    from: Time,
    /// From here on what was found before can agree again.
    settles: Time,
    /// The last change.
    since: Time,
    /// Periods that may still count: begin, and what they speak for.
    window: VecDeque<(Time, Evidence)>,
}

/// What a period speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    Set,
    Reset,
    Neither,
}

/// The thresholds that hold for a circuit of the inventory; none for one that it does not hold.
pub fn in_force_for<'t>(thresholds: &'t [Threshold], inventory: &Inventory, code: &str) -> Vec<&'t Threshold> {
    let circuit = inventory.circuit_ix(code).and_then(|ix| inventory.circuit(ix));
    circuit.map_or_else(Vec::new, |circuit| in_force(thresholds, &Served::of(inventory, &circuit)))
}

/// The thresholds that hold for a circuit: of those that look at the same thing the one of the nearest customer,
/// then of its level, then of its type. One that is switched off hides those that it overrides.
pub fn in_force<'t>(thresholds: &'t [Threshold], served: &Served<'_>) -> Vec<&'t Threshold> {
    type Looks<'t> = (&'t str, Granularity, Direction);
    let mut best: BTreeMap<Looks<'t>, (Rank, &'t Threshold)> = BTreeMap::new();
    for threshold in thresholds {
        let Some(rank) = rank(threshold, served) else { continue };
        let key = &threshold.key;
        let looks = (key.param.as_str(), key.granularity, key.direction);
        let place = best.entry(looks).or_insert((rank, threshold));
        if rank > place.0 {
            *place = (rank, threshold);
        }
    }
    best.into_values().map(|(_, threshold)| threshold).filter(|threshold| threshold.enabled).collect()
}

/// How near its customer is, is it for the level, is it for the type.
type Rank = (usize, bool, bool);

/// How closely a threshold is meant for a circuit; `None` if it is not.
fn rank(threshold: &Threshold, served: &Served<'_>) -> Option<Rank> {
    let key = &threshold.key;
    let of_customer = match key.customer_no.as_str() {
        "" => 0,
        no => served.customers.len() - served.customers.iter().position(|known| *known == no)?,
    };
    let names = |wanted: &str, is: &str| (wanted.is_empty() || wanted == is).then_some(!wanted.is_empty());
    Some((
        of_customer,
        names(&key.service_level, served.service_level)?,
        names(&key.service_type, served.service_type)?,
    ))
}

// === impl Served ===

impl<'a> Served<'a> {
    /// What decides for a circuit.
    pub fn of(inventory: &'a Inventory, circuit: &Circuit<'a>) -> Self {
        let mut customers = Vec::new();
        let mut next = circuit.customer;
        while let Some(customer) = next.and_then(|ix| inventory.customer(ix)) {
            // A chain that bites its tail ends here.
            if customers.contains(&customer.no) {
                break;
            }
            customers.push(customer.no);
            next = customer.parent;
        }
        Served { service_type: circuit.service_type, service_level: circuit.service_level, customers }
    }
}

// === impl Sweep ===

impl<'t> Sweep<'t> {
    /// Rows of periods that begin in `first..=last` are new or other than before. `held` are the crossings that
    /// were found before, sorted; those that ended before [`Sweep::read_from`] of any period may be missing.
    pub fn new(rule: &'t Threshold, held: Vec<Crossing>, (first, last): (Time, Time)) -> Self {
        let from = first.max(rule.since);
        let before = held.iter().filter(|crossing| crossing.raised_at <= from);
        let found: Vec<Crossing> = before
            .map(|crossing| Crossing { cleared_at: crossing.cleared_at.filter(|end| *end <= from), ..*crossing })
            .collect();
        let since = last_change(&found, from).unwrap_or(rule.since);
        let settles = last.plus_ms(i64::from(rule.of) * rule.period_ms());
        Sweep { rule, held, found, from, settles, since, window: VecDeque::new() }
    }

    /// Begin of the first period that it must be told of.
    pub fn read_from(&self) -> Time {
        self.from.plus_ms(-i64::from(self.rule.of.saturating_sub(1)) * self.rule.period_ms()).max(self.since)
    }

    /// A period that was measured, after those before it. What was not measured is not told.
    pub fn add(&mut self, start: Time, value: f64) {
        if start < self.read_from() {
            return;
        }
        let oldest = start.plus_ms(-i64::from(self.rule.of) * self.rule.period_ms());
        while self.window.front().is_some_and(|(begin, _)| *begin <= oldest) {
            self.window.pop_front();
        }
        let evidence = match (self.rule.sets(value), self.rule.resets(value)) {
            (true, _) => Evidence::Set,
            (false, true) => Evidence::Reset,
            (false, false) => Evidence::Neither,
        };
        self.window.push_back((start, evidence));
        if start >= self.from {
            self.decide(start.plus_ms(self.rule.period_ms()), value);
        }
    }

    fn decide(&mut self, at: Time, value: f64) {
        let open = self.found.last_mut().filter(|crossing| crossing.cleared_at.is_none());
        let wanted = if open.is_some() { Evidence::Reset } else { Evidence::Set };
        let speaking = self.window.iter().filter(|(_, evidence)| *evidence == wanted).count();
        if speaking < self.rule.needed.max(1) as usize {
            return;
        }
        match open {
            Some(crossing) => crossing.cleared_at = Some(at),
            None => self.found.push(Crossing { raised_at: at, cleared_at: None, value }),
        }
        self.since = at;
        self.window.clear();
    }

    /// It was told of all periods that begin before `until`: does what follows stand as it was found before? It does
    /// where the state is the same and no change lies so near that it hides a period from what follows.
    pub fn settled(&self, until: Time) -> bool {
        let near = until.plus_ms(-i64::from(self.rule.of) * self.rule.period_ms());
        let state = |crossings: &[Crossing]| {
            (open_at(crossings, until).is_some(), last_change(crossings, until).filter(|at| *at > near))
        };
        until >= self.settles && state(&self.held) == state(&self.found)
    }

    /// What becomes of the crossings that were found before, if it [settled](Self::settled) at `until`, or, for `None`,
    /// was told of all that there is.
    pub fn finish(mut self, until: Option<Time>) -> Vec<Change> {
        if let Some(until) = until {
            if let Some(open) = self.found.last_mut().filter(|crossing| crossing.cleared_at.is_none()) {
                open.cleared_at = open_at(&self.held, until).and_then(|crossing| crossing.cleared_at);
            }
            self.found.extend(self.held.iter().filter(|crossing| crossing.raised_at > until));
        }
        changes(&self.held, &self.found)
    }

    /// The crossings that it found.
    pub fn into_crossings(self) -> Vec<Crossing> {
        self.found
    }
}

/// The crossing that lasts at an instant.
fn open_at(crossings: &[Crossing], at: Time) -> Option<&Crossing> {
    let last = crossings.iter().rfind(|crossing| crossing.raised_at <= at)?;
    last.cleared_at.is_none_or(|end| end > at).then_some(last)
}

/// The last change up to an instant.
fn last_change(crossings: &[Crossing], until: Time) -> Option<Time> {
    let times = crossings.iter().flat_map(|crossing| [Some(crossing.raised_at), crossing.cleared_at]).flatten();
    times.filter(|at| *at <= until).max()
}

/// What makes the crossings `after` of those `before`. One that ended later than was found before is another one:
/// what was said of an end cannot be unsaid.
fn changes(before: &[Crossing], after: &[Crossing]) -> Vec<Change> {
    let mut changes = Vec::new();
    let named = |list: &[Crossing], raised_at: Time| list.iter().find(|known| known.raised_at == raised_at).copied();
    for old in before {
        let raised_at = old.raised_at;
        match named(after, raised_at) {
            Some(new) if new.cleared_at == old.cleared_at => {}
            Some(Crossing { cleared_at: Some(cleared_at), .. })
                if old.cleared_at.is_none_or(|end| cleared_at < end) =>
            {
                changes.push(Change::End { raised_at, cleared_at });
            }
            Some(new) => changes.extend([Change::TakeBack { raised_at }, Change::Raise(new)]),
            None => changes.push(Change::TakeBack { raised_at }),
        }
    }
    changes.extend(after.iter().filter(|new| named(before, new.raised_at).is_none()).map(|new| Change::Raise(*new)));
    changes
}

#[cfg(test)]
mod tests;
