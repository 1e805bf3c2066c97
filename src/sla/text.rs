//! Text for people: durations, and tables whose columns are aligned on a terminal.

use std::io::{self, Write};

/// Rows by which the width of the table's columns is set; later ones may stick out.
const WIDTH_ROWS: usize = 1_000;

/// Writes an aligned table: the first `left` columns are text, the rest numbers.
pub fn write_table<const N: usize>(
    headings: [&str; N],
    left: usize,
    mut rows: impl Iterator<Item = [String; N]>,
    out: &mut impl Write,
) -> io::Result<()> {
    let first: Vec<[String; N]> = rows.by_ref().take(WIDTH_ROWS).collect();
    let headings = headings.map(str::to_owned);
    let mut widths = [0; N];
    for line in first.iter().chain([&headings]) {
        widths.iter_mut().zip(line).for_each(|(width, cell)| *width = (*width).max(columns_of(cell)));
    }
    for line in [headings].into_iter().chain(first).chain(rows) {
        write_line(&line, &widths, left, out)?;
    }
    Ok(())
}

/// Text to the left, numbers to the right.
fn write_line<const N: usize>(
    line: &[String; N],
    widths: &[usize; N],
    left: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut text = String::new();
    for (index, (cell, width)) in line.iter().zip(widths).enumerate() {
        let blanks = " ".repeat(width.saturating_sub(columns_of(cell)));
        let parts = if index < left { [cell.as_str(), &blanks] } else { [blanks.as_str(), cell] };
        text.extend(parts);
        text.push_str("  ");
    }
    writeln!(out, "{}", text.trim_end())
}

/// Hours, minutes and seconds; milliseconds only where there are some.
pub fn duration(ms: i64) -> String {
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
