//! 3GPP TS 32.435 `measCollecFile` (contract §5 c): each `measInfo` has its counters, as one list
//! (`measTypes`) or by number (`measType@p`), its period (`granPeriod`: length and end), and the values of
//! objects (`measValue`: `measResults` or `r@p`). What is `suspect` is INVALID.

use model::pm::{Granularity, IntervalStatus};
use model::time::{Time, Zone};

use crate::pm::clock::Clock;
use crate::pm::columns::Columns;
use crate::pm::counters::Counters;
use crate::pm::file_name::FileName;
use crate::pm::issue::shown;
use crate::pm::manner::{Ids, Manner};
use crate::pm::out::{Out, granularity};
use crate::pm::xml::{End, Handler, Tag};

/// Fields that object ids can be made of.
pub(super) const FIELDS: [&str; 6] = ["dnPrefix", "sender", "managedElement", "measInfoId", "jobId", "measObjLdn"];
const DN_PREFIX: usize = 0;
const SENDER: usize = 1;
const ELEMENT: usize = 2;
const INFO: usize = 3;
const JOB: usize = 4;
const OBJECT: usize = 5;

/// A measurement file that is being read.
pub(super) struct Ts32435 {
    manner: Manner,
    name: Option<FileName>,
    clock: Clock,
    ids: Ids<usize>,
    fields: [String; FIELDS.len()],
    counters: Counters,
    columns: Columns,
    period: Option<(Time, Granularity)>,
    number: String,
    value: Option<Value>,
    values: Vec<f64>,
    /// The period of the name was contradicted already.
    misnamed: bool,
}

/// A `measValue` that is open.
#[derive(Debug)]
struct Value {
    line: u64,
    suspect: bool,
    /// It cannot be told which value is whose.
    spoilt: bool,
}

// === impl Ts32435 ===

impl Ts32435 {
    /// # Errors
    /// A sentence if the settings name a field that there is not.
    pub(super) fn new(name: &str, manner: &Manner) -> Result<Self, String> {
        let name = FileName::read(name, &manner.zone);
        let zone: Option<Zone> = name.as_ref().and_then(|name| name.zone.clone());
        Ok(Ts32435 {
            clock: Clock::new(zone.unwrap_or_else(|| manner.zone.clone())),
            manner: manner.clone(),
            name,
            ids: manner.ids.of_fields(&FIELDS)?,
            fields: Default::default(),
            counters: Counters::default(),
            columns: Columns::default(),
            period: None,
            number: String::new(),
            value: None,
            values: Vec::new(),
            misnamed: false,
        })
    }

    fn set(&mut self, field: usize, text: String) {
        if let Some(old) = self.fields.get_mut(field) {
            *old = text;
        }
    }

    fn begin_info(&mut self, tag: &Tag<'_>) {
        self.counters = Counters::default();
        self.columns = Columns::default();
        self.period = None;
        self.set(JOB, String::new());
        self.set(INFO, tag.text("measInfoId"));
    }

    fn read_period(&mut self, tag: &Tag<'_>, out: &mut Out) {
        match self.period_of(&tag.text("duration"), &tag.text("endTime")) {
            Ok((start, length, end)) => {
                self.period = Some((start, length));
                let fits = self.name.as_ref().is_none_or(|name| name.fits(start, end));
                if !fits && !self.misnamed {
                    self.misnamed = true;
                    let reason =
                        format_args!("it is measured from {start} to {end}, which the file's name does not hold");
                    out.issues.add(tag.line, "granPeriod", reason);
                }
            }
            Err(reason) => out.issues.add(tag.line, "granPeriod", reason),
        }
    }

    fn period_of(&mut self, duration: &str, end: &str) -> Result<(Time, Granularity, Time), String> {
        let seconds = seconds_of(duration).and_then(granularity);
        let length =
            seconds.ok_or_else(|| format!("duration {:?} must be such as PT900S, at most P31D", shown(duration)))?;
        let end = self.clock.read(end).map_err(|reason| format!("endTime: {reason}"))?;
        Ok((self.clock.shift(end, -i64::from(length.0)), length, end))
    }

    fn begin_value(&mut self, tag: &Tag<'_>) {
        self.value = Some(Value { line: tag.line, suspect: false, spoilt: false });
        self.set(OBJECT, tag.text("measObjLdn"));
        self.counters.rewind();
        self.values.clear();
        self.values.resize(self.counters.names().len(), f64::NAN);
    }

