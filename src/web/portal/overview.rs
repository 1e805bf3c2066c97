//! The first page: is everything well, and if not, what and where.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::completeness::Completeness;
use engine::inventory::CircuitIx;
use model::fault::FaultState;
use model::time::{Time, Window};
use model::work::{Cutover, OpType};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Customer;
use crate::board::CircuitState;
use crate::board::scope::Visible;
use crate::board::state::State as BoardState;
use crate::figure::words::Words;
use crate::problem::Problem;

/// Planned works that are shown.
const WORKS_SHOWN: usize = 3;
/// Circuits that the banner and a planned work name.
const CIRCUITS_NAMED: usize = 50;

/// The first page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Overview {
    /// Who asks.
    customer: Name,
    /// When this was the case.
    #[schema(value_type = String, format = DateTime)]
    as_of: Time,
    /// Circuits.
    circuits_total: u32,
    /// Of these, in service.
    circuits_in_service: u32,
    /// Of those in service, not down.
    circuits_up: u32,
    /// Availability of all circuits in their current periods, in percent, cut off towards worse; null = not known yet.
    availability: Option<String>,
    /// Share of that time in which they were measured, in percent, cut off towards worse; null = not known yet.
    completeness: Option<String>,
    /// Circuits with little SLA time left.
    at_risk: u32,
    /// Faults that hit own circuits.
    open_faults: u32,
    /// Only if something is wrong.
    banner: Option<Banner>,
    /// The account manager.
    manager: Manager,
    /// The next planned works.
    next_work: Vec<PlannedWork>,
}

/// A customer's name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortalCustomer)]
pub(crate) struct Name {
    /// Number.
    no: String,
    /// Name.
    name: String,
}

/// What is wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortalBanner)]
pub(crate) struct Banner {
    /// `down` or `degraded`.
    state: CircuitState,
    /// Codes of the circuits.
    circuits: Vec<String>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Time>,
    /// `carrier` or `unknown`.
    #[serde(rename = "where")]
    place: &'static str,
    /// In words.
    text: Words,
}

/// Whom to call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PortalManager)]
pub(crate) struct Manager {
    /// Name.
    name: String,
    /// Telephone.
    phone: String,
    /// Mail address.
    email: String,
}

/// Planned work on own circuits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PlannedWork {
    /// Number of the notice.
    no: String,
    /// What it is called for customers.
    title: String,
    /// Service may be affected from.
    #[schema(value_type = String, format = DateTime)]
    start: Time,
    /// Service may be affected to.
    #[schema(value_type = String, format = DateTime)]
    end: Time,
    /// Own circuits it affects.
    circuits: Vec<String>,
}

/// The first page.
#[utoipa::path(get, path = "/portal/overview", tag = "portal", responses((status = 200, body = Overview)))]
pub(crate) async fn show_overview(State(app): State<Arc<App>>, customer: Customer) -> Result<Json<Overview>, Problem> {
    let now = app.clock.now();
    let board = app.board.read();
    let visible = board.visible(&customer.scope);
    let own = board.inventory.customer_ix(customer.scope.customer_no());
    let row = own.and_then(|ix| board.inventory.customer(ix));
    let circuits: Vec<CircuitIx> = board.circuits_in(&visible).collect();
    let tally = board.circuits.tally(&circuits);
    Ok(Json(Overview {
        customer: Name { no: customer.scope.customer_no().to_owned(), name: row.map_or("", |row| row.name).to_owned() },
        as_of: now,
        circuits_total: tally.total,
        circuits_in_service: tally.in_service,
        circuits_up: tally.in_service - tally.down,
        availability: board.availability(&circuits),
        completeness: board.completeness(&circuits),
        at_risk: tally.at_risk,
        open_faults: board.open_faults(&visible),
        banner: board.banner(&circuits, now),
        manager: Manager {
            name: row.map_or("", |row| row.manager_name).to_owned(),
            phone: row.map_or("", |row| row.manager_phone).to_owned(),
            email: row.map_or("", |row| row.manager_email).to_owned(),
        },
        next_work: board.next_works(&visible, now, &customer.caller.language),
    }))
}

// === impl BoardState ===

