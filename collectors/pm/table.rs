//! Tables with a row an object and period: native CSV (contract §5), and OMC text below its first line.
//! Columns are found by name in any order; each column that means nothing else is a counter.

use ftp::session::Unpacked;
use ftp::{FtpError, Line, Table};
use model::pm::{Granularity, IntervalStatus, Location, Row};
use model::text::Text;

use crate::pm::cell::{Again, NotMeasured};
use crate::pm::clock::Clock;
use crate::pm::columns::Columns;
use crate::pm::manner::{Ids, Manner};
use crate::pm::out::{Out, check_names, granularity};

/// Seconds that a counter of a period may be read late (ITU-T G.7710), and the hour of a day of 25.
const LATE_S: u32 = 10;
const LATE_DAY_S: u32 = 3600;
/// Longer periods may hold a clock change.
const DAY: u32 = 86_400;

/// A table that is being read.
pub(super) struct TableFile {
    table: Table<Unpacked>,
    form: Form,
}

/// A value by its name.
pub(super) type Constants = Box<dyn Fn(&str) -> Option<String>>;

/// Where a table says what it does not say in its rows, or has columns of other names.
pub(super) struct Told {
    /// Length of all its periods.
    pub(super) granularity: Option<Granularity>,
    /// Zone of its times.
    pub(super) clock: Clock,
    /// Column of the period's begin.
    pub(super) start: &'static str,
    /// Line of the header.
    pub(super) header_line: u64,
    /// Columns that are no counters, whether they are used or not.
    pub(super) names: &'static [&'static str],
    /// A value of the lines before, by its name in any case.
    pub(super) constant: Constants,
}

/// A field of an object's name.
#[derive(Clone, Debug)]
enum Field {
    Cell(usize),
    Constant(String),
    /// A column that may be absent.
    Nothing,
}

/// What the columns of a table mean.
struct Form {
    ids: Ids<Field>,
    start: usize,
    granularity: Option<Granularity>,
    granularity_at: Option<usize>,
    location: Location,
    location_at: Option<usize>,
    measured_at: Option<usize>,
    status_at: Option<usize>,
    /// Positions and names of the counters.
    counters: Vec<(usize, String)>,
    columns: Columns,
    not_measured: NotMeasured,
    clock: Clock,
    open_end: bool,
    object_type: Again,
    layer_rate: Again,
    values: Vec<f64>,
}

// === impl TableFile ===

impl TableFile {
    /// Native CSV.
    ///
    /// # Errors
    /// [`FtpError::Format`] if a column is missing.
    pub(super) fn native(name: &str, bytes: Unpacked, manner: &Manner, out: &mut Out) -> Result<Self, FtpError> {
        let table = Table::open(name, bytes, manner.encoding)?;
        let told = Told {
            granularity: None,
            clock: Clock::new(manner.zone.clone()),
            start: "periodStart",
            header_line: 1,
            names: &["circuitCode", "objectId", "objectType", "layerRate"],
            constant: Box::new(|_| None),
        };
        Self::new(table, told, manner, out).map_err(|reason| FtpError::Format { file: name.to_owned(), reason })
    }

    /// Any table.
    ///
    /// # Errors
    /// Which column is missing.
    pub(super) fn new(table: Table<Unpacked>, told: Told, manner: &Manner, out: &mut Out) -> Result<Self, String> {
        let form = Form::new(table.columns(), told, manner, out)?;
        Ok(TableFile { table, form })
    }

    /// Reads a line; `false` at the end.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the file cannot be read on.
    pub(super) fn step(&mut self, out: &mut Out) -> Result<bool, FtpError> {
        match self.table.next_line()? {
            None => return Ok(false),
            Some(Line::Bad(bad)) => out.issues.add(bad.line, "", bad.reason),
            Some(Line::Row(row)) => {
                if let Err((place, reason)) = self.form.read(row, out) {
                    out.issues.add(row.line, place, reason);
                }
            }
        }
        Ok(true)
    }
}

// === impl Form ===

impl Form {
    fn new(columns: &[String], told: Told, manner: &Manner, out: &mut Out) -> Result<Self, String> {
        let place = |name: &str| columns.iter().position(|column| column.eq_ignore_ascii_case(name));
        let missing = |name: &str| format!("its header has no column {name}");
        // Only a native file tells these row by row.
        let native = |name: &'static str| if told.granularity.is_none() { place(name) } else { None };
        let must = |name: &'static str| native(name).ok_or_else(|| missing(name));
        let field = |name: &str| match (place(name), (told.constant)(name)) {
            (Some(at), _) => Some(Field::Cell(at)),
            (None, Some(text)) => Some(Field::Constant(text)),
            (None, None) if told.names.contains(&name) && name != "objectId" => Some(Field::Nothing),
            (None, None) => None,
        };
        let ids = manner.ids.bind(field).map_err(|name| missing(&name))?;
        let start = place(told.start).ok_or_else(|| missing(told.start))?;
        let granularity_at = if told.granularity.is_none() { Some(must("granularity")?) } else { None };
        let status_at = if told.granularity.is_none() { Some(must("intervalStatus")?) } else { None };
        let measured_at = if told.granularity.is_none() { Some(must("monitoredSeconds")?) } else { None };
        let location_at = native("location");
        let mut taken: Vec<usize> = told.names.iter().filter_map(|name| place(name)).collect();
        taken.extend([Some(start), granularity_at, status_at, measured_at, location_at].into_iter().flatten());
        taken.extend(fields(&ids));
        let counters = columns.iter().enumerate().filter(|(at, name)| !taken.contains(at) && manner.wants(name));
        let counters: Vec<(usize, String)> = counters.map(|(at, name)| (at, name.clone())).collect();
        let mut wanted = Columns::default();
        let names = counters.iter().map(|(_, name)| name.as_str());
        wanted.grow(names, manner, (told.header_line, &mut out.issues));
        Ok(Form {
            ids,
            start,
            granularity: told.granularity,
            granularity_at,
            location: manner.location,
            location_at,
            measured_at,
            status_at,
            columns: wanted,
            values: Vec::with_capacity(counters.len()),
            counters,
            not_measured: manner.not_measured.clone(),
            clock: told.clock,
            open_end: manner.open_end,
            object_type: Again::default(),
            layer_rate: Again::default(),
        })
    }

