//! The figure of a circuit from the facts in the store: the same function as the offline command,
//! so both answer the same for the same facts.
//!
//! - `facts`: events of everything that can touch the circuit, as episodes
//! - `tickets`: from when to when each of its tickets ran, and when its clock stood
//! - `history`: when the circuit was suspended, and which plan acted when
//! - [`budget`]: what is left of each circuit's promise, kept on the board beside the pipeline
//! - [`ribbon`]: a ledger cut into the days of a calendar
//! - [`words`]: the accounting method in two languages

use std::collections::HashMap;
use std::sync::Arc;

use engine::figure::{Facts, Figure, Paperwork};
use engine::hits::EvidencedEpisode;
use engine::inventory::{CircuitIx, Inventory};
use engine::knowledge::Knowledge;
use engine::period::{Period, PeriodError};
use engine::plan::{Chosen, DEFAULT_PLAN, Plan};
use jiff::civil::Date;
use model::fault::FaultNo;
use model::time::{Time, Window};
use model::work::Cutover;
use parking_lot::Mutex;

use crate::app::App;
use crate::problem::Problem;

pub(crate) mod budget;
mod facts;
mod history;
pub(crate) mod ribbon;
mod tickets;
pub(crate) mod words;

/// Ribbons remembered.
const RIBBONS_MAX: usize = 4_000;

/// Everything known of one circuit.
pub(crate) struct Dossier {
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) knowledge: Arc<Knowledge>,
    pub(crate) circuit: CircuitIx,
    pub(crate) plan: Plan,
    pub(crate) plan_name: String,
    pub(crate) contract_start: Option<Date>,
    pub(crate) episodes: Vec<EvidencedEpisode>,
    pub(crate) cutovers: Vec<Cutover>,
    pub(crate) silences: Vec<Window>,
    /// Its tickets and their holds.
    sheets: tickets::Sheets,
    suspended: Vec<Window>,
    /// Names of the contract's plans by when we learnt them, oldest first, if it had several.
    plans: Vec<(Time, String, Plan)>,
    /// Stored episodes by the name under which a ledger cites them.
    pub(crate) cited: HashMap<Arc<str>, Cited>,
}

/// What a citation stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cited {
    pub(crate) alarm: Option<i64>,
    pub(crate) title: String,
    pub(crate) fault: Option<FaultNo>,
}

/// Ribbons computed a moment ago, by circuit code and number of days.
#[derive(Default)]
pub(crate) struct FigureDesk {
    ribbons: Mutex<HashMap<(String, u32), HeldRibbon>>,
}

/// A ribbon and when it was computed.
type HeldRibbon = (Time, Arc<Vec<ribbon::Day>>);

// === impl FigureDesk ===

impl FigureDesk {
    /// A ribbon not older than `since`.
    pub(crate) fn ribbon(&self, code: &str, days: u32, since: Time) -> Option<Arc<Vec<ribbon::Day>>> {
        let held = self.ribbons.lock();
        let (at, ribbon) = held.get(&(code.to_owned(), days))?;
        (*at >= since).then(|| Arc::clone(ribbon))
    }

    pub(crate) fn keep_ribbon(&self, code: &str, days: u32, at: Time, ribbon: Arc<Vec<ribbon::Day>>) {
        let mut held = self.ribbons.lock();
        if held.len() >= RIBBONS_MAX {
            held.clear();
        }
        held.insert((code.to_owned(), days), (at, ribbon));
    }

    /// The circuit's facts changed.
    pub(crate) fn forget(&self, code: &str) {
        let mut held = self.ribbons.lock();
        if !held.is_empty() {
            held.retain(|(circuit, _), _| circuit != code);
        }
    }
}

// === impl App ===

