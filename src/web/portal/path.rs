//! A circuit's path for its customer: five zones with a state, and no name of ours.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::CircuitIx;
use model::alarm::{Alarm, Effect};
use model::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::own_circuit;
use crate::app::App;
use crate::auth::Customer;
use crate::board::CircuitState;
use crate::board::state::State as BoardState;
use crate::extract::Segment;
use crate::figure::words::{self, Words};
use crate::noc::path::{HopView, PathView};
use crate::problem::Problem;

/// A circuit's path.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalPath {
    /// End A.
    a_end: String,
    /// End Z.
    z_end: String,
    /// State of the circuit.
    state: CircuitState,
    /// From end A to end Z: customer, access, backbone, access, customer.
    zones: Vec<ZoneView>,
}

/// A zone of the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PortalZone)]
pub(crate) struct ZoneView {
    /// `customer`, `access` or `backbone`.
    zone: &'static str,
    /// State.
    state: CircuitState,
    /// What kind of cause, if it is not up.
    cause: Option<Words>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Time>,
}

/// The path of one circuit.
#[utoipa::path(get, path = "/portal/circuits/{code}/path", tag = "portal", params(("code" = String, Path)),
    responses((status = 200, body = PortalPath), (status = 404)))]
pub(crate) async fn show_path(
    State(app): State<Arc<App>>,
    customer: Customer,
    Segment(code): Segment<String>,
) -> Result<Json<PortalPath>, Problem> {
    own_circuit(&app, &customer, &code)?;
    let board = app.board.read();
    let ix = board.inventory.circuit_ix(&code).ok_or_else(Problem::not_found)?;
    let path = board.path_view(ix, app.clock.now()).ok_or_else(Problem::not_found)?;
    let zones = board.zones(ix, &path);
    Ok(Json(PortalPath { a_end: path.a_end, z_end: path.z_end, state: path.state, zones }))
}

// === impl BoardState ===

impl BoardState {
    /// Is the trouble of a circuit on the carrier's side? A port at the circuit's end proves nothing:
    /// it may have lost the customer's signal, or be broken itself. So nobody is told "your side".
    pub(crate) fn at_carrier(&self, ix: CircuitIx, now: Time) -> bool {
        let zones = self.path_view(ix, now).map(|path| self.zones(ix, &path)).unwrap_or_default();
        zones.iter().any(|zone| zone.state != CircuitState::Up && zone.zone != "customer")
    }

    fn zones(&self, ix: CircuitIx, path: &PathView) -> Vec<ZoneView> {
        let mut states = [CircuitState::Up; 5];
        // Where the cause is known, what it brings about further down is not a second place of trouble.
        let hops = || path.segments.iter().flat_map(|s| &s.alternatives).flat_map(|a| &a.hops);
        let located = hops().any(|hop| hop.state != CircuitState::Up && !self.is_consequence(hop));
        for segment in &path.segments {
            for alternative in &segment.alternatives {
                let half = alternative.hops.len() / 2;
                for (position, hop) in alternative.hops.iter().enumerate() {
                    // A way that is down while another carries makes the zone degraded, not down.
                    let follows = located && self.is_consequence(hop);
                    let state = if follows { CircuitState::Up } else { hop.state.max(segment.state) };
                    if let Some(held) = states.get_mut(zone_number(hop, segment.segment, position < half, path)) {
                        *held = (*held).min(state);
                    }
                }
            }
        }
        let worst = self.worst(ix);
        let cause = worst.map(|alarm| words::cause(self.knowledge.category(&alarm.record), &alarm.record).1);
        let names = ["customer", "access", "backbone", "access", "customer"];
        let view = |(zone, state): (&'static str, CircuitState)| ZoneView {
            zone,
            state,
            cause: cause.clone().filter(|_| state != CircuitState::Up),
            since: worst.map(|alarm| alarm.raised_at).filter(|_| state != CircuitState::Up),
        };
        names.into_iter().zip(states).map(view).collect()
    }

    /// Every alarm on the hop is explained by another one elsewhere.
    fn is_consequence(&self, hop: &HopView) -> bool {
        let explained = |id: i64| self.alarms.by_id(id).is_some_and(|entry| !entry.alarm.explained_by.is_empty());
        !hop.alarms.is_empty() && hop.alarms.iter().all(|pin| explained(pin.id))
    }

    /// The alarm that hurts a circuit most: outage before degraded, then the earliest.
    pub(crate) fn worst(&self, ix: CircuitIx) -> Option<&Alarm> {
        let entries = self.circuits.alarms(ix).filter_map(|slot| self.alarms.get(slot));
        let hurting = entries.map(|entry| entry.alarm.as_ref()).filter(|alarm| alarm.effect != Effect::None);
        hurting.min_by_key(|alarm| (alarm.effect != Effect::Outage, !alarm.is_cause, alarm.raised_at))
    }
}

/// Customer A, access A, backbone, access Z, customer Z: the first half of the first segment is
/// end A, the second half of the last is end Z.
fn zone_number(hop: &HopView, segment: u16, first_half: bool, path: &PathView) -> usize {
    let first = path.segments.first().is_some_and(|first| first.segment == segment);
    let last = path.segments.last().is_some_and(|last| last.segment == segment);
    let at_a = match (first, last) {
        (true, false) => true,
        (false, true) => false,
        _ => first_half,
    };
    match (hop.zone, at_a) {
        ("customer", true) => 0,
        ("access", true) => 1,
        ("access", false) => 3,
        ("customer", false) => 4,
        _ => 2,
    }
}
