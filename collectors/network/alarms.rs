//! One row of a peer, from a message or a file, to the common alarm record.
//!
//! Pure and total: a row becomes a record, or a code and a sentence for the peer. Codes of circuits
//! and objects are taken as they are; whether we know them is not decided here.

use std::sync::Arc;

use model::alarm::{ALARM_COLUMNS, AlarmEnd, AlarmFact, AlarmRecord, AlarmStatus, ClearType, ObjectType};
use model::alarm::{ServiceAffecting, Severity, Specialty};
use model::code::ResultCode;
use model::text::{Text, shared};
use model::time::Time;

use crate::fields::{Wrong, time, word};
use crate::habits::{Habits, Level};

/// Longest alarm id.
pub const ALARM_ID_MAX: usize = 64;
/// Circuits that one alarm may name.
pub const CIRCUIT_CODES_MAX: usize = 10_000;
/// Bytes of the fields that stand for an absent alarm id, all together: it is the key of an index.
const STAND_IN_BYTES_MAX: usize = 800;
/// Longest code or name.
const NAME_MAX: usize = 400;
/// Free text is cut here: nobody loses an alarm over a long story, the message itself is kept.
const STORY_MAX: usize = 4000;

/// Positions in [`ALARM_COLUMNS`].
mod at {
    pub(super) const ALARM_ID: usize = 0;
    pub(super) const CIRCUIT_CODES: usize = 1;
    pub(super) const SPECIALTY: usize = 2;
    pub(super) const EMS_NAME: usize = 3;
    pub(super) const NE_ID: usize = 4;
    pub(super) const NE_NAME: usize = 5;
    pub(super) const NE_TYPE: usize = 6;
    pub(super) const VENDOR: usize = 7;
    pub(super) const OBJECT_ID: usize = 8;
    pub(super) const OBJECT_TYPE: usize = 9;
    pub(super) const LAYER_RATE: usize = 10;
    pub(super) const LOCATION: usize = 11;
    pub(super) const ALARM_TITLE: usize = 12;
    pub(super) const NATIVE_CAUSE: usize = 13;
    pub(super) const PROBABLE_CAUSE: usize = 14;
    pub(super) const EVENT_TYPE: usize = 15;
    pub(super) const SEVERITY: usize = 16;
    pub(super) const SERVICE_AFFECTING: usize = 17;
    pub(super) const ALARM_STATUS: usize = 18;
    pub(super) const NE_TIME: usize = 19;
    pub(super) const EMS_TIME: usize = 20;
    pub(super) const CLEAR_TIME: usize = 21;
    pub(super) const CLEAR_TYPE: usize = 22;
    pub(super) const ADDITIONAL_TEXT: usize = 23;
    pub(super) const IS_ROOT: usize = 24;
    pub(super) const PARENT_ALARM_ID: usize = 25;
    pub(super) const REPAIR_ADVICE: usize = 26;
}

/// The cells of one row, by position in [`ALARM_COLUMNS`]; empty is absent.
#[derive(Clone, Debug, Default)]
pub struct Cells<'a> {
    values: [&'a str; ALARM_COLUMNS.len()],
    circuit_codes: Vec<&'a str>,
}

// === impl Cells ===

impl<'a> Cells<'a> {
    /// Puts a cell in its place. Of two with one name the first counts, except for circuits, which add up.
    pub fn put(&mut self, column: usize, text: &'a str) {
        if column == at::CIRCUIT_CODES {
            self.circuit_codes.extend(text.split(';').map(str::trim).filter(|code| !code.is_empty()));
        } else if let Some(cell) = self.values.get_mut(column).filter(|cell| cell.is_empty()) {
            *cell = text.trim();
        }
    }

