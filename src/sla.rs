//! `linesman sla`: the figures from files, without server or database, by the same function that
//! the daemon answers with. Files are read once, row by row; figures are made one circuit at a time
//! while they are written.

pub mod diff;
pub mod error;
pub mod issues;

mod alarms;
mod corrections;
mod customers;
mod cutovers;
mod explain;
mod inventory;
mod output;
mod paper;
mod table;
mod text;
mod tickets;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use engine::exclusion;
use engine::figure::{self, CircuitFacts, Detail, Figure};
use engine::hits::{self, EvidencedEpisode, Hit};
use engine::inventory::{Circuit, CircuitIx, Inventory};
use engine::period::Period;
use engine::plan::{Chosen, DEFAULT_PLAN, Plan, PlanFile};
use engine::terms::Terms;
use model::time::{Time, Window, Zone};
use model::work::Cutover;

use self::error::SlaError;
use self::issues::Issues;
use self::paper::Paper;

/// Largest plan file.
const PLAN_BYTES_MAX: u64 = 1 << 20;

/// Shown below the help.
pub const EXAMPLES: &str = "\
Examples:
  All circuits of October 2026, as a table:
    linesman sla --inventory inventory/ --alarms ALARMS.csv --cutovers CUTOVERS.csv --plans plans.toml --period 2026-10
  One circuit with every minute explained:
    linesman sla --inventory inventory/ --alarms ALARMS.csv --plans plans.toml --period 2026-10 \\
      --circuit 北京天津ANE0365NP --format json
  A quarter that is still running:
    linesman sla --inventory inventory/ --alarms ALARMS.csv --plans plans.toml --period 2026-Q4 --as-of \"2026-11-05 00:00:00\"
  Customers, with the tickets that their plans' clocks look at and what was agreed on since:
    linesman sla --inventory inventory/ --alarms ALARMS.csv --tickets TICKETS.csv --corrections CORRECTIONS.csv \
      --plans plans.toml --period 2026-10 --per customer
  What counts otherwise than before:
    linesman sla diff before.json after.json";

/// The files of a run, and what they are asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct Files {
    /// Folder with one CSV file a class, such as CIRCUIT.csv and ROUTE.csv
    #[arg(long, value_name = "DIR")]
    pub inventory: PathBuf,
    /// Alarm log as CSV: one row per event, in any order
    #[arg(long, value_name = "FILE")]
    pub alarms: PathBuf,
    /// Planned work as CSV
    #[arg(long, value_name = "FILE")]
    pub cutovers: Option<PathBuf>,
    /// Tickets and their holds as CSV: ticketNo, circuitCodes, openTime, restoreTime, suspendTime, resumeTime, reasonCode
    #[arg(long, value_name = "FILE")]
    pub tickets: Option<PathBuf>,
    /// Approved corrections as CSV: correctionId, circuitCode, startTime, endTime, change (EXCLUDE, UP or DOWN), code,
    /// reason, proposedBy, approvedBy
    #[arg(long, value_name = "FILE")]
    pub corrections: Option<PathBuf>,
    /// SLA plans as TOML: one table [plan.NAME] for each plan named in CONTRACT.csv
    #[arg(long, value_name = "FILE")]
    pub plans: PathBuf,
    /// 2026-10, 2026-Q4, 2026 or, for plans of 30 days, a date inside the period
    #[arg(long)]
    pub period: String,
    /// Zone of the times in the files (a plan's calendar has its own)
    #[arg(long, default_value = "Asia/Shanghai")]
    pub zone: String,
    /// Evaluate up to here instead of the period's end: RFC 3339, or a local time in --zone
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
}

/// What is wanted of them.
#[derive(Clone, Debug, clap::Args)]
pub struct Wanted {
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Only this circuit
    #[arg(long, value_name = "CODE")]
    pub circuit: Option<String>,
    /// What a line is about
    #[arg(long, value_enum, default_value_t)]
    pub per: Per,
}

/// What a line of the answer is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Per {
    /// One circuit
    #[default]
    Circuit,
    /// A customer with those below it: the figures of ITU-T M.1016
    Customer,
}

/// How to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned, for people
    #[default]
    Table,
    /// Everything, with the ledger
    Json,
    /// One line a circuit
    Csv,
}

