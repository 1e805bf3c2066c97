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
    /// Down, cut to nothing: maximal, sorted, disjoint.
    pub down: Vec<Window>,
    /// Degraded, or an alternative is down: also where the circuit is down.
    pub impaired: Vec<Window>,
    /// Which hit contributed to `down`, and when: (window, episode).
    pub down_by: Vec<(Window, u32)>,
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
#[derive(Clone, Default)]
struct SegmentState {
    alternatives: u32,
    alternatives_down: u32,
    down: Recorder,
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
    whole_down: Recorder,
    down: Recorder,
    impaired: Recorder,
}

// === impl Recorder ===

impl Recorder {
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
            whole_down: Recorder::default(),
            down: Recorder::default(),
            impaired: Recorder::default(),
        }
    }

    fn index(&self, segment: u16, alternative: u16) -> Option<usize> {
        self.route.binary_search_by_key(&(segment, alternative), |life| (life.segment, life.alternative)).ok()
    }

    fn edges(&self, hits: &[Hit]) -> Vec<Edge> {
        let lives = self.route.iter().enumerate().flat_map(|(index, life)| {
            let windows = life.exists.iter();
            windows.map(move |window| (*window, What::Exists(index)))
        });
        let changes = hits.iter().filter_map(|hit| Some((hit.window, self.what(hit)?)));
        let both = lives.chain(changes).filter(|(window, _)| !window.is_empty()).flat_map(|(window, what)| {
            [Edge { at: window.start, what, begins: true }, Edge { at: window.end, what, begins: false }]
        });
        let mut edges: Vec<Edge> = both.collect();
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

    /// Writes down the state that holds from `at`. `touched` are the alternatives that changed.
    fn record(&mut self, at: Time, touched: &[Edge]) {
        for edge in touched {
            let (What::Exists(index) | What::Hit(index)) = edge.what else { continue };
            let segment = self.alternatives.get(index).map(|alternative| alternative.segment);
            if let Some(segment) = segment.and_then(|segment| self.segments.get_mut(segment)) {
                let is_down = segment.is_down();
                segment.down.set(at, is_down);
            }
        }
        let is_down = self.whole > 0 || self.segments_down > 0;
        self.whole_down.set(at, self.whole > 0);
        self.down.set(at, is_down);
        self.impaired.set(at, is_down || self.degraded > 0 || self.alternatives_down > 0);
    }

    fn finish(self, hits: &[Hit]) -> Condition {
        let segment_of: Vec<usize> = self.alternatives.iter().map(|alternative| alternative.segment).collect();
        let whats: Vec<Option<What>> = hits.iter().map(|hit| self.what(hit)).collect();
        let whole = self.whole_down.finish();
        let segments: Vec<Vec<Window>> = self.segments.into_iter().map(|segment| segment.down.finish()).collect();
        let mut down_by = Vec::new();
        for (hit, what) in hits.iter().zip(whats) {
            let down = match what {
                Some(What::Whole) => Some(&whole),
                Some(What::Hit(index)) => segment_of.get(index).and_then(|segment| segments.get(*segment)),
                _ => None,
            };
            let shared = down.map(|down| spans::cut(down, hit.window)).unwrap_or_default();
            down_by.extend(shared.into_iter().map(|window| (window, hit.episode)));
        }
        Condition { down: self.down.finish(), impaired: self.impaired.finish(), down_by }
    }
}

/// The condition of a circuit from its route, sorted by (segment, alternative), and its hits.
pub fn condition(route: &[AlternativeLife], hits: &[Hit]) -> Condition {
    if hits.is_empty() {
        return Condition::default();
    }
    let mut sweep = Sweep::new(route);
    let edges = sweep.edges(hits);
    for group in edges.chunk_by(|a, b| a.at == b.at) {
        group.iter().for_each(|edge| sweep.apply(edge));
        group.first().into_iter().for_each(|first| sweep.record(first.at, group));
    }
    sweep.finish(hits)
}

/// The outages that count: cut to in-service time, merged over short gaps, short ones dropped.
pub fn counted_outages(down: &[Window], in_service: &[Window], merge_gap_s: i64, min_outage_s: i64) -> Vec<Window> {
    let mut outages = spans::merge_closer(spans::common(down, in_service), merge_gap_s.saturating_mul(1000));
    outages.retain(|outage| outage.length_ms() >= min_outage_s.saturating_mul(1000));
    outages
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
