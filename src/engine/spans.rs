//! Sorted, disjoint windows and a cursor that walks them: the one data structure of the ledger.

use std::borrow::Cow;

use model::time::{Time, Window};

/// Answers "is this instant inside" for instants that only grow, in constant time each.
pub(crate) struct Cursor<'a> {
    rest: &'a [Window],
    inside: bool,
    /// When the answer changes.
    until: Time,
}

// === impl Cursor ===

impl<'a> Cursor<'a> {
    /// Starts before the first of some sorted, disjoint windows.
    pub(crate) fn new(spans: &'a [Window]) -> Self {
        Cursor { rest: spans, inside: false, until: spans.first().map_or(Time::MAX, |first| first.start) }
    }

    /// Whether `at` lies inside a window, and when that changes. Instants must not go backwards.
    pub(crate) fn look(&mut self, at: Time) -> (bool, Time) {
        while self.until <= at
            && let Some((first, rest)) = self.rest.split_first()
        {
            self.inside = !self.inside;
            self.until = first.end;
            if !self.inside {
                self.rest = rest;
                self.until = rest.first().map_or(Time::MAX, |next| next.start);
            }
        }
        (self.inside, self.until)
    }
}

/// The union of windows: sorted, disjoint, touching ones joined, empty ones dropped.
pub(crate) fn union(spans: Vec<Window>) -> Vec<Window> {
    merge_closer(spans, 1)
}

/// The union of sorted, disjoint windows and others in any order, which often are none.
pub(crate) fn with<'a>(spans: &'a [Window], others: &[Window]) -> Cow<'a, [Window]> {
    if others.is_empty() {
        return Cow::Borrowed(spans);
    }
    Cow::Owned(union([spans, others].concat()))
}

/// The union of windows where gaps shorter than `gap_ms` are filled.
pub(crate) fn merge_closer(mut spans: Vec<Window>, gap_ms: i64) -> Vec<Window> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let gap_ms = gap_ms.max(1); // a gap of nothing is no gap
    spans.dedup_by(|next, last| {
        let is_close = next.start.since(last.end) < gap_ms;
        if is_close {
            last.end = last.end.max(next.end);
        }
        is_close
    });
    spans
}

/// The parts of `spans` inside `within`; sorted stays sorted.
pub(crate) fn cut(spans: &[Window], within: Window) -> Vec<Window> {
    overlapping(spans, within).iter().filter_map(|span| span.cut(within)).collect()
}

/// The time that two lists of sorted, disjoint windows share.
pub(crate) fn common(spans: &[Window], within: &[Window]) -> Vec<Window> {
    let mut shared = Vec::with_capacity(spans.len());
    for window in within {
        shared.extend(overlapping(spans, *window).iter().filter_map(|span| span.cut(*window)));
    }
    shared
}

/// Sorted, disjoint windows as far as they lie inside others; most often they do as they are.
pub(crate) fn inside<'a>(spans: Cow<'a, [Window]>, within: &[Window]) -> Cow<'a, [Window]> {
    match (&*spans, within) {
        ([], _) => spans,
        ([first, ..], [only]) if only.start <= first.start && spans.last().is_some_and(|last| last.end <= only.end) => {
            spans
        }
        _ => Cow::Owned(common(&spans, within)),
    }
}

/// Sorted, disjoint windows without `holes`, which come in any order.
pub(crate) fn minus(spans: &[Window], holes: &[Window]) -> Vec<Window> {
    let holes = union(holes.to_vec());
    let starts = std::iter::once(Time::MIN).chain(holes.iter().map(|hole| hole.end));
    let ends = holes.iter().map(|hole| hole.start).chain([Time::MAX]);
    let between: Vec<Window> = starts.zip(ends).map(|(start, end)| Window { start, end }).collect();
    common(spans, &between)
}

/// Those of some sorted, disjoint windows that share time with `within`.
pub(crate) fn overlapping(spans: &[Window], within: Window) -> &[Window] {
    let from = spans.partition_point(|span| span.end <= within.start);
    let to = spans.partition_point(|span| span.start < within.end);
    spans.get(from..to).unwrap_or_default()
}

/// Total length in milliseconds.
pub(crate) fn length_ms(spans: &[Window]) -> i64 {
    spans.iter().map(|span| span.length_ms()).sum()
}

#[cfg(test)]
mod tests;
