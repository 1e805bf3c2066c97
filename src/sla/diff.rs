//! `linesman sla diff`: what counts otherwise in one answer of `linesman sla --format json` (or of the
//! daemon) than in another.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use engine::diff::{Change, Kind, changes};
use engine::ledger::Interval;
use model::time::Zone;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::error::SlaError;
use super::text::duration;

/// Largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 4 << 30;

const EXAMPLES: &str = "\
Examples:
  What a late alarm changed:
    linesman sla --inventory inventory/ --alarms BEFORE.csv --plans plans.toml --period 2026-10 --format json > before.json
    linesman sla --inventory inventory/ --alarms AFTER.csv --plans plans.toml --period 2026-10 --format json > after.json
    linesman sla diff before.json after.json
  Two versions that the daemon kept (GET /api/v1/circuits/CODE/sla/versions/1):
    linesman sla diff version-1.json version-2.json --format json";

/// Arguments of `sla diff`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The earlier answer: JSON of `linesman sla`, of GET …/sla or of a kept version
    pub before: PathBuf,
    /// The later answer
    pub after: PathBuf,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Zone of the times in the table
    #[arg(long, default_value = "Asia/Shanghai")]
    pub zone: String,
}

/// How to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}

/// A version that the daemon kept.
#[derive(Deserialize)]
struct Version {
    figure: Kept,
}

/// What is compared of a figure.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    circuit_code: String,
    #[serde(flatten)]
    numbers: Numbers,
    ledger: Vec<Interval>,
}

/// The numbers that are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Numbers {
    availability: Option<Number>,
    down_ms: i64,
    excluded_outage_ms: i64,
    unmeasured_ms: i64,
    outages: u32,
}

/// A circuit whose figure differs. `None` = the answer does not have it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    circuit_code: String,
    before: Option<Numbers>,
    after: Option<Numbers>,
    changes: Vec<Change>,
}

/// Compares two answers and writes what differs, by circuit.
///
/// # Errors
/// If an answer cannot be read, or nothing can be written.
pub fn run(args: &Args, out: &mut impl Write) -> Result<(), SlaError> {
    let zone = Zone::parse(&args.zone).map_err(SlaError::Zone)?;
    let (before, mut after) = (read(&args.before)?, read(&args.after)?);
    let mut all: BTreeMap<String, (Option<Kept>, Option<Kept>)> = BTreeMap::new();
    for (code, figure) in before {
        let later = after.remove(&code);
        all.insert(code, (Some(figure), later));
    }
    all.extend(after.into_iter().map(|(code, figure)| (code, (None, Some(figure)))));
    let different: Vec<Difference> = all.into_iter().filter_map(|(code, sides)| Difference::of(code, sides)).collect();
    let written = match args.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &different).map_err(io::Error::from).and_then(|()| writeln!(out))
        }
        Format::Table if different.is_empty() => writeln!(out, "no figure differs"),
        Format::Table => different.iter().try_for_each(|difference| difference.write(&zone, out)),
    };
    written.map_err(SlaError::Write)
}

fn read(path: &Path) -> Result<BTreeMap<String, Kept>, SlaError> {
    let unreadable = |source| SlaError::Read { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > ANSWER_BYTES_MAX {
        return Err(SlaError::TooLarge { path: path.to_owned(), bytes, max: ANSWER_BYTES_MAX });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let figures: Result<Vec<Kept>, _> = match text.trim_start().starts_with('[') {
        true => serde_json::from_str(&text),
        false => serde_json::from_str::<Kept>(&text)
            .or_else(|own| serde_json::from_str::<Version>(&text).map(|kept| kept.figure).map_err(|_| own))
            .map(|figure| vec![figure]),
    };
    let figures =
        figures.map_err(|error| SlaError::AnswerShape { path: path.to_owned(), message: error.to_string() })?;
    Ok(figures.into_iter().map(|figure| (figure.circuit_code.clone(), figure)).collect())
}

// === impl Difference ===

impl Difference {
    fn of(circuit_code: String, (before, after): (Option<Kept>, Option<Kept>)) -> Option<Self> {
        let ledger = |side: &Option<Kept>| side.as_ref().map_or_else(Vec::new, |kept| kept.ledger.clone());
        let changes = changes(&ledger(&before), &ledger(&after));
        let numbers = |side: Option<Kept>| side.map(|kept| kept.numbers);
        let (before, after) = (numbers(before), numbers(after));
        (before != after || !changes.is_empty()).then_some(Difference { circuit_code, before, after, changes })
    }

    fn write(&self, zone: &Zone, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", self.circuit_code)?;
        let percent = |side: &Option<Numbers>| match side {
            None => "no figure".to_owned(),
            Some(numbers) => {
                let share =
                    numbers.availability.as_ref().map_or_else(|| "n/a".to_owned(), |share| format!("{share} %"));
                format!(
                    "{share}, down {}, excluded {}",
                    duration(numbers.down_ms),
                    duration(numbers.excluded_outage_ms)
                )
            }
        };
        writeln!(out, "  {} → {}", percent(&self.before), percent(&self.after))?;
        self.changes.iter().try_for_each(|change| {
            let (start, end) = (zone.write_local(change.start), zone.write_local(change.end));
            let length = duration(change.end.since(change.start));
            writeln!(out, "  {start} to {end}  {length}  {} → {}", kind(change.was), kind(change.is))
        })
    }
}

fn kind(kind: Option<Kind>) -> String {
    let Some(kind) = kind else { return "not told".to_owned() };
    let code = kind.code.map_or_else(String::new, |code| format!(" {}", code.word()));
    let flag = if kind.degraded { " degraded" } else { "" };
    format!("{}{code}{flag}", kind.class.word())
}
