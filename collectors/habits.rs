//! What decoding needs of a peer's settings, prepared for speed: names, words, zone, file site.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use model::alarm::{ALARM_COLUMNS, Severity, Specialty};
use model::source::SourceKind;
use model::text::Text;
use model::ticket::TicketState;
use model::time::Zone;
use serde::Deserialize;

use crate::peer::{Operator, Peer};

/// Spellings that so many peers share that they need no setting.
const COMMON_ALIASES: &[(&str, &str)] = &[("locatinginformation", "location"), ("circuitCode", "circuitCodes")];

/// The habits of one peer.
#[derive(Clone, Debug)]
pub struct Habits {
    /// Zone of its local times.
    pub zone: Zone,
    /// Encoding of its files.
    pub encoding: ftp::Encoding,
    /// Its file site.
    pub site: Option<ftp::Site>,
    /// Its alarms have an `alarmId`; see [`Peer::alarm_ids`].
    pub alarm_ids: bool,
    /// Network of its alarms where they do not say.
    pub specialty: Option<Specialty>,
    /// The manager it speaks for, if that is one; else empty.
    pub ems_name: Text,
    /// What we answer to its `isAlive`.
    pub alive_answer: String,
    /// Who acts, in our calls to it.
    pub operator: Operator,
    columns: HashMap<String, usize>,
    aliases: BTreeMap<String, String>,
    severities: HashMap<String, Level>,
    causes: HashMap<String, String>,
    sheet_words: HashMap<String, TicketState>,
}

/// What a peer's severity means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An alarm of that severity.
    Raised(Severity),
    /// The alarm is over.
    Cleared,
}

/// `alarms.toml`.
#[derive(Debug, Default, Deserialize)]
struct Tables {
    severity: BTreeMap<String, HashMap<String, String>>,
    cause: BTreeMap<String, HashMap<String, String>>,
}

/// `sheets.toml`.
#[derive(Debug, Default, Deserialize)]
struct Sheets {
    status: HashMap<String, TicketState>,
}

// Both are part of the program; a test reads them, so the default is never taken.
static TABLES: LazyLock<Tables> =
    LazyLock::new(|| toml::from_str(include_str!("network/alarms.toml")).unwrap_or_default());
static SHEETS: LazyLock<Sheets> =
    LazyLock::new(|| toml::from_str(include_str!("eoms/sheets.toml")).unwrap_or_default());

// === impl Habits ===

impl Habits {
    /// The habits of a peer; `site` is its file site, if it has one.
    pub fn new(peer: &Peer, site: Option<ftp::Site>) -> Self {
        let mut severities = HashMap::new();
        let words = match peer.severity_map.is_empty() {
            true => TABLES.severity.get(&peer.severity_table).into_iter().flatten().collect(),
            false => peer.severity_map.iter().collect::<Vec<_>>(),
        };
        for (word, level) in words {
            severities.extend(level_of(level).map(|level| (word.to_lowercase(), level)));
        }
        let mut sheet_words = SHEETS.status.clone();
        sheet_words.extend(peer.sheet_status.iter().map(|(word, state)| (word.clone(), *state)));
        Habits {
            zone: peer.zone.clone(),
            encoding: peer.encoding,
            site,
            alarm_ids: peer.alarm_ids,
            specialty: peer.specialty.or(match peer.kind {
                SourceKind::Ip => Some(Specialty::Ip),
                SourceKind::Atm => Some(Specialty::Atm),
                _ => None,
            }),
            ems_name: match peer.ems_names.as_slice() {
                [only] => only.as_str().into(),
                _ => Text::new(),
            },
            alive_answer: peer.alive_ok.first().cloned().unwrap_or_default(),
            operator: peer.operator.clone(),
            columns: columns_of(&peer.aliases),
            aliases: peer.aliases.clone(),
            severities,
            causes: TABLES.cause.get(&peer.cause_scheme).cloned().unwrap_or_default(),
            sheet_words,
        }
    }

    /// The habits of our own files: no aliases, our severities, times in `zone`.
    pub fn of_files(zone: Zone, encoding: ftp::Encoding) -> Self {
        let severities = Severity::ALL.map(|severity| (severity.number().to_string(), Level::Raised(severity)));
        Habits {
            zone,
            encoding,
            site: None,
            alarm_ids: true,
            specialty: None,
            ems_name: Text::new(),
            alive_answer: String::new(),
            operator: Operator::default(),
            columns: columns_of(&BTreeMap::new()),
            aliases: BTreeMap::new(),
            severities: severities.into_iter().collect(),
            causes: HashMap::new(),
            sheet_words: HashMap::new(),
        }
    }

    /// Which of [`ALARM_COLUMNS`] the peer means by a name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.get(name).or_else(|| self.columns.get(&name.to_ascii_lowercase())).copied()
    }

    /// Our name for the peer's name of a field.
    pub fn our_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.aliases.get(name).map_or(name, String::as_str)
    }

    /// What a severity means; `None` if the peer has no such word.
    pub fn severity(&self, word: &str) -> Option<Level> {
        self.severities.get(word).or_else(|| self.severities.get(&word.to_lowercase())).copied()
    }

    /// The name of a probable cause: numbers by the peer's scheme, names as they are.
    pub fn cause<'a>(&'a self, text: &'a str) -> &'a str {
        self.causes.get(text).map_or(text, String::as_str)
    }

    /// What a word for the state of a ticket means; `None` if it is not known.
    pub fn sheet_state(&self, word: &str) -> Option<TicketState> {
        self.sheet_words.get(word.trim()).copied()
    }
}

/// What is wrong with the settings that only this file understands.
pub(crate) fn faults_of(peer: &Peer) -> Vec<String> {
    let mut faults = Vec::new();
    if !TABLES.severity.contains_key(&peer.severity_table) {
        faults.push(format!("severity_table {:?} must be china, x721 or rfc8632", peer.severity_table));
    }
    if !TABLES.cause.contains_key(&peer.cause_scheme) {
        faults.push(format!("cause_scheme {:?} must be x721 or m3100", peer.cause_scheme));
    }
    for (word, level) in &peer.severity_map {
        if level_of(level).is_none() {
            faults.push(format!("severity_map {word:?} = {level:?} must be \"0\" to \"4\" or \"cleared\""));
        }
    }
    faults
}

fn level_of(text: &str) -> Option<Level> {
    if text == "cleared" {
        return Some(Level::Cleared);
    }
    text.parse().ok().and_then(Severity::from_number).map(Level::Raised)
}

/// Names to positions in [`ALARM_COLUMNS`]: ours in any case, then common spellings, then the peer's.
fn columns_of(aliases: &BTreeMap<String, String>) -> HashMap<String, usize> {
    let mut columns = HashMap::new();
    for (at, name) in ALARM_COLUMNS.iter().enumerate() {
        columns.insert((*name).to_owned(), at);
        columns.insert(name.to_ascii_lowercase(), at);
    }
    let given = aliases.iter().map(|(theirs, ours)| (theirs.as_str(), ours.as_str()));
    for (theirs, ours) in COMMON_ALIASES.iter().copied().chain(given) {
        if let Some(at) = ALARM_COLUMNS.iter().position(|name| *name == ours) {
            columns.insert(theirs.to_owned(), at);
            columns.insert(theirs.to_ascii_lowercase(), at);
        }
    }
    columns
}

#[cfg(test)]
mod tests;
