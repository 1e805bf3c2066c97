//! What a customer sees: own circuits and those of its child customers, in plain words.
//!
//! The types here are the portal's own. Nothing of the NOC's reaches a customer by being added to a
//! type: element names, vendors, other customers and notes have no field here.

pub(crate) mod all_outages;
pub(crate) mod circuits;
pub(crate) mod events;
pub(crate) mod outages;
pub(crate) mod overview;
pub(crate) mod path;
pub(crate) mod performance;
pub(crate) mod reports;
pub(crate) mod sla;

use crate::app::App;
use crate::auth::Customer;
use crate::problem::Problem;

/// A circuit of the customer's by its code; what is not theirs does not exist.
pub(crate) fn own_circuit(app: &App, customer: &Customer, code: &str) -> Result<(), Problem> {
    let board = app.board.read();
    let visible = board.visible(&customer.scope);
    match board.circuit_in(&visible, code) {
        Some(_) => Ok(()),
        None => {
            app.metrics.portal_not_found.inc();
            tracing::info!(user.login = %customer.caller.login, "a customer asked for a circuit that is not theirs");
            Err(Problem::not_found())
        }
    }
}
