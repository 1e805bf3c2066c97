//! How figures are written: JSON for machines, CSV for sheets, a table for people.

use std::io::{self, Write};

use engine::sla::Share;
use serde::Serializer;
use serde::ser::SerializeSeq;

use super::{Format, Row};

/// Columns of the table and of the CSV answer.
const HEADINGS: [&str; 10] =
    ["circuit", "plan", "target %", "available %", "met", "outages", "down", "longest", "excluded", "budget left"];
const CSV_COLUMNS: [&str; 18] = [
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
];
/// Rows by which the width of the table's columns is set; later ones may stick out.
const WIDTH_ROWS: usize = 1_000;

/// Writes every row.
pub fn write<'a>(rows: impl Iterator<Item = Row<'a>>, format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Json => write_json(rows, out),
        Format::Csv => write_csv(rows, out),
        Format::Table => write_table(rows, out),
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
        let number = |number: Option<i64>| number.map_or_else(String::new, |n| n.to_string());
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
            number(figure.mttr_ms),
            number(figure.mtbf_ms),
            number(figure.longest_ms),
            figure.budget.allowed_ms.to_string(),
            figure.budget.left_ms.to_string(),
        ])?;
    }
    writer.flush()
}

fn write_table<'a>(rows: impl Iterator<Item = Row<'a>>, out: &mut impl Write) -> io::Result<()> {
    let mut rows = rows.map(|row| cells(&row));
    let first: Vec<[String; 10]> = rows.by_ref().take(WIDTH_ROWS).collect();
    let headings = HEADINGS.map(str::to_owned);
    let mut widths = [0; 10];
    for line in first.iter().chain([&headings]) {
        widths.iter_mut().zip(line).for_each(|(width, cell)| *width = (*width).max(columns_of(cell)));
    }
    for line in [headings].into_iter().chain(first).chain(rows) {
        write_line(&line, &widths, out)?;
    }
    Ok(())
}

/// Text to the left, numbers to the right.
fn write_line(line: &[String; 10], widths: &[usize; 10], out: &mut impl Write) -> io::Result<()> {
    let mut text = String::new();
    for (index, (cell, width)) in line.iter().zip(widths).enumerate() {
        let blanks = " ".repeat(width.saturating_sub(columns_of(cell)));
        let parts = if index < 2 { [cell.as_str(), &blanks] } else { [blanks.as_str(), cell] };
        text.extend(parts);
        text.push_str("  ");
    }
    writeln!(out, "{}", text.trim_end())
}

fn cells(row: &Row<'_>) -> [String; 10] {
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
    ]
}

/// Hours, minutes and seconds; milliseconds only where there are some.
fn duration(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let ms = ms.unsigned_abs();
    let (seconds, rest) = (ms / 1000, ms % 1000);
    let text = format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { text } else { format!("{text}.{rest:03}") }
}

/// Columns of a terminal: Chinese, Japanese and Korean characters and full-width forms take two.
fn columns_of(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}
