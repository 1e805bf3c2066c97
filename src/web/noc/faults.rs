//! Faults: one cause, its alarms as a tree, its circuits and customers, its ticket.

use intake::Command;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::CircuitIx;
use engine::live::Impact;
use http::StatusCode;
use model::alarm::{ObjectType, Severity};
use model::fault::{DispatchReason, Fault, FaultNo, FaultState};
use model::time::Time;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use super::tickets::TicketView;
use super::timeline::{self, Happening};
use crate::app::App;
use crate::auth::Staff;
use crate::board::CircuitState;
use crate::board::lists::HeldFault;
use crate::board::state::State as BoardState;
use crate::board::view::{AlarmView, CustomerRef, TicketRef};
use crate::extract::{Params, Segment, page_limit};
use crate::problem::Problem;

/// Circuits that a fault lists; the rest is a number.
const CIRCUITS_SHOWN: usize = 1_000;
/// Customers that a fault lists.
const CUSTOMERS_SHOWN: usize = 200;
/// Alarms of a fault's tree.
const ALARMS_SHOWN: u32 = 1_000;

/// Which faults.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FaultQuery {
    /// `open` (default: open and closed-but-still-down), `cleared`, `closed` or `all`.
    state: Option<String>,
    /// Customer number.
    customer: Option<String>,
    /// Where the page begins.
    cursor: Option<String>,
    /// Rows, up to 1000.
    limit: Option<usize>,
}

/// What the list and the page of a fault share.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FaultCore {
    /// Number.
    #[schema(value_type = String)]
    fault_no: FaultNo,
    /// Episode.
    episode: u32,
    /// State.
    #[schema(value_type = String)]
    state: FaultState,
    /// What it is.
    cause: String,
    /// Type of the object at the bottom of it.
    #[schema(value_type = String)]
    cause_object_type: ObjectType,
    /// Its id.
    cause_object_id: String,
    /// Its name.
    cause_object_name: String,
    /// The maker's cause of the root alarm.
    native_cause: String,
    /// Title of the root alarm.
    title: String,
    /// Root alarm.
    root_alarm: i64,
    /// Worst severity.
    #[schema(value_type = u8)]
    severity: Severity,
    /// Of its alarms, active.
    alarms_active: u32,
    /// Circuits hit now.
    circuits_total: u32,
    /// Of these, down.
    circuits_down: u32,
    /// Customers hit now.
    customers_total: u32,
    /// Most circuits hit at one time: what a fault did, also when it is over.
    circuits_peak: u32,
    /// Most customers hit at one time.
    customers_peak: u32,
    /// Best customer level.
    customer_level: String,
    /// Best service level.
    service_level: String,
    /// A key-protected circuit is hit.
    key_protected: bool,
    /// 1 to 3.
    priority: u8,
    /// First raise.
    #[schema(value_type = String, format = DateTime)]
    first_at: Time,
    /// Last raise or clear.
    #[schema(value_type = String, format = DateTime)]
    last_at: Time,
    /// When all its alarms were cleared.
    #[schema(value_type = Option<String>, format = DateTime)]
    cleared_at: Option<Time>,
    /// When it is due for dispatch.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Time>,
    /// The latest dispatch decision.
    #[schema(value_type = String)]
    dispatch: DispatchReason,
    /// What it became, or is linked to.
    #[schema(value_type = Option<String>)]
    merged_into: Option<FaultNo>,
    /// Its ticket.
    ticket: Option<TicketRef>,
}

/// A fault in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Fault)]
pub(crate) struct FaultView {
    #[serde(flatten)]
    core: FaultCore,
    /// Alarms.
    alarms: u32,
    /// Circuits hit now, down first; the first thousand.
    circuits: Vec<HitRef>,
    /// Customers hit, by number; the first two hundred.
    customers: Vec<String>,
}

/// A circuit that a fault hits, in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HitRef {
    /// Code.
    circuit_code: String,
    /// Down (else degraded).
    down: bool,
}

/// A circuit that a fault hits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HitView {
    /// Code.
    code: String,
    /// Name.
    name: String,
    /// Its customer.
    customer_no: String,
    /// Down or degraded, by this fault.
    state: CircuitState,
    /// SLA time left.
    sla_left_ms: Option<i64>,
}

/// An alarm in a fault's tree.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BranchView {
    /// The alarm it hangs below; null for the root.
    parent: Option<i64>,
    /// The alarm.
    #[serde(flatten)]
    alarm: AlarmView,
}

