//! Performance data (contract §5, semantics §5): what a manager measured of an object in one period.

use serde::{Deserialize, Serialize};

use crate::source::SourceId;
use crate::text::Text;
use crate::time::Time;
use crate::words::words;

words! {
    /// Where on an object a value was measured (contract §5; MTNM `PML_…`).
    Location {
        /// Received here.
        NearRx = "NEAR_RX",
        /// Received at the far end, as told back.
        FarRx = "FAR_RX",
        /// Sent from here.
        NearTx = "NEAR_TX",
        /// Sent from the far end, as told back.
        FarTx = "FAR_TX",
        /// Both directions as one.
        Both = "BIDIR",
    }
}

words! {
    /// What a period's values are worth. Only `VALID` ones count; all others are gaps, never zero.
    IntervalStatus {
        /// Measured over the whole period.
        Valid = "VALID",
        /// Measured over a part of it.
        Incomplete = "INCOMPLETE",
        /// The manager does not believe them (3GPP: `suspect`).
        Invalid = "INVALID",
        /// Not measured.
        Unavailable = "UNAVAILABLE",
    }
}

words! {
    /// How a performance task at a manager stands.
    TaskStatus {
        /// It measures.
        Active = "ACTIVE",
        /// It waits until it is modified.
        Suspended = "SUSPENDED",
        /// It should measure and cannot.
        Failed = "FAILED",
        /// It is not there.
        Deleted = "DELETED",
    }
}

words! {
    /// How a question for the past stands.
    HistoryState {
        /// It is to be asked.
        Waiting = "WAITING",
        /// It was asked; its files come as any others.
        Asked = "ASKED",
        /// It was given up.
        Failed = "FAILED",
    }
}

/// `pmTaskId` of our task with that number: `<sysCode>-P-<nnnnnnnn>` (contract A.3).
pub fn task_id(own: &SourceId, number: i64) -> String {
    format!("{own}-P-{number:08}")
}

/// The number of a task of ours; `None` if the id is not one.
pub fn task_number(own: &SourceId, task_id: &str) -> Option<i64> {
    let number = task_id.strip_prefix(own.as_str())?.strip_prefix("-P-")?.parse().ok()?;
    (self::task_id(own, number) == task_id).then_some(number)
}

/// Length of a measured period, in seconds (> 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Granularity(pub u32);

impl Granularity {
    /// A quarter of an hour.
    pub const M15: Granularity = Granularity(900);
    /// A day.
    pub const H24: Granularity = Granularity(86_400);

    /// The wire's word: `15M` or `24H`; other lengths as seconds, `300S`.
    pub fn word(self) -> String {
        match self {
            Self::M15 => "15M".to_owned(),
            Self::H24 => "24H".to_owned(),
            Self(seconds) => format!("{seconds}S"),
        }
    }

    /// Reads what [`word`](Self::word) wrote.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "15M" => Some(Self::M15),
            "24H" => Some(Self::H24),
            _ => word.strip_suffix('S')?.parse().ok().filter(|seconds| *seconds > 0).map(Self),
        }
    }
}

/// Who was measured, and when: with the source, `object_id`, `location`, `granularity` and `start` are the
/// key of semantics §5; a period that is sent again supersedes.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Circuit, where the manager names it; else empty.
    pub circuit_code: Text,
    /// Object in the manager's words.
    pub object_id: Text,
    /// Its type in the manager's words; may be empty.
    pub object_type: Text,
    /// Layer rate; may be empty.
    pub layer_rate: Text,
    /// Where on the object.
    pub location: Location,
    /// Length of the period.
    pub granularity: Granularity,
    /// Its begin.
    pub start: Time,
    /// Seconds of it that were measured.
    pub measured_s: u32,
    /// What the values are worth.
    pub status: IntervalStatus,
}

/// Columns of a native file before its parameters, in the contract's order (§5).
pub const PM_COLUMNS: [&str; 9] = [
    "circuitCode",
    "objectId",
    "objectType",
    "layerRate",
    "location",
    "granularity",
    "periodStart",
    "monitoredSeconds",
    "intervalStatus",
];

/// Rows with the same parameters: a piece of a file, small enough to be held whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Names of the parameters (contract §5: `ES`, `IN_OCTETS`, `EF_IN_SHARE`…).
    pub params: Vec<Text>,
    /// Who and when.
    pub rows: Vec<Row>,
    /// Row by row, a value a parameter; NaN is "not measured".
    pub values: Vec<f64>,
}

impl Batch {
    /// Each row with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&Row, &[f64])> {
        self.rows.iter().zip(self.values.chunks(self.params.len().max(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Granularity, task_id, task_number};
    use crate::source::SourceId;

    #[test]
    fn a_task_is_known_by_its_number() {
        let own = SourceId::new("GD_CNM");
        assert_eq!(task_id(&own, 7), "GD_CNM-P-00000007");
        assert_eq!(task_number(&own, "GD_CNM-P-00000007"), Some(7));
        for foreign in ["GD_CNM-P-7", "SH_CNM-P-00000007", "GD_CNM-T-00000007", "GD_CNM-P-0000000x", ""] {
            assert_eq!(task_number(&own, foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_granularity_is_read_as_it_is_written() {
        for seconds in [900, 86_400, 300, 3_600, 1] {
            let it = Granularity(seconds);
            assert_eq!(Granularity::from_word(&it.word()), Some(it));
        }
        for bad in ["", "15", "0S", "-1S", "S", "xS"] {
            assert_eq!(Granularity::from_word(bad), None, "{bad}");
        }
    }
}
