//! The NOC's live stream.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use engine::inventory::CircuitIx;
use http::HeaderMap;
use model::time::Time;
use serde::Serialize;

use super::loads::LoadView;
use super::sources::SourceView;
use super::tickets::TicketView;
use crate::app::App;
use crate::auth::{Caller, Staff};
use crate::board::CircuitState;
use crate::board::ring::{Mark, Missed};
use crate::board::state::State as BoardState;
use crate::events::{self, Delta, Show, Text};
use crate::problem::Problem;

/// Marks rendered under one lock.
const HELPING: usize = 256;

/// An alarm that is not there any more.
#[derive(Serialize)]
struct Gone {
    id: i64,
    gone: bool,
}

/// A circuit that changed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CircuitChanged {
    code: String,
    state: CircuitState,
    since: Option<Time>,
    sla_left_ms: Option<i64>,
}

/// Everything, for staff.
struct Everything;

/// Live events: alarm, circuit, fault, ticket, source, load, summary, resync.
#[utoipa::path(get, path = "/events", tag = "events",
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(crate) async fn stream_events(
    State(app): State<Arc<App>>,
    Staff(caller): Staff,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    events::open(&app, &caller, &headers, Everything)
}

impl Show for Everything {
    fn allows(&self, caller: &Caller) -> bool {
        caller.is_staff()
    }

    fn since(&self, app: &App, _caller: &Caller, seq: u64) -> Delta {
        let mut text = Text::default();
        match app.board.since(seq) {
            Missed::Reload(seq) => {
                app.metrics.stream_reloads.inc();
                text.resync();
                Delta { text, seq }
            }
            Missed::Marks(marks, seq) => {
                for helping in marks.chunks(HELPING) {
                    let board = app.board.read();
                    helping.iter().for_each(|mark| board.tell(mark, app.clock.now(), &mut text));
                }
                if marks.iter().any(|mark| matches!(mark, Mark::Alarm(_) | Mark::Source(_))) {
                    text.event("summary", &app.board.summary(app.clock.now()));
                }
                Delta { text, seq }
            }
        }
    }
}

// === impl BoardState ===

impl BoardState {
    fn tell(&self, mark: &Mark, now: Time, text: &mut Text) {
        match mark {
            Mark::Alarm(id) => match (self.alarms.by_id(*id), self.lists.cleared(*id)) {
                (Some(entry), _) => text.event("alarm", &self.alarm_view(entry)),
                (None, Some(alarm)) => text.event("alarm", &self.past_alarm_view(alarm)),
                (None, None) => text.event("alarm", &Gone { id: *id, gone: true }),
            },
            Mark::Circuit(ix) => {
                if let Some(changed) = self.circuit_changed(*ix) {
                    text.event("circuit", &changed);
                }
            }
            Mark::Fault(no) => {
                if let Some(fault) = self.lists.faults.get(no) {
                    text.event("fault", &self.fault_view(fault));
                }
            }
            Mark::Ticket(key) => {
                if let Some(ticket) = self.lists.tickets.get(key) {
                    text.event("ticket", &TicketView::of(ticket));
                }
            }
            Mark::Source(id) => {
                if let Some(source) = self.lists.sources.get(id) {
                    text.event("source", &SourceView::of(source, now));
                }
            }
            Mark::Load(id) => {
                if let Some(load) = self.lists.loads.get(id) {
                    text.event("load", &LoadView::of(load, now));
                }
            }
            Mark::Work(_) | Mark::Inventory => {}
        }
    }

    pub(crate) fn circuit_changed(&self, ix: CircuitIx) -> Option<CircuitChanged> {
        let live = self.circuits.get(ix)?;
        Some(CircuitChanged {
            code: self.inventory.circuit_code(ix).to_owned(),
            state: live.state,
            since: live.since,
            sla_left_ms: live.budget.map(|budget| budget.left_ms),
        })
    }
}
