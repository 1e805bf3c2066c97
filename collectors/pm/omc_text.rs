//! OMC text (contract §5 a): a first line of properties, `TimeStamp=…|TimeZone=UTC+8|Period=15|…`, a second
//! with the columns, then rows; `|` between all of them.

use std::io::{BufRead, BufReader, Read};

use ftp::session::Unpacked;
use ftp::{FtpError, Layout, Table};

use crate::pm::clock::{self, Clock};
use crate::pm::manner::Manner;
use crate::pm::out::{Out, granularity};
use crate::pm::table::{TableFile, Told};

/// Bytes of the first line.
const LINE_MAX: u64 = 64 << 10;

/// Reads the first two lines.
///
/// # Errors
/// [`FtpError::Format`] if they are not such lines.
pub(super) fn open(name: &str, bytes: Unpacked, manner: &Manner, out: &mut Out) -> Result<TableFile, FtpError> {
    let bad = |reason: String| FtpError::Format { file: name.to_owned(), reason };
    let mut bytes = BufReader::new(bytes);
    let mut line = Vec::new();
    bytes.by_ref().take(LINE_MAX).read_until(b'\n', &mut line).map_err(|error| bad(format!("line 1: {error}")))?;
    let line = manner.encoding.decode(&line).map_err(|reason| bad(format!("line 1: {reason}")))?;
    let properties: Vec<(String, String)> = line
        .trim_start_matches('\u{feff}')
        .split('|')
        .filter_map(|property| property.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
        .collect();
    let property = move |wanted: &str| {
        let found = properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    };
    let period = property("Period").ok_or_else(|| bad("line 1 has no Period=, the minutes of a period".to_owned()))?;
    let minutes = period.parse::<u32>().ok().and_then(|minutes| minutes.checked_mul(60)).and_then(granularity);
    let minutes = minutes.ok_or_else(|| bad(format!("line 1: Period={period:?} must be minutes, at most 31 days")))?;
    let zone = match property("TimeZone") {
        Some(text) => clock::zone(&text).map_err(|reason| bad(format!("line 1: TimeZone: {reason}")))?,
        None => manner.zone.clone(),
    };
    let told = Told {
        granularity: Some(minutes),
        clock: Clock::new(zone),
        start: "startTime",
        header_line: 2,
        names: &["rmUID", "Dn", "UserLabel"],
        // A file may leave out what its objects are.
        constant: Box::new(move |name| match property(name) {
            None if name.eq_ignore_ascii_case("ObjectType") => Some(String::new()),
            found => found,
        }),
    };
    let layout = Layout { encoding: manner.encoding, separator: b'|', lines_before: 1, short_rows: false };
    let table = Table::open_as(name, Box::new(bytes) as Unpacked, layout)?;
    TableFile::new(table, told, manner, out).map_err(bad)
}
