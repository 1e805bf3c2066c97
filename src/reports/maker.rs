//! All that a customer's report says, read and computed circuit by circuit: memory holds what is printed,
//! not the facts of more than one circuit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use engine::customer::Brief;
use engine::figure::Figure;
use engine::inventory::CircuitIx;
use engine::period::{Period, PeriodError};
use engine::plan::Plan;
use figures::versions::{Made, keep};
use figures::{Dossier, Figures, Network};
use model::fault::FaultNo;
use model::report::Language;
use model::ticket::Ticket;
use model::time::{Time, Window, Zone};
use report::input::{self, Completeness, Customer, Report, Template};
use store::report::issue::Pin;
use store::ticket::tickets_of_faults;
use store::version::{Mark, Version, latest_version, put_mark};
use store::{Db, StoreError};

use super::words::Said;
use super::{circuit, outage, papers, sums};
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
    /// The carrier's name, and what stands at the head and the foot.
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

/// What all reports of the house have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The carrier's name.
    pub carrier: String,
    /// Below it: an address, a hotline.
    pub header: String,
    /// At the foot of every page.
    pub footer: String,
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
    works: Vec<input::Work>,
    gaps: Vec<input::Gap>,
    exclusions: Vec<input::Exclusion>,
    credit: Option<input::Credit>,
    method: input::Method,
    formulas: Vec<String>,
    brief: Brief,
    faults: BTreeSet<FaultNo>,
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
    works: BTreeMap<String, input::Work>,
    gaps: Vec<input::Gap>,
    exclusions: Vec<input::Exclusion>,
    credits: Vec<input::Credit>,
    /// By plan: its method, and the formulas of its worst circuit with that circuit's availability.
    methods: BTreeMap<String, (input::Method, Option<input::Share>)>,
    briefs: Vec<Brief>,
    tickets: BTreeMap<String, (Ticket, Vec<String>)>,
    measured: sums::Measured,
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
        let mut gathered = Gathered::default();
        for ix in inventory.circuits_served(customer, month) {
            let Some(part) = self.part(network, ix, wanted).await? else { continue };
            let pin = self.pin(&part, wanted.now).await?;
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
        let look = &self.look;
        let template = Template {
            header: look.header.clone(),
            footer: look.footer.clone(),
            ..Template::standard(said.language(), look.carrier.clone())
        };
        Ok(gathered.finish(Frame { template, customer, period, zone, now: wanted.now, said }))
    }

    /// What one circuit adds; `None` if it left the inventory.
    async fn part(&self, network: &Network, ix: CircuitIx, wanted: &Wanted<'_>) -> Result<Option<Part>, MakeError> {
        let code = network.inventory.circuit_code(ix);
        let month = Period::parse(wanted.label)?.window(&Plan::default(), None)?;
        let mut tx = self.db.read().await?;
        let since = month.start.plus_s(-figures::BEFORE_S);
        let Some(mut dossier) = self.figures.dossier(&mut tx, network, code, since).await? else { return Ok(None) };
        drop(tx);
        let period = dossier.enter(Some(wanted.label), wanted.now)?;
        // Whoever tells something of a kept period leaves a mark, but only from now on: read once more.
        if period.end <= wanted.now && self.kept_until.advance(period.end) {
            let mut tx = self.db.read().await?;
            let Some(fresh) = self.figures.dossier(&mut tx, network, code, since).await? else { return Ok(None) };
            dossier = fresh;
            dossier.enter(Some(wanted.label), wanted.now)?;
        }
        let (said, as_of) = (Said(wanted.language), wanted.now.min(period.end));
        let evaluated = move || Part::of(&dossier, period, as_of, said);
        let Some(mut part) = tokio::task::spawn_blocking(evaluated).await? else { return Ok(None) };
        let faults: Vec<FaultNo> = part.faults.iter().copied().collect();
        if !faults.is_empty() {
            let mut tx = self.db.read().await?;
            part.tickets = tickets_of_faults(&mut tx, &faults).await?;
        }
        Ok(Some(part))
    }

    /// Keeps the figure of a period that is over, unless the last version says the same, and pins it.
    async fn pin(&self, part: &Part, now: Time) -> Result<Option<(Pin, String)>, MakeError> {
        if part.period.end > now {
            return Ok(None);
        }
        let (code, plan) = (&part.circuit.code, &part.circuit.plan);
        if self.keeping == Keeping::Look {
            let mut tx = self.db.read().await?;
            return Ok(pin_of(part, latest_version(&mut tx, code, part.period).await?));
        }
        let made = Made { figure: &part.figure, plan, before: None, cause: "report", by: "", at: now };
        let mut tx = self.db.write().await?;
        if keep(&mut tx, &made).await?.is_some() {
            // Something may have been told while it was computed: whoever looks at marks looks once more.
            let (circuit_code, since) = (code.clone(), part.period.start);
            let mark = Mark { id: 0, circuit_code, alarm_id: None, since, cause: "report".to_owned() };
            put_mark(&mut tx, &mark).await?;
        }
        let version = latest_version(&mut tx, code, part.period).await?;
        tx.commit().await?;
        Ok(pin_of(part, version))
    }
}

