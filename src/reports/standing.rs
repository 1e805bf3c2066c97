//! The standing report of a month over all customers: each circuit is looked at once and counts for its customer
//! and for all above. Memory holds a few numbers a circuit.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::completeness::Completeness;
use engine::figure::Figure;
use engine::inventory::{CircuitIx, CustomerIx, Inventory};
use engine::ledger::Class;
use engine::plan::Denominator;
use engine::sla::Share;
use figures::Dossier;
use model::report::Language;
use model::time::{Time, Window, Zone};
use model::work::KeyProtection;
use report::input::{Exclusion, Protection, Work};
use report::standing::{Line, Standing};

use super::circuit::share;
use super::indicators::Indicators;
use super::papers;
use super::sums::{self, One};
use super::words::Said;

/// What one circuit adds.
struct Row {
    one: One,
    measured: Completeness,
    /// What its availability is a share of, and that share, ms.
    base_ms: i64,
    up_ms: i64,
    excluded_ms: i64,
    works: Vec<String>,
}

/// What is told in a language.
struct Told {
    said: Said,
    works: BTreeMap<String, Work>,
    exclusions: Vec<Exclusion>,
}

/// A month as far as it has been looked at.
pub struct Census {
    rows: HashMap<CircuitIx, Row>,
    told: Vec<Told>,
    indicators: Indicators,
}

/// A file to be written.
#[derive(Debug)]
pub struct Paper {
    /// Its name.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// What files say beside the figures.
pub struct Imprint<'a> {
    /// The carrier's name.
    pub carrier: &'a str,
    /// Who we are, for headquarters.
    pub sys_code: &'a str,
    /// The month.
    pub label: &'a str,
    /// The same as a window.
    pub period: Window,
    /// Figures go up to here.
    pub as_of: Time,
    /// When it is made.
    pub now: Time,
}

// === impl Census ===

impl Default for Census {
    /// Nothing looked at yet.
    fn default() -> Self {
        let told = |language: &Language| Told { said: Said(*language), works: BTreeMap::new(), exclusions: Vec::new() };
        Census { rows: HashMap::new(), told: Language::ALL.iter().map(told).collect(), indicators: Indicators::new() }
    }
}

impl Census {
    /// Adds a circuit with its figure and, if the period is over, the number of the version that is kept.
    ///
    /// # Errors
    /// If the indicator file takes no row, which it has no reason to.
    pub fn add(&mut self, dossier: &Dossier, figure: &Figure, version: Option<i64>) -> Result<(), csv::Error> {
        let inventory = &dossier.network.inventory;
        let Some(circuit) = inventory.circuit(dossier.circuit) else { return Ok(()) };
        let customer = inventory.customer_of(dossier.circuit).and_then(|ix| inventory.customer(ix));
        let customer_no = customer.map_or("", |customer| customer.no);
        self.indicators.add((&circuit, customer_no), &dossier.plan_name, figure, version)?;
        let mut works = Vec::new();
        for told in &mut self.told {
            let of_month = papers::works(dossier, figure, told.said).into_iter().filter(|work| is_of(work, figure));
            let of_month: Vec<Work> = of_month.collect();
            works = of_month.iter().map(|work| work.number.clone()).collect();
            papers::merge(&mut told.works, of_month);
            let decided = papers::exclusions(dossier, figure, told.said);
            told.exclusions.extend(decided.into_iter().filter(|one| !one.approver.is_empty()));
        }
        let base_ms = match dossier.plan.denominator {
            Denominator::NetOfExcludedOutage => figure.service_ms - figure.excluded_outage_ms,
            Denominator::NetOfWindows => figure.service_ms - figure.excluded_window_ms,
            Denominator::Gross => figure.service_ms,
        };
        let excluded = figure.ledger.iter().filter(|interval| interval.class == Class::Excluded);
        let row = Row {
            one: One::of(figure),
            measured: Completeness::of(figure),
            base_ms,
            up_ms: base_ms - figure.down_ms,
            excluded_ms: excluded.map(|interval| interval.length_ms()).sum(),
            works,
        };
        self.rows.insert(dossier.circuit, row);
        Ok(())
    }

