//! OMC XML (contract §5 b): `PmFile/FileHeader`, then `Measurements` with the names of counters by number
//! (`PmName/N@i`) and objects (`PmData/Object`, of some makers `Pm`) with values (`V@i`). A counter may have
//! sub-counters, `CV@i` with pairs of `SN` (name) and `SV` (value); they become counters of their own.

use std::collections::HashMap;

use model::pm::{Granularity, IntervalStatus};
use model::time::Time;

use crate::pm::clock::{self, Clock};
use crate::pm::columns::{COUNTERS_MAX, Columns};
use crate::pm::counters::Counters;
use crate::pm::manner::{Ids, Manner};
use crate::pm::out::{Out, granularity};
use crate::pm::xml::{End, Handler, Tag};

/// Fields that object ids can be made of.
pub(super) const FIELDS: [&str; 6] = ["rmUID", "Dn", "UserLabel", "ObjectType", "ElementType", "VendorName"];
const OBJECT_TYPE: usize = 3;

/// An OMC XML file that is being read.
pub(super) struct OmcXml {
    manner: Manner,
    ids: Ids<usize>,
    header: Header,
    fields: [String; FIELDS.len()],
    /// Numbers and names of a `Measurements`.
    counters: Counters,
    /// Sub-counters that were met in it, after its counters.
    parts: Vec<String>,
    part_at: HashMap<String, usize>,
    /// The counters as parameters.
    columns: Columns,
    number: String,
    part: String,
    object: Option<u64>,
    values: Vec<f64>,
}

#[derive(Debug, Default)]
struct Header {
    zone: String,
    period: String,
    start: String,
    /// What they say.
    read: Option<(Time, Granularity)>,
}

// === impl OmcXml ===

impl OmcXml {
    /// # Errors
    /// A sentence if the settings name a field that there is not.
    pub(super) fn new(manner: &Manner) -> Result<Self, String> {
        Ok(OmcXml {
            manner: manner.clone(),
            ids: manner.ids.of_fields(&FIELDS)?,
            header: Header::default(),
            fields: Default::default(),
            counters: Counters::default(),
            parts: Vec::new(),
            part_at: HashMap::new(),
            columns: Columns::default(),
            number: String::new(),
            part: String::new(),
            object: None,
            values: Vec::new(),
        })
    }

    fn begin_object(&mut self, tag: &Tag<'_>) {
        self.object = Some(tag.line);
        self.counters.rewind();
        self.values.clear();
        for (name, field) in FIELDS.iter().zip(&mut self.fields).take(OBJECT_TYPE) {
            tag.copy(name, field);
        }
    }

    /// A value of the counter whose number was told.
    fn put(&mut self, end: &End<'_>, out: &mut Out) {
        match self.counters.find(&self.number) {
            Ok(at) => self.put_at(at, end, out),
            Err(reason) => out.issues.add(end.line, "", reason),
        }
    }

    fn put_at(&mut self, at: usize, end: &End<'_>, out: &mut Out) {
        let name = self.counters.names().get(at).unwrap_or(&self.part);
        if !self.manner.wants(name) {
            return;
        }
        let value = self.manner.not_measured.value(end.text).unwrap_or_else(|reason| {
            out.issues.add(end.line, name, reason);
            f64::NAN
        });
        if self.values.len() <= at {
            self.values.resize(at + 1, f64::NAN);
        }
        match self.values.get_mut(at) {
            Some(old) if old.is_nan() => *old = value,
            _ => out.issues.add(end.line, name, "it has a value already; this one is left out"),
        }
    }

