//! One pass over a circuit's time: how much of it counts as what, and the outages that ended in it.

use model::time::{Time, Window};

use crate::ledger::{Class, Piece};
use crate::sla::{Counts, Totals};
use crate::terms::Terms;

/// What was found so far. Pieces come in the order of time and without gaps.
pub(crate) struct Tally<'a> {
    terms: &'a Terms<'a>,
    /// Outages that are not over, the counted time of the first, and the end of the one before.
    ahead: &'a [Window],
    counted_ms: i64,
    before: Option<Time>,
    /// Of the period.
    pub(crate) totals: Totals,
    /// Of each of [`Terms::latest`].
    pub(crate) latest: [Totals; 3],
    /// Outages that ended.
    pub(crate) counts: Counts,
}

// === impl Tally ===

impl<'a> Tally<'a> {
    /// `outages` are those that ended since [`Terms::horizon`]; the pieces reach back to the first.
    pub(crate) fn new(terms: &'a Terms<'_>, outages: &'a [Window]) -> Self {
        Tally {
            terms,
            ahead: outages,
            counted_ms: 0,
            before: None,
            totals: Totals::default(),
            latest: Default::default(),
            counts: Counts::default(),
        }
    }

    /// The next piece.
    pub(crate) fn take(&mut self, piece: &Piece) {
        self.close(piece.window.start);
        if piece.class == Class::Down {
            self.counted_ms += piece.window.length_ms();
        }
        if let Some(window) = piece.window.cut(self.terms.period) {
            self.totals.add(piece, window.length_ms());
        }
        if self.terms.latest_since() < piece.window.end {
            self.take_latest(piece);
        }
    }

    fn take_latest(&mut self, piece: &Piece) {
        for (totals, latest) in self.latest.iter_mut().zip(&self.terms.latest) {
            if let Some(window) = piece.window.cut(*latest) {
                totals.add(piece, window.length_ms());
            }
        }
    }

    /// After the last piece, which ends at `asOf`.
    pub(crate) fn finish(mut self) -> Self {
        self.close(self.terms.as_of);
        self
    }

    /// Counts what ended up to an instant.
    fn close(&mut self, at: Time) {
        while let Some((outage, ahead)) = self.ahead.split_first()
            && outage.end <= at
        {
            self.ahead = ahead;
            let counted_ms = std::mem::take(&mut self.counted_ms);
            if counted_ms > 0 {
                self.count(*outage, counted_ms);
                self.before = Some(outage.end);
            }
        }
    }

    fn count(&mut self, outage: Window, counted_ms: i64) {
        if self.terms.period.start < outage.end {
            self.counts.take(counted_ms, self.terms);
            self.counts.repeats += u32::from(self.before.is_some_and(|end| self.terms.repeats(end, outage.start)));
        }
        self.counts.recent += u32::from(self.terms.is_recent(outage.end));
    }
}
