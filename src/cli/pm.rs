//! `linesman pm read`: what a manager's performance file says, as the daemon reads it. Rows go to standard
//! output in native form, what could not be read to standard error.

use std::io::{BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use collectors::pm::{Issues, Manner, PmFile, PmSettings};
use model::pm::{Batch, PM_COLUMNS, Row};
use model::text::Text;
use model::time::{Time, Zone};

use super::ConfigFile;
use super::import::{FileEncoding, read_zone};
use crate::load::Input;

const EXAMPLES: &str = "Examples:\n  linesman pm read PM-1-15M-202611071015-001.csv.gz --format csv\n  \
    linesman pm read A20261107.1015+0800-1030+0800_NE1.xml --format ts32435 --map counters.toml --out json\n  \
    linesman pm read export.txt --peer GD_TNMS --config /etc/linesman/linesman.toml\n\n\
    A map is what a peer's [peer.pm] holds, for example:\n  object_id = \"{Dn}\"\n  only_counters = true\n  \
    counters = { RXES = \"ES\", FE_ES = { param = \"ES\", location = \"FAR_RX\" }, INOCT = { param = \"IN_OCTETS\", scale = 1000 } }";

/// What to do with a performance file.
#[derive(Debug, Subcommand)]
pub enum Pm {
    /// Print the rows of a performance file in native form, and on standard error what could not be read.
    ///
    /// Exit code 1 if anything could not be read. Of a file that cannot be read to its end nothing is printed.
    #[command(after_help = EXAMPLES)]
    Read(Read),
}

/// Arguments of `pm read`.
#[derive(Debug, Args)]
pub struct Read {
    /// The file; one that ends in `.gz` is unpacked.
    path: PathBuf,
    /// Its dialect
    #[arg(long, required_unless_present = "peer", conflicts_with = "peer",
          value_parser = PossibleValuesParser::new(["csv", "omc_text", "omc_xml", "ts32435", "tmf"]))]
    format: Option<String>,
    /// Settings as in [peer.pm] (TOML), without `format`
    #[arg(long, value_name = "FILE", conflicts_with = "peer")]
    map: Option<PathBuf>,
    /// Zone of times without one
    #[arg(long, default_value = "+08:00", value_parser = read_zone, conflicts_with = "peer")]
    zone: Zone,
    /// Encoding of a text file; XML says its own
    #[arg(long, value_enum, default_value_t = FileEncoding::Utf8, conflicts_with = "peer")]
    encoding: FileEncoding,
    /// Read it as the files of this peer, with its settings out of the configuration
    #[arg(long, value_name = "CALLER")]
    peer: Option<String>,
    #[command(flatten)]
    config: ConfigFile,
    /// Form of the answer: native CSV, or a JSON object a line
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    out: Form,
}

/// Forms of the answer.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Csv,
    Json,
}

impl Pm {
    /// Reads and prints.
    pub fn run(self) -> anyhow::Result<()> {
        let Pm::Read(arguments) = self;
        arguments.run()
    }
}

impl Read {
    fn run(self) -> anyhow::Result<()> {
        let manner = self.manner()?;
        // The first reading finds all parameters and whether the file is whole, the second prints.
        let mut params: Vec<Text> = Vec::new();
        let issues = read(&self.path, &manner, |batch| {
            for param in &batch.params {
                if !params.contains(param) {
                    params.push(param.clone());
                }
            }
            Ok(())
        })?;
        say_issues(&issues)?;
        let out = BufWriter::new(std::io::stdout().lock());
        match self.print(&manner, &params, out) {
            // The reader has what it wanted (`| head`).
            Err(error) if is_broken_pipe(&error) => {}
            ended => ended?,
        }
        match issues.total() {
            0 => Ok(()),
            total => bail!("{total} part(s) of {} could not be read: see above", self.path.display()),
        }
    }

    fn manner(&self) -> anyhow::Result<Manner> {
        let manner = match &self.peer {
            None => Manner::new(&self.settings()?, self.encoding.of_files(), self.zone.clone()),
            Some(caller) => {
                let config = self.config.read()?;
                let peer = config.peers.iter().find(|peer| peer.caller == *caller);
                peer.ok_or_else(|| anyhow!("there is no peer {caller:?} in {}", self.config.config.display()))?.manner()
            }
        };
        manner.map_err(|faults| anyhow!("{}", faults.join("\n  - ")))
    }

