//! All that a customer's report says, read and computed circuit by circuit: memory holds what is printed,
//! not the facts of more than one circuit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use engine::completeness::Completeness;
use engine::figure::Figure;
use engine::inventory::CircuitIx;
use engine::period::{Period, PeriodError};
use engine::plan::Plan;
use figures::measured::Measured;
use figures::places::Places;
use figures::versions::{Made, keep, kept_numbers};
use figures::{Dossier, Figures, Network};
use model::fault::FaultNo;
use model::report::Language;
use model::ticket::Ticket;
use model::time::{Time, Window, Zone};
use model::work::KeyProtection;
use report::input::{self, Customer, Report, Template};
use store::meta::{Counter, last_of};
use store::report::issue::Pin;
use store::ticket::tickets_of_faults;
use store::version::{Mark, Version, begun, latest_version, put_mark};
use store::{Db, StoreError};

use super::look::Look;
use super::months::{Past, months};
use super::papers::TicketTerms;
use super::sums::One;
use super::words::Said;
use super::{circuit, outage, papers, performance, sums};
use crate::pipeline::late::KeptUntil;

/// Pause after each circuit: alarms come first.
const REST: Duration = Duration::from_millis(2);

/// What is needed to make reports.
pub struct Maker {
    /// The database.
    pub db: Db,
    /// Plans.
    pub figures: Figures,
    /// Up to where figures are kept.
    pub kept_until: KeptUntil,
    /// How reports look.
    pub look: Look,
    /// What becomes of the figures.
    pub keeping: Keeping,
}

/// What becomes of the figures of a period that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// They are kept as versions, so that the report can be issued.
    Keep,
    /// Nothing is written: the report is only looked at.
    Look,
}

/// Which report.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Customer.
    pub customer_no: &'a str,
    /// The month, `2026-10`.
    pub label: &'a str,
    /// Language.
    pub language: Language,
    /// When it is made; a period that is not over is reported up to here.
    pub now: Time,
}

/// A report that has no number yet.
pub struct Material {
    /// All that it says, as revision 1 made at the epoch.
    pub report: Report,
    /// Up to where its figures go.
    pub as_of: Time,
    /// Every period in it is over.
    pub is_final: bool,
    /// The versions that it rests on, each with what made it; only of periods that are over.
    pub pins: Vec<(Pin, String)>,
}

