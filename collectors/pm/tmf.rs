//! The TMF performance file: CSV in which a record names an object (eleven columns), and the records below it,
//! which leave those columns empty, have one value of one period each. They are put together to a row a period
//! and place. A run of periods in which nothing happened is one record, `Zero_suppressed`, and is expanded:
//! its zeros were measured.

use std::collections::{BTreeMap, HashMap};

use ftp::session::Unpacked;
use ftp::{FtpError, Layout, Line, Table};
use model::pm::{Granularity, IntervalStatus, Location, Row};
use model::time::Time;

use crate::pm::clock::Clock;
use crate::pm::columns::{COUNTERS_MAX, Columns};
use crate::pm::issue::shown;
use crate::pm::manner::{Ids, Manner};
use crate::pm::out::{Out, granularity};
use crate::pm::table::read_measured;

/// Columns of a record that names an object, and fields that object ids can be made of.
pub(super) const FIELDS: [&str; 11] = [
    "User Label",
    "EMS Name",
    "EMS Native Name",
    "ME Name",
    "ME Native Name",
    "PTP Name",
    "PTP Native Name",
    "CTP Name",
    "CTP Native Name",
    "Layer Rate",
    "Granularity",
];
const GRANULARITY: &str = "Granularity";
/// Columns of a value.
const START: &str = "Period Start Time";
const MEASURED: &str = "Monitored Time";
const PARAM: &str = "PM Parameter";
const LOCATION: &str = "Location";
const VALUE: &str = "Value";
const STATUS: &str = "Status";
const PERIODS: &str = "Nr Of Periods";
/// Periods of one run: a month of quarters of an hour.
const RUN_MAX: u32 = 2976;
/// Values of one object.
const VALUES_MAX: usize = 1 << 17;
/// Values that runs become: so many for each record that was read, and some to begin with. A day has 96 quarters.
const EXPANDED_FOR_EACH: u64 = 100;
const EXPANDED_FIRST: u64 = 10_000;

/// A TMF file that is being read.
pub(super) struct Tmf {
    table: Table<Unpacked>,
    form: Form,
}

/// What its columns mean, and the object whose values are being read.
struct Form {
    manner: Manner,
    ids: Ids<usize>,
    clock: Clock,
    fields_at: [Option<usize>; FIELDS.len()],
    at: At,
    object: Option<Object>,
    records: u64,
    expanded: u64,
}

/// Where the columns of values are.
struct At {
    start: usize,
    measured: Option<usize>,
    param: usize,
    location: Option<usize>,
    value: usize,
    status: usize,
    periods: Option<usize>,
}

/// An object and its values so far.
struct Object {
    line: u64,
    fields: Vec<String>,
    granularity: Granularity,
    names: Vec<String>,
    at: HashMap<String, usize>,
    periods: BTreeMap<(Time, Location), Period>,
    held: usize,
}

/// The values of a period and place.
#[derive(Debug)]
struct Period {
    status: IntervalStatus,
    measured_s: u32,
    values: Vec<(usize, f64)>,
}

