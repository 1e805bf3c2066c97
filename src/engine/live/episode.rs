//! An alarm episode as the writer holds it: what the peer told, what it means, where it hangs.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::alarm::{AlarmRecord, Effect};
use model::fault::{Category, FaultNo};
use model::source::SourceId;
use model::text::Text;
use model::time::Time;

use crate::inventory::CircuitIx;

/// An episode as the pipeline hands it over: new, changed or cleared.
#[derive(Clone, Debug)]
pub struct LiveAlarm {
    /// [`model::alarm::Alarm::id`].
    pub id: i64,
    /// The peer that reported it.
    pub source: SourceId,
    /// Identity within the source.
    pub alarm_key: Text,
    /// The values in force now (or when it ended).
    pub record: Arc<AlarmRecord>,
    /// Raise time by the rule of semantics §1.
    pub raised: Time,
    /// When it ended.
    pub cleared: Option<Time>,
}

/// Number of an episode in memory.
pub(crate) type Slot = u32;

/// Number of an object that alarms speak of: one of the inventory, or one that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) u32);

/// What makes two root alarms the same trouble: object and category (and the maker's cause where
/// the category says nothing). A loss of signal counts for its link, whichever end saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Signature {
    pub(crate) object: Key,
    pub(crate) category: Category,
    pub(crate) native: u32,
}

/// Why an alarm hangs below another; the order is the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rule {
    /// A higher layer of the same object.
    SameObject,
    /// It rides on the link or port that lost its signal.
    Rides,
    /// A circuit that it touches runs over what lost its signal.
    SharedRoute,
    /// Its board is at fault.
    Board,
    /// Both ends of its link lost the signal, the other one first.
    FibreCut,
    /// Its element cannot be reached.
    Element,
    /// The manager lost its elements.
    Manager,
}

/// The way up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) slot: Slot,
    pub(crate) rule: Rule,
    /// The circuit that both touch, for [`Rule::SharedRoute`].
    pub(crate) via: Option<CircuitIx>,
}

/// An episode in memory.
pub(crate) struct Episode {
    pub(crate) alarm: LiveAlarm,
    pub(crate) object: Key,
    /// Its element, where the inventory does not lead there (shelves, time slots, unknown objects).
    pub(crate) element: Option<Key>,
    pub(crate) signature: Signature,
    pub(crate) effect: Effect,
    pub(crate) category: Category,
    /// Place in the SDH order, 0 is highest; `None` for an alarm that is no signal.
    pub(crate) order: Option<u8>,
    /// When it was counted into the states; `None`: it is not.
    pub(crate) counted_at: Option<Time>,
    /// It has an effect, and touches a circuit at some time while it stands: enough for a fault.
    pub(crate) matters: bool,
    /// Circuits it touches now.
    pub(crate) touched: Box<[CircuitIx]>,
    pub(crate) parent: Option<Parent>,
    pub(crate) children: BTreeSet<Slot>,
    pub(crate) fault: Option<FaultNo>,
    /// It is the cause of its fault.
    pub(crate) is_cause: bool,
    pub(crate) toggling: bool,
    /// The pipeline has not heard of its latest placement.
    pub(crate) unreported: bool,
}

// === impl LiveAlarm ===

impl LiveAlarm {
    /// Order that does not depend on how the alarm came to us.
    pub(crate) fn identity(&self) -> (Time, &str, &str) {
        (self.raised, self.source.as_str(), &self.alarm_key)
    }
}

// === impl Rule ===

impl Rule {
    /// The word at the head of `explained_by`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Rule::SameObject => "same_object",
            Rule::Rides => "rides",
            Rule::SharedRoute => "shared_route",
            Rule::Board => "board",
            Rule::FibreCut => "fibre_cut",
            Rule::Element => "ne_unreachable",
            Rule::Manager => "ems_link",
        }
    }
}

// === impl Episode ===

impl Episode {
    pub(crate) fn is_active(&self) -> bool {
        self.alarm.cleared.is_none()
    }

    /// It tells of trouble elsewhere on the route.
    pub(crate) fn is_signal_below(&self) -> bool {
        matches!(self.category, Category::Ais | Category::Rdi)
    }

    /// Active, with an effect, on a circuit.
    pub(crate) fn hits(&self) -> bool {
        self.effect != Effect::None && !self.touched.is_empty()
    }
}
