//! XLSX: one sheet a table; real numbers and dates, a heading that stays, no merged cells, and texts
//! that are texts whatever they begin with.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, FormatAlign, FormatBorder, Workbook, Worksheet};

use crate::digest::digest;
use crate::error::ReportError;
use crate::format::Format;
use crate::input::Report;
use crate::plain::plain;
use crate::table::{Cell, Number, Table, tables};
use crate::words;

/// Widths of columns, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 9..=60;
/// Rows by which a column's width is set.
const WIDTH_ROWS: usize = 200;
/// A time takes this many characters.
const TIME_WIDTH: usize = 20;
const TIME_LOOK: &str = "yyyy-mm-dd hh:mm:ss";

/// How cells look, made once a workbook.
struct Looks {
    heading: Look,
    text: Look,
    time: Look,
    /// By digits after the point.
    numbers: [Look; 7],
}

/// Renders every table of a report, one sheet each.
///
/// # Errors
/// [`ReportError::Xlsx`] if a sheet would be longer than the format allows.
pub fn xlsx(report: &Report) -> Result<Vec<u8>, ReportError> {
    let format = Format::of(report);
    book(&properties(report, &format)?, &tables(report), &format)
}

/// A workbook with a sheet for each table.
pub(crate) fn book(properties: &DocProperties, tables: &[Table], format: &Format) -> Result<Vec<u8>, ReportError> {
    let looks = Looks::new();
    let mut workbook = Workbook::new();
    workbook.set_properties(properties);
    for table in tables {
        let sheet = workbook.add_worksheet();
        sheet.set_name(table.title)?;
        write(sheet, table, &looks, format)?;
    }
    Ok(workbook.save_to_buffer()?)
}

// === impl Looks ===

impl Looks {
    fn new() -> Self {
        let decimals = ["0", "0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000"];
        Looks {
            heading: Look::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_border_bottom(FormatBorder::Thin),
            text: Look::new(),
            time: Look::new().set_num_format(TIME_LOOK),
            numbers: decimals.map(|decimals| Look::new().set_num_format(decimals)),
        }
    }

    fn number(&self, decimals: usize) -> &Look {
        self.numbers.get(decimals).unwrap_or(&self.text)
    }
}

fn properties(report: &Report, format: &Format) -> Result<DocProperties, ReportError> {
    let language = report.language;
    let title = report.template.title.as_deref().unwrap_or(words::TITLE.say(language));
    let revision = format!("{} {}", words::REVISION.say(language), report.revision);
    let made_at = ExcelDateTime::from_timestamp(report.generated_at.ms().div_euclid(1000))?;
    Ok(DocProperties::new()
        .set_title(plain(title))
        .set_subject(format!("{} · {}", plain(&report.customer.name), format.period(report.period)))
        .set_author(plain(&report.template.carrier))
        .set_comment(format!("{revision} · {} {}", words::DIGEST.say(language), digest(report)))
        .set_creation_datetime(&made_at))
}

fn write(sheet: &mut Worksheet, table: &Table, looks: &Looks, format: &Format) -> Result<(), ReportError> {
    sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?.set_landscape().set_print_fit_to_pages(1, 0);
    for (index, heading) in table.headings.iter().enumerate() {
        let column = column(index);
        sheet.write_string_with_format(0, column, *heading, &looks.heading)?;
        sheet.set_column_width(column, width(table, index, heading))?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (index, cell) in cells.iter().enumerate() {
            put(sheet, (row, column(index)), cell, looks, format)?;
        }
    }
    Ok(())
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    looks: &Looks,
    format: &Format,
) -> Result<(), ReportError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string_with_format(row, column, text, &looks.text)?,
        Cell::Number(Number { digits, decimals }) => match digits.parse::<f64>() {
            Ok(number) => sheet.write_number_with_format(row, column, number, looks.number(*decimals))?,
            Err(_) => sheet.write_string_with_format(row, column, digits, &looks.text)?,
        },
        Cell::Time(at) => sheet.write_datetime_with_format(row, column, format.civil(*at), &looks.time)?,
    };
    Ok(())
}

/// As wide as its longest cell; headings may break.
fn width(table: &Table, index: usize, heading: &str) -> u16 {
    let cells = table.rows.iter().take(WIDTH_ROWS).filter_map(|row| row.get(index));
    let longest = cells.map(|cell| match cell {
        Cell::Empty => 0,
        Cell::Text(text) => columns(text),
        Cell::Number(number) => number.digits.len(),
        Cell::Time(_) => TIME_WIDTH,
    });
    let wanted = longest.max().unwrap_or(0).max(columns(heading).div_ceil(2)) + 2;
    u16::try_from(wanted.clamp(*WIDTHS.start(), *WIDTHS.end())).unwrap_or(u16::MAX)
}

/// Chinese characters take two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

fn column(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