    /// The map with the format put in.
    fn settings(&self) -> anyhow::Result<PmSettings> {
        let mut table = toml::Table::new();
        if let Some(path) = &self.map {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            table = text.parse().with_context(|| format!("{} is not TOML", path.display()))?;
        }
        let format = self.format.clone().unwrap_or_default();
        table.insert("format".to_owned(), toml::Value::String(format));
        table.try_into().context("the map does not hold what [peer.pm] may hold")
    }

    fn print(&self, manner: &Manner, params: &[Text], out: BufWriter<StdoutLock<'_>>) -> anyhow::Result<()> {
        match self.out {
            Form::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(PM_COLUMNS.into_iter().chain(params.iter().map(Text::as_str)))?;
                read(&self.path, manner, |batch| write_csv(&mut csv, batch, params, manner.zone()))?;
                csv.flush()?;
            }
            Form::Json => {
                let mut out = out;
                read(&self.path, manner, |batch| write_json(&mut out, batch))?;
                out.flush()?;
            }
        }
        Ok(())
    }
}

/// Reads a file to its end.
fn read(path: &Path, manner: &Manner, mut take: impl FnMut(&Batch) -> anyhow::Result<()>) -> anyhow::Result<Issues> {
    let input = Input::Local(path.to_owned());
    let name = input.name();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let bytes = input.unpacked().with_context(|| format!("cannot open {}", path.display()))?;
    let mut file = PmFile::open(name, bytes, manner)?;
    loop {
        match file.next_batch() {
            Ok(Some(batch)) => take(&batch)?,
            Ok(None) => return Ok(file.issues().clone()),
            Err(error) => {
                say_issues(file.issues())?;
                return Err(error.into());
            }
        }
    }
}

fn write_csv<W: Write>(csv: &mut csv::Writer<W>, batch: &Batch, params: &[Text], zone: &Zone) -> anyhow::Result<()> {
    let places: Vec<Option<usize>> =
        params.iter().map(|param| batch.params.iter().position(|other| other == param)).collect();
    for (row, values) in batch.iter() {
        let granularity = row.granularity.word();
        let start = written(row.start, zone);
        let measured = row.measured_s.to_string();
        let Row { circuit_code, object_id, object_type, layer_rate, location, status, .. } = row;
        csv.write_field(circuit_code)?;
        csv.write_field(object_id)?;
        csv.write_field(object_type)?;
        csv.write_field(layer_rate)?;
        for word in [location.word(), &granularity, &start, &measured, status.word()] {
            csv.write_field(word)?;
        }
        for place in &places {
            let value = place.and_then(|at| values.get(at)).filter(|value| !value.is_nan());
            csv.write_field(value.map(f64::to_string).unwrap_or_default())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

fn write_json(out: &mut impl Write, batch: &Batch) -> anyhow::Result<()> {
    for (row, values) in batch.iter() {
        let measured = batch.params.iter().zip(values).filter(|(_, value)| !value.is_nan());
        let values: serde_json::Map<_, _> =
            measured.map(|(param, value)| (param.to_string(), serde_json::Value::from(*value))).collect();
        let line = serde_json::json!({
            "circuitCode": row.circuit_code,
            "objectId": row.object_id,
            "objectType": row.object_type,
            "layerRate": row.layer_rate,
            "location": row.location,
            "granularity": row.granularity.word(),
            "periodStart": row.start,
            "monitoredSeconds": row.measured_s,
            "intervalStatus": row.status,
            "values": values,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Local where the zone's clock never changes; else in UTC, which cannot be misread.
fn written(at: Time, zone: &Zone) -> String {
    match zone.to_jiff().to_fixed_offset() {
        Ok(_) => zone.write_local(at),
        Err(_) => at.to_string(),
    }
}

fn say_issues(issues: &Issues) -> anyhow::Result<()> {
    let mut errors = std::io::stderr().lock();
    for issue in issues.kept() {
        writeln!(errors, "{issue}")?;
    }
    match issues.total() - issues.kept().len() as u64 {
        0 => Ok(()),
        more => Ok(writeln!(errors, "… and {more} more")?),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<csv::Error>() {
        Some(error) => match error.kind() {
            csv::ErrorKind::Io(error) => Some(error.kind()),
            _ => None,
        },
        None => cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind),
    };
    error.chain().any(|cause| kind(cause) == Some(std::io::ErrorKind::BrokenPipe))
}
