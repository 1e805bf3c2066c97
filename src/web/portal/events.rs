//! A customer's live stream: own circuits, and that something about own faults or planned work
//! changed. What happens to others neither shows in it nor slows it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::Serialize;

use crate::app::App;
use crate::auth::{Caller, Customer};
use crate::board::ring::{Mark, Missed};
use crate::board::scope::Visible;
use crate::board::state::State as BoardState;
use crate::events::{self, Delta, Show, Text};
use crate::problem::Problem;

/// Own circuits.
struct Own;

/// Something about faults or planned work changed: look again.
#[derive(Serialize)]
struct LookAgain {}

/// Live events: circuit, fault, resync.
#[utoipa::path(get, path = "/portal/events", tag = "portal",
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(crate) async fn stream_events(
    State(app): State<Arc<App>>,
    customer: Customer,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    events::open(&app, &customer.caller, &headers, Own)
}

impl Show for Own {
    fn allows(&self, caller: &Caller) -> bool {
        caller.scope.is_some()
    }

    fn since(&self, app: &App, caller: &Caller, seq: u64) -> Delta {
        let mut text = Text::default();
        let board = app.board.read();
        let Some(scope) = &caller.scope else { return Delta { text, seq } };
        let visible = board.visible(scope);
        match board.ring.since(seq, |mark| board.concerns(&visible, mark)) {
            Missed::Reload(seq) => {
                app.metrics.stream_reloads.inc();
                text.resync();
                Delta { text, seq }
            }
            Missed::Marks(marks, seq) => {
                let mut again = false;
                for mark in &marks {
                    match mark {
                        Mark::Circuit(ix) => {
                            if let Some(changed) = board.circuit_changed(*ix) {
                                text.event("circuit", &changed);
                            }
                        }
                        _ => again = true,
                    }
                }
                if again {
                    text.event("fault", &LookAgain {});
                }
                Delta { text, seq }
            }
        }
    }
}

// === impl BoardState ===

impl BoardState {
    fn concerns(&self, visible: &Visible, mark: &Mark) -> bool {
        match mark {
            Mark::Circuit(ix) => self.sees(visible, *ix),
            Mark::Fault(no) => {
                let held = self.lists.faults.get(no);
                held.is_some_and(|held| held.impact.customers.iter().any(|ix| visible.holds(*ix)))
            }
            Mark::Work(no) => self
                .lists
                .works
                .get(no)
                .is_some_and(|work| work.circuit_codes.iter().any(|code| self.circuit_in(visible, code).is_some())),
            Mark::Alarm(_) | Mark::Ticket(_) | Mark::Source(_) | Mark::Load(_) | Mark::Inventory => false,
        }
    }
}