    fn put(&mut self, at: usize, text: &str, line: u64, out: &mut Out) {
        let name = self.counters.names().get(at).map_or("", String::as_str);
        if !self.manner.wants(name) {
            return;
        }
        let value = self.manner.not_measured.value(text).unwrap_or_else(|reason| {
            out.issues.add(line, name, reason);
            f64::NAN
        });
        match self.values.get_mut(at) {
            Some(old) if old.is_nan() => *old = value,
            _ => out.issues.add(line, name, "it has a value already; this one is left out"),
        }
    }

    /// Values of all counters as one list.
    fn put_list(&mut self, end: &End<'_>, out: &mut Out) {
        let (found, wanted) = (end.text.split_ascii_whitespace().count(), self.counters.names().len());
        if found != wanted {
            let reason = format_args!("it has {found} values of {wanted} counters; the object is left out");
            out.issues.add(end.line, "measResults", reason);
            self.value.iter_mut().for_each(|value| value.spoilt = true);
            return;
        }
        for (at, text) in end.text.split_ascii_whitespace().enumerate() {
            self.put(at, text, end.line, out);
        }
    }

    fn emit(&mut self, value: &Value, out: &mut Out) {
        let Some(period) = self.period else {
            let reason = "its measInfo has no granPeriod that can be read; it is left out";
            return out.issues.add(value.line, "measValue", reason);
        };
        if self.columns.len() < self.counters.names().len() || self.counters.names().is_empty() {
            let names = self.counters.names().iter().map(String::as_str);
            self.columns.grow(names, &self.manner, (value.line, &mut out.issues));
        }
        let status = if value.suspect { IntervalStatus::Invalid } else { IntervalStatus::Valid };
        match self.ids.row(&self.fields, period, (self.manner.location, status)) {
            Ok(row) => out.row(&self.columns, row, &self.values),
            Err((place, reason)) => out.issues.add(value.line, place, reason),
        }
    }
}

impl Handler for Ts32435 {
    const TOP: &'static str = "measCollecFile";

    fn open(&mut self, tag: &Tag<'_>, out: &mut Out) -> Result<(), String> {
        match tag.name() {
            "fileHeader" => self.set(DN_PREFIX, tag.text("dnPrefix")),
            "fileSender" => {
                let local = tag.text("localDn");
                self.set(SENDER, if local.is_empty() { tag.text("senderName") } else { local });
            }
            "managedElement" => self.set(ELEMENT, tag.text("localDn")),
            "measInfo" => self.begin_info(tag),
            "job" => self.set(JOB, tag.text("jobId")),
            "granPeriod" => self.read_period(tag, out),
            "measType" | "r" => tag.copy("p", &mut self.number),
            "measValue" => self.begin_value(tag),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, end: &End<'_>, out: &mut Out) -> Result<(), String> {
        match end.name {
            "measTypes" => {
                for name in end.text.split_ascii_whitespace() {
                    if let Err(reason) = self.counters.add_next(name) {
                        out.issues.add(end.line, name, reason);
                    }
                }
            }
            "measType" => {
                if let Err(reason) = self.counters.add(&self.number, end.text) {
                    out.issues.add(end.line, end.text, reason);
                }
            }
            "measResults" if self.value.is_some() => self.put_list(end, out),
            "r" if self.value.is_some() => match self.counters.find(&self.number) {
                Ok(at) => self.put(at, end.text, end.line, out),
                Err(reason) => out.issues.add(end.line, "r", reason),
            },
            "suspect" => {
                let suspect = end.text == "1" || end.text.eq_ignore_ascii_case("true");
                self.value.iter_mut().for_each(|value| value.suspect = suspect);
            }
            "measValue" => {
                if let Some(value) = self.value.take().filter(|value| !value.spoilt) {
                    self.emit(&value, out);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// `PT900S`, `PT15M`, `P1D` as whole seconds.
fn seconds_of(duration: &str) -> Option<u32> {
    let span: jiff::Span = duration.parse().ok()?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    let seconds = span.total((jiff::Unit::Second, days)).ok()?;
    // A duration beyond the range becomes the largest number, which is refused.
    (seconds >= 1.0 && seconds.fract() == 0.0).then_some(seconds as u32)
}