/// A circuit pinned to a version, with what made that.
fn pin_of(part: &Part, version: Option<Version>) -> Option<(Pin, String)> {
    version.map(|version| {
        let pin = Pin { circuit_code: part.circuit.code.clone(), period: part.period, version: version.version };
        (pin, version.cause)
    })
}

// === impl Part ===

impl Part {
    /// Milliseconds of work: not on a runtime thread.
    fn of(dossier: &Dossier, period: Window, as_of: Time, said: Said) -> Option<Self> {
        let inventory = Arc::clone(&dossier.network.inventory);
        let row = inventory.circuit(dossier.circuit)?;
        let figure = dossier.evaluate(period, as_of);
        Some(Part {
            circuit: circuit::circuit(dossier, &row, &figure),
            outages: outage::outages(dossier, &figure, said),
            works: papers::works(dossier, &figure, said),
            gaps: papers::gaps(&figure, said),
            exclusions: papers::exclusions(dossier, &figure, said),
            credit: papers::credit(dossier, &figure, said),
            method: papers::method(dossier, said),
            formulas: papers::formulas(dossier, &figure),
            brief: Brief::of(&figure),
            faults: papers::faults(dossier, &figure),
            tickets: Vec::new(),
            period,
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
    now: Time,
    said: Said,
}

// === impl Gathered ===

impl Gathered {
    fn add(&mut self, mut part: Part, pin: Option<(Pin, String)>) {
        self.measured.add(&part.figure);
        self.running |= pin.is_none();
        self.pins.extend(pin);
        self.frame.get_or_insert((part.period, part.zone));
        for ticket in part.tickets.into_iter().filter(|ticket| ticket.opened_at <= part.figure.as_of) {
            let held = self.tickets.entry(ticket.alarm_id.clone()).or_insert_with(|| (ticket, Vec::new()));
            if let Some(outage) = part.outages.iter_mut().rfind(|outage| outage.start <= held.0.opened_at) {
                outage.ticket.clone_from(&held.0.sheet_no);
            }
            held.1.push(part.circuit.code.clone());
        }
        for work in part.works {
            match self.works.get_mut(&work.number) {
                Some(held) => {
                    held.circuits.extend(work.circuits);
                    held.excluded |= work.excluded;
                    held.overrun_ms = held.overrun_ms.max(work.overrun_ms);
                }
                None => drop(self.works.insert(work.number.clone(), work)),
            }
        }
        let method = (part.method, None);
        let (method, worst) = self.methods.entry(part.circuit.plan.clone()).or_insert(method);
        let share = part.circuit.availability;
        if method.formulas.is_empty() || share.is_some_and(|share| worst.is_none_or(|worst| share < worst)) {
            (method.formulas, *worst) = (part.formulas, share);
        }
        self.briefs.push(part.brief);
        self.outages.extend(part.outages);
        self.gaps.extend(part.gaps);
        self.exclusions.extend(part.exclusions);
        self.credits.extend(part.credit);
        self.circuits.push(part.circuit);
    }

    fn finish(mut self, frame: Frame) -> Material {
        let Frame { template, customer, period, zone, now, said } = frame;
        let as_of = now.min(period.end);
        outage::number(&mut self.outages, &zone);
        let tickets = self.tickets.into_values();
        let tickets = tickets.filter_map(|(ticket, circuits)| papers::ticket(&ticket, circuits, as_of, said));
        let report = Report {
            template,
            language: said.language(),
            customer,
            period,
            zone,
            revision: 1,
            revision_note: None,
            generated_at: Time::default(),
            service: sums::service(self.briefs, &self.circuits),
            completeness: Completeness { measured: self.measured.share(), gaps: self.gaps },
            circuits: self.circuits,
            outages: self.outages,
            tickets: tickets.collect(),
            works: self.works.into_values().collect(),
            methods: self.methods.into_values().map(|(method, _)| method).collect(),
            exclusions: self.exclusions,
            credits: self.credits,
        };
        Material { report, as_of, is_final: !self.running, pins: self.pins }
    }
}
