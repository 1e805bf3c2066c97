//! When a circuit was down, from its hits and its route.
//!
//! Hops in series, alternatives in parallel, segments in series (semantics §2): an alternative is
//! down while anything hits it, a segment while all its alternatives are, the circuit while any
//! segment is or an outage names it whole. Outages are computed over all time, never per period.

use std::borrow::Cow;

use model::time::Window;

use crate::hits::{Hit, Impact};
use crate::inventory::Place;
use crate::spans;

/// One alternative of a circuit's route and when it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlternativeLife {
    /// Segment in series.
    pub segment: u16,
    /// 1 = working, 2.. = protection.
    pub alternative: u16,
    /// When it has a hop: sorted, disjoint.
    pub exists: Vec<Window>,
}

/// The condition of a circuit over all time. Each list is sorted and disjoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// Down: maximal.
    pub down: Vec<Window>,
    /// Degraded, or an alternative of several is down; perhaps also where the circuit is down.
    weak: Vec<Window>,
    /// Nobody knows what an alarm was.
    pub unknown: Vec<Window>,
}

// === impl AlternativeLife ===

impl AlternativeLife {
    fn place(&self) -> Place {
        Place::Alternative { segment: self.segment, alternative: self.alternative }
    }
}

// === impl Condition ===

impl Condition {
    /// The condition of a circuit from its route, sorted by (segment, alternative), and its hits.
    pub fn new(route: &[AlternativeLife], hits: &[Hit]) -> Self {
        let mut condition = Condition { down: Vec::with_capacity(hits.len()), ..Condition::default() };
        if hits.is_empty() {
            return condition;
        }
        for hit in hits {
            match (hit.impact, hit.place) {
                (Impact::Unmeasured, _) => condition.unknown.push(hit.window),
                (Impact::Degraded, _) => condition.weak.push(hit.window),
                (Impact::Outage, Place::Whole) => condition.down.push(hit.window),
                (Impact::Outage, Place::Alternative { .. }) => {}
            }
        }
        for segment in segments(route) {
            match segment {
                [sole] => condition.down.extend(outages_of(sole, hits)),
                protected => {
                    let weak = condition.weak.len();
                    condition.weak.extend(protected.iter().flat_map(|life| outages_of(life, hits)));
                    if condition.weak.len() > weak {
                        condition.down.extend(down(protected, hits));
                    }
                }
            }
        }
        Condition {
            down: spans::union(condition.down),
            weak: spans::union(condition.weak),
            unknown: spans::union(condition.unknown),
        }
    }

    /// Down, degraded, or without one of several alternatives.
    pub fn impaired(&self) -> Cow<'_, [Window]> {
        spans::with(&self.down, &self.weak)
    }
}

/// Which hit had the circuit down, and when: (window, episode). A hit on an alternative has it down
/// while its segment is.
pub fn blame(route: &[AlternativeLife], hits: &[Hit]) -> Vec<(Window, u32)> {
    let whole = hits.iter().filter(|hit| is_outage(hit, Place::Whole));
    let mut blamed: Vec<(Window, u32)> = whole.map(|hit| (hit.window, hit.episode)).collect();
    for segment in segments(route) {
        let down = down(segment, hits);
        for hit in segment.iter().flat_map(|life| hits.iter().filter(|hit| is_outage(hit, life.place()))) {
            blamed.extend(spans::cut(&down, hit.window).into_iter().map(|part| (part, hit.episode)));
        }
    }
    blamed
}

/// The outages that count: cut to in-service time, merged over short gaps, short ones dropped.
/// `down` is maximal, sorted and disjoint.
pub fn counted_outages<'a>(
    down: Cow<'a, [Window]>,
    in_service: &[Window],
    merge_gap_s: i64,
    min_outage_s: i64,
) -> Cow<'a, [Window]> {
    let mut outages = spans::inside(down, in_service);
    if merge_gap_s > 0 {
        outages = Cow::Owned(spans::merge_closer(outages.into_owned(), merge_gap_s.saturating_mul(1000)));
    }
    if min_outage_s > 0 {
        outages.to_mut().retain(|outage| outage.length_ms() >= min_outage_s.saturating_mul(1000));
    }
    outages
}

fn segments(route: &[AlternativeLife]) -> impl Iterator<Item = &[AlternativeLife]> {
    route.chunk_by(|a, b| a.segment == b.segment)
}

/// When a segment is down: it exists and has no alternative that is up.
fn down(segment: &[AlternativeLife], hits: &[Hit]) -> Vec<Window> {
    let exists = spans::union(segment.iter().flat_map(|life| life.exists.iter().copied()).collect());
    let up = segment.iter().flat_map(|life| {
        let outages: Vec<Window> = outages_of(life, hits).collect();
        spans::minus(&life.exists, &outages)
    });
    spans::minus(&exists, &up.collect::<Vec<_>>())
}

/// When an alternative exists and something hits it, in the order of the hits.
fn outages_of<'a>(life: &'a AlternativeLife, hits: &'a [Hit]) -> impl Iterator<Item = Window> {
    let hits = hits.iter().filter(|hit| is_outage(hit, life.place()));
    hits.flat_map(|hit| life.exists.iter().filter_map(|exists| exists.cut(hit.window)))
}

fn is_outage(hit: &Hit, place: Place) -> bool {
    hit.impact == Impact::Outage && hit.place == place
}

#[cfg(test)]
mod tests;
