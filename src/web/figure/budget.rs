//! Keeps on the board what is left of each circuit's promise. A task beside the pipeline: circuits
//! whose facts changed come first, those that are down again each minute, and the rest in turn.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use engine::completeness::Completeness;
use engine::figure::Figure;
use engine::inventory::CircuitIx;
use engine::ledger::{Class, Interval};
use engine::plan::Denominator;
use model::time::Time;

use super::aside;
use crate::app::App;
use crate::board::CircuitState;
use crate::board::circuits::Budget;
use crate::board::ring::{Mark, Missed};
use crate::problem::Problem;

/// How often the board is asked what changed.
const TICK: Duration = Duration::from_millis(250);
/// Circuits waiting; with more the turn of all circuits will find them.
const WAITING_MAX: usize = 20_000;
/// Circuits evaluated before the board is asked again.
const HELPING: usize = 32;
/// Circuits evaluated a tick when nothing changed.
const IDLE_HELPING: usize = 32;
/// Ticks between two looks at the circuits that are down.
const DOWN_TICKS: u32 = 240;
/// Ticks of rest after a whole turn: budgets of quiet circuits change with the period only.
const REST_TICKS: u32 = 240;

/// Rest after a failure.
const RESTART: Duration = Duration::from_secs(5);

/// What is still to be evaluated.
struct Rounds {
    waiting: VecDeque<Arc<str>>,
    known: HashSet<Arc<str>>,
    /// Next circuit of the turn.
    turn: u32,
    rest: u32,
    seq: u64,
}

/// Runs until shutdown; a panic costs the round, not the task.
pub(crate) async fn keep_budgets(app: Arc<App>) {
    while !app.shutdown.is_cancelled() {
        let rounds = app.tasks.spawn(run(Arc::clone(&app)));
        if let Err(error) = rounds.await {
            tracing::error!(error = %error, "the budget task failed and begins again");
            app.metrics.budget_restarts.inc();
            tokio::time::sleep(RESTART).await;
        }
    }
}

async fn run(app: Arc<App>) {
    let mut rounds =
        Rounds { waiting: VecDeque::new(), known: HashSet::new(), turn: 0, rest: 0, seq: app.board.latest() };
    let mut ticks: u32 = 0;
    while app.shutdown.run_until_cancelled(tokio::time::sleep(TICK)).await.is_some() {
        ticks = ticks.wrapping_add(1);
        rounds.listen(&app);
        if ticks.is_multiple_of(DOWN_TICKS) {
            rounds.take_down(&app);
        }
        if let Err(error) = rounds.work(&app).await {
            tracing::debug!(problem = ?error, "budgets could not be evaluated; trying again");
        }
    }
}

// === impl Rounds ===

impl Rounds {
    /// Circuits whose facts changed.
    fn listen(&mut self, app: &App) {
        match app.board.all_since(self.seq) {
            Missed::Marks(marks, seq) => {
                self.seq = seq;
                for mark in marks {
                    self.take(app, &mark);
                }
            }
            Missed::Reload(seq) => {
                self.seq = seq;
                self.turn = 0;
                self.rest = 0;
                self.take_down(app);
            }
        }
    }

    fn take(&mut self, app: &App, mark: &Mark) {
        let board = app.board.read();
        let codes: Vec<Arc<str>> = match mark {
            Mark::Circuit(ix) => vec![board.inventory.circuit_code(*ix).into()],
            Mark::Work(no) => {
                let work = board.lists.works.get(no);
                work.map(|work| work.circuit_codes.iter().map(|code| code.as_str().into()).collect())
                    .unwrap_or_default()
            }
            _ => Vec::new(),
        };
        drop(board);
        for code in codes {
            self.wait(code);
        }
    }

    fn take_down(&mut self, app: &App) {
        let board = app.board.read();
        let down = board.circuits.after(None, Some(CircuitState::Down)).take(WAITING_MAX);
        let codes: Vec<Arc<str>> =
            down.map(|place| board.inventory.circuit_code(CircuitIx(place.circuit)).into()).collect();
        drop(board);
        for code in codes {
            self.wait(code);
        }
    }

    fn wait(&mut self, code: Arc<str>) {
        if self.waiting.len() < WAITING_MAX && self.known.insert(Arc::clone(&code)) {
            self.waiting.push_back(code);
        }
    }

    /// One helping: what waits, else the next of the turn.
    async fn work(&mut self, app: &App) -> Result<(), Problem> {
        let mut done = Vec::new();
        while let Some(code) = self.waiting.pop_front() {
            self.known.remove(&code);
            app.ribbons.forget(&code);
            done.push(evaluated(app, &code).await?);
            if done.len() >= HELPING {
                break;
            }
        }
        if done.is_empty() {
            self.next_of_turn(app, &mut done).await?;
        }
        show(app, done);
        Ok(())
    }