    fn get(&self, column: usize) -> &'a str {
        self.values.get(column).copied().unwrap_or_default()
    }

    /// A name or code as it is.
    fn name(&self, column: usize) -> Result<Text, Wrong> {
        self.limited(column, NAME_MAX)
    }

    fn limited(&self, column: usize, most: usize) -> Result<Text, Wrong> {
        let text = self.get(column);
        if text.contains('\0') {
            return Err(Wrong::bad(name_of(column), text, "it must hold no NUL"));
        }
        // Bytes first: counting characters is only needed when they are many.
        if text.len() > most && text.chars().count() > most {
            return Err(Wrong::bad(name_of(column), text, &format!("it may have at most {most} characters")));
        }
        Ok(shared(text))
    }

    /// A free text, cut.
    fn story(&self, column: usize) -> Text {
        let text = self.get(column);
        match text.char_indices().nth(STORY_MAX) {
            Some((end, _)) => shared(text.get(..end).unwrap_or_default()),
            None => shared(text),
        }
    }

    fn time(&self, column: usize, habits: &Habits) -> Result<Option<Time>, Wrong> {
        time(name_of(column), self.get(column), &habits.zone)
    }

    /// A row without `alarmId` is known by what it is about, where the peer has no ids at all.
    fn can_do_without_id(&self, habits: &Habits) -> Result<(), Wrong> {
        let key = key_column(habits);
        if self.get(key).is_empty() {
            return Err(Wrong::missing(name_of(key)));
        }
        let stand_in = [at::OBJECT_ID, at::LAYER_RATE, at::PROBABLE_CAUSE, at::NATIVE_CAUSE];
        if stand_in.map(|column| self.get(column).len()).iter().sum::<usize>() > STAND_IN_BYTES_MAX {
            let names = stand_in.map(name_of).join(", ");
            let reason = format!(
                "alarmId is missing, and {names} stand for it: they may have {STAND_IN_BYTES_MAX} bytes together"
            );
            return Err(Wrong { code: ResultCode::TooLarge, reason });
        }
        Ok(())
    }

    fn circuit_codes(&self) -> Result<Vec<String>, Wrong> {
        if self.circuit_codes.len() > CIRCUIT_CODES_MAX {
            let reason = format!("circuitCodes has more than {CIRCUIT_CODES_MAX} circuits; report the object instead");
            return Err(Wrong { code: ResultCode::TooLarge, reason });
        }
        let is_bad = |code: &&&str| code.chars().count() > ALARM_ID_MAX || code.contains('\0');
        match self.circuit_codes.iter().find(is_bad) {
            Some(code) => Err(Wrong::bad("circuitCodes", code, "a code may have at most 64 characters, and no NUL")),
            None => Ok(self.circuit_codes.iter().map(|code| (*code).to_owned()).collect()),
        }
    }
}

/// The column that no row of a peer may lack, nor a file: the alarm's id or, for a peer without ids, its object's.
pub fn key_column(habits: &Habits) -> usize {
    if habits.alarm_ids { at::ALARM_ID } else { at::OBJECT_ID }
}