    /// A value of a sub-counter. Its name stands alone if it begins with the counter's.
    fn put_part(&mut self, end: &End<'_>, out: &mut Out) {
        let counter = match self.counters.find(&self.number) {
            Ok(at) => self.counters.names().get(at).map_or("", String::as_str),
            Err(reason) => return out.issues.add(end.line, "", reason),
        };
        let name = match self.part.starts_with(counter) {
            true => self.part.clone(),
            false => format!("{counter}.{}", self.part),
        };
        let at = match self.part_at.get(&name) {
            Some(at) => *at,
            None if self.counters.names().len() + self.parts.len() >= COUNTERS_MAX => {
                return out.issues.add(end.line, &name, format_args!("more than {COUNTERS_MAX} counters; left out"));
            }
            None => {
                self.part_at.insert(name.clone(), self.parts.len());
                self.parts.push(name);
                self.parts.len() - 1
            }
        };
        self.put_at(self.counters.names().len() + at, end, out);
    }

    fn emit(&mut self, line: u64, out: &mut Out) -> Result<(), String> {
        let period = self.header.read(&self.manner)?;
        let names = self.counters.names().iter().chain(&self.parts).map(String::as_str);
        if self.columns.len() < self.counters.names().len() + self.parts.len() {
            self.columns.grow(names, &self.manner, (line, &mut out.issues));
        }
        match self.ids.row(&self.fields, period, (self.manner.location, IntervalStatus::Valid)) {
            Ok(row) => out.row(&self.columns, row, &self.values),
            Err((place, reason)) => out.issues.add(line, place, reason),
        }
        Ok(())
    }
}

impl Handler for OmcXml {
    const TOP: &'static str = "PmFile";

    fn open(&mut self, tag: &Tag<'_>, _: &mut Out) -> Result<(), String> {
        match tag.name() {
            "Measurements" => {
                self.counters = Counters::default();
                self.parts.clear();
                self.part_at.clear();
                self.columns = Columns::default();
                self.fields.iter_mut().skip(OBJECT_TYPE).take(1).for_each(String::clear);
            }
            "Object" | "Pm" => {
                self.header.read(&self.manner)?;
                self.begin_object(tag);
            }
            "N" | "V" | "CV" => tag.copy("i", &mut self.number),
            "SN" => self.part.clear(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, end: &End<'_>, out: &mut Out) -> Result<(), String> {
        match end.name {
            "TimeZone" => self.header.zone = end.text.to_owned(),
            "Period" => self.header.period = end.text.to_owned(),
            "StartTime" => self.header.start = end.text.to_owned(),
            "ObjectType" | "ElementType" | "VendorName" => {
                let field = FIELDS.iter().zip(&mut self.fields).find(|(name, _)| **name == end.name);
                field.into_iter().for_each(|(_, field)| *field = end.text.to_owned());
            }
            "N" => {
                if let Err(reason) = self.counters.add(&self.number, end.text) {
                    out.issues.add(end.line, end.text, reason);
                }
            }
            "V" if self.object.is_some() => self.put(end, out),
            "SN" => self.part = end.text.to_owned(),
            "SV" if self.object.is_some() => self.put_part(end, out),
            "Object" | "Pm" => {
                if let Some(line) = self.object.take() {
                    self.emit(line, out)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

// === impl Header ===

impl Header {
    /// The period of the file.
    fn read(&mut self, manner: &Manner) -> Result<(Time, Granularity), String> {
        if let Some(read) = self.read {
            return Ok(read);
        }
        let zone = match self.zone.as_str() {
            "" => manner.zone.clone(),
            text => clock::zone(text).map_err(|reason| format!("TimeZone: {reason}"))?,
        };
        let minutes = self.period.parse::<u32>().ok().and_then(|minutes| minutes.checked_mul(60)).and_then(granularity);
        let minutes = minutes.ok_or_else(|| {
            format!("Period {:?} of the FileHeader must be minutes, at most 31 days", super::issue::shown(&self.period))
        })?;
        let start = Clock::new(zone).read(&self.start);
        let start = start.map_err(|reason| format!("StartTime of the FileHeader: {reason}"))?;
        self.read = Some((start, minutes));
        Ok((start, minutes))
    }
}
