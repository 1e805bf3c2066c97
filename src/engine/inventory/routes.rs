//! Routes as flat arrays: circuit → alternatives (grouped in segments) → hops, and object → the
//! alternatives that have it as a hop.

use model::alarm::ObjectType;
use model::time::Window;

use super::csr::Csr;
use super::names::Sym;
use super::objects::ObjectIx;

/// Number of an alternative over all circuits; the order is (circuit, segment, alternative).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AltIx(pub(crate) u32);

/// A hop as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StoredHop {
    pub(crate) hop: u16,
    pub(crate) object: ObjectIx,
    pub(crate) timeslot: Sym,
    pub(crate) valid: u32,
}

/// Which alternative of which circuit.
#[derive(Clone, Copy)]
pub(crate) struct AltHead {
    pub(crate) circuit: u32,
    pub(crate) segment: u16,
    pub(crate) alternative: u16,
    hops_start: u32,
}

/// One hop as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop<'a> {
    /// Number in its alternative, from 1.
    pub hop: u16,
    /// LINK, PORT, BOARD, NE or CTP.
    pub object_type: ObjectType,
    /// Object id.
    pub object_id: &'a str,
    /// Time slot; may be empty.
    pub timeslot: &'a str,
    /// When the hop is part of the route.
    pub valid: Window,
}

/// One alternative of a segment as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative<'a> {
    /// Segment in series, from 1.
    pub segment: u16,
    /// 1 = working, 2.. = protection.
    pub alternative: u16,
    /// Hops in order; versions of one hop number follow each other.
    pub hops: Vec<Hop<'a>>,
}

/// All routes.
pub(crate) struct Routes {
    heads: Vec<AltHead>,
    hops: Vec<StoredHop>,
    windows: Vec<Window>,
    starts: Vec<u32>,
    uses: Csr<(AltIx, u32)>,
}

// === impl Alternative ===

impl Alternative<'_> {
    /// When the alternative exists: the union of its hops' validity. Outside it the segment has one
    /// alternative less; a segment without any does not exist either.
    pub fn exists(&self) -> Vec<Window> {
        union(self.hops.iter().map(|hop| hop.valid).collect())
    }
}

// === impl Routes ===

impl Routes {
    /// From hops sorted by (circuit, segment, alternative, hop).
    pub(crate) fn new(
        sorted: &[(u32, u16, u16, StoredHop)],
        windows: Vec<Window>,
        circuits: usize,
        objects: usize,
    ) -> Self {
        let mut heads: Vec<AltHead> = Vec::new();
        let mut uses = Vec::with_capacity(sorted.len());
        for ((circuit, segment, alternative, hop), i) in sorted.iter().zip(0u32..) {
            let same = |h: &AltHead| (h.circuit, h.segment, h.alternative) == (*circuit, *segment, *alternative);
            if !heads.last().is_some_and(same) {
                heads.push(AltHead { circuit: *circuit, segment: *segment, alternative: *alternative, hops_start: i });
            }
            let alt = u32::try_from(heads.len() - 1).unwrap_or(u32::MAX);
            uses.push((hop.object.0, (AltIx(alt), hop.valid)));
        }
        heads.shrink_to_fit();
        let starts = starts(&heads, circuits);
        let hops = sorted.iter().map(|(.., hop)| *hop).collect();
        Routes { heads, hops, windows, starts, uses: Csr::from_pairs(objects, uses) }
    }

    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    pub(crate) fn head(&self, alt: AltIx) -> Option<&AltHead> {
        self.heads.get(alt.0 as usize)
    }

    /// Alternatives of a circuit.
    pub(crate) fn of_circuit(&self, circuit: u32) -> impl Iterator<Item = AltIx> + use<> {
        let at = |i: u32| self.starts.get(i as usize).copied().unwrap_or(0);
        (at(circuit)..at(circuit.saturating_add(1))).map(AltIx)
    }

    /// Hops of an alternative.
    pub(crate) fn hops(&self, alt: AltIx) -> &[StoredHop] {
        let start = self.head(alt).map_or(0, |head| head.hops_start);
        let after = self.head(AltIx(alt.0.saturating_add(1))).map(|head| head.hops_start as usize);
        self.hops.get(start as usize..after.unwrap_or(self.hops.len())).unwrap_or(&[])
    }

    /// Alternatives with the object as a hop, each with the number of the hop's window.
    pub(crate) fn uses(&self, object: ObjectIx) -> &[(AltIx, u32)] {
        self.uses.of(object.0)
    }

    pub(crate) fn window(&self, number: u32) -> Window {
        self.windows.get(number as usize).copied().unwrap_or(Window::ALWAYS)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.heads.capacity() * size_of::<AltHead>()
            + self.hops.capacity() * size_of::<StoredHop>()
            + self.windows.capacity() * size_of::<Window>()
            + self.starts.capacity() * 4
            + self.uses.bytes()
    }
}

/// First alternative of each circuit, and one past the last.
fn starts(heads: &[AltHead], circuits: usize) -> Vec<u32> {
    let mut starts = vec![0u32; circuits + 1];
    for head in heads {
        if let Some(count) = starts.get_mut(head.circuit as usize + 1) {
            *count += 1;
        }
    }
    let mut total = 0;
    for start in &mut starts {
        total += *start;
        *start = total;
    }
    starts
}

/// The union of windows as disjoint, sorted windows.
pub(crate) fn union(mut windows: Vec<Window>) -> Vec<Window> {
    windows.retain(|window| !window.is_empty());
    windows.sort_unstable();
    let mut out: Vec<Window> = Vec::new();
    for window in windows {
        match out.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => out.push(window),
        }
    }
    out
}
