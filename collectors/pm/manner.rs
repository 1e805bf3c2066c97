//! How a peer writes its performance files: settings as data, and what reading needs of them.

use std::collections::BTreeMap;

use model::pm::{Granularity, IntervalStatus, Location, Row};
use model::text::{Text, shared};
use model::time::{Time, Zone};
use serde::Deserialize;

use crate::pm::cell::NotMeasured;
use crate::pm::out::check_names;
use crate::pm::template::Template;
use crate::pm::{omc_xml, tmf, ts32435};

/// Bytes of a parameter's name.
pub(super) const PARAM_MAX: usize = 64;

/// The dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Our own columns (contract §5).
    Csv,
    /// A line of file properties, a line of columns, rows; `|` between cells.
    #[serde(rename = "omc_text")]
    OmcText,
    /// `PmFile` with numbered counters.
    #[serde(rename = "omc_xml")]
    OmcXml,
    /// 3GPP TS 32.435 `measCollecFile`.
    Ts32435,
    /// TMF: a record an object, then a record a value, runs of zeros as one.
    Tmf,
}

/// `[peer.pm]`, and the file of `linesman pm read --map`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PmSettings {
    /// The dialect: `csv`, `omc_text`, `omc_xml`, `ts32435` or `tmf`.
    pub format: Format,
    /// The object's id, with `{field}` for fields of the file: `"{managedElement}/{measObjLdn}"`.
    #[serde(default)]
    pub object_id: Option<String>,
    /// The circuit's code, where the file holds it: `"{UserLabel}"`.
    #[serde(default)]
    pub circuit_code: Option<String>,
    /// The object's type: fields or a fixed word.
    #[serde(default)]
    pub object_type: Option<String>,
    /// The layer rate: fields or a fixed word.
    #[serde(default)]
    pub layer_rate: Option<String>,
    /// Location of values whose file and counter name none. Default `BIDIR`.
    #[serde(default = "both")]
    pub location: Location,
    /// Cells that mean "not measured", beside the dialect's own: `["-1", "65535"]`.
    #[serde(default)]
    pub not_measured: Vec<String>,
    /// Its counters, each with our parameter: a name, or `{ param, scale, location }`.
    #[serde(default)]
    pub counters: BTreeMap<String, Counter>,
    /// Leave out counters that are not in `counters`. Default: they keep their names.
    #[serde(default)]
    pub only_counters: bool,
    /// Its text files end without a line break. Default: a last line without one is taken as cut.
    #[serde(default)]
    pub open_end: bool,
}

/// What a counter is to us.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a parameter's name, or { param = \"ES\", scale = 1.0, location = \"NEAR_RX\" }")]
pub enum Counter {
    /// The parameter of this name, as it is.
    Param(String),
    /// With more to it.
    Scaled(Scaled),
}

/// A counter in another unit or of another place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaled {
    /// Our parameter.
    pub param: String,
    /// What its value is multiplied with. Default 1.
    #[serde(default = "one")]
    pub scale: f64,
    /// Where it is measured, if not where the rest of its row is. Its value becomes a row of that place.
    #[serde(default)]
    pub location: Option<Location>,
}

/// A peer's settings, ready for reading.
#[derive(Clone, Debug)]
pub struct Manner {
    pub(super) format: Format,
    pub(super) encoding: ftp::Encoding,
    pub(super) zone: Zone,
    pub(super) ids: Ids<String>,
    pub(super) location: Location,
    pub(super) not_measured: NotMeasured,
    pub(super) counters: BTreeMap<String, Scaled>,
    pub(super) only_counters: bool,
    pub(super) open_end: bool,
}

/// What names the object, out of fields `F`.
#[derive(Clone, Debug)]
pub(super) struct Ids<F> {
    pub(super) circuit_code: Template<F>,
    pub(super) object_id: Template<F>,
    pub(super) object_type: Template<F>,
    pub(super) layer_rate: Template<F>,
}

// === impl PmSettings ===

impl PmSettings {
    /// Our own columns, as they are: what a peer without settings writes.
    pub fn native() -> Self {
        PmSettings {
            format: Format::Csv,
            object_id: None,
            circuit_code: None,
            object_type: None,
            layer_rate: None,
            location: both(),
            not_measured: Vec::new(),
            counters: BTreeMap::new(),
            only_counters: false,
            open_end: false,
        }
    }
}

// === impl Manner ===

impl Manner {
    /// Checks the settings; `encoding` (of text files) and `zone` (of times without one) are the peer's.
    ///
    /// # Errors
    /// A sentence for everything that is wrong.
    pub fn new(settings: &PmSettings, encoding: ftp::Encoding, zone: Zone) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let ids = ids_of(settings, &mut faults);
        if let (Some(ids), Some(fields)) = (&ids, fields_of(settings.format)) {
            faults.extend(ids.of_fields(fields).err());
        }
        let counters: BTreeMap<String, Scaled> =
            settings.counters.iter().map(|(name, counter)| (name.clone(), counter.scaled())).collect();
        for (name, counter) in &counters {
            if !is_param(&counter.param) {
                faults.push(format!("pm.counters {name:?}: {:?} is no parameter's name", counter.param));
            }
            if !counter.scale.is_finite() || counter.scale == 0.0 {
                faults.push(format!("pm.counters {name:?}: the scale {} must be a number other than 0", counter.scale));
            }
        }
        if settings.only_counters && counters.is_empty() {
            faults.push("pm.only_counters leaves nothing: pm.counters is empty".to_owned());
        }
        match ids {
            Some(ids) if faults.is_empty() => Ok(Manner {
                format: settings.format,
                encoding,
                zone,
                ids,
                location: settings.location,
                not_measured: NotMeasured::new(settings.format, &settings.not_measured),
                counters,
                only_counters: settings.only_counters,
                open_end: settings.open_end,
            }),
            _ => Err(faults),
        }
    }
}

