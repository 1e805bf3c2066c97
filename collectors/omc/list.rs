//! A list of active alarms as an OMC writes it: one JSON object a line.

use std::io::{BufRead, BufReader, Read};

use ftp::FtpError;
use model::code::ResultCode;

use super::alarms;
use crate::habits::Habits;
use crate::network::snapshot::{Listed, ROWS_MAX};

/// Longest line; an alarm on the socket is shorter.
const LINE_MAX: usize = 64 << 10;
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Adds the alarms of one file.
///
/// # Errors
/// [`FtpError::Format`] if the file has too many lines or ends damaged.
pub fn read(file: &str, bytes: impl Read, habits: &Habits, listed: &mut Listed) -> Result<(), FtpError> {
    let bad = |reason: String| FtpError::Format { file: file.to_owned(), reason };
    let mut reader = BufReader::new(bytes);
    let (mut line, mut number) = (Vec::new(), 0);
    while next_line(&mut reader, &mut line).map_err(|error| bad(error.to_string()))? {
        number += 1;
        let text = line.strip_prefix(BOM).filter(|_| number == 1).unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        listed.rows += 1;
        if listed.alarms.len() + listed.refused.len() >= ROWS_MAX {
            return Err(bad(format!("it has more than {ROWS_MAX} lines")));
        }
        if text.len() > LINE_MAX {
            listed.refuse(number, ResultCode::TooLarge, format!("it has more than {LINE_MAX} bytes"));
            continue;
        }
        match alarms::read(text, habits).fact {
            Ok(fact) => listed.alarms.push(fact),
            Err(wrong) => listed.refuse(number, wrong.code, wrong.reason),
        }
    }
    Ok(())
}

/// The next line, of which at most a little more than [`LINE_MAX`] is kept; `false` at the end.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let most = LINE_MAX as u64 + 2;
    if reader.by_ref().take(most).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.len() as u64 == most && line.last() != Some(&b'\n') {
        reader.skip_until(b'\n')?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests;