/// Facts that were read, ready to give figures.
pub struct Answer {
    inventory: Inventory,
    episodes: Vec<EvidencedEpisode>,
    hits: Vec<Vec<Hit>>,
    cutovers: Vec<Cutover>,
    paper: Paper,
    plans: PlanFile,
    built_in: Plan,
    period: Period,
    as_of: Option<Time>,
    only: Option<CircuitIx>,
    /// What was wrong with the files.
    pub issues: Issues,
}

/// One circuit's figure with the plan that it was made by.
pub struct Row<'a> {
    /// Number of the circuit.
    pub circuit: CircuitIx,
    /// The plan.
    pub plan: &'a Plan,
    /// Name of the plan.
    pub plan_name: &'a str,
    /// The figure.
    pub figure: Figure,
}

// === impl Answer ===

impl Answer {
    /// The figures by circuit code, made one at a time.
    pub fn rows(&self, detail: Detail) -> impl Iterator<Item = Row<'_>> {
        let works = self.works_by_circuit();
        let mut terms: HashMap<(&str, Window), Terms<'_>> = HashMap::new();
        let wanted = self.inventory.circuits().filter(|(ix, _)| self.only.is_none_or(|only| only == *ix));
        wanted.filter_map(move |(ix, circuit)| {
            let (plan_name, plan, period) = self.place(&circuit).ok()?;
            let terms = terms
                .entry((plan_name, period))
                .or_insert_with(|| Terms::new(plan, period, self.as_of.unwrap_or(period.end)));
            let facts = CircuitFacts {
                code: circuit.code,
                in_service: &[circuit.in_service],
                route: &figure::route_of(&self.inventory, ix),
                hits: self.hits_on(ix),
                episodes: &self.episodes,
                cutovers: works.get(circuit.code).map_or(&[], Vec::as_slice),
                paperwork: self.paper.of(circuit.code),
                silences: &[],
            };
            let figure = figure::evaluate_circuit(&facts, terms, detail);
            Some(Row { circuit: ix, plan, plan_name, figure })
        })
    }

    /// Writes the figures of circuits.
    ///
    /// # Errors
    /// [`SlaError::Write`] if `out` does not take them.
    pub fn write(&self, format: Format, out: &mut impl Write) -> Result<(), SlaError> {
        let detail = if format == Format::Json { Detail::Ledger } else { Detail::Numbers };
        output::write(self.rows(detail), format, out).map_err(SlaError::Write)
    }

    /// Writes the figures of customers.
    ///
    /// # Errors
    /// [`SlaError::Write`] if `out` does not take them.
    pub fn write_customers(&self, format: Format, out: &mut impl Write) -> Result<(), SlaError> {
        customers::write(self, format, out).map_err(SlaError::Write)
    }

    /// Writes why the figures are what they are: the method, the formula, and every interval, or the
    /// one that holds `at`.
    ///
    /// # Errors
    /// [`SlaError::At`] if `at` lies outside the period, [`SlaError::Write`] if `out` does not take it.
    pub fn explain(&self, at: Option<Time>, out: &mut impl Write) -> Result<(), SlaError> {
        self.rows(Detail::Ledger).try_for_each(|row| explain::write(self, &row, at, out))
    }

    fn hits_on(&self, circuit: CircuitIx) -> &[Hit] {
        let index = usize::try_from(circuit.0).unwrap_or(usize::MAX);
        self.hits.get(index).map_or(&[], Vec::as_slice)
    }

    fn works_by_circuit(&self) -> HashMap<&str, Vec<&Cutover>> {
        let mut works: HashMap<&str, Vec<&Cutover>> = HashMap::new();
        for cutover in exclusion::in_force(&self.cutovers) {
            let mut codes: Vec<&str> = cutover.circuit_codes.iter().map(String::as_str).collect();
            codes.sort_unstable();
            codes.dedup();
            codes.into_iter().for_each(|code| works.entry(code).or_default().push(cutover));
        }
        works
    }

    /// The plan of a circuit and the period by its calendar.
    fn place<'a>(&'a self, circuit: &Circuit<'a>) -> Result<(&'a str, &'a Plan, Window), String> {
        let (name, plan) = match self.plans.choose(circuit.sla_plan, &self.built_in) {
            Chosen::Named(plan) => (circuit.sla_plan, plan),
            Chosen::BuiltIn(plan) => (DEFAULT_PLAN, plan),
        };
        let period = self.period.window(plan, circuit.contract_start);
        period.map(|period| (name, plan, period)).map_err(|error| error.to_string())
    }

    /// Circuits without a plan of their own, and circuits that get no figure.
    fn check_plans(&mut self) {
        let mut issues = std::mem::take(&mut self.issues);
        for (_, circuit) in self.inventory.circuits() {
            let place = || format!("CIRCUIT {}", circuit.code);
            if !circuit.sla_plan.is_empty() && !self.plans.plan.contains_key(circuit.sla_plan) {
                let plan = circuit.sla_plan;
                issues.add(
                    place(),
                    None,
                    format!("plan {plan:?} is not in the plan file; the plan \"default\" applies"),
                );
            }
            if let Err(reason) = self.place(&circuit) {
                issues.add(place(), None, format!("{reason}; it gets no figure"));
            }
        }
        self.issues = issues;
    }
}

