//! The board: what is the case now, in memory, for everybody who looks.
//!
//! The pipeline calls [`Board::publish`] after each commit; readers take a lock for microseconds.
//! Nothing here is a source of truth: at start the pipeline publishes what the store holds.
//!
//! - [`change`]: what can be published
//! - `state`: the present, and how a change moves it
//! - `alarms`, `circuits`, `order`, `ranks`, `lists`: the lists in the orders they are asked for
//! - [`ring`]: what changed lately, for live streams
//! - [`query`]: pages of alarms and circuits; [`sift`]: the finer conditions; [`view`]: what they show
//! - [`urgent`]: circuits whose promise is broken or nearly so

use std::sync::Arc;

use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use figures::Network;
use model::time::Time;
use parking_lot::RwLock;
use tokio::sync::watch;

use self::circuits::Budget;
use self::ring::{Mark, Missed};
use self::state::State;

pub(crate) mod alarms;
pub mod change;
pub mod circuits;
pub(crate) mod lists;
pub(crate) mod order;
pub mod query;
mod ranks;
pub mod ring;
pub(crate) mod scope;
pub(crate) mod search;
pub mod sift;
pub(crate) mod state;
pub mod urgent;
pub mod view;

pub use change::{Change, CircuitState};

/// The board. Cheap to clone; all clones are one board.
#[derive(Clone)]
pub struct Board(Arc<Inner>);

/// What a board will show, made beside the one that is shown: [`Board::prepare`].
pub struct Prepared(State);

struct Inner {
    state: RwLock<State>,
    latest: watch::Sender<u64>,
}

// === impl Board ===

impl Board {
    /// An empty board over an inventory; changes up to `seq` are history.
    pub fn new(inventory: Arc<Inventory>, knowledge: Arc<Knowledge>, seq: u64) -> Self {
        let state = RwLock::new(State::new(inventory, knowledge, seq));
        Board(Arc::new(Inner { state, latest: watch::Sender::new(seq) }))
    }

    /// Shows what a committed transaction changed, under its sequence number. To be called by one
    /// writer, with rising numbers; at start with everything the store holds.
    pub fn publish(&self, seq: u64, mut changes: Vec<Change>) {
        // A new inventory re-counts every alarm: that is done beside the lock.
        let swap = changes.iter().rposition(|change| matches!(change, Change::Inventory(..)));
        if let Some(position) = swap {
            let before: Vec<Change> = changes.drain(..position).collect();
            self.0.state.write().apply(seq, before);
            self.swap(seq, changes);
        } else {
            self.0.state.write().apply(seq, changes);
        }
        self.0.latest.send_replace(seq);
    }

    /// Applies changes of which the first is a new inventory.
    fn swap(&self, seq: u64, changes: Vec<Change>) {
        let mut changes = changes.into_iter();
        let Some(Change::Inventory(inventory, knowledge)) = changes.next() else { return };
        let prepared = self.prepare(seq, (inventory, knowledge), changes.collect());
        self.replace(prepared);
    }

    /// The present facts over a new inventory with these changes, for [`Board::publish_prepared`]: what takes
    /// long is done before anybody waits for it.
    pub fn prepare(
        &self,
        seq: u64,
        (inventory, knowledge): (Arc<Inventory>, Arc<Knowledge>),
        changes: Vec<Change>,
    ) -> Prepared {
        let facts = self.0.state.read().facts();
        let mut fresh = State::rebuilt(facts, inventory, knowledge);
        fresh.ring.push(seq, [Mark::Inventory]);
        fresh.apply(seq, changes);
        Prepared(fresh)
    }

    /// Shows what was prepared, with these changes, as [`Board::publish`] does. Nothing may have been
    /// published since it was prepared.
    pub fn publish_prepared(&self, seq: u64, mut prepared: Prepared, changes: Vec<Change>) {
        prepared.0.apply(seq, changes);
        self.replace(prepared);
        self.0.latest.send_replace(seq);
    }

    fn replace(&self, Prepared(fresh): Prepared) {
        // What it replaces is dropped after the lock.
        drop(std::mem::replace(&mut *self.0.state.write(), fresh));
    }

    /// Sets SLA budgets of circuits by code (they are computed beside the pipeline). Circuits that
    /// no longer exist are passed over.
    pub fn put_budgets(&self, budgets: &[(String, Option<Budget>)]) {
        // In small helpings, so that no reader waits for all of them.
        for helping in budgets.chunks(256) {
            self.0.state.write().put_budgets(helping);
        }
    }

    /// Since when circuits are as they are, by their ledgers; passed over where the board says another state.
    pub(crate) fn put_since(&self, lasting: &[(String, CircuitState, Time)]) {
        if !lasting.is_empty() {
            self.0.state.write().put_since(lasting);
        }
    }

    /// The present inventory.
    pub fn inventory(&self) -> Arc<Inventory> {
        Arc::clone(&self.0.state.read().inventory)
    }

    /// Both of one moment.
    pub fn network(&self) -> Network {
        let state = self.0.state.read();
        Network { inventory: Arc::clone(&state.inventory), knowledge: Arc::clone(&state.knowledge) }
    }

    /// The present alarm knowledge.
    pub fn knowledge(&self) -> Arc<Knowledge> {
        Arc::clone(&self.0.state.read().knowledge)
    }

    /// The number of the latest publication.
    pub fn latest(&self) -> u64 {
        *self.0.latest.borrow()
    }

    /// Tells when something is published.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.latest.subscribe()
    }

    /// What a staff stream missed after `seq`.
    pub fn since(&self, seq: u64) -> Missed {
        self.0.state.read().ring.since(seq, |mark| !matches!(mark, Mark::Work(_)))
    }

    /// Everything that changed after `seq`, for the tasks of this room.
    pub(crate) fn all_since(&self, seq: u64) -> Missed {
        self.0.state.read().ring.since(seq, |_| true)
    }

    /// Bytes the board holds beside alarms, faults, tickets and the inventory, which it shares.
    pub fn bytes(&self) -> usize {
        self.0.state.read().bytes()
    }

    pub(crate) fn read(&self) -> parking_lot::RwLockReadGuard<'_, State> {
        self.0.state.read()
    }
}

#[cfg(test)]
pub(crate) mod tests;