/// The record of a row.
///
/// # Errors
/// [`Wrong`] with 1003 for a missing and 1004 for a bad field.
pub fn record_of_cells(cells: &Cells<'_>, habits: &Habits) -> Result<AlarmRecord, Wrong> {
    let alarm_id = cells.limited(at::ALARM_ID, ALARM_ID_MAX)?;
    if alarm_id.is_empty() {
        cells.can_do_without_id(habits)?;
    }
    let (severity, status) = severity_and_status(cells, habits)?;
    let clear_type =
        word("clearType", cells.get(at::CLEAR_TYPE), ClearType::from_word, "it must be EMS, SYNC, MANUAL or SYSTEM")?;
    Ok(AlarmRecord {
        alarm_id,
        circuit_codes: cells.circuit_codes()?,
        specialty: specialty(cells)?.or(habits.specialty),
        ems_name: cells.name(at::EMS_NAME)?,
        ne_id: cells.name(at::NE_ID)?,
        ne_name: cells.name(at::NE_NAME)?,
        ne_type: cells.name(at::NE_TYPE)?,
        vendor: cells.name(at::VENDOR)?,
        object_id: cells.name(at::OBJECT_ID)?,
        object_type: object_type(cells.get(at::OBJECT_TYPE))?,
        layer_rate: cells.name(at::LAYER_RATE)?,
        location: cells.story(at::LOCATION),
        alarm_title: cells.name(at::ALARM_TITLE)?,
        native_cause: cells.name(at::NATIVE_CAUSE)?,
        probable_cause: shared(habits.cause(&cells.name(at::PROBABLE_CAUSE)?)),
        event_type: cells.name(at::EVENT_TYPE)?,
        severity,
        service_affecting: service_affecting(cells.get(at::SERVICE_AFFECTING))?,
        alarm_status: Some(status),
        ne_time: cells.time(at::NE_TIME, habits)?,
        ems_time: cells.time(at::EMS_TIME, habits)?,
        clear_time: cells.time(at::CLEAR_TIME, habits)?,
        clear_type,
        additional_text: cells.story(at::ADDITIONAL_TEXT),
        is_root: cells.name(at::IS_ROOT)?,
        parent_alarm_id: cells.limited(at::PARENT_ALARM_ID, ALARM_ID_MAX)?,
        repair_advice: cells.story(at::REPAIR_ADVICE),
    })
}

/// The fact of a row.
///
/// # Errors
/// As [`record_of_cells`].
pub fn fact_of_cells(cells: &Cells<'_>, habits: &Habits) -> Result<AlarmFact, Wrong> {
    record_of_cells(cells, habits).map(|record| AlarmFact::Record(Arc::new(record)))
}

/// Severity and status are read together: a severity may say "cleared", and then the alarm is over
/// whatever its status says. A clear needs no severity; it never changes values.
fn severity_and_status(cells: &Cells<'_>, habits: &Habits) -> Result<(Severity, AlarmStatus), Wrong> {
    let status =
        word("alarmStatus", cells.get(at::ALARM_STATUS), AlarmStatus::from_word, "it must be ACTIVE or CLEARED")?;
    let text = cells.get(at::SEVERITY);
    if text.is_empty() {
        return match status {
            Some(AlarmStatus::Cleared) => Ok((Severity::Indeterminate, AlarmStatus::Cleared)),
            _ => Err(Wrong::missing("severity")),
        };
    }
    match habits.severity(text) {
        Some(Level::Raised(severity)) => Ok((severity, status.unwrap_or(AlarmStatus::Active))),
        Some(Level::Cleared) => Ok((Severity::Indeterminate, AlarmStatus::Cleared)),
        None => Err(Wrong::bad("severity", text, "it is not in the severity map of this peer")),
    }
}

fn specialty(cells: &Cells<'_>) -> Result<Option<Specialty>, Wrong> {
    word("specialty", cells.get(at::SPECIALTY), Specialty::from_word, "it must be TRANS, IP or ATM")
}

fn object_type(text: &str) -> Result<Option<ObjectType>, Wrong> {
    let expected = "it must be EMS, NE, SHELF, BOARD, PORT, CTP, LINK, CIRCUIT or VPN";
    word("objectType", text, ObjectType::from_word, expected)
}

fn service_affecting(text: &str) -> Result<Option<ServiceAffecting>, Wrong> {
    word("serviceAffecting", text, ServiceAffecting::from_word, "it must be Y, N or U")
}

/// The name of a column.
pub fn name_of(column: usize) -> &'static str {
    ALARM_COLUMNS.get(column).copied().unwrap_or_default()
}

/// An end without a record.
pub fn end(alarm_id: &str, clear_time: Option<Time>, clear_type: ClearType, clear_user: &str) -> AlarmFact {
    let (alarm_id, clear_user) = (alarm_id.to_owned(), clear_user.to_owned());
    AlarmFact::End(AlarmEnd { alarm_id, clear_time, clear_type, clear_user })
}

#[cfg(test)]
mod tests;