/// A report that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The customer left the inventory since the run was made.
    #[error("the inventory has no customer {0} any more")]
    NoCustomer(String),
    /// There is nothing to report.
    #[error("no circuit of the customer was in service in {0}")]
    NoCircuit(String),
    /// The month cannot be placed in a plan's calendar.
    #[error("{0}")]
    Period(#[from] PeriodError),
    /// A computation was lost.
    #[error("a figure could not be computed; the log says why")]
    Lost(#[from] tokio::task::JoinError),
    /// The database.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// What one circuit adds.
struct Part {
    circuit: input::Circuit,
    outages: Vec<input::Outage>,
    performance: Option<input::Performance>,
    works: Vec<input::Work>,
    gaps: Vec<input::Gap>,
    exclusions: Vec<input::Exclusion>,
    credit: Option<input::Credit>,
    method: input::Method,
    formulas: Vec<String>,
    one: One,
    tickets: Vec<Ticket>,
    period: Window,
    zone: Zone,
    figure: Figure,
}

/// Parts put together.
#[derive(Default)]
struct Gathered {
    circuits: Vec<input::Circuit>,
    outages: Vec<input::Outage>,
    performance: Vec<input::Performance>,
    works: BTreeMap<String, input::Work>,
    gaps: Vec<input::Gap>,
    exclusions: Vec<input::Exclusion>,
    credits: Vec<input::Credit>,
    /// By plan: its method, and the formulas of its worst circuit with that circuit's availability.
    methods: BTreeMap<String, (input::Method, Option<input::Share>)>,
    ones: Vec<One>,
    tickets: BTreeMap<String, (Ticket, Vec<String>)>,
    measured: Completeness,
    frame: Option<(Window, Zone)>,
    pins: Vec<(Pin, String)>,
    running: bool,
}

// === impl Maker ===

impl Maker {
    /// Reads and computes a report.
    ///
    /// # Errors
    /// [`MakeError`]; of the database's, those that are temporary are worth another try.
    pub async fn make(&self, network: &Network, wanted: &Wanted<'_>) -> Result<Material, MakeError> {
        let inventory = &network.inventory;
        let no_customer = || MakeError::NoCustomer(wanted.customer_no.to_owned());
        let customer = inventory.customer_ix(wanted.customer_no).ok_or_else(no_customer)?;
        let row = inventory.customer(customer).ok_or_else(no_customer)?;
        let month = Period::parse(wanted.label)?.window(&Plan::default(), None)?;
        let said = Said(wanted.language);
        let begun_at = begun(&mut self.db.read().await?).await?.unwrap_or(wanted.now);
        let mut gathered = Gathered::default();
        for ix in inventory.circuits_served(customer, month) {
            let Some((dossier, figure)) = self.evaluated(network, ix, (wanted.label, wanted.now)).await? else {
                continue;
            };
            let pin = self.pin(&figure, &dossier.plan_name, wanted.now).await?;
            let Some(part) = self.part(dossier, figure, wanted, begun_at).await? else { continue };
            gathered.add(part, pin);
            tokio::time::sleep(REST).await;
        }
        let no_circuit = || MakeError::NoCircuit(wanted.label.to_owned());
        let (period, zone) = gathered.frame.take().ok_or_else(no_circuit)?;
        let customer = Customer {
            name: row.name.to_owned(),
            number: row.no.to_owned(),
            tier: said.tier(row.level),
            account_manager: row.manager_name.to_owned(),
        };
        let template = self.look.template(row.no, wanted.language);
        let protections = self.protections(period, wanted.now.min(period.end)).await?;
        let answer_within_ms = self.look.answer_within_ms;
        let frame = Frame { template, customer, period, zone, protections, answer_within_ms, now: wanted.now, said };
        Ok(gathered.finish(frame))
    }

    /// The tasks that protected circuits at some time of a period, as far as they were told by then.
    ///
    /// # Errors
    /// [`MakeError::Store`].
    pub async fn protections(&self, period: Window, as_of: Time) -> Result<Vec<KeyProtection>, MakeError> {
        let mut tx = self.db.read().await?;
        Ok(papers::protections(&mut tx, period, as_of).await?)
    }

    /// A circuit's figure of a month with the facts; `None` if it left the inventory.
    ///
    /// # Errors
    /// [`MakeError`].
    pub async fn evaluated(
        &self,
        network: &Network,
        ix: CircuitIx,
        (label, now): (&str, Time),
    ) -> Result<Option<(Dossier, Figure)>, MakeError> {
        let code = network.inventory.circuit_code(ix);
        let month = Period::parse(label)?.window(&Plan::default(), None)?;
        let mut tx = self.db.read().await?;
        let since = month.start.plus_s(-figures::BEFORE_S);
        let Some(mut dossier) = self.figures.dossier(&mut tx, network, code, since).await? else { return Ok(None) };
        drop(tx);
        let period = dossier.enter(Some(label), now)?;
        // Whoever tells something of a kept period leaves a mark, but only from now on: read once more.
        if period.end <= now && self.kept_until.advance(period.end) {
            let mut tx = self.db.read().await?;
            let Some(fresh) = self.figures.dossier(&mut tx, network, code, since).await? else { return Ok(None) };
            dossier = fresh;
            dossier.enter(Some(label), now)?;
        }
        let evaluated = move || {
            let figure = dossier.evaluate(period, now.min(period.end));
            (dossier, figure)
        };
        Ok(Some(tokio::task::spawn_blocking(evaluated).await?))
    }

    /// What one circuit adds; `None` if it left the inventory.
    async fn part(
        &self,
        mut dossier: Dossier,
        figure: Figure,
        wanted: &Wanted<'_>,
        begun_at: Time,
    ) -> Result<Option<Part>, MakeError> {
        let faults: Vec<FaultNo> = papers::faults(&dossier, &figure).into_iter().collect();
        let mut tx = self.db.read().await?;
        let tickets = if faults.is_empty() { Vec::new() } else { tickets_of_faults(&mut tx, &faults).await? };
        let since = figure.period.start.plus_s(-figures::BEFORE_S);
        let past = Past { kept: kept_numbers(&mut tx, &figure.circuit_code, since).await?, begun_at };
        let measured = Measured::read(&mut tx, &figure).await?;
        let places = Places::read(&mut tx, &dossier, &figure).await?;
        drop(tx);
        let (said, label) = (Said(wanted.language), wanted.label.to_owned());
        let limit_ms = self.figures.apart_max_ms();
        let part = move || {
            let mut part = Part::of(&dossier, (figure, &places), said)?;
            part.performance = performance::performance(&dossier, &part.figure, &measured, (said, limit_ms));
            part.circuit.months = months(&mut dossier, &part.figure, &label, &past);
            part.tickets = tickets;
            Some(part)
        };
        Ok(tokio::task::spawn_blocking(part).await?)
    }

    /// Keeps the figure of a period that is over, unless the last version says the same, and pins it.
    ///
    /// # Errors
    /// [`MakeError`].
    pub async fn pin(&self, figure: &Figure, plan: &str, now: Time) -> Result<Option<(Pin, String)>, MakeError> {
        if figure.period.end > now {
            return Ok(None);
        }
        let code = &figure.circuit_code;
        if self.keeping == Keeping::Look {
            let mut tx = self.db.read().await?;
            return Ok(pin_of(figure, latest_version(&mut tx, code, figure.period).await?));
        }
        let made = Made { figure, plan, before: None, cause: "report", by: "", at: now };
        let mut tx = self.db.write().await?;
        if keep(&mut tx, &made).await?.is_some() {
            // Something may have been told while it was computed: whoever looks at marks looks once more, with
            // all that the inventory says by now.
            let revision = last_of(&mut tx, Counter::Inventory).await?;
            let (circuit_code, since, cause) = (code.clone(), figure.period.start, "report".to_owned());
            let mark = Mark { circuit_code, since, cause, revision, ..Mark::default() };
            put_mark(&mut tx, &mark).await?;
        }
        let version = latest_version(&mut tx, code, figure.period).await?;
        tx.commit().await?;
        Ok(pin_of(figure, version))
    }
}

/// A circuit pinned to a version, with what made that.
fn pin_of(figure: &Figure, version: Option<Version>) -> Option<(Pin, String)> {
    version.map(|version| {
        let pin = Pin { circuit_code: figure.circuit_code.clone(), period: figure.period, version: version.version };
        (pin, version.cause)
    })
}

// === impl Part ===

impl Part {
    /// Milliseconds of work: not on a runtime thread.
    fn of(dossier: &Dossier, (figure, places): (Figure, &Places), said: Said) -> Option<Self> {
        let inventory = Arc::clone(&dossier.network.inventory);
        let row = inventory.circuit(dossier.circuit)?;
        Some(Part {
            circuit: circuit::circuit(dossier, &row, &figure),
            outages: outage::outages(dossier, (&figure, places), said),
            performance: None,
            works: papers::works(dossier, &figure, said),
            gaps: papers::gaps(&figure, said),
            exclusions: papers::exclusions(dossier, &figure, said),
            credit: papers::credit(dossier, &figure, said),
            method: papers::method(dossier, said),
            formulas: papers::formulas(dossier, &figure),
            one: One::of(&figure),
            tickets: Vec::new(),
            period: figure.period,
            zone: dossier.plan.zone.clone(),
            figure,
        })
    }
}

/// What a report has beside its parts.
struct Frame {
    template: Template,
    customer: Customer,
    period: Window,
    zone: Zone,
    protections: Vec<KeyProtection>,
    answer_within_ms: Option<i64>,
    now: Time,
    said: Said,
}

// === impl Gathered ===

impl Gathered {
    fn add(&mut self, mut part: Part, pin: Option<(Pin, String)>) {
        self.measured += Completeness::of(&part.figure);
        self.running |= pin.is_none();
        self.pins.extend(pin);
        self.frame.get_or_insert((part.period, part.zone));
        for ticket in part.tickets.into_iter().filter(|ticket| ticket.opened_at <= part.figure.as_of) {
            let held = self.tickets.entry(ticket.alarm_id.clone()).or_insert_with(|| (ticket, Vec::new()));
            if let Some(outage) = part.outages.iter_mut().rfind(|outage| outage.start <= held.0.opened_at) {
                outage.ticket.clone_from(&held.0.sheet_no);
                outage.rfo = papers::rfo(&held.0);
            }
            held.1.push(part.circuit.code.clone());
        }
        papers::merge(&mut self.works, part.works);
        let method = (part.method, None);
        let (method, worst) = self.methods.entry(part.circuit.plan.clone()).or_insert(method);
        let share = part.circuit.availability;
        if method.formulas.is_empty() || share.is_some_and(|share| worst.is_none_or(|worst| share < worst)) {
            (method.formulas, *worst) = (part.formulas, share);
        }
        self.ones.push(part.one);
        self.outages.extend(part.outages);
        self.performance.extend(part.performance);
        self.gaps.extend(part.gaps);
        self.exclusions.extend(part.exclusions);
        self.credits.extend(part.credit);
        self.circuits.push(part.circuit);
    }

    fn finish(mut self, frame: Frame) -> Material {
        let Frame { template, customer, period, zone, protections, answer_within_ms, now, said } = frame;
        let terms = TicketTerms { as_of: now.min(period.end), answer_within_ms, said };
        outage::number(&mut self.outages, &zone);
        let tickets = self.tickets.into_values();
        let tickets: Vec<input::Ticket> =
            tickets.filter_map(|(ticket, circuits)| papers::ticket(&ticket, circuits, terms)).collect();
        let (service, _) = sums::service(&self.ones.iter().collect::<Vec<_>>(), &tickets);
        let report = Report {
            template,
            language: said.language(),
            customer,
            period,
            zone,
            revision: 1,
            revision_note: None,
            generated_at: Time::default(),
            service,
            completeness: input::Completeness { measured: circuit::share(self.measured.share()), gaps: self.gaps },
            protections: papers::protections_of(&protections, &self.circuits),
            circuits: self.circuits,
            outages: self.outages,
            performance: self.performance,
            tickets,
            works: self.works.into_values().collect(),
            methods: self.methods.into_values().map(|(method, _)| method).collect(),
            exclusions: self.exclusions,
            credits: self.credits,
        };
        Material { report, as_of: terms.as_of, is_final: !self.running, pins: self.pins }
    }
}