    async fn next_of_turn(&mut self, app: &App, done: &mut Vec<Evaluated>) -> Result<(), Problem> {
        if self.rest > 0 {
            self.rest -= 1;
            return Ok(());
        }
        let inventory = app.board.inventory();
        for _ in 0..IDLE_HELPING {
            let Some(circuit) = inventory.circuit(CircuitIx(self.turn)) else {
                self.turn = 0;
                self.rest = REST_TICKS;
                return Ok(());
            };
            self.turn += 1;
            done.push(evaluated(app, circuit.code).await?);
        }
        Ok(())
    }
}

impl App {
    /// Puts a circuit's budget on the board at once: its figure was changed from here.
    pub(crate) async fn refresh_budget(&self, code: &str) -> Result<(), Problem> {
        self.ribbons.forget(code);
        let evaluated = evaluated(self, code).await?;
        show(self, vec![evaluated]);
        Ok(())
    }
}

/// What a circuit's figure of the running period says for the board.
struct Evaluated {
    code: String,
    budget: Option<Budget>,
    /// How it is, and since when.
    lasting: Option<(CircuitState, Time)>,
}

fn show(app: &App, done: Vec<Evaluated>) {
    let lasting: Vec<(String, CircuitState, Time)> =
        done.iter().filter_map(|one| one.lasting.map(|(state, since)| (one.code.clone(), state, since))).collect();
    let budgets: Vec<_> = done.into_iter().map(|one| (one.code, one.budget)).collect();
    app.board.put_budgets(&budgets);
    app.board.put_since(&lasting);
}

/// The budget of a circuit in its current period.
async fn evaluated(app: &App, code: &str) -> Result<Evaluated, Problem> {
    let now = app.clock.now();
    // It is longer than the longest period, too.
    let since = now.plus_s(-figures::BEFORE_S);
    let code = code.to_owned();
    let Some(mut dossier) = app.dossier(&code, since).await? else {
        return Ok(Evaluated { code, budget: None, lasting: None });
    };
    let period = dossier.enter(None, now)?;
    let read = aside(move || {
        let figure = dossier.evaluate(period, now);
        (budget(&figure, dossier.plan.denominator), lasting(&figure))
    });
    let (budget, lasting) = read.await?;
    Ok(Evaluated { code, budget, lasting })
}

/// The state in which the period up to now ends, and since when it lasts. The live counters know when
/// they were last moved, not when what they count began: facts that come late begin earlier.
/// `None` if it lasts since before the period, or the last interval does not say.
pub(crate) fn lasting(figure: &Figure) -> Option<(CircuitState, Time)> {
    let mut found: Option<(CircuitState, Time)> = None;
    for interval in figure.ledger.iter().rev() {
        match (state_of(interval), found) {
            (None, None) => return None,
            (None, Some(_)) => {}
            (Some(state), Some((last, _))) if state != last => return found,
            (Some(state), _) => found = Some((state, interval.start)),
        }
    }
    found.filter(|(_, since)| *since > figure.period.start)
}

/// What an interval says of the circuit's state; of time in which nobody looked it says nothing.
fn state_of(interval: &Interval) -> Option<CircuitState> {
    match (interval.class, interval.down, interval.degraded) {
        (Class::Down, ..) | (Class::Excluded, Some(true), _) => Some(CircuitState::Down),
        (Class::Up, _, Some(true)) => Some(CircuitState::Degraded),
        (Class::Up, ..) => Some(CircuitState::Up),
        (Class::NotInService, ..) => Some(CircuitState::NotInService),
        _ => None,
    }
}

/// What a figure leaves of the promise. A circuit that was not in service in the period was promised
/// nothing: it has no budget, for one of nothing would look as if it were used up.
pub(crate) fn budget(figure: &Figure, denominator: Denominator) -> Option<Budget> {
    let base_ms = match denominator {
        Denominator::NetOfExcludedOutage => figure.service_ms - figure.excluded_outage_ms,
        Denominator::NetOfWindows => figure.service_ms - figure.excluded_window_ms,
        Denominator::Gross => figure.service_ms,
    };
    (figure.budget.allowed_ms > 0 || figure.service_ms > 0).then_some(Budget {
        left_ms: figure.budget.left_ms,
        allowed_ms: figure.budget.allowed_ms,
        breach_at: figure.budget.breach_at,
        base_ms,
        up_ms: base_ms - figure.down_ms,
        completeness: Completeness::of(figure),
    })
}
