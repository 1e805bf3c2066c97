//! A resource file: rows of one class, FULL or INC (which begins with `opType`), with what is wrong
//! in each. Columns are found by name in any order; columns that we do not know are left alone.

use std::collections::BTreeMap;
use std::io::Read;

use ftp::{FtpError, Line, Table};
use model::code::ResultCode;
use model::resource::{Class, Row};
use model::time::Zone;
use model::work::OpType;

use crate::fields::Wrong;
use crate::resource::cell::{Need, normal_row};

/// How a file is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All rows of the class.
    Full,
    /// Changes, each with its `opType`.
    Incremental,
}

/// How a peer writes its files.
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    /// Zone of its local times.
    pub zone: Zone,
    /// Its names of columns, each with ours.
    pub aliases: BTreeMap<String, String>,
}

/// The rows of a resource file, one after the other.
pub struct ResourceFile<R: Read> {
    table: Table<R>,
    class: Class,
    zone: Zone,
    positions: Vec<Option<usize>>,
    /// Where `opType` is, in an INC file.
    op_at: Option<usize>,
    mode: Mode,
}

/// One line of a resource file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A row that can be used.
    Row {
        /// Line in the file.
        line: u64,
        /// What to do with it; `Add` for every row of a FULL file.
        op: OpType,
        /// The row, its cells in their normal form.
        row: Row,
        /// Optional cells that were bad and are empty now.
        issues: Vec<Wrong>,
    },
    /// A row that cannot be used.
    Refused {
        /// Line in the file.
        line: u64,
        /// Its key as far as it can be read.
        key: String,
        /// Why.
        wrong: Wrong,
    },
}

// === impl Mode ===

impl Mode {
    /// From the wire's word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "FULL" => Some(Mode::Full),
            "INC" => Some(Mode::Incremental),
            _ => None,
        }
    }

    /// The wire's word.
    pub const fn word(self) -> &'static str {
        match self {
            Mode::Full => "FULL",
            Mode::Incremental => "INC",
        }
    }
}

// === impl ResourceFile ===

impl<R: Read> ResourceFile<R> {
    /// Checks the header of `file` (a name for messages).
    ///
    /// # Errors
    /// [`FtpError::Format`] if a mandatory column, or `opType` in an INC file, is missing.
    pub fn open(
        file: &str,
        table: Table<R>,
        (class, mode): (Class, Mode),
        dialect: &Dialect,
    ) -> Result<Self, FtpError> {
        let missing = |name: &str| FtpError::Format {
            file: file.to_owned(),
            reason: format!("its header has no column {name}, which a {} file of {class} needs", mode.word()),
        };
        let theirs = |ours: &str| {
            let is_alias = |name: &String| dialect.aliases.get(name).is_some_and(|meant| meant == ours);
            table.position(ours).or_else(|| table.columns().iter().position(is_alias))
        };
        let positions: Vec<Option<usize>> = class.columns().iter().map(|column| theirs(column.name)).collect();
        for (column, position) in class.columns().iter().zip(&positions) {
            if column.mandatory && position.is_none() {
                return Err(missing(column.name));
            }
        }
        let op_at = theirs("opType");
        if mode == Mode::Incremental && op_at.is_none() {
            return Err(missing("opType"));
        }
        Ok(ResourceFile { table, class, zone: dialect.zone.clone(), positions, op_at, mode })
    }

    /// The next line; `None` at the end.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the file cannot be read on.
    pub fn next_item(&mut self) -> Result<Option<Item>, FtpError> {
        let row = match self.table.next_line()? {
            None => return Ok(None),
            Some(Line::Row(row)) => row,
            Some(Line::Bad(bad)) => {
                let wrong = Wrong { code: ResultCode::FileFormat, reason: bad.reason };
                return Ok(Some(Item::Refused { line: bad.line, key: String::new(), wrong }));
            }
        };
        let line = row.line;
        let cells: Vec<&str> = self.positions.iter().map(|at| row.cell(*at)).collect();
        let key: Vec<&str> = self.class.key_columns().iter().filter_map(|at| cells.get(*at).copied()).collect();
        let key = key.join("|");
        let op = match self.mode {
            Mode::Full => Ok(OpType::Add),
            Mode::Incremental => read_op(row.cell(self.op_at)),
        };
        let need = if op == Ok(OpType::Del) { Need::Key } else { Need::Whole };
        let read =
            op.and_then(|op| normal_row(self.class, cells, &self.zone, need).map(|(row, issues)| (op, row, issues)));
        Ok(Some(match read {
            Ok((op, row, issues)) => Item::Row { line, op, row, issues },
            Err(wrong) => Item::Refused { line, key, wrong },
        }))
    }
}

/// `opType` of a row or a change.
pub(crate) fn read_op(text: &str) -> Result<OpType, Wrong> {
    match OpType::from_word(&text.trim().to_ascii_uppercase()) {
        Some(op @ (OpType::Add | OpType::Mod | OpType::Del)) => Ok(op),
        _ if text.trim().is_empty() => Err(Wrong::missing("opType")),
        _ => Err(Wrong::bad("opType", text, "it must be ADD, MOD or DEL")),
    }
}

#[cfg(test)]
mod tests;