    /// All files: a book and a table in each language, the indicator file and its control file.
    ///
    /// # Errors
    /// What the writers of the formats say.
    pub fn papers(
        self,
        inventory: &Inventory,
        tasks: &[KeyProtection],
        imprint: &Imprint<'_>,
    ) -> anyhow::Result<Vec<Paper>> {
        let Census { rows, told, indicators } = self;
        let lines = Lines::new(inventory, &rows, tasks);
        let total = lines.line(&inventory.circuits().map(|(ix, _)| ix).collect::<Vec<_>>());
        let customers: Vec<Line> =
            inventory.served_in(imprint.period).into_iter().filter_map(|ix| lines.of_customer(ix)).collect();
        let mut papers = Vec::new();
        for Told { said, works, exclusions } in told {
            let standing = Standing {
                carrier: imprint.carrier.to_owned(),
                language: said.language(),
                period: imprint.period,
                zone: Zone::china(),
                as_of: imprint.as_of,
                generated_at: imprint.now,
                total: total.clone(),
                customers: customers.clone(),
                works: works.into_values().collect(),
                protections: tasks.iter().filter_map(|task| protection(task, &lines)).collect(),
                exclusions,
            };
            let name = |ending: &str| format!("standing-{}-{}.{ending}", imprint.label, said.0);
            papers.push(Paper { name: name("xlsx"), content: report::standing::xlsx(&standing)? });
            papers.push(Paper { name: name("csv"), content: report::standing::csv(&standing)? });
        }
        let name = format!("SLA_RESULT_{}_{}.csv", imprint.sys_code, imprint.label);
        let (content, control) = indicators.finish(&name)?;
        papers.push(Paper { name: format!("{name}.ok"), content: control });
        papers.push(Paper { name, content });
        Ok(papers)
    }
}

/// Planned work of the month itself, not what is coming.
fn is_of(work: &Work, figure: &Figure) -> bool {
    work.affect.cut(figure.period).is_some()
}

/// From what lines are made.
struct Lines<'a> {
    inventory: &'a Inventory,
    rows: &'a HashMap<CircuitIx, Row>,
    /// Numbers of the tasks that protected a circuit.
    tasks: HashMap<CircuitIx, Vec<&'a str>>,
}

// === impl Lines ===

impl<'a> Lines<'a> {
    fn new(inventory: &'a Inventory, rows: &'a HashMap<CircuitIx, Row>, tasks: &'a [KeyProtection]) -> Self {
        let mut by_circuit: HashMap<CircuitIx, Vec<&str>> = HashMap::new();
        for task in tasks {
            for ix in task.circuit_codes.iter().filter_map(|code| inventory.circuit_ix(code)) {
                by_circuit.entry(ix).or_default().push(&task.task_no);
            }
        }
        Lines { inventory, rows, tasks: by_circuit }
    }

    /// A customer with those below it; `None` if none of its circuits was looked at.
    fn of_customer(&self, ix: CustomerIx) -> Option<Line> {
        let customer = self.inventory.customer(ix)?;
        let family = self.inventory.family_of_customer(ix);
        let circuits = family.iter().flat_map(|member| self.inventory.circuits_of_customer(*member)).copied();
        let line = self.line(&circuits.collect::<Vec<_>>());
        let named = Line { number: customer.no.to_owned(), name: customer.name.to_owned(), ..line };
        (named.circuits > 0).then_some(named)
    }

    fn line(&self, circuits: &[CircuitIx]) -> Line {
        let rows: Vec<&Row> = circuits.iter().filter_map(|ix| self.rows.get(ix)).collect();
        let ones: Vec<&One> = rows.iter().map(|row| &row.one).collect();
        let (service, summary) = sums::service(&ones, &[]);
        let mut measured = Completeness::default();
        rows.iter().for_each(|row| measured += row.measured);
        let (base_ms, up_ms) = rows.iter().fold((0, 0), |(base, up), row| (base + row.base_ms, up + row.up_ms));
        let works = rows.iter().flat_map(|row| &row.works).map(String::as_str);
        let tasks = circuits.iter().filter(|ix| self.rows.contains_key(ix)).filter_map(|ix| self.tasks.get(ix));
        Line {
            number: String::new(),
            name: String::new(),
            circuits: count(rows.len()),
            rated: summary.circuits,
            met: summary.met,
            availability: share(Share::new(up_ms, base_ms)),
            measured: share(measured.share()),
            service,
            works: distinct(works),
            protections: distinct(tasks.flatten().copied()),
            excluded_ms: rows.iter().map(|row| row.excluded_ms).sum(),
        }
    }
}

/// A task as far as circuits of ours are named.
fn protection(task: &KeyProtection, lines: &Lines<'_>) -> Option<Protection> {
    let is_ours = |code: &&String| lines.inventory.circuit_ix(code).is_some_and(|ix| lines.rows.contains_key(&ix));
    papers::protection(task, task.circuit_codes.iter().filter(is_ours).cloned().collect())
}

/// How many different ones.
fn distinct<'t>(names: impl Iterator<Item = &'t str>) -> u32 {
    count(names.collect::<BTreeSet<_>>().len())
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