impl App {
    /// Everything known of a circuit that bears on time from `since` on; `None` if there is no such circuit.
    pub(crate) async fn dossier(&self, code: &str, since: Time) -> Result<Option<Dossier>, Problem> {
        let (inventory, knowledge) = {
            let board = self.board.read();
            (Arc::clone(&board.inventory), Arc::clone(&board.knowledge))
        };
        let Some(circuit) = inventory.circuit_ix(code) else { return Ok(None) };
        let mut tx = self.db.read().await?;
        let known = facts::load(self, &mut tx, &inventory, circuit, since).await?;
        let row = inventory.circuit(circuit);
        let past = history::load(&mut tx, row.as_ref()).await?;
        let (plan_name, plan) = self.plan_named(row.map_or("", |row| row.sla_plan));
        let plans = past.plans.into_iter().map(|(since, name)| {
            let (name, plan) = self.plan_named(&name);
            (since, name, plan)
        });
        let plans: Vec<(Time, String, Plan)> = plans.collect();
        let sheets = tickets::load(&mut tx, &known.cited).await?;
        drop(tx);
        Ok(Some(Dossier {
            contract_start: row.and_then(|row| row.contract_start),
            plan,
            plan_name,
            knowledge,
            circuit,
            episodes: known.episodes,
            cutovers: known.cutovers,
            silences: known.silences,
            sheets,
            suspended: past.suspended,
            plans,
            cited: known.cited,
            inventory,
        }))
    }

    /// A plan by its name, else the built-in one.
    fn plan_named(&self, name: &str) -> (String, Plan) {
        match self.plans.choose(name, &self.default_plan) {
            Chosen::Named(plan) => (name.to_owned(), plan.clone()),
            Chosen::BuiltIn(plan) => (DEFAULT_PLAN.to_owned(), plan.clone()),
        }
    }

    /// The same for a request: unknown is 404.
    pub(crate) async fn known_dossier(&self, code: &str, since: Time) -> Result<Dossier, Problem> {
        self.dossier(code, since).await?.ok_or_else(Problem::not_found)
    }
}

// === impl Dossier ===

impl Dossier {
    /// The period asked for, or the one that `now` lies in, with the plan that acts in it: a changed
    /// plan acts from the next period.
    pub(crate) fn enter(&mut self, text: Option<&str>, now: Time) -> Result<Window, Problem> {
        let period = self.period(text, now)?;
        let known_then = self.plans.iter().rev().find(|(since, ..)| *since <= period.start);
        let Some((_, name, plan)) = known_then.or(self.plans.first()) else { return Ok(period) };
        (self.plan_name, self.plan) = (name.clone(), plan.clone());
        self.period(text, now)
    }

    /// The period asked for, or the one that `now` lies in, by the plan's calendar.
    fn period(&self, text: Option<&str>, now: Time) -> Result<Window, Problem> {
        let wrong = |error: PeriodError| Problem::bad_field("period", error.to_string());
        match text.filter(|text| !text.is_empty()) {
            Some(text) => Period::parse(text).and_then(|p| p.window(&self.plan, self.contract_start)).map_err(wrong),
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
    pub(crate) fn evaluate(&self, period: Window, as_of: Time) -> Figure {
        let facts = Facts {
            inventory: &self.inventory,
            knowledge: &self.knowledge,
            circuit: self.circuit,
            episodes: &self.episodes,
            cutovers: &self.cutovers,
            paperwork: Paperwork {
                tickets: &self.sheets.lives,
                suspends: &self.sheets.suspends,
                ..Paperwork::default()
            },
            silences: &self.silences,
            suspended: &self.suspended,
        };
        engine::figure::evaluate(&facts, &self.plan, period, as_of)
    }

    /// What a citation stands for.
    pub(crate) fn cited(&self, evidence: &str) -> Cited {
        if let Some(cited) = self.cited.get(evidence) {
            return cited.clone();
        }
        let number = evidence.strip_prefix("cutover:").and_then(|rest| rest.rsplit_once('#')).map(|(number, _)| number);
        let work = number.and_then(|number| self.cutovers.iter().find(|work| work.cutover_no == number));
        Cited { alarm: None, title: work.map_or(String::new(), |work| work.title.clone()), fault: None }
    }
}

/// Runs a computation of milliseconds beside the runtime.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::internal(&error))
}
