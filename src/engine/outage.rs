//! When a circuit was down: the sweep over its hits and its route.
//!
//! Hops in series, alternatives in parallel, segments in series (semantics §2): an alternative is
//! down while anything hits it, a segment while all its alternatives are, the circuit while any
//! segment is or an outage names it whole. Outages are computed over all time, never per period.

use model::time::{Time, Window};

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

/// The condition of a circuit over all time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// Down: maximal, sorted, disjoint.
    pub down: Vec<Window>,
    /// Degraded, or an alternative is down: also where the circuit is down.
    pub impaired: Vec<Window>,
}

/// Something that changes at an instant. Order does not matter among equal times.
struct Edge {
    at: Time,
    what: What,
    begins: bool,
}

/// What changes.
#[derive(Clone, Copy)]
enum What {
    /// An alternative begins or ceases to be part of the route.
    Exists(usize),
    /// An outage of an alternative begins or ends.
    Hit(usize),
    /// An outage of the whole circuit begins or ends.
    Whole,
    /// A degradation begins or ends.
    Degraded,
}

/// The state of one alternative.
#[derive(Clone, Default)]
struct AlternativeState {
    segment: usize,
    exists: u32,
    hits: u32,
}

/// The state of one segment.
#[derive(Clone, Copy, Default)]
struct SegmentState {
    alternatives: u32,
    alternatives_down: u32,
}

/// Turns a switch into windows.
#[derive(Clone, Default)]
struct Recorder {
    since: Option<Time>,
    windows: Vec<Window>,
}

/// The sweep's state.
struct Sweep<'a> {
    route: &'a [AlternativeLife],
    alternatives: Vec<AlternativeState>,
    segments: Vec<SegmentState>,
    segments_down: u32,
    alternatives_down: u32,
    whole: u32,
    degraded: u32,
}

// === impl Recorder ===

impl Recorder {
    fn room_for(windows: usize) -> Self {
        Recorder { since: None, windows: Vec::with_capacity(windows) }
    }