/// A fault with everything about it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FaultDetail {
    /// The fault.
    #[serde(flatten)]
    core: FaultCore,
    /// Its alarms, the root first.
    alarms: Vec<BranchView>,
    /// Circuits, down first.
    circuits: Vec<HitView>,
    /// Customers.
    customers: Vec<CustomerRef>,
    /// The ticket with what was said.
    ticket_detail: Option<TicketView>,
    /// What happened, oldest first.
    timeline: Vec<Happening>,
}

/// Faults, newest first.
#[utoipa::path(get, path = "/faults", tag = "faults", params(FaultQuery),
    responses((status = 200, body = Listing<FaultView>)))]
pub(crate) async fn list_faults(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<FaultQuery>,
) -> Result<Json<Listing<FaultView>>, Problem> {
    let limit = page_limit(query.limit)?;
    let wanted = states(query.state.as_deref())?;
    let before =
        query.cursor.as_deref().map(|text| FaultNo::parse(text).ok_or(crate::board::query::BadCursor)).transpose()?;
    let board = app.board.read();
    let customer = query.customer.as_ref().map(|no| board.inventory.customer_ix(no));
    let fits = |held: &HeldFault| {
        wanted.contains(&held.fault.state)
            && !(never_was(&held.fault) && board.lists.ticket_of(held.fault.fault_no).is_none())
            && customer.is_none_or(|customer| customer.is_some_and(|ix| held.impact.customers.contains(&ix)))
    };
    let range = board.lists.faults.range(..before.unwrap_or(FaultNo(i64::MAX))).rev();
    let mut found: Vec<&HeldFault> = range.map(|(_, held)| held).filter(|held| fits(held)).take(limit + 1).collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|held| held.fault.fault_no.to_string());
    let items = found.into_iter().map(|held| board.fault_view(held)).collect();
    let total = board.lists.faults.values().filter(|held| fits(held)).count();
    Ok(Json(Listing { items, next, total: u32::try_from(total).ok(), as_of: app.clock.now() }))
}

/// One fault.
#[utoipa::path(get, path = "/faults/{no}", tag = "faults", params(("no" = String, Path)),
    responses((status = 200, body = FaultDetail), (status = 404)))]
pub(crate) async fn show_fault(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(no): Segment<String>,
) -> Result<Json<FaultDetail>, Problem> {
    let no = FaultNo::parse(&no).ok_or_else(Problem::not_found)?;
    let mut tx = app.db.read().await?;
    let stored = store::fault::fault_by_no(&mut tx, no).await?;
    let members = store::alarm::alarms_of_fault(&mut tx, no, 0, ALARMS_SHOWN).await?;
    drop(tx);
    let board = app.board.read();
    let stored = stored.map(|fault| HeldFault { fault: Arc::new(fault), impact: Arc::default() });
    let held = board.lists.faults.get(&no).cloned().or(stored).ok_or_else(Problem::not_found)?;
    let view = |alarm: &model::alarm::Alarm| match board.alarms.by_id(alarm.id) {
        Some(entry) => board.alarm_view(entry),
        None => board.past_alarm_view(alarm),
    };
    let branch = |row: &store::alarm::AlarmRow| BranchView { parent: row.alarm.parent, alarm: view(&row.alarm) };
    let mut tree: Vec<BranchView> = members.iter().map(branch).collect();
    tree.sort_by_key(|branch| (branch.parent.is_some(), branch.alarm.raised_at, branch.alarm.id));
    let alarms = tree.iter().map(|branch| &branch.alarm);
    let ticket = board.lists.ticket_of(no);
    Ok(Json(FaultDetail {
        circuits: board.hits(&held.impact),
        customers: board.customers_hit(&held.impact),
        timeline: timeline::of_fault(&held.fault, alarms, ticket.map(|ticket| ticket.as_ref())),
        ticket_detail: ticket.map(|ticket| TicketView::of(ticket)),
        core: board.fault_core(&held.fault),
        alarms: tree,
    }))
}

/// Sends a fault to EOMS now, without waiting for its persistence time.
#[utoipa::path(post, path = "/faults/{no}/dispatch", tag = "faults", params(("no" = String, Path)),
    responses((status = 202), (status = 404), (status = 409)))]