    /// A row, or which of its cells refuses it. A bad value is a gap, and an issue, and its row goes on.
    fn read(&mut self, cells: ftp::Row<'_>, out: &mut Out) -> Result<(), (&'static str, String)> {
        if cells.open_end && !self.open_end {
            let reason = "the file ends without a line break and may be cut here; the row is left out (open_end)";
            return Err(("", reason.to_owned()));
        }
        let row = self.row(cells)?;
        self.values.clear();
        for (at, name) in &self.counters {
            let value = self.not_measured.value(cells.cell(Some(*at))).unwrap_or_else(|reason| {
                out.issues.add(cells.line, name, reason);
                f64::NAN
            });
            self.values.push(value);
        }
        out.row(&self.columns, row, &self.values);
        Ok(())
    }

    fn row(&mut self, cells: ftp::Row<'_>) -> Result<Row, (&'static str, String)> {
        let value = |field| match field {
            &Field::Cell(at) => cells.cell(Some(at)),
            Field::Constant(text) => text.as_str(),
            Field::Nothing => "",
        };
        let (object_id, circuit_code) = (self.ids.object_id.fill(value), self.ids.circuit_code.fill(value));
        let (object_type, layer_rate) = (self.ids.object_type.fill(value), self.ids.layer_rate.fill(value));
        check_names(&object_id, &circuit_code, [&object_type, &layer_rate])?;
        let granularity = match self.granularity {
            Some(granularity) => granularity,
            None => read_granularity(cells.cell(self.granularity_at)).map_err(|reason| ("granularity", reason))?,
        };
        let location = match cells.cell(self.location_at).trim_ascii() {
            "" => self.location,
            word => Location::from_word(word).ok_or_else(|| unknown("location", word))?,
        };
        let status = match self.status_at {
            None => IntervalStatus::Valid,
            Some(_) => read_status(cells.cell(self.status_at))?,
        };
        let start = self.clock.read(cells.cell(Some(self.start))).map_err(|reason| ("periodStart", reason))?;
        let measured_s = match self.measured_at {
            None => granularity.0,
            Some(_) => read_measured(cells.cell(self.measured_at), granularity, status)?,
        };
        Ok(Row {
            circuit_code: Text::from(&*circuit_code),
            object_id: Text::from(&*object_id),
            object_type: self.object_type.text(&object_type),
            layer_rate: self.layer_rate.text(&layer_rate),
            location,
            granularity,
            start,
            measured_s,
            status,
        })
    }
}

/// Columns that name the object.
fn fields(ids: &Ids<Field>) -> impl Iterator<Item = usize> {
    let all = [&ids.circuit_code, &ids.object_id, &ids.object_type, &ids.layer_rate];
    all.into_iter().flat_map(|template| template.fields()).filter_map(|field| match field {
        Field::Cell(at) => Some(*at),
        Field::Constant(_) | Field::Nothing => None,
    })
}

fn read_granularity(text: &str) -> Result<Granularity, String> {
    let read = Granularity::from_word(text.trim_ascii()).and_then(|read| granularity(read.0));
    read.ok_or_else(|| unknown("granularity", text).1)
}

fn read_status(text: &str) -> Result<IntervalStatus, (&'static str, String)> {
    IntervalStatus::from_word(text.trim_ascii()).ok_or_else(|| unknown("intervalStatus", text))
}

/// An empty cell is the whole period, of a valid one.
pub(super) fn read_measured(
    text: &str,
    granularity: Granularity,
    status: IntervalStatus,
) -> Result<u32, (&'static str, String)> {
    let whole = granularity.0;
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(if status == IntervalStatus::Valid { whole } else { 0 });
    }
    let most = whole + if whole >= DAY { LATE_DAY_S } else { LATE_S };
    match text.parse::<u32>() {
        Ok(seconds) if seconds <= most => Ok(seconds.min(whole)),
        _ => {
            Err(("monitoredSeconds", format!("{text:?} is not a number of seconds up to {whole}; the row is left out")))
        }
    }
}

fn unknown(column: &'static str, word: &str) -> (&'static str, String) {
    let reason = match column {
        "location" => "must be NEAR_RX, FAR_RX, NEAR_TX, FAR_TX or BIDIR",
        "granularity" => "must be 15M, 24H or seconds such as 300S, at most 31 days",
        _ => "must be VALID, INCOMPLETE, INVALID or UNAVAILABLE",
    };
    (column, format!("{:?} {reason}; the row is left out", super::issue::shown(word)))
}
