//! The ledger: time cut into intervals, each with one class, a reason and evidence.
//!
//! Precedence is the order of [`Class`] (semantics §4). The intervals of a span are disjoint and
//! their lengths add up to the span, to the millisecond; neighbours always differ.

use std::sync::Arc;

use model::time::{Time, Window};
use serde::{Deserialize, Serialize};

use crate::plan::words::ExclusionCode;
use crate::spans::{self, Cursor};

/// What time counts as. The first class that holds wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Before the circuit's in-service or after its out-of-service time.
    NotInService,
    /// Outside the hours in which the service is promised.
    OutsideWindow,
    /// Excluded by a code of the plan.
    Excluded,
    /// Down and counted.
    Down,
    /// A source that observes the circuit was silent.
    Unmeasured,
    /// Up.
    Up,
}

/// One interval of a ledger. Flags exist only where they say something: `down` in excluded time,
/// `degraded` in up time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// First instant inside.
    pub start: Time,
    /// First instant after.
    pub end: Time,
    /// What it counts as.
    pub class: Class,
    /// Why it is excluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<ExclusionCode>,
    /// Excluded time: was the circuit down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub down: Option<bool>,
    /// Up time: was the circuit degraded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded: Option<bool>,
    /// What it rests on, sorted: `alarm:…`, `cutover:…`, `suspend:…`.
    pub evidence: Vec<Arc<str>>,
}

/// Time that a code excludes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// When.
    pub window: Window,
    /// Why.
    pub code: ExclusionCode,
    /// `cutover:<no>#<revision>` or `suspend:<id>`.
    pub evidence: Arc<str>,
}

/// What a ledger is made of. All slices but `exclusions` are sorted and disjoint.
#[derive(Clone, Copy, Debug)]
pub struct Layers<'a> {
    /// When the circuit is in service.
    pub in_service: &'a [Window],
    /// Promised time.
    pub open: &'a [Window],
    /// Excluded time, overlapping as it comes.
    pub exclusions: &'a [Exclusion],
    /// Outages that count.
    pub outages: &'a [Window],
    /// Time in which nobody knows.
    pub unmeasured: &'a [Window],
    /// Time in which the circuit is degraded unless it is down.
    pub impaired: &'a [Window],
}

/// A piece of time in which nothing changes. Neighbours that differ in nothing else are one interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) window: Window,
    pub(crate) class: Class,
    code: Option<ExclusionCode>,
    pub(crate) down: Option<bool>,
    degraded: Option<bool>,
}

/// One cursor for each layer.
struct Cursors<'a> {
    in_service: Cursor<'a>,
    open: Cursor<'a>,
    exclusions: Vec<(ExclusionCode, Cursor<'a>)>,
    outages: Cursor<'a>,
    unmeasured: Cursor<'a>,
    impaired: Cursor<'a>,
}

// === impl Class ===

impl Class {
    /// Its word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Class::NotInService => "not_in_service",
            Class::OutsideWindow => "outside_window",
            Class::Excluded => "excluded",
            Class::Down => "down",
            Class::Unmeasured => "unmeasured",
            Class::Up => "up",
        }
    }
}

// === impl Interval ===

impl Interval {
    /// The interval as a window.
    pub fn window(&self) -> Window {
        Window { start: self.start, end: self.end }
    }

    /// The circuit was down in it, counted or excluded.
    pub fn is_down(&self) -> bool {
        self.class == Class::Down || self.down == Some(true)
    }

    /// Length in milliseconds.
    pub fn length_ms(&self) -> i64 {
        self.end.since(self.start)
    }
}

// === impl Cursors ===