    fn set(&mut self, at: Time, on: bool) {
        match (self.since, on) {
            (None, true) => self.since = Some(at),
            (Some(since), false) => {
                self.since = None;
                if since < at {
                    self.windows.push(Window { start: since, end: at });
                }
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Vec<Window> {
        self.set(Time::MAX, false);
        self.windows
    }
}

// === impl AlternativeState ===

impl AlternativeState {
    fn is_down(&self) -> bool {
        self.exists > 0 && self.hits > 0
    }
}

// === impl SegmentState ===

impl SegmentState {
    fn is_down(&self) -> bool {
        self.alternatives > 0 && self.alternatives == self.alternatives_down
    }
}

// === impl Sweep ===

impl<'a> Sweep<'a> {
    /// `route` is sorted by (segment, alternative).
    fn new(route: &'a [AlternativeLife]) -> Self {
        let mut alternatives = Vec::with_capacity(route.len());
        let mut segments = 0;
        for group in route.chunk_by(|a, b| a.segment == b.segment) {
            alternatives.extend(group.iter().map(|_| AlternativeState { segment: segments, ..Default::default() }));
            segments += 1;
        }
        Sweep {
            route,
            alternatives,
            segments: vec![SegmentState::default(); segments],
            segments_down: 0,
            alternatives_down: 0,
            whole: 0,
            degraded: 0,
        }
    }

    /// Goes through time and stops at each instant at which something changed.
    fn run(mut self, hits: &[Hit], mut see: impl FnMut(&Sweep<'_>, Time, &[Edge])) {
        let edges = self.edges(hits);
        for group in edges.chunk_by(|a, b| a.at == b.at) {
            group.iter().for_each(|edge| self.apply(edge));
            group.first().into_iter().for_each(|first| see(&self, first.at, group));
        }
    }

    fn index(&self, segment: u16, alternative: u16) -> Option<usize> {
        self.route.binary_search_by_key(&(segment, alternative), |life| (life.segment, life.alternative)).ok()
    }

    /// Edges by time. What was part of the route since ever is put there at once, and what ends never
    /// has no end, so that most routes have no edges of their own.
    fn edges(&mut self, hits: &[Hit]) -> Vec<Edge> {
        let mut edges = Vec::with_capacity(hits.len() * 2);
        let route = self.route;
        for (index, life) in route.iter().enumerate() {
            for window in life.exists.iter().filter(|window| !window.is_empty()) {
                let what = What::Exists(index);
                let begin = Edge { at: window.start, what, begins: true };
                if window.start == Time::MIN {
                    self.apply(&begin)
                } else {
                    edges.push(begin)
                }
                edges.extend(end_of(*window, what));
            }
        }
        for hit in hits.iter().filter(|hit| !hit.window.is_empty()) {
            let Some(what) = self.what(hit) else { continue };
            edges.push(Edge { at: hit.window.start, what, begins: true });
            edges.extend(end_of(hit.window, what));
        }
        edges.sort_unstable_by_key(|edge| edge.at);
        edges
    }

    fn what(&self, hit: &Hit) -> Option<What> {
        match (hit.impact, hit.place) {
            (Impact::Unmeasured, _) => None,
            (Impact::Degraded, _) => Some(What::Degraded),
            (Impact::Outage, Place::Whole) => Some(What::Whole),
            (Impact::Outage, Place::Alternative { segment, alternative }) => {
                self.index(segment, alternative).map(What::Hit)
            }
        }
    }

    fn apply(&mut self, edge: &Edge) {
        match edge.what {
            What::Whole => step(&mut self.whole, edge.begins),
            What::Degraded => step(&mut self.degraded, edge.begins),
            What::Exists(index) => self.change(index, |alternative| step(&mut alternative.exists, edge.begins)),
            What::Hit(index) => self.change(index, |alternative| step(&mut alternative.hits, edge.begins)),
        }
    }

    /// Changes one alternative and carries the change up to its segment and the circuit.
    fn change(&mut self, index: usize, change: impl FnOnce(&mut AlternativeState)) {
        let Some(alternative) = self.alternatives.get_mut(index) else { return };
        let Some(segment) = self.segments.get_mut(alternative.segment) else { return };
        let (existed, was_down, segment_was_down) = (alternative.exists > 0, alternative.is_down(), segment.is_down());
        change(alternative);
        shift(&mut segment.alternatives, existed, alternative.exists > 0);
        shift(&mut segment.alternatives_down, was_down, alternative.is_down());
        shift(&mut self.alternatives_down, was_down, alternative.is_down());
        shift(&mut self.segments_down, segment_was_down, segment.is_down());
    }

    fn is_down(&self) -> bool {
        self.whole > 0 || self.segments_down > 0
    }

    fn is_impaired(&self) -> bool {
        self.is_down() || self.degraded > 0 || self.alternatives_down > 0
    }

    /// The number of the segment that an edge is about; the one after the last stands for the whole.
    fn recorder_of(&self, what: What) -> Option<usize> {
        match what {
            What::Exists(index) | What::Hit(index) => self.alternatives.get(index).map(|own| own.segment),
            What::Whole => Some(self.segments.len()),
            What::Degraded => None,
        }
    }
}

/// The condition of a circuit from its route, sorted by (segment, alternative), and its hits.
pub fn condition(route: &[AlternativeLife], hits: &[Hit]) -> Condition {
    if hits.is_empty() {
        return Condition::default();
    }
    let (mut down, mut impaired) = (Recorder::room_for(hits.len()), Recorder::room_for(hits.len()));
    Sweep::new(route).run(hits, |state, at, _| {
        down.set(at, state.is_down());
        impaired.set(at, state.is_impaired());
    });
    Condition { down: down.finish(), impaired: impaired.finish() }
}

/// Which hit had the circuit down, and when: (window, episode). A hit on an alternative has it down
/// while its segment is.
pub fn blame(route: &[AlternativeLife], hits: &[Hit]) -> Vec<(Window, u32)> {
    let sweep = Sweep::new(route);
    let places: Vec<Option<usize>> = hits.iter().map(|hit| sweep.recorder_of(sweep.what(hit)?)).collect();
    let mut recorders = vec![Recorder::default(); sweep.segments.len() + 1];
    sweep.run(hits, |state, at, edges| {
        for edge in edges {
            let Some(place) = state.recorder_of(edge.what) else { continue };
            let is_down = state.segments.get(place).map_or(state.whole > 0, SegmentState::is_down);
            recorders.get_mut(place).into_iter().for_each(|recorder| recorder.set(at, is_down));
        }
    });
    let down: Vec<Vec<Window>> = recorders.into_iter().map(Recorder::finish).collect();
    let parts = hits.iter().zip(places).filter_map(|(hit, place)| Some((hit, down.get(place?)?)));
    parts
        .flat_map(|(hit, down)| spans::cut(down, hit.window).into_iter().map(move |part| (part, hit.episode)))
        .collect()
}

/// The outages that count: cut to in-service time, merged over short gaps, short ones dropped.
pub fn counted_outages(down: &[Window], in_service: &[Window], merge_gap_s: i64, min_outage_s: i64) -> Vec<Window> {
    let mut outages = spans::merge_closer(spans::common(down, in_service), merge_gap_s.saturating_mul(1000));
    outages.retain(|outage| outage.length_ms() >= min_outage_s.saturating_mul(1000));
    outages
}

/// The edge at a window's end, if it ends.
fn end_of(window: Window, what: What) -> Option<Edge> {
    (window.end < Time::MAX).then_some(Edge { at: window.end, what, begins: false })
}

fn step(counter: &mut u32, begins: bool) {
    *counter = if begins { counter.saturating_add(1) } else { counter.saturating_sub(1) };
}

fn shift(counter: &mut u32, was: bool, is: bool) {
    if was != is {
        step(counter, is);
    }
}

#[cfg(test)]
mod tests;
