//! The faults in memory by number, as one sorted list: numbers rise, so a new fault goes to its end,
//! and none has a node of its own.

use model::fault::FaultNo;

use super::cell::Cell;

/// All faults in memory.
#[derive(Default)]
pub(crate) struct Cells(Vec<(FaultNo, Cell)>);

// === impl Cells ===

impl Cells {
    pub(crate) fn get(&self, no: FaultNo) -> Option<&Cell> {
        self.0.get(self.find(no).ok()?).map(|(_, cell)| cell)
    }

    pub(crate) fn get_mut(&mut self, no: FaultNo) -> Option<&mut Cell> {
        let place = self.find(no).ok()?;
        self.0.get_mut(place).map(|(_, cell)| cell)
    }

    /// Puts a fault, which replaces one of the same number.
    pub(crate) fn insert(&mut self, no: FaultNo, cell: Cell) {
        match self.find(no) {
            Ok(_) => {
                if let Some(held) = self.get_mut(no) {
                    *held = cell;
                }
            }
            Err(place) => self.0.insert(place, (no, cell)),
        }
    }

    /// Faults by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.0.iter().map(|(_, cell)| cell)
    }

    /// Takes out those that are not to be kept.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&Cell) -> bool) {
        self.0.retain(|(_, cell)| keep(cell));
    }

    fn find(&self, no: FaultNo) -> Result<usize, usize> {
        // The latest fault is the one most asked for.
        match self.0.last() {
            Some((last, _)) if *last < no => Err(self.0.len()),
            _ => self.0.binary_search_by_key(&no, |(held, _)| *held),
        }
    }
}