/// Why a record is left out: its column, and a sentence.
type Wrong = (&'static str, String);

// === impl Tmf ===

impl Tmf {
    /// Reads the header.
    ///
    /// # Errors
    /// [`FtpError::Format`] if a column is missing.
    pub(super) fn open(name: &str, bytes: Unpacked, manner: &Manner) -> Result<Self, FtpError> {
        let layout = Layout { encoding: manner.encoding, separator: b',', lines_before: 0, short_rows: true };
        let table = Table::open_as(name, bytes, layout)?;
        let bad = |reason| FtpError::Format { file: name.to_owned(), reason };
        let place = |name: &str| table.columns().iter().position(|column| column.eq_ignore_ascii_case(name));
        let must = |name: &str| place(name).ok_or_else(|| bad(format!("its header has no column {name}")));
        let at = At {
            start: must(START)?,
            measured: place(MEASURED),
            param: must(PARAM)?,
            location: place(LOCATION),
            value: must(VALUE)?,
            status: must(STATUS)?,
            periods: place(PERIODS),
        };
        let form = Form {
            ids: manner.ids.of_fields(&FIELDS).map_err(bad)?,
            clock: Clock::new(manner.zone.clone()),
            fields_at: FIELDS.map(place),
            at,
            object: None,
            records: 0,
            expanded: 0,
            manner: manner.clone(),
        };
        Ok(Tmf { table, form })
    }

    /// Reads a record; `false` at the end.
    ///
    /// # Errors
    /// [`FtpError::Format`] if the file cannot be read on.
    pub(super) fn step(&mut self, out: &mut Out) -> Result<bool, FtpError> {
        match self.table.next_line()? {
            None => {
                self.form.finish(out);
                return Ok(false);
            }
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
    fn read(&mut self, cells: ftp::Row<'_>, out: &mut Out) -> Result<(), Wrong> {
        if cells.open_end && !self.manner.open_end {
            let reason = "the file ends without a line break and may be cut here; the record is left out (open_end)";
            return Err(("", reason.to_owned()));
        }
        self.records += 1;
        let fields = self.fields_at.map(|at| cells.cell(at).trim());
        let named = fields.iter().any(|field| !field.is_empty());
        if named && self.object.as_ref().is_none_or(|object| object.fields != fields) {
            self.finish(out);
            self.object = Some(Object::new(fields, cells.line)?);
        }
        let name = cells.cell(Some(self.at.param)).trim();
        if name.is_empty() {
            return if named { Ok(()) } else { Err((PARAM, "it is empty; the record is left out".to_owned())) };
        }
        if !self.manner.wants(name) {
            return Ok(());
        }
        let run = self.run(cells)?;
        let object =
            self.object.as_mut().ok_or(("", "no record above it names an object; it is left out".to_owned()))?;
        let name = object.name(name)?;
        let start = self.clock.read(cells.cell(Some(self.at.start))).map_err(|reason| (START, reason))?;
        let location = match cells.cell(self.at.location).trim() {
            "" => self.manner.location,
            word => read_location(word)?,
        };
        let (status, value) = match run {
            Some(_) => (IntervalStatus::Valid, 0.0),
            None => (
                read_status(cells.cell(Some(self.at.status)))?,
                self.manner.not_measured.value(cells.cell(Some(self.at.value))).map_err(|reason| (VALUE, reason))?,
            ),
        };
        let measured_s = read_measured(cells.cell(self.at.measured), object.granularity, status)?;
        for period in 0..run.unwrap_or(1) {
            let start = self.clock.shift(start, i64::from(period) * i64::from(object.granularity.0));
            object.put((start, location), (status, measured_s), (name, value))?;
        }
        Ok(())
    }

    /// Periods of a run of zeros; `None` if the record is of one period.
    fn run(&mut self, cells: ftp::Row<'_>) -> Result<Option<u32>, Wrong> {
        let status = cells.cell(Some(self.at.status)).trim();
        if !status.eq_ignore_ascii_case("Zero_suppressed") {
            return Ok(None);
        }
        let text = cells.cell(self.at.periods).trim();
        let periods = if text.is_empty() { Ok(1) } else { text.parse::<u32>() };
        let periods = periods.ok().filter(|periods| (1..=RUN_MAX).contains(periods));
        let bad = || (PERIODS, format!("{:?} must be 1 to {RUN_MAX}; the record is left out", shown(text)));
        let periods = periods.ok_or_else(bad)?;
        self.expanded += u64::from(periods);
        if self.expanded > EXPANDED_FIRST + self.records * EXPANDED_FOR_EACH {
            return Err((PERIODS, "the file's runs become too many values; this one is left out".to_owned()));
        }
        Ok(Some(periods))
    }

    /// The object is whole: its periods become rows.
    fn finish(&mut self, out: &mut Out) {
        let Some(object) = self.object.take().filter(|object| !object.periods.is_empty()) else { return };
        let mut columns = Columns::default();
        columns.grow(object.names.iter().map(String::as_str), &self.manner, (object.line, &mut out.issues));
        let mut values = vec![f64::NAN; object.names.len()];
        for ((start, location), period) in &object.periods {
            values.fill(f64::NAN);
            for (at, value) in &period.values {
                values.iter_mut().skip(*at).take(1).for_each(|old| *old = *value);
            }
            match self.ids.row(&object.fields, (*start, object.granularity), (*location, period.status)) {
                Ok(row) => out.row(&columns, Row { measured_s: period.measured_s, ..row }, &values),
                Err((place, reason)) => return out.issues.add(object.line, place, reason),
            }
        }
    }
}

// === impl Object ===

impl Object {
    fn new(fields: [&str; FIELDS.len()], line: u64) -> Result<Self, Wrong> {
        let text = fields.last().copied().unwrap_or_default();
        let granularity = read_granularity(text).ok_or_else(|| {
            (GRANULARITY, format!("{:?} must be such as 15min or 24h; the object is left out", shown(text)))
        })?;
        Ok(Object {
            line,
            fields: fields.map(str::to_owned).to_vec(),
            granularity,
            names: Vec::new(),
            at: HashMap::new(),
            periods: BTreeMap::new(),
            held: 0,
        })
    }

    /// Where a parameter's values go.
    fn name(&mut self, name: &str) -> Result<usize, Wrong> {
        if let Some(at) = self.at.get(name) {
            return Ok(*at);
        }
        if self.names.len() >= COUNTERS_MAX {
            return Err((PARAM, format!("the object has more than {COUNTERS_MAX} parameters; this one is left out")));
        }
        self.names.push(name.to_owned());
        self.at.insert(name.to_owned(), self.names.len() - 1);
        Ok(self.names.len() - 1)
    }

    /// A value. One valid value makes the period valid, and what is not valid in it a gap.
    fn put(
        &mut self,
        key: (Time, Location),
        (status, measured_s): (IntervalStatus, u32),
        value: (usize, f64),
    ) -> Result<(), Wrong> {
        if self.held >= VALUES_MAX {
            return Err((VALUE, format!("the object has more than {VALUES_MAX} values; the rest is left out")));
        }
        self.held += 1;
        let period = self.periods.entry(key).or_insert(Period { status, measured_s, values: Vec::new() });
        match (period.status, status) {
            (IntervalStatus::Valid, IntervalStatus::Valid) => period.measured_s = period.measured_s.min(measured_s),
            (IntervalStatus::Valid, _) => return Ok(()),
            (_, IntervalStatus::Valid) => *period = Period { status, measured_s, values: Vec::new() },
            (before, now) => period.status = before.max(now),
        }
        period.values.push(value);
        Ok(())
    }
}

/// `15min`, `24h`, `300s`.
fn read_granularity(text: &str) -> Option<Granularity> {
    let text = text.trim().to_ascii_lowercase();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let seconds = match unit.trim() {
        "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<u32>().ok()?.checked_mul(seconds).and_then(granularity)
}

/// Our words, or those of MTNM: `PML_NEAR_END_Rx`, `PML_BIDIRECTIONAL`.
fn read_location(word: &str) -> Result<Location, Wrong> {
    let ours = word.to_ascii_uppercase().replace("PML_", "").replace("_END", "").replace("BIDIRECTIONAL", "BIDIR");
    let bad = || (LOCATION, format!("{:?} is no place such as PML_NEAR_END_Rx; the value is left out", shown(word)));
    Location::from_word(&ours).ok_or_else(bad)
}

fn read_status(word: &str) -> Result<IntervalStatus, Wrong> {
    let bad = || {
        let reason = "must be Valid, Incomplete, Invalid, Unavailable or Zero_suppressed; the value is left out";
        (STATUS, format!("{:?} {reason}", shown(word)))
    };
    IntervalStatus::from_word(&word.trim().to_ascii_uppercase()).ok_or_else(bad)
}