impl Manner {
    /// A file is a header line and a line a row, so that its rows can be counted without reading them.
    pub fn is_plain_table(&self) -> bool {
        self.format == Format::Csv
    }

    /// Zone of times without one.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Is the counter of this name read.
    pub(super) fn wants(&self, counter: &str) -> bool {
        !self.only_counters || self.counters.contains_key(counter)
    }
}

// === impl Counter ===

impl Counter {
    fn scaled(&self) -> Scaled {
        match self {
            Counter::Param(param) => Scaled { param: param.clone(), scale: 1.0, location: None },
            Counter::Scaled(scaled) => scaled.clone(),
        }
    }
}

// === impl Ids ===

impl Ids<String> {
    /// The same ids with each field looked up once.
    ///
    /// # Errors
    /// The name of a field that is not there.
    pub(super) fn bind<G>(&self, field: impl Fn(&str) -> Option<G>) -> Result<Ids<G>, String> {
        Ok(Ids {
            circuit_code: self.circuit_code.bind(&field)?,
            object_id: self.object_id.bind(&field)?,
            object_type: self.object_type.bind(&field)?,
            layer_rate: self.layer_rate.bind(&field)?,
        })
    }
}

impl Ids<String> {
    /// The same ids, their fields by position in a dialect's list.
    ///
    /// # Errors
    /// A sentence if there is no such field.
    pub(super) fn of_fields(&self, fields: &[&str]) -> Result<Ids<usize>, String> {
        let bound = self.bind(|name| fields.iter().position(|field| field.eq_ignore_ascii_case(name)));
        bound.map_err(|name| format!("pm: there is no field {{{name}}}; there are {}", fields.join(", ")))
    }
}

impl Ids<usize> {
    /// The row of an object with these fields, over a whole period.
    ///
    /// # Errors
    /// Which text cannot be kept, and why.
    pub(super) fn row(
        &self,
        fields: &[String],
        (start, granularity): (Time, Granularity),
        (location, status): (Location, IntervalStatus),
    ) -> Result<Row, (&'static str, String)> {
        let field = |at: &usize| fields.get(*at).map_or("", String::as_str);
        let (object_id, circuit_code) = (self.object_id.fill(field), self.circuit_code.fill(field));
        let (object_type, layer_rate) = (self.object_type.fill(field), self.layer_rate.fill(field));
        check_names(&object_id, &circuit_code, [&object_type, &layer_rate])?;
        Ok(Row {
            circuit_code: Text::from(&*circuit_code),
            object_id: Text::from(&*object_id),
            object_type: shared(&object_type),
            layer_rate: shared(&layer_rate),
            location,
            granularity,
            start,
            measured_s: granularity.0,
            status,
        })
    }
}

/// Is this a name that a parameter may have.
pub(super) fn is_param(name: &str) -> bool {
    !name.is_empty() && name.len() <= PARAM_MAX && !name.contains(char::is_control) && name.trim() == name
}

/// What names the object where the settings do not say: circuit, object, type, layer rate.
fn usual_ids(format: Format) -> [&'static str; 4] {
    match format {
        Format::Csv => ["{circuitCode}", "{objectId}", "{objectType}", "{layerRate}"],
        Format::OmcText | Format::OmcXml => ["", "{rmUID}", "{ObjectType}", ""],
        Format::Ts32435 => ["", "{measObjLdn}", "", ""],
        Format::Tmf => ["", "{ME Name}{PTP Name}{CTP Name}", "", "{Layer Rate}"],
    }
}

/// Fields that a dialect always has; a table has its columns.
fn fields_of(format: Format) -> Option<&'static [&'static str]> {
    match format {
        Format::Csv | Format::OmcText => None,
        Format::OmcXml => Some(&omc_xml::FIELDS),
        Format::Ts32435 => Some(&ts32435::FIELDS),
        Format::Tmf => Some(&tmf::FIELDS),
    }
}

fn ids_of(settings: &PmSettings, faults: &mut Vec<String>) -> Option<Ids<String>> {
    let [circuit_code, object_id, object_type, layer_rate] = usual_ids(settings.format);
    let mut read = |name: &str, given: &Option<String>, usual: &str| {
        let template = Template::parse(given.as_deref().unwrap_or(usual));
        template.map_err(|fault| faults.push(format!("pm.{name}: {fault}"))).ok()
    };
    let circuit_code = read("circuit_code", &settings.circuit_code, circuit_code);
    let object_id = read("object_id", &settings.object_id, object_id);
    let object_type = read("object_type", &settings.object_type, object_type);
    let layer_rate = read("layer_rate", &settings.layer_rate, layer_rate);
    Some(Ids { circuit_code: circuit_code?, object_id: object_id?, object_type: object_type?, layer_rate: layer_rate? })
}

const fn both() -> Location {
    Location::Both
}

const fn one() -> f64 {
    1.0
}
