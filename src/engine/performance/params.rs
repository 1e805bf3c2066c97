//! What the parameters of the contract are (interfaces §5), as data: it decides which figures of a stretch mean
//! something.

/// What a parameter's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How much or how often in the period: adds up.
    Counter,
    /// A level: has no sum.
    Gauge,
    /// Seconds of the period: adds up.
    Seconds,
}

/// Every parameter of the contract that is no gauge, by its exact name.
const NAMED: &[(&str, Kind)] = &[
    ("ES", Kind::Seconds),
    ("SES", Kind::Seconds),
    ("CSES", Kind::Seconds),
    ("UAS", Kind::Seconds),
    ("OFS", Kind::Seconds),
    ("BBE", Kind::Counter),
    ("IN_OCTETS", Kind::Counter),
    ("OUT_OCTETS", Kind::Counter),
    ("CELLS_IN", Kind::Counter),
    ("CELLS_OUT", Kind::Counter),
    ("FR_IN", Kind::Counter),
    ("FR_OUT", Kind::Counter),
    ("FECN", Kind::Counter),
    ("BECN", Kind::Counter),
    ("DE_DISCARD", Kind::Counter),
];

/// What a parameter is. One that is not of the contract is taken for a level: a sum that means nothing would be
/// worse than none.
pub fn kind_of(param: &str) -> Kind {
    NAMED.iter().find(|(name, _)| *name == param).map_or(Kind::Gauge, |(_, kind)| *kind)
}

// === impl Kind ===

impl Kind {
    /// Does a sum of such values mean something?
    pub const fn adds_up(self) -> bool {
        matches!(self, Kind::Counter | Kind::Seconds)
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Seconds => "seconds",
        }
    }
}
