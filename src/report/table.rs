//! Tables of typed cells, from which XLSX and CSV are written: the same columns, the same digits.

mod circuits;
mod others;
mod performance;
mod standing;
mod summary;

use model::time::Time;

use crate::format::{Format, Towards};
use crate::input::{Language, Percent, Report, Share};
use crate::plain::plain;
use crate::words::{self, Text};

/// A table.
pub(crate) struct Table {
    /// Its name.
    pub(crate) title: &'static str,
    /// One for each column.
    pub(crate) headings: Vec<&'static str>,
    /// As many cells as headings.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Text, never a formula.
    Text(String),
    /// A number with its digits.
    Number(Number),
    /// An instant.
    Time(Time),
}

/// A number as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// Plain digits, `-` and `.`.
    pub(crate) digits: String,
    /// Digits after the point.
    pub(crate) decimals: usize,
}

/// Every table of a report, in the order of the sheets.
pub(crate) fn tables(report: &Report) -> Vec<Table> {
    vec![
        summary::summary(report),
        circuits::circuits(report),
        others::outages(report),
        others::ledger(report),
        performance::performance(report),
        summary::service(report),
        others::tickets(report),
        others::works(&report.works, report.language),
        others::protections(&report.protections, report.language),
        others::exclusions(&report.exclusions, report.language),
        others::gaps(report),
        others::history(report),
        summary::method(report),
    ]
}

pub(crate) use circuits::circuits;
pub(crate) use performance::performance;
pub(crate) use standing::{customers, standing};

// === impl Table ===

impl Table {
    fn new(language: Language, title: Text, headings: &[Text], rows: Vec<Vec<Cell>>) -> Self {
        let say = |text: &Text| text.say(language);
        Table { title: say(&title), headings: headings.iter().map(say).collect(), rows }
    }

    /// With the columns of another table of the same rows behind its own; the first one of that names the row and
    /// is left out.
    pub(crate) fn beside(mut self, other: Table) -> Self {
        self.headings.extend(other.headings.into_iter().skip(1));
        for (row, cells) in self.rows.iter_mut().zip(other.rows) {
            row.extend(cells.into_iter().skip(1));
        }
        self
    }
}

// === impl Cell ===

impl Cell {
    /// A text; empty text is nothing.
    pub(crate) fn text(text: &str) -> Self {
        match plain(text) {
            text if text.is_empty() => Cell::Empty,
            text => Cell::Text(text),
        }
    }

    /// Several texts in one.
    fn list(texts: &[String]) -> Self {
        Cell::text(&texts.join(", "))
    }

    fn count(count: impl Into<u64>) -> Self {
        Cell::number(count.into().to_string())
    }

    /// Seconds, exact.
    fn seconds(ms: i64) -> Self {
        Cell::number(Format::seconds(ms))
    }

    /// Minutes with the digits of the PDF.
    fn minutes(ms: i64, towards: Towards) -> Self {
        Cell::number(Format::minutes(ms, towards).replace(',', "").replace('−', "-"))
    }

    fn share(share: Share) -> Self {
        Cell::number(Format::exact_share(share))
    }

    /// Hundred-thousandths of a percent.
    fn exact_percent(exact: i64) -> Self {
        Cell::number(Format::exact_percent(exact))
    }

    fn percent(percent: Percent) -> Self {
        Cell::number(Format::percent(percent))
    }

    fn thousandths(value: i64) -> Self {
        Cell::number(Format::thousandths(value))
    }

    fn yes(yes: bool, language: Language) -> Self {
        Cell::text(if yes { words::YES } else { words::NO }.say(language))
    }

    /// Met, missed, not applicable.
    fn result(met: Option<bool>, language: Language) -> Self {
        Cell::text(result(met).say(language))
    }

    /// What there is, or nothing.
    fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Self {
        value.map_or(Cell::Empty, cell)
    }

    fn number(digits: String) -> Self {
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        Cell::Number(Number { digits, decimals })
    }
}

/// The word for met, missed, not applicable.
pub(crate) fn result(met: Option<bool>) -> Text {
    match met {
        Some(true) => words::MET,
        Some(false) => words::MISSED,
        None => words::NOT_APPLICABLE,
    }
}