pub(crate) async fn dispatch_fault(
    State(app): State<Arc<App>>,
    staff: Staff,
    Segment(no): Segment<String>,
) -> Result<StatusCode, Problem> {
    let no = FaultNo::parse(&no).ok_or_else(Problem::not_found)?;
    if !app.board.read().lists.faults.contains_key(&no) {
        return Err(Problem::not_found());
    }
    app.command(Command::Dispatch(no), &staff.login).await?;
    Ok(StatusCode::ACCEPTED)
}

// === impl BoardState ===

impl BoardState {
    pub(crate) fn fault_view(&self, held: &HeldFault) -> FaultView {
        let hit = |(ix, down): &(CircuitIx, bool)| {
            let circuit_code = self.inventory.circuit_code(*ix).to_owned();
            HitRef { circuit_code, down: *down }
        };
        let customers = held.impact.customers.iter().filter_map(|ix| self.inventory.customer(*ix));
        FaultView {
            core: self.fault_core(&held.fault),
            alarms: held.fault.alarms,
            circuits: held.impact.circuits.iter().take(CIRCUITS_SHOWN).map(hit).collect(),
            customers: customers.take(CUSTOMERS_SHOWN).map(|customer| customer.no.to_owned()).collect(),
        }
    }

    fn fault_core(&self, fault: &Fault) -> FaultCore {
        let name = self.inventory.name_of(fault.cause_object_type, &fault.cause_object_id);
        FaultCore {
            fault_no: fault.fault_no,
            episode: fault.episode,
            state: fault.state,
            cause: fault.cause.to_string(),
            cause_object_type: fault.cause_object_type,
            cause_object_id: fault.cause_object_id.to_string(),
            cause_object_name: name.to_owned(),
            native_cause: fault.native_cause.to_string(),
            title: fault.title.to_string(),
            root_alarm: fault.root_alarm,
            severity: fault.severity,
            alarms_active: fault.alarms_active,
            circuits_total: fault.circuits,
            circuits_down: fault.circuits_down,
            customers_total: fault.customers,
            circuits_peak: fault.circuits_peak,
            customers_peak: fault.customers_peak,
            customer_level: fault.customer_level.to_string(),
            service_level: fault.service_level.to_string(),
            key_protected: fault.key_protected,
            priority: fault.priority,
            first_at: fault.first_at,
            last_at: fault.last_at,
            cleared_at: fault.cleared_at,
            due_at: fault.due_at,
            dispatch: fault.dispatch,
            merged_into: fault.merged_into,
            ticket: self.lists.ticket_of(fault.fault_no).map(|ticket| TicketRef::of(ticket)),
        }
    }

    fn hits(&self, impact: &Impact) -> Vec<HitView> {
        let view = |(ix, down): &(CircuitIx, bool)| {
            let circuit = self.inventory.circuit(*ix)?;
            let customer = circuit.customer.and_then(|customer| self.inventory.customer(customer));
            Some(HitView {
                code: circuit.code.to_owned(),
                name: circuit.name.to_owned(),
                customer_no: customer.map_or("", |customer| customer.no).to_owned(),
                state: if *down { CircuitState::Down } else { CircuitState::Degraded },
                sla_left_ms: self.circuits.get(*ix).and_then(|live| Some(live.budget?.left_ms)),
            })
        };
        impact.circuits.iter().take(CIRCUITS_SHOWN).filter_map(view).collect()
    }

    fn customers_hit(&self, impact: &Impact) -> Vec<CustomerRef> {
        let mut all = impact.customers.to_vec();
        all.sort_by_key(|ix| {
            self.inventory.customer(*ix).map_or(u8::MAX, |customer| crate::board::alarms::level_rank(customer.level))
        });
        all.into_iter().take(CUSTOMERS_SHOWN).filter_map(|ix| CustomerRef::of(&self.inventory, ix)).collect()
    }
}

/// Late facts took all its alarms to other faults: told in order, and without a ticket, it would not exist.
fn never_was(fault: &Fault) -> bool {
    fault.state == FaultState::Merged && fault.merged_into.is_none() && fault.alarms == 0
}

fn states(text: Option<&str>) -> Result<&'static [FaultState], Problem> {
    match text.unwrap_or("open") {
        "open" => Ok(&[FaultState::Open, FaultState::ClosedStillDown]),
        "cleared" => Ok(&[FaultState::Cleared]),
        "closed" => Ok(&[FaultState::Closed, FaultState::Merged]),
        "all" => Ok(FaultState::ALL),
        _ => Err(Problem::bad_field("state", "must be open, cleared, closed or all")),
    }
}