impl Cursors<'_> {
    /// What holds at an instant, until it changes or `end` comes.
    fn look(&mut self, at: Time, end: Time) -> Piece {
        let (in_service, until) = self.in_service.look(at);
        let (open, closes) = self.open.look(at);
        let (down, restored) = self.outages.look(at);
        let (unmeasured, heard) = self.unmeasured.look(at);
        let (impaired, repaired) = self.impaired.look(at);
        let mut until = end.min(until).min(closes).min(restored).min(heard).min(repaired);
        let mut code = None;
        for (own, cursor) in &mut self.exclusions {
            let (excluded, ends) = cursor.look(at);
            until = until.min(ends);
            code = code.or(excluded.then_some(*own));
        }
        let of =
            |class| Piece { window: Window { start: at, end: until }, class, code: None, down: None, degraded: None };
        match (in_service, open, code) {
            (false, _, _) => of(Class::NotInService),
            (true, false, _) => of(Class::OutsideWindow),
            (true, true, Some(_)) => Piece { code, down: Some(down), ..of(Class::Excluded) },
            (true, true, None) if down => of(Class::Down),
            (true, true, None) if unmeasured => of(Class::Unmeasured),
            (true, true, None) => Piece { degraded: Some(impaired), ..of(Class::Up) },
        }
    }
}

/// Goes through a span, piece by piece.
pub(crate) fn walk(layers: &Layers<'_>, span: Window, mut take: impl FnMut(Piece)) {
    let excluded = windows_by_code(layers.exclusions);
    let mut cursors = Cursors {
        in_service: Cursor::new(layers.in_service),
        open: Cursor::new(layers.open),
        exclusions: excluded.iter().map(|(code, windows)| (*code, Cursor::new(windows))).collect(),
        outages: Cursor::new(layers.outages),
        unmeasured: Cursor::new(layers.unmeasured),
        impaired: Cursor::new(layers.impaired),
    };
    let mut at = span.start;
    while at < span.end {
        let piece = cursors.look(at, span.end);
        at = piece.window.end;
        take(piece);
    }
}

/// Adds the part of a piece inside `within` to the intervals before it.
pub(crate) fn join(intervals: &mut Vec<Interval>, piece: Piece, within: Window) {
    let Some(Window { start, end }) = piece.window.cut(within) else { return };
    let Piece { class, code, down, degraded, .. } = piece;
    match intervals.last_mut() {
        Some(last) if (last.class, last.code, last.down, last.degraded) == (class, code, down, degraded) => {
            last.end = end;
        }
        _ => intervals.push(Interval { start, end, class, code, down, degraded, evidence: Vec::new() }),
    }
}

/// Cuts a span into its intervals, without evidence.
pub fn partition(layers: &Layers<'_>, span: Window) -> Vec<Interval> {
    let mut intervals = Vec::new();
    walk(layers, span, |piece| join(&mut intervals, piece, span));
    intervals
}

/// Writes evidence into the intervals that it explains: `(window, name)` pairs, for intervals that
/// `explains` accepts. [`settle`] afterwards.
pub fn cite<'a>(
    intervals: &mut [Interval],
    evidence: impl IntoIterator<Item = (Window, &'a Arc<str>)>,
    explains: impl Fn(&Interval) -> bool,
) {
    for (window, name) in evidence.into_iter().filter(|(window, _)| !window.is_empty()) {
        let from = intervals.partition_point(|interval| interval.end <= window.start);
        let inside = intervals.iter_mut().skip(from).take_while(|interval| interval.start < window.end);
        inside.filter(|interval| explains(interval)).for_each(|interval| interval.evidence.push(name.clone()));
    }
}

/// Brings the evidence of each interval in order, each name once.
pub fn settle(intervals: &mut [Interval]) {
    for interval in intervals {
        interval.evidence.sort_unstable();
        interval.evidence.dedup();
    }
}

/// The union of each code's windows, in the order of the codes.
fn windows_by_code(exclusions: &[Exclusion]) -> Vec<(ExclusionCode, Vec<Window>)> {
    let mut sorted: Vec<(ExclusionCode, Window)> = exclusions.iter().map(|e| (e.code, e.window)).collect();
    sorted.sort_unstable();
    let groups = sorted.chunk_by(|a, b| a.0 == b.0);
    groups
        .filter_map(|group| {
            let code = group.first()?.0;
            Some((code, spans::union(group.iter().map(|(_, window)| *window).collect())))
        })
        .collect()
}

#[cfg(test)]
mod tests;
