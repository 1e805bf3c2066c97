//! Everything known of one circuit, and its figure.

use std::collections::HashMap;
use std::sync::Arc;

use engine::figure::{Facts, Figure, Paperwork};
use engine::hits::EvidencedEpisode;
use engine::inventory::CircuitIx;
use engine::ledger::Interval;
use engine::period::{Period, PeriodError};
use engine::plan::Plan;
use jiff::civil::Date;
use model::correction::Correction;
use model::fault::FaultNo;
use model::time::{Time, Window};
use model::work::Cutover;
use store::correction::corrections_of_circuit;
use store::{StoreError, Tx};

use crate::tickets::Sheets;
use crate::{Figures, Network, corrections, facts, history, tickets};

/// Everything known of one circuit.
pub struct Dossier {
    /// The network that it was read with.
    pub network: Network,
    /// The circuit.
    pub circuit: CircuitIx,
    /// Its plan.
    pub plan: Plan,
    /// The plan's name.
    pub plan_name: String,
    /// Episodes that may touch it.
    pub episodes: Vec<EvidencedEpisode>,
    /// Planned work that names it: revisions in force, cancelled ones too.
    pub cutovers: Vec<Cutover>,
    contract_start: Option<Date>,
    silences: Vec<Window>,
    /// Its tickets and their holds.
    sheets: Sheets,
    /// Approved corrections.
    corrections: Vec<Correction>,
    suspended: Vec<Window>,
    /// Names of the contract's plans by when we learnt them, oldest first, if it had several.
    plans: Vec<(Time, String, Plan)>,
    /// Places of the episodes by the name under which a ledger cites them.
    lives: HashMap<Arc<str>, usize>,
    /// Stored episodes by the name under which a ledger cites them.
    cited: HashMap<Arc<str>, Cited>,
}

/// What a citation stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cited {
    /// Our number of the alarm.
    pub alarm: Option<i64>,
    /// Title of the alarm or of the work.
    pub title: String,
    /// The alarm's fault.
    pub fault: Option<FaultNo>,
}

/// Reads what is known of a circuit.
pub(crate) async fn load(
    figures: &Figures,
    tx: &mut Tx,
    network: &Network,
    circuit: CircuitIx,
    since: Time,
) -> Result<Dossier, StoreError> {
    let inventory = &network.inventory;
    let known = facts::load(&figures.ems_names, tx, inventory, circuit, since).await?;
    let row = inventory.circuit(circuit);
    let past = history::load(tx, row.as_ref()).await?;
    let named = |name: &str| {
        let (name, plan) = figures.plan(name);
        (name.to_owned(), plan.clone())
    };
    let (plan_name, plan) = named(row.as_ref().map_or("", |row| row.sla_plan));
    let plans = past.plans.into_iter().map(|(since, name)| {
        let (name, plan) = named(&name);
        (since, name, plan)
    });
    let plans: Vec<(Time, String, Plan)> = plans.collect();
    let sheets = tickets::load(tx, &known.cited).await?;
    Ok(Dossier {
        contract_start: row.and_then(|row| row.contract_start),
        plan,
        plan_name,
        circuit,
        lives: known.episodes.iter().zip(0..).map(|(life, place)| (Arc::clone(&life.evidence), place)).collect(),
        episodes: known.episodes,
        cutovers: known.cutovers,
        silences: known.silences,
        sheets,
        corrections: corrections_of_circuit(tx, network.inventory.circuit_code(circuit)).await?,
        suspended: past.suspended,
        plans,
        cited: known.cited,
        network: network.clone(),
    })
}

// === impl Dossier ===

impl Dossier {
    /// The period asked for, or the one that `now` lies in, with the plan that acts in it: a changed
    /// plan acts from the next period.
    ///
    /// # Errors
    /// If the text names no period, or none of the plan's.
    pub fn enter(&mut self, text: Option<&str>, now: Time) -> Result<Window, PeriodError> {
        let period = self.period(text, now)?;
        let known_then = self.plans.iter().rev().find(|(since, ..)| *since <= period.start);
        let Some((_, name, plan)) = known_then.or(self.plans.first()) else { return Ok(period) };
        (self.plan_name, self.plan) = (name.clone(), plan.clone());
        self.period(text, now)
    }

    /// The period asked for, or the one that `now` lies in, by the plan's calendar.
    fn period(&self, text: Option<&str>, now: Time) -> Result<Window, PeriodError> {
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Period::parse(text)?.window(&self.plan, self.contract_start),
            None => Ok(self.current_period(now)),
        }
    }

    /// The plan's period that holds `now`; thirty days without a contract start are a calendar month.
    fn current_period(&self, now: Time) -> Window {
        let date = self.plan.zone.civil(now).date();
        let own = Period::Holding(date).window(&self.plan, self.contract_start);
        let month = || Period::Month { year: date.year(), month: date.month() }.window(&self.plan, None);
        own.or_else(|_| month()).unwrap_or(Window::new(now, now))
    }

    /// The figure of a period. Milliseconds of work: not on a runtime thread.
    pub fn evaluate(&self, period: Window, as_of: Time) -> Figure {
        self.evaluate_also(None, period, as_of)
    }

    /// The figure of a period as if one more correction were approved.
    pub(crate) fn evaluate_also(&self, also: Option<&Correction>, period: Window, as_of: Time) -> Figure {
        let corrections: Vec<_> = self.corrections.iter().chain(also).filter_map(corrections::acting).collect();
        let facts = Facts {
            inventory: &self.network.inventory,
            knowledge: &self.network.knowledge,
            circuit: self.circuit,
            episodes: &self.episodes,
            cutovers: &self.cutovers,
            paperwork: Paperwork {
                tickets: &self.sheets.lives,
                suspends: &self.sheets.suspends,
                corrections: &corrections,
            },
            silences: &self.silences,
            suspended: &self.suspended,
        };
        engine::figure::evaluate(&facts, &self.plan, period, as_of)
    }

    /// What a citation stands for.
    pub fn cited(&self, evidence: &str) -> Cited {
        if let Some(cited) = self.cited.get(evidence) {
            return cited.clone();
        }
        if let Some(correction) = self.correction(evidence) {
            return Cited { title: correction.reason.clone(), ..Cited::default() };
        }
        let number = evidence.strip_prefix("cutover:").and_then(|rest| rest.rsplit_once('#')).map(|(number, _)| number);
        let work = number.and_then(|number| self.cutovers.iter().find(|work| work.cutover_no == number));
        Cited { title: work.map_or(String::new(), |work| work.title.clone()), ..Cited::default() }
    }

    /// The alarm that some intervals cite and that began first.
    pub fn first_alarm(&self, intervals: &[Interval]) -> Option<&EvidencedEpisode> {
        let cited = intervals.iter().flat_map(|interval| &interval.evidence);
        let lives = cited.filter_map(|cited| self.episodes.get(*self.lives.get(cited)?));
        lives.min_by_key(|life| life.episode.raised)
    }

    /// Who held the ticket's clock that a citation names; empty if EOMS did not say.
    pub fn held_by(&self, evidence: &str) -> Option<&str> {
        self.sheets.held_by.get(evidence.strip_prefix("suspend:")?).map(String::as_str)
    }

    /// The approved correction that a citation names.
    pub fn correction(&self, evidence: &str) -> Option<&Correction> {
        let id = evidence.strip_prefix("correction:")?;
        self.corrections.iter().find(|correction| correction.id.to_string() == id)
    }
}
