//! One box that finds circuits, customers, alarms, tickets and faults.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Listing;
use crate::app::App;
use crate::auth::Staff;
use crate::board::query::{AlarmFilter, CircuitFilter};
use crate::board::search::Needle;
use crate::board::state::State as BoardState;
use crate::extract::Params;
use crate::problem::Problem;

/// Hits of each kind.
const EACH_MAX: usize = 8;
/// Longest text to find.
const TEXT_MAX: usize = 100;

/// What to find.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// Text.
    q: String,
}

/// Something found.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Found {
    /// `circuit`, `customer`, `alarm`, `ticket` or `fault`.
    kind: &'static str,
    /// Its id in the paths of this API.
    id: String,
    /// What it is called.
    title: String,
    /// Its state; may be empty.
    state: String,
}

/// Finds things by their codes and names.
#[utoipa::path(get, path = "/search", tag = "search", params(SearchQuery), responses((status = 200, body = Listing<Found>)))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Params(query): Params<SearchQuery>,
) -> Result<Json<Listing<Found>>, Problem> {
    if query.q.chars().count() > TEXT_MAX {
        return Err(Problem::bad_field("q", format!("must have at most {TEXT_MAX} characters")));
    }
    let now = app.clock.now();
    let Some(needle) = Needle::new(&query.q) else { return Ok(Json(Listing::whole(Vec::new(), now))) };
    let mut found = Vec::new();
    let circuits = CircuitFilter { q: Some(query.q.clone()), ..CircuitFilter::default() };
    for circuit in app.board.circuits(&circuits, None, EACH_MAX)?.items {
        let title = format!("{} · {}", circuit.name, circuit.customer_name);
        found.push(Found { kind: "circuit", id: circuit.code, title, state: circuit.state.word().to_owned() });
    }
    found.extend(app.board.read().named(&needle));
    let alarms = AlarmFilter { q: Some(query.q), ..AlarmFilter::default() };
    for alarm in app.board.alarms(&alarms, None, EACH_MAX)?.items {
        let title = format!("{} · {}", alarm.title, alarm.ne_name);
        found.push(Found { kind: "alarm", id: alarm.id.to_string(), title, state: "active".to_owned() });
    }
    Ok(Json(Listing::whole(found, now)))
}

// === impl BoardState ===

impl BoardState {
    fn named(&self, needle: &Needle) -> Vec<Found> {
        let customers = self.inventory.customers().map(|(_, customer)| customer);
        let customers = customers.filter(|customer| needle.is_in(customer.no) || needle.is_in(customer.name));
        let mut found: Vec<Found> = customers
            .take(EACH_MAX)
            .map(|customer| Found {
                kind: "customer",
                id: customer.no.to_owned(),
                title: customer.name.to_owned(),
                state: customer.level.to_owned(),
            })
            .collect();
        let faults = self.lists.faults.values().rev();
        let faults = faults.map(|held| &held.fault);
        let faults = faults.filter(|fault| needle.is_in(&fault.fault_no.to_string()) || needle.is_in(&fault.title));
        found.extend(faults.take(EACH_MAX).map(|fault| Found {
            kind: "fault",
            id: fault.fault_no.to_string(),
            title: fault.title.to_string(),
            state: fault.state.word().to_owned(),
        }));
        let tickets = self.lists.tickets.values();
        let tickets = tickets.filter(|ticket| needle.is_in(&ticket.alarm_id) || needle.is_in(&ticket.sheet_no));
        found.extend(tickets.take(EACH_MAX).map(|ticket| Found {
            kind: "ticket",
            id: ticket.alarm_id.clone(),
            title: ticket.sheet_no.clone(),
            state: ticket.state.word().to_owned(),
        }));
        found
    }
}
