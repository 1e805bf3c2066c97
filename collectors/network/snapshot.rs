//! The file of a resync: the whole list of active alarms at one instant of the peer's clock.
//!
//! A list may clear what it does not name, so it must be beyond doubt: complete, unfiltered, every row
//! read. Anything less still raises what it names, but clears nothing, and says why.

use std::io::Read;

use ftp::{FtpError, Line, Table};
use intake::submission::{RefusedRow, Snapshot};
use model::alarm::AlarmFact;
use model::code::ResultCode;
use model::text::Text;
use model::time::Time;

use crate::habits::Habits;
use crate::network::alarms::{Cells, fact_of_cells, key_column, name_of};

/// Rows of one list.
pub const ROWS_MAX: usize = 2_000_000;

/// The rows of one file or of all files of a list.
#[derive(Debug, Default)]
pub struct Listed {
    /// Alarms that could be read.
    pub alarms: Vec<AlarmFact>,
    /// Rows that could not, by the line of their file.
    pub refused: Vec<RefusedRow>,
    /// Rows altogether.
    pub rows: u64,
}

/// What a manager said of the list when it announced it, and what its control files promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Our number of the request.
    pub sync_req_id: String,
    /// The peer's result code; 0 is ok.
    pub result: u32,
    /// `alarmCount`.
    pub alarm_count: u64,
    /// `records` of all control files together.
    pub records: u64,
    /// Instant of the list.
    pub sync_start: Time,
    /// We asked for a part only: by filter or by start time.
    pub partial: bool,
}

// === impl Listed ===

impl Listed {
    /// Adds the rows of a file.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the file lacks the [`key_column`], has too many rows, or ends damaged.
    pub fn read<R: Read>(&mut self, file: &str, table: &mut Table<R>, habits: &Habits) -> Result<(), FtpError> {
        let bad = |reason: String| FtpError::Format { file: file.to_owned(), reason };
        let columns: Vec<Option<usize>> = table.columns().iter().map(|name| habits.column(name)).collect();
        if !columns.contains(&Some(key_column(habits))) {
            return Err(bad(format!("its header has no column {}", name_of(key_column(habits)))));
        }
        while let Some(line) = table.next_line()? {
            self.rows += 1;
            if self.alarms.len() >= ROWS_MAX {
                return Err(bad(format!("it has more than {ROWS_MAX} rows")));
            }
            match line {
                Line::Bad(bad) => self.refuse(bad.line, ResultCode::FileFormat, bad.reason),
                Line::Row(row) => {
                    let mut cells = Cells::default();
                    for (at, column) in columns.iter().enumerate() {
                        column.iter().for_each(|column| cells.put(*column, row.cell(Some(at))));
                    }
                    match fact_of_cells(&cells, habits) {
                        Ok(fact) => self.alarms.push(fact),
                        Err(wrong) => self.refuse(row.line, wrong.code, wrong.reason),
                    }
                }
            }
        }
        Ok(())
    }

    /// The snapshot, with what it may do; `keys` are what its alarms are known by.
    pub fn snapshot(&self, announced: &Announced, keys: Vec<Text>) -> Snapshot {
        let refusal = self.doubt(announced).unwrap_or_default();
        Snapshot {
            sync_req_id: announced.sync_req_id.clone(),
            sync_start: announced.sync_start,
            listed: keys,
            may_clear: refusal.is_empty(),
            refusal,
        }
    }

    /// Why the list may not clear; `None` if it may.
    fn doubt(&self, announced: &Announced) -> Option<String> {
        let Announced { result, alarm_count, records, partial, .. } = *announced;
        if result != 0 {
            return Some(format!("the manager reports result {result}"));
        }
        if partial {
            return Some("the list was asked for in part".to_owned());
        }
        if alarm_count != self.rows || records != self.rows {
            let rows = self.rows;
            return Some(format!(
                "the list has {rows} rows, alarmCount is {alarm_count}, its control files say {records}"
            ));
        }
        let unread = self.refused.len();
        let first = self.refused.first()?;
        Some(format!("{unread} of its rows could not be read, the first in line {}: {}", first.index, first.reason))
    }

    /// Adds a row that could not be read.
    pub(crate) fn refuse(&mut self, line: u64, code: ResultCode, reason: String) {
        self.refused.push(RefusedRow { index: usize::try_from(line).unwrap_or(usize::MAX), code, reason });
    }
}

#[cfg(test)]
mod tests;
