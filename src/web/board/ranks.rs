//! The order of the list of circuits: down first, then degraded, up, not in service; of these least
//! SLA time left, then code.
//!
//! A cut moves ten thousand circuits at once, and most of the time nearly all are up. So all circuits
//! are kept by SLA time left, which a cut does not change, and those that are not up once more in
//! lists of their own, which are merged with what changed once a publication.

use std::collections::BTreeSet;

use super::change::CircuitState;
use super::order::{CircuitPlace, LeftKey};

/// The places of all circuits.
#[derive(Debug, Default)]
pub(crate) struct Ranks {
    by_left: BTreeSet<(LeftKey, u32)>,
    down: List,
    degraded: List,
    out: List,
}

/// Places of one state: sorted, apart from what changed since it was last settled.
#[derive(Debug, Default)]
struct List {
    places: Vec<CircuitPlace>,
    come: Vec<CircuitPlace>,
    gone: Vec<CircuitPlace>,
}

// === impl Ranks ===

impl Ranks {
    /// All circuits.
    pub(crate) fn of(places: impl Iterator<Item = CircuitPlace>) -> Self {
        let mut ranks = Ranks::default();
        ranks.by_left = places.inspect(|place| ranks.not_up(*place, true)).map(CircuitPlace::by_left).collect();
        ranks.settle();
        ranks
    }

    /// A circuit has another place; the lists have it after [`Ranks::settle`].
    pub(crate) fn moved(&mut self, from: CircuitPlace, to: CircuitPlace) {
        if from.by_left() != to.by_left() {
            self.by_left.remove(&from.by_left());
            self.by_left.insert(to.by_left());
        }
        self.not_up(from, false);
        self.not_up(to, true);
    }

    /// Brings the lists up to date.
    pub(crate) fn settle(&mut self) {
        self.down.settle();
        self.degraded.settle();
        self.out.settle();
    }

    /// Circuits after a place, in order, of one state or all; `is_up` tells the state of one.
    pub(crate) fn after<'a>(
        &'a self,
        place: Option<CircuitPlace>,
        state: Option<CircuitState>,
        is_up: impl Fn(u32) -> bool + 'a,
    ) -> impl Iterator<Item = CircuitPlace> + 'a {
        let wants = move |one: CircuitState| state.is_none_or(|state| state == one);
        let down = wants(CircuitState::Down).then(|| self.down.after(place));
        let degraded = wants(CircuitState::Degraded).then(|| self.degraded.after(place));
        let up = wants(CircuitState::Up).then(|| self.up(place, is_up));
        let out = wants(CircuitState::NotInService).then(|| self.out.after(place));
        let hurt = down.into_iter().flatten().chain(degraded.into_iter().flatten());
        hurt.chain(up.into_iter().flatten()).chain(out.into_iter().flatten())
    }

    /// Circuits that are up, after a place.
    fn up<'a>(
        &'a self,
        place: Option<CircuitPlace>,
        is_up: impl Fn(u32) -> bool + 'a,
    ) -> impl Iterator<Item = CircuitPlace> + 'a {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = match place.map(|place| (place.state(), place.by_left())) {
            // Behind every circuit that is up.
            Some((Some(CircuitState::NotInService) | None, _)) => None,
            Some((Some(CircuitState::Up), by_left)) => Some(Excluded(by_left)),
            Some((Some(CircuitState::Down | CircuitState::Degraded), _)) | None => Some(Unbounded),
        };
        let range = from.map(|from| self.by_left.range((from, Unbounded)));
        let up = range.into_iter().flatten().filter(move |(_, circuit)| is_up(*circuit));
        up.map(|(left, circuit)| CircuitPlace::new(CircuitState::Up, *left, *circuit))
    }

    /// How many circuits are in a state.
    pub(crate) fn total(&self, state: CircuitState) -> usize {
        match state {
            CircuitState::Down => self.down.places.len(),
            CircuitState::Degraded => self.degraded.places.len(),
            CircuitState::Up => self.by_left.len() - self.lists().map(|list| list.places.len()).sum::<usize>(),
            CircuitState::NotInService => self.out.places.len(),
        }
    }

    /// Bytes held on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let listed: usize = self.lists().map(|list| list.places.capacity()).sum();
        self.by_left.len() * size_of::<(LeftKey, u32)>() * 3 / 2 + listed * size_of::<CircuitPlace>()
    }

    fn lists(&self) -> impl Iterator<Item = &List> {
        [&self.down, &self.degraded, &self.out].into_iter()
    }

    fn not_up(&mut self, place: CircuitPlace, come: bool) {
        let list = match place.state() {
            Some(CircuitState::Down) => &mut self.down,
            Some(CircuitState::Degraded) => &mut self.degraded,
            Some(CircuitState::NotInService) => &mut self.out,
            Some(CircuitState::Up) | None => return,
        };
        if come { &mut list.come } else { &mut list.gone }.push(place);
    }
}

// === impl List ===

impl List {
    /// A circuit that came and went meanwhile has as many places in `come` as in `gone`, but for one
    /// that it had before or has now.
    fn settle(&mut self) {
        if self.come.is_empty() && self.gone.is_empty() {
            return;
        }
        let (mut come, mut gone) = (std::mem::take(&mut self.come), std::mem::take(&mut self.gone));
        // What is there already, and two sorted runs, are merged and not sorted anew.
        come.sort();
        gone.sort();
        self.places.extend(come);
        self.places.sort();
        let mut gone = gone.into_iter().peekable();
        self.places.retain(|place| {
            while gone.next_if(|left| left < place).is_some() {}
            gone.next_if_eq(place).is_none()
        });
        if self.places.len() < self.places.capacity() / 4 {
            self.places.shrink_to_fit();
        }
    }

    fn after(&self, place: Option<CircuitPlace>) -> impl Iterator<Item = CircuitPlace> + '_ {
        let from = place.map_or(0, |place| self.places.partition_point(|held| *held <= place));
        self.places.iter().skip(from).copied()
    }
}

#[cfg(test)]
mod tests;
