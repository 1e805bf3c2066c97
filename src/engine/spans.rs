//! Sorted, disjoint windows and a cursor that walks them: the one data structure of the ledger.

use model::time::{Time, Window};

/// Answers "is this instant inside" for instants that only grow, in constant time each.
pub(crate) struct Cursor<'a> {
    rest: &'a [Window],
}

// === impl Cursor ===

impl<'a> Cursor<'a> {
    /// Starts before the first of some sorted, disjoint windows.
    pub(crate) fn new(spans: &'a [Window]) -> Self {
        Cursor { rest: spans }
    }

    /// Whether `at` lies inside a window, and when that changes. Instants must not go backwards.
    pub(crate) fn look(&mut self, at: Time) -> (bool, Time) {
        while let Some((first, rest)) = self.rest.split_first() {
            if at < first.end {
                let inside = first.start <= at;
                return (inside, if inside { first.end } else { first.start });
            }
            self.rest = rest;
        }
        (false, Time::MAX)
    }
}

/// The union of windows: sorted, disjoint, touching ones joined, empty ones dropped.
pub(crate) fn union(spans: Vec<Window>) -> Vec<Window> {
    merge_closer(spans, 1)
}

/// The union of windows where gaps shorter than `gap_ms` are filled.
pub(crate) fn merge_closer(mut spans: Vec<Window>, gap_ms: i64) -> Vec<Window> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let gap_ms = gap_ms.max(1); // a gap of nothing is no gap
    let mut joined: Vec<Window> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start.since(last.end) < gap_ms => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
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

/// A window without `holes`, which come in any order.
pub(crate) fn without(window: Window, holes: &[Window]) -> Vec<Window> {
    let holes = union(holes.to_vec());
    let starts = std::iter::once(window.start).chain(holes.iter().map(|hole| hole.end));
    let ends = holes.iter().map(|hole| hole.start).chain([window.end]);
    starts.zip(ends).filter_map(|(start, end)| Window::new(start, end).cut(window)).collect()
}

/// Sorted, disjoint windows without `holes`, which come in any order.
pub(crate) fn minus(spans: &[Window], holes: &[Window]) -> Vec<Window> {
    spans.iter().flat_map(|span| without(*span, holes)).collect()
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