/// Reads the files. The figures come from [`Answer::rows`] or [`Answer::write`].
///
/// # Errors
/// [`SlaError`] if an option or a whole file cannot be used; bad rows are in [`Answer::issues`].
pub fn run(files: &Files, circuit: Option<&str>) -> Result<Answer, SlaError> {
    let zone = Zone::parse(&files.zone).map_err(SlaError::Zone)?;
    let period = Period::parse(&files.period).map_err(SlaError::Period)?;
    let as_of = files.as_of.as_deref().map(|text| instant(&zone, "--as-of", text)).transpose()?;
    let plans = plans(&files.plans)?;
    let mut issues = Issues::default();
    // The log is much the largest file: the others are read meanwhile.
    let (resources, log) = std::thread::scope(|scope| {
        let log = scope.spawn(|| {
            let mut issues = Issues::default();
            alarms::read(&files.alarms, &zone, &mut issues).map(|episodes| (episodes, issues))
        });
        let resources = inventory::read(&files.inventory, &zone, &mut issues);
        (resources, log.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (inventory, knowledge) = resources?;
    let only = circuit.map(|code| inventory.circuit_ix(code).ok_or_else(|| SlaError::UnknownCircuit(code.to_owned())));
    let only = only.transpose()?;
    let (episodes, found) = log?;
    issues.append(found);
    // What alarms do to circuits takes as long as the rest: both at once.
    let (hits, rest) = std::thread::scope(|scope| {
        let hits = scope.spawn(|| hits::hits_by_circuit(&inventory, &knowledge, &episodes));
        alarms::check(&episodes, &inventory, &mut issues);
        let cutovers = files.cutovers.as_ref().map(|path| cutovers::read(path, &zone, &mut issues)).transpose();
        let paper = Paper::read(files, &zone, &inventory, &mut issues);
        (hits.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), (cutovers, paper))
    });
    let (cutovers, paper) = (rest.0?.unwrap_or_default(), rest.1?);
    let built_in = Plan::default();
    let mut answer =
        Answer { inventory, episodes, hits, cutovers, paper, plans, built_in, period, as_of, only, issues };
    answer.check_plans();
    Ok(answer)
}

/// Reads and checks a plan file.
///
/// # Errors
/// [`SlaError`] with every fault of the file.
pub fn plans(path: &Path) -> Result<PlanFile, SlaError> {
    let unreadable = |source| SlaError::Read { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > PLAN_BYTES_MAX {
        return Err(SlaError::TooLarge { path: path.to_owned(), bytes, max: PLAN_BYTES_MAX });
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let file: PlanFile = toml::from_str(&text)
        .map_err(|error| SlaError::PlanShape { path: path.to_owned(), message: error.to_string() })?;
    let faults = file.faults();
    if faults.is_empty() { Ok(file) } else { Err(SlaError::PlanFaults { path: path.to_owned(), faults }) }
}

/// A time of the command line: RFC 3339, or local in a zone.
///
/// # Errors
/// [`SlaError::Instant`] if it is neither.
pub fn instant(zone: &Zone, option: &'static str, text: &str) -> Result<Time, SlaError> {
    let local = || table::read_time(zone, option, text).ok().flatten();
    let wrong = || SlaError::Instant { option, text: text.to_owned() };
    Time::parse(text).ok().or_else(local).ok_or_else(wrong)
}
