//! How figures are written: JSON for machines, CSV for sheets, a table for people.

use std::io::{self, Write};

use engine::completeness::Completeness;
use engine::sla::Share;
use serde::Serializer;
use serde::ser::SerializeSeq;

use super::text::{duration, write_table};
use super::{Format, Row};

/// Columns of the table and of the CSV answer.
const HEADINGS: [&str; 11] = [
    "circuit",
    "plan",
    "target %",
    "available %",
    "met",
    "outages",
    "down",
    "longest",
    "excluded",
    "budget left",
    "data complete %",
];
const CSV_COLUMNS: [&str; 28] = [
    "circuitCode",
    "plan",
    "asOf",
    "serviceMs",
    "downMs",
    "excludedOutageMs",
    "excludedWindowMs",
    "unmeasuredMs",
    "notInServiceMs",
    "outsideWindowMs",
    "availability",
    "grossAvailability",
    "outages",
    "mttrMs",
    "mtbfMs",
    "longestMs",
    "allowedMs",
    "leftMs",
    "breachAt",
    "restoredInTime",
    "repeatOutages",
    "recentOutages",
    "chronic",
    "burnHour",
    "burnSixHours",
    "burnThreeDays",
    "creditPercent",
    "completeness",
];

/// Writes every row.
pub fn write<'a>(rows: impl Iterator<Item = Row<'a>>, format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Json => write_json(rows, out),
        Format::Csv => write_csv(rows, out),
        Format::Table => write_table(HEADINGS, 2, rows.map(|row| cells(&row)), out),
    }
}

fn write_json<'a>(rows: impl Iterator<Item = Row<'a>>, out: &mut impl Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::pretty(&mut *out);
    let mut list = serializer.serialize_seq(None)?;
    for row in rows {
        list.serialize_element(&row.figure)?;
    }
    list.end()?;
    writeln!(out)
}

fn write_csv<'a>(rows: impl Iterator<Item = Row<'a>>, out: &mut impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(CSV_COLUMNS)?;
    for row in rows {
        let figure = &row.figure;
        let share = |share: Option<Share>| share.map_or_else(String::new, Share::to_decimal);
        let (quality, burn) = (&figure.quality, &figure.quality.burn);
        writer.write_record([
            figure.circuit_code.clone(),
            row.plan_name.to_owned(),
            figure.as_of.to_string(),
            figure.service_ms.to_string(),
            figure.down_ms.to_string(),
            figure.excluded_outage_ms.to_string(),
            figure.excluded_window_ms.to_string(),
            figure.unmeasured_ms.to_string(),
            figure.not_in_service_ms.to_string(),
            figure.outside_window_ms.to_string(),
            share(figure.availability),
            share(figure.gross_availability),
            figure.outages.to_string(),
            or_empty(figure.mttr_ms),
            or_empty(figure.mtbf_ms),
            or_empty(figure.longest_ms),
            figure.budget.allowed_ms.to_string(),
            figure.budget.left_ms.to_string(),
            or_empty(figure.budget.breach_at),
            or_empty(quality.restored_in_time),
            quality.repeats.to_string(),
            quality.recent.to_string(),
            quality.chronic.to_string(),
            or_empty(burn.hour),
            or_empty(burn.six_hours),
            or_empty(burn.three_days),
            quality.credit.to_string(),
            share(Completeness::of(figure).share()),
        ])?;
    }
    writer.flush()
}

/// Text, or nothing where there is none.
pub fn or_empty(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn cells(row: &Row<'_>) -> [String; 11] {
    let (figure, budget) = (&row.figure, &row.figure.budget);
    [
        figure.circuit_code.clone(),
        row.plan_name.to_owned(),
        budget.target.to_string(),
        figure.availability.map_or_else(|| "n/a".to_owned(), Share::worse),
        budget.met.map_or("n/a", |met| if met { "yes" } else { "NO" }).to_owned(),
        figure.outages.to_string(),
        duration(figure.down_ms),
        figure.longest_ms.map_or_else(|| "-".to_owned(), duration),
        duration(figure.excluded_window_ms),
        duration(budget.left_ms),
        Completeness::of(figure).share().map_or_else(|| "n/a".to_owned(), Share::worse),
    ]
}
