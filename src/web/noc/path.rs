//! A circuit's path with the alarms pinned where they are.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::inventory::{Alternative, CircuitIx, Hop, Inventory, Subject};
use model::alarm::{Alarm, Effect, ObjectType, Severity};
use model::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Staff;
use crate::board::CircuitState;
use crate::board::state::State as BoardState;
use crate::board::view::end;
use crate::extract::Segment;
use crate::problem::Problem;

/// A circuit's path.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Path)]
pub(crate) struct PathView {
    /// End A.
    pub(crate) a_end: String,
    /// End Z.
    pub(crate) z_end: String,
    /// State of the circuit.
    pub(crate) state: CircuitState,
    /// Segments in series.
    pub(crate) segments: Vec<SegmentView>,
}

/// A segment: alternatives in parallel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PathSegment)]
pub(crate) struct SegmentView {
    /// Number.
    pub(crate) segment: u16,
    /// State.
    pub(crate) state: CircuitState,
    /// 1 = working, then protection.
    pub(crate) alternatives: Vec<AlternativeView>,
}

/// One way through a segment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PathAlternative)]
pub(crate) struct AlternativeView {
    /// Number.
    pub(crate) alternative: u16,
    /// State.
    pub(crate) state: CircuitState,
    /// Hops in series.
    pub(crate) hops: Vec<HopView>,
}

/// A hop.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PathHop)]
pub(crate) struct HopView {
    /// Number.
    hop: u16,
    /// Type of the object.
    #[schema(value_type = String)]
    object_type: ObjectType,
    /// Its id.
    object_id: String,
    /// Its name.
    name: String,
    /// Name of its element.
    ne_name: String,
    /// `customer`, `access` or `backbone`.
    pub(crate) zone: &'static str,
    /// State.
    pub(crate) state: CircuitState,
    /// Alarms on it.
    pub(crate) alarms: Vec<PinView>,
}

/// An alarm on a hop.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PathAlarm)]
pub(crate) struct PinView {
    /// Our number.
    pub(crate) id: i64,
    /// Severity.
    #[schema(value_type = u8)]
    severity: Severity,
    /// The maker's cause.
    native_cause: String,
    /// Title.
    title: String,
    /// Raise time.
    #[schema(value_type = String, format = DateTime)]
    raised_at: Time,
}

/// The path with its alarms.
#[utoipa::path(get, path = "/circuits/{code}/path", tag = "circuits", params(("code" = String, Path)),
    responses((status = 200, body = PathView), (status = 404)))]
pub(crate) async fn show_path(
    State(app): State<Arc<App>>,
    _staff: Staff,
    Segment(code): Segment<String>,
) -> Result<Json<PathView>, Problem> {
    let board = app.board.read();
    let ix = board.inventory.circuit_ix(&code).ok_or_else(Problem::not_found)?;
    board.path_view(ix, app.clock.now()).map(Json).ok_or_else(Problem::not_found)
}

// === impl BoardState ===

impl BoardState {
    /// The path of a circuit as it runs at `now`.
    pub(crate) fn path_view(&self, ix: CircuitIx, now: Time) -> Option<PathView> {
        let circuit = self.inventory.circuit(ix)?;
        let live = self.circuits.get(ix)?;
        let entries = self.circuits.alarms(ix).filter_map(|slot| self.alarms.get(slot));
        let alarms: Vec<&Alarm> = entries.map(|entry| entry.alarm.as_ref()).collect();
        let route = self.inventory.routes(ix);
        let ends = [circuit.a_port, circuit.z_port];
        let mut segments: Vec<SegmentView> = Vec::new();
        for group in route.chunk_by(|a, b| a.segment == b.segment) {
            let ways = group.iter().map(|alternative| way(&self.inventory, alternative, &ends, &alarms, now));
            let alternatives: Vec<AlternativeView> = ways.filter(|way| !way.hops.is_empty()).collect();
            if let Some(first) = group.first().filter(|_| !alternatives.is_empty()) {
                segments.push(SegmentView { segment: first.segment, state: parallel(&alternatives), alternatives });
            }
        }
        Some(PathView {
            a_end: end(circuit.a_address, circuit.a_region).to_owned(),
            z_end: end(circuit.z_address, circuit.z_region).to_owned(),
            state: live.state,
            segments,
        })
    }
}

fn way(
    inventory: &Inventory,
    alternative: &Alternative<'_>,
    ends: &[&str; 2],
    alarms: &[&Alarm],
    now: Time,
) -> AlternativeView {
    let now_valid: Vec<&Hop<'_>> = alternative.hops.iter().filter(|hop| hop.valid.holds(now)).collect();
    let last = now_valid.len().saturating_sub(1);
    let view = |(position, hop): (usize, &&Hop<'_>)| {
        let outermost = position == 0 || position == last;
        hop_view(inventory, hop, zone(inventory, hop, ends, outermost), alarms)
    };
    let hops: Vec<HopView> = now_valid.iter().enumerate().map(view).collect();
    let state = hops.iter().map(|hop| hop.state).min().unwrap_or_default();
    AlternativeView { alternative: alternative.alternative, state, hops }
}

fn hop_view(inventory: &Inventory, hop: &Hop<'_>, zone: &'static str, alarms: &[&Alarm]) -> HopView {
    let object = inventory.object(hop.object_type, hop.object_id);
    let on_it: Vec<&&Alarm> = alarms
        .iter()
        .filter(|alarm| inventory.touches_hop(&Subject::of(&alarm.record), hop.object_type, hop.object_id))
        .collect();
    let state = on_it.iter().map(|alarm| match alarm.effect {
        Effect::Outage => CircuitState::Down,
        Effect::Degraded => CircuitState::Degraded,
        Effect::None => CircuitState::Up,
    });
    let pin = |alarm: &&&Alarm| PinView {
        id: alarm.id,
        severity: alarm.record.severity,
        native_cause: alarm.record.native_cause.to_string(),
        title: alarm.record.alarm_title.to_string(),
        raised_at: alarm.raised_at,
    };
    HopView {
        hop: hop.hop,
        object_type: hop.object_type,
        object_id: hop.object_id.to_owned(),
        name: object.map_or("", |object| object.name).to_owned(),
        ne_name: object.map_or("", |object| object.ne_name).to_owned(),
        zone,
        state: state.min().unwrap_or_default(),
        alarms: on_it.iter().map(pin).collect(),
    }
}

/// Where a hop is: the circuit's own end ports are at the customer, what lies next to an end is
/// access, the rest is backbone.
fn zone(inventory: &Inventory, hop: &Hop<'_>, ends: &[&str; 2], outermost: bool) -> &'static str {
    let is_end = hop.object_type == ObjectType::Port && ends.contains(&hop.object_id) && !hop.object_id.is_empty();
    let touches_end = || {
        let object = inventory.object(hop.object_type, hop.object_id);
        object.is_some_and(|object| object.ends.iter().any(|port| !port.is_empty() && ends.contains(port)))
    };
    match () {
        () if is_end => "customer",
        () if outermost || touches_end() => "access",
        () => "backbone",
    }
}

/// A segment is down when all its ways are, degraded when some are.
fn parallel(alternatives: &[AlternativeView]) -> CircuitState {
    let down = alternatives.iter().filter(|way| way.state == CircuitState::Down).count();
    match down {
        0 => alternatives.iter().map(|way| way.state).min().unwrap_or_default(),
        down if down == alternatives.len() => CircuitState::Down,
        _ => CircuitState::Degraded,
    }
}
