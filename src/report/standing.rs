//! The standing report of a month: the figures of ITU-T M.1016 and of service, over all customers and over each,
//! with planned work, key protection and what was signed off. XLSX and CSV say the same to the last digit.

use model::time::{Time, Window, Zone};
use rust_xlsxwriter::{DocProperties, ExcelDateTime};

use crate::csv::table_csv;
use crate::error::ReportError;
use crate::format::Format;
use crate::input::{Exclusion, Language, Protection, Service, Share, Work};
use crate::plain::plain;
use crate::table;
use crate::words;
use crate::xlsx::book;

/// A month over all customers.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The carrier's name.
    pub carrier: String,
    /// Language of everything that is not a name.
    pub language: Language,
    /// The month.
    pub period: Window,
    /// Zone of every time.
    pub zone: Zone,
    /// Figures go up to here.
    pub as_of: Time,
    /// When it was made.
    pub generated_at: Time,
    /// Over all circuits, each once.
    pub total: Line,
    /// Over each customer with those below it, by number.
    pub customers: Vec<Line>,
    /// Planned work of the month.
    pub works: Vec<Work>,
    /// Key protection in the month.
    pub protections: Vec<Protection>,
    /// Excluded time that somebody decided.
    pub exclusions: Vec<Exclusion>,
}

/// The figures of some circuits.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Customer number; empty for all.
    pub number: String,
    /// Customer name; empty for all.
    pub name: String,
    /// Circuits in service in the month.
    pub circuits: u32,
    /// Of them, those with an availability.
    pub rated: u32,
    /// Of those, the ones that met their target.
    pub met: u32,
    /// Availability over all of them; `None` = not applicable.
    pub availability: Option<Share>,
    /// Share of their time in which somebody was heard.
    pub measured: Option<Share>,
    /// What M.1016 asks for, repeats and limits.
    pub service: Service,
    /// Planned works that touched them.
    pub works: u32,
    /// Key protections that named them.
    pub protections: u32,
    /// Excluded time, ms.
    pub excluded_ms: i64,
}

/// Renders every table, one sheet each.
///
/// # Errors
/// [`ReportError::Xlsx`] if a sheet would be longer than the format allows.
pub fn xlsx(standing: &Standing) -> Result<Vec<u8>, ReportError> {
    let format = Format::new(standing.language, &standing.zone);
    let made_at = ExcelDateTime::from_timestamp(standing.generated_at.ms().div_euclid(1000))?;
    let properties = DocProperties::new()
        .set_title(words::STANDING.say(standing.language))
        .set_subject(format.period(standing.period))
        .set_author(plain(&standing.carrier))
        .set_creation_datetime(&made_at);
    book(&properties, &table::standing(standing), &format)
}

/// Renders the customers, all of them together first. Every row ends with what it belongs to: period, zone, and
/// up to where its figures go.
///
/// # Errors
/// [`ReportError::Csv`] if the writer refuses, which it has no reason to.
pub fn csv(standing: &Standing) -> Result<Vec<u8>, ReportError> {
    let format = Format::new(standing.language, &standing.zone);
    let belongs = [
        (words::PERIOD_START, format.time(standing.period.start)),
        (words::PERIOD_END, format.time(standing.period.end)),
        (words::TIME_ZONE, format.zone()),
        (words::AS_OF, format.time(standing.as_of)),
    ];
    let belongs = belongs.map(|(name, value)| (name.say(standing.language), value));
    table_csv(&table::customers(standing), belongs, &format)
}

#[cfg(test)]
mod tests;
