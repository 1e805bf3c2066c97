//! Series as CSV: a row for each time of each series, a column for each parameter or figure. An empty cell was not
//! measured. A text that a spreadsheet would take for a formula gets an apostrophe.

use std::collections::BTreeMap;

use super::columns::{Columns, Param};

/// Columns between what a series is about and its values.
const FIXED: [&str; 5] = ["granularityS", "time", "measuredS", "expectedS", "status"];

/// All series in one table; `names` are the columns that say what a series is about.
pub(super) fn write(names: &[&str], series: &[(Vec<String>, &Columns)]) -> String {
    let mut values: BTreeMap<String, ()> = BTreeMap::new();
    for (_, columns) in series {
        values.extend(columns.params.iter().flat_map(|(name, param)| parts(name, param)).map(|(name, _)| (name, ())));
    }
    let mut text = String::new();
    let head = names.iter().chain(&FIXED).map(|name| (*name).to_owned());
    put_line(&mut text, head.chain(values.keys().map(|name| safe(name))));
    for (about, columns) in series {
        let parts: BTreeMap<String, &[f64]> =
            columns.params.iter().flat_map(|(name, param)| parts(name, param)).collect();
        for (place, at) in columns.times.iter().enumerate() {
            let number = |column: &[u32]| column.get(place).map_or_else(String::new, ToString::to_string);
            let gap = columns.gaps.iter().find(|(gap, _)| gap == at);
            let status =
                gap.map_or(if number(&columns.measured_s) == "0" { "MISSING" } else { "VALID" }, |(_, s)| s.word());
            let fixed = [
                columns.granularity_s.to_string(),
                at.to_string(),
                number(&columns.measured_s),
                number(&columns.expected_s),
                status.to_owned(),
            ];
            let cells = values.keys().map(|name| parts.get(name).and_then(|column| column.get(place)));
            let cells =
                cells.map(|value| value.filter(|value| !value.is_nan()).map_or_else(String::new, f64::to_string));
            put_line(&mut text, about.iter().map(|cell| safe(cell)).chain(fixed).chain(cells));
        }
    }
    text
}

/// The columns of a parameter.
fn parts<'a>(name: &str, param: &'a Param) -> Vec<(String, &'a [f64])> {
    let figures = [
        ("", &param.values),
        (".min", &param.min),
        (".max", &param.max),
        (".mean", &param.mean),
        (".sum", &param.sum),
        (".count", &param.count),
        (".p95", &param.p95),
    ];
    let some = figures.into_iter().filter(|(_, column)| !column.is_empty());
    some.map(|(suffix, column)| (format!("{name}{suffix}"), column.as_slice())).collect()
}

fn put_line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(',');
        }
        match cell.contains([',', '"', '\n', '\r']) {
            true => text.push_str(&format!("\"{}\"", cell.replace('"', "\"\""))),
            false => text.push_str(&cell),
        }
    }
    text.push_str("\r\n");
}

/// A text that no spreadsheet takes for a formula.
fn safe(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}
