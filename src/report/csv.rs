//! CSV: one row a circuit, RFC 4180, UTF-8 with a byte order mark so that Excel reads Chinese.

use crate::digest::digest;
use crate::error::ReportError;
use crate::format::Format;
use crate::input::Report;
use crate::plain::plain;
use crate::table::{Cell, Table, circuits, performance};
use crate::words;

const BYTE_ORDER_MARK: &str = "\u{feff}";
/// A text that begins with one of these would be a formula in a spreadsheet.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Renders the circuits of a report, each with what was measured of it. Every row ends with what it belongs to: customer number, period,
/// zone, revision, digest.
///
/// # Errors
/// [`ReportError::Csv`] if the writer refuses, which it has no reason to.
pub fn csv(report: &Report) -> Result<Vec<u8>, ReportError> {
    let format = Format::of(report);
    let table = circuits(report).beside(performance(report));
    let belongs = [
        words::CUSTOMER_NUMBER,
        words::PERIOD_START,
        words::PERIOD_END,
        words::TIME_ZONE,
        words::REVISION,
        words::DIGEST,
    ];
    let tail = [
        harmless(&plain(&report.customer.number)),
        format.time(report.period.start),
        format.time(report.period.end),
        harmless(&format.zone()),
        report.revision.to_string(),
        digest(report),
    ];
    let belongs = belongs.map(|text| text.say(report.language));
    table_csv(&table, belongs.into_iter().zip(tail), &format)
}

/// A table's rows, each followed by what it belongs to: columns with their one value.
pub(crate) fn table_csv(
    table: &Table,
    belongs: impl IntoIterator<Item = (&'static str, String)>,
    format: &Format,
) -> Result<Vec<u8>, ReportError> {
    let refused = |error: &dyn std::fmt::Display| ReportError::Csv(error.to_string());
    let (names, tail): (Vec<&str>, Vec<String>) = belongs.into_iter().unzip();
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(table.headings.iter().chain(&names)).map_err(|error| refused(&error))?;
    for row in &table.rows {
        let cells = row.iter().map(|cell| written(cell, format)).chain(tail.iter().cloned());
        writer.write_record(cells).map_err(|error| refused(&error))?;
    }
    writer.into_inner().map_err(|error| refused(&error))
}

fn written(cell: &Cell, format: &Format) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.digits.clone(),
        Cell::Time(at) => format.time(*at),
    }
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests;
