//! What the pipeline tells the board after each commit.

use std::sync::Arc;

use engine::inventory::{CircuitIx, Inventory};
use engine::knowledge::Knowledge;
use engine::live::{self, CircuitChange, Impact};
use model::alarm::Alarm;
use model::fault::Fault;
use model::source::{Source, SourceId};
use model::ticket::Ticket;
use model::work::Cutover;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use store::load::Load;

/// One thing that a committed transaction changed. Within one publication the order matters only
/// for [`Change::Inventory`]: circuit numbers after it are the new inventory's.
#[derive(Clone)]
pub enum Change {
    /// An alarm episode, new or changed. A cleared one leaves the active list.
    Alarm(Arc<Alarm>),
    /// An episode that turned out not to exist (the past was re-evaluated).
    AlarmGone(i64),
    /// States of circuits, by the numbers of the inventory published last; a cut changes ten thousand.
    /// After [`Change::Inventory`] every circuit is up until told otherwise.
    Circuits(Vec<CircuitChange>),
    /// A fault, new or changed, and whom it hits, in the inventory published last.
    Fault(Arc<Fault>, Arc<Impact>),
    /// A ticket, new or changed.
    Ticket(Arc<Ticket>),
    /// A source, new or changed.
    Source(Box<Source>),
    /// The circuits that a silent source leaves unmeasured; none when it is heard again.
    Silence {
        /// Source.
        source: SourceId,
        /// Circuits with a hop it observes.
        circuits: Vec<CircuitIx>,
    },
    /// A resource load, new or further.
    Load(Box<Load>),
    /// The revision of a cutover that is in force.
    Cutover(Arc<Cutover>),
    /// A new inventory. Circuit states must be published again after it, best in the same call.
    Inventory(Arc<Inventory>, Arc<Knowledge>),
}

/// How a circuit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CircuitState {
    /// No service.
    Down,
    /// Service, but impaired or without its protection.
    Degraded,
    /// Service.
    #[default]
    Up,
    /// Not in service: before or after its service time, suspended or terminated.
    NotInService,
}

// === impl CircuitState ===

impl CircuitState {
    /// Every state in the order of lists: worst first, out of service last.
    pub const ALL: [CircuitState; 4] =
        [CircuitState::Down, CircuitState::Degraded, CircuitState::Up, CircuitState::NotInService];

    /// As the live side counts it.
    pub const fn of(state: live::CircuitState) -> Self {
        match state {
            live::CircuitState::Down => CircuitState::Down,
            live::CircuitState::Degraded => CircuitState::Degraded,
            live::CircuitState::Up => CircuitState::Up,
            live::CircuitState::NotInService => CircuitState::NotInService,
        }
    }

    /// Its place in [`CircuitState::ALL`]: 0 is worst.
    pub(crate) const fn rank(self) -> u8 {
        match self {
            CircuitState::Down => 0,
            CircuitState::Degraded => 1,
            CircuitState::Up => 2,
            CircuitState::NotInService => 3,
        }
    }

    /// The word of the interface.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            CircuitState::Down => "down",
            CircuitState::Degraded => "degraded",
            CircuitState::Up => "up",
            CircuitState::NotInService => "not_in_service",
        }
    }

    /// In service, but not as it should be.
    pub(crate) const fn is_hurt(self) -> bool {
        matches!(self, CircuitState::Down | CircuitState::Degraded)
    }

    /// From the word of the interface.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}
