//! What a cell must hold (contract §4.5), and the one form in which it is kept: times as RFC 3339
//! in UTC, words in capitals, text trimmed.

use jiff::civil::Date;
use model::code::ResultCode;
use model::resource::{Cell, Class, Column, Row};
use model::time::Zone;

use crate::fields::{Wrong, time};

/// Longest code.
const CODE_MAX: usize = 64;
/// Longest key in bytes: an index of the database can hold no much longer one.
const KEY_BYTES_MAX: usize = 2000;
/// Longest text.
const TEXT_MAX: usize = 4000;

/// What is done with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It is held: every mandatory cell must be there.
    Whole,
    /// It is deleted: its key must be there.
    Key,
}

/// Checks a row and brings its cells into their normal form. A bad optional cell is emptied and
/// reported; only a missing or bad mandatory cell, a bad time (a figure may hang on it), and a validity that ends before
/// it begins refuse the row.
///
/// # Errors
/// [`Wrong`] for the first cell that refuses the row.
pub fn normal_row(class: Class, cells: Vec<&str>, zone: &Zone, need: Need) -> Result<(Row, Vec<Wrong>), Wrong> {
    let mut issues = Vec::new();
    let mut kept = Vec::with_capacity(class.columns().len());
    for (at, column) in class.columns().iter().enumerate() {
        let text = cells.get(at).copied().unwrap_or_default().trim();
        let in_key = class.key_columns().contains(&at);
        let must = column.mandatory && (need == Need::Whole || in_key);
        match normal_cell(column, text, zone) {
            Ok(cell) if cell.is_empty() && must => return Err(Wrong::missing(column.name)),
            Ok(cell) => kept.push(cell),
            Err(wrong) if must || in_key || matches!(column.cell, Cell::Time | Cell::Date) => return Err(wrong),
            Err(wrong) => {
                issues.push(wrong);
                kept.push(String::new());
            }
        }
    }
    let row = Row { class, cells: kept };
    limited_key(&row.key())?;
    if need == Need::Whole && row.ends_before_it_begins() {
        return Err(Wrong::bad("validTo", row.get("validTo"), "it must not lie before validFrom"));
    }
    Ok((row, issues))
}

/// One cell in its normal form; an empty cell stays empty.
///
/// # Errors
/// [`Wrong`] with 1004.
pub fn normal_cell(column: &Column, text: &str, zone: &Zone) -> Result<String, Wrong> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let bad = |expected: &str| Wrong::bad(column.name, text, expected);
    match column.cell {
        Cell::Code => limited(column.name, text, CODE_MAX),
        Cell::Text => limited(column.name, text, TEXT_MAX),
        Cell::Number => match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(number.to_string()),
            _ => Err(bad("a whole number is needed")),
        },
        Cell::Ordinal => match text.parse::<u16>() {
            Ok(number) if number >= 1 => Ok(number.to_string()),
            _ => Err(bad("a whole number from 1 to 65535 is needed")),
        },
        Cell::Decimal => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(text.to_owned()),
            _ => Err(bad("a decimal number is needed")),
        },
        Cell::Time => normal_time(column.name, text, zone),
        Cell::Date => normal_date(column.name, text, zone),
        Cell::OneOf(words) => {
            let found = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            found.map(|word| (*word).to_owned()).ok_or_else(|| bad(&format!("it must be one of {}", words.join(", "))))
        }
    }
}

/// A key as a peer writes it, with its times in their normal form.
///
/// # Errors
/// [`Wrong`] if it has another number of values than the class's key.
pub fn normal_key(class: Class, key: &str, zone: &Zone) -> Result<String, Wrong> {
    let parts: Vec<&str> = key.split('|').collect();
    let columns = class.key_columns();
    if parts.len() != columns.len() {
        let expected = format!("the key of {class} has {} values joined by |", columns.len());
        return Err(Wrong::bad("key", key, &expected));
    }
    let mut normal = Vec::with_capacity(parts.len());
    for (part, at) in parts.iter().zip(columns) {
        let Some(column) = class.columns().get(*at) else { continue };
        let cell = normal_cell(column, part.trim(), zone)?;
        if cell.is_empty() && column.mandatory {
            return Err(Wrong::missing(column.name));
        }
        normal.push(cell);
    }
    let key = normal.join("|");
    limited_key(&key)?;
    Ok(key)
}

fn limited_key(key: &str) -> Result<(), Wrong> {
    match key.len() {
        0..=KEY_BYTES_MAX => Ok(()),
        bytes => Err(Wrong {
            code: ResultCode::BadValue,
            reason: format!("the key has {bytes} bytes; it may have at most {KEY_BYTES_MAX}"),
        }),
    }
}

fn limited(name: &str, text: &str, most: usize) -> Result<String, Wrong> {
    if text.len() > most && text.chars().count() > most {
        return Err(Wrong::bad(name, text, &format!("it may have at most {most} characters")));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Wrong { code: ResultCode::BadValue, reason: format!("{name} holds a control character") });
    }
    Ok(text.to_owned())
}

/// A date alone is midnight in the peer's zone.
fn normal_time(name: &str, text: &str, zone: &Zone) -> Result<String, Wrong> {
    if text.len() == 10
        && let Ok(date) = text.parse::<Date>()
    {
        return Ok(zone.instant(date.into()).to_string());
    }
    Ok(time(name, text, zone)?.map(|at| at.to_string()).unwrap_or_default())
}

/// A day of the calendar as the peer wrote it: a contract begins on its date in every zone.
fn normal_date(name: &str, text: &str, zone: &Zone) -> Result<String, Wrong> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() == 10
    {
        return Ok(date.to_string());
    }
    Ok(time(name, text, zone)?.map(|at| zone.civil(at).date().to_string()).unwrap_or_default())
}

#[cfg(test)]
mod tests;