impl BoardState {
    /// The share of time in which the circuits were up, over all of them.
    fn availability(&self, circuits: &[CircuitIx]) -> Option<String> {
        let budgets = circuits.iter().filter_map(|ix| self.circuits.get(*ix)?.budget);
        let (up, base) = budgets.fold((0i64, 0i64), |(up, base), budget| (up + budget.up_ms, base + budget.base_ms));
        engine::sla::Share::new(up, base).map(engine::sla::Share::worse)
    }

    /// The share of time in which they were measured, over all of them.
    fn completeness(&self, circuits: &[CircuitIx]) -> Option<String> {
        let mut sum = Completeness::default();
        circuits.iter().filter_map(|ix| self.circuits.get(*ix)?.budget).for_each(|budget| sum += budget.completeness);
        sum.share().map(engine::sla::Share::worse)
    }

    fn open_faults(&self, visible: &Visible) -> u32 {
        let open = self.lists.faults.values().filter(|held| {
            matches!(held.fault.state, FaultState::Open | FaultState::ClosedStillDown)
                && held.impact.customers.iter().any(|ix| visible.holds(*ix))
        });
        crate::board::view::count(open.count())
    }

    fn banner(&self, circuits: &[CircuitIx], now: Time) -> Option<Banner> {
        let live = |ix: &CircuitIx| self.circuits.get(*ix);
        let state =
            circuits.iter().filter_map(live).map(|circuit| circuit.state).min().filter(|state| state.is_hurt())?;
        let hit: Vec<CircuitIx> =
            circuits.iter().filter(|ix| live(ix).is_some_and(|circuit| circuit.state == state)).copied().collect();
        let carrier = hit.first().is_some_and(|ix| self.at_carrier(*ix, now));
        let place = if carrier { "carrier" } else { "unknown" };
        let since = hit.iter().filter_map(|ix| self.circuits.get(*ix)?.since).min();
        let codes = hit.iter().take(CIRCUITS_NAMED).map(|ix| self.inventory.circuit_code(*ix).to_owned());
        Some(Banner { state, circuits: codes.collect(), since, place, text: banner_text(state, hit.len(), place) })
    }

    /// Planned works that affect own circuits and are not over, next first.
    pub(crate) fn next_works(&self, visible: &Visible, now: Time, language: &str) -> Vec<PlannedWork> {
        let ahead = self.lists.works.values().filter_map(|work| Some((affected(work, now)?, work)));
        let mut works: Vec<PlannedWork> = ahead
            .filter_map(|(window, work)| {
                let own = work.circuit_codes.iter().filter(|code| self.circuit_in(visible, code).is_some());
                let circuits: Vec<String> = own.take(CIRCUITS_NAMED).cloned().collect();
                // The notice's own title may name our equipment.
                let title = if language == "en" { "Planned work" } else { "计划割接" };
                let no = work.cutover_no.clone();
                let (start, end) = (window.start, window.end);
                (!circuits.is_empty()).then(|| PlannedWork { no, title: title.to_owned(), start, end, circuits })
            })
            .collect();
        works.sort_by(|a, b| (a.start, &a.no).cmp(&(b.start, &b.no)));
        works.truncate(WORKS_SHOWN);
        works
    }

    /// Planned work on one circuit, now or soon.
    pub(crate) fn planned(&self, ix: CircuitIx, now: Time, within_ms: i64) -> bool {
        let code = self.inventory.circuit_code(ix);
        let soon = |work: &Cutover| affected(work, now).is_some_and(|window| window.start <= now.plus_ms(within_ms));
        self.lists.works.values().any(|work| soon(work) && work.circuit_codes.iter().any(|named| named == code))
    }
}

/// When a work affects service, if that is not over and the work not withdrawn.
fn affected(work: &Cutover, now: Time) -> Option<Window> {
    let ahead = work.affect.filter(|window| window.end > now && work.is_affect);
    ahead.filter(|_| work.op_type != OpType::Cancel)
}

/// `state` is one that hurts.
fn banner_text(state: CircuitState, circuits: usize, place: &str) -> Words {
    let (zh, en) = match state {
        CircuitState::Down => ("业务中断", "without service"),
        _ => ("业务劣化或失去保护", "impaired or unprotected"),
    };
    let (zh_place, en_place) = match place {
        "carrier" => ("，故障位于运营商侧", "; the fault is on the carrier's side"),
        _ => ("", ""),
    };
    let plural = if circuits == 1 { "circuit is" } else { "circuits are" };
    Words::new(format!("{circuits} 条电路{zh}{zh_place}"), format!("{circuits} {plural} {en}{en_place}"))
}
