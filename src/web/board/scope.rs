//! What a customer may see of the board. Every customer query goes through [`Visible`], which only
//! a [`CustomerScope`] makes.

use engine::inventory::{CircuitIx, CustomerIx};
use store::scope::CustomerScope;

use super::state::State;

/// The customers whose circuits may be seen, sorted.
pub(crate) struct Visible(Vec<CustomerIx>);

// === impl State ===

impl State {
    /// Whom a scope covers in the present inventory: nobody, if it does not know the customer.
    pub(crate) fn visible(&self, scope: &CustomerScope) -> Visible {
        // A planted bug for a test build: the filter is gone, and the isolation test must see it.
        if cfg!(feature = "sabotage-no-scope") {
            return Visible(self.inventory.customers().map(|(ix, _)| ix).collect());
        }
        let top = self.inventory.customer_ix(scope.customer_no());
        Visible(top.map(|top| self.inventory.family_of_customer(top)).unwrap_or_default())
    }

    /// A circuit by its code, if it may be seen: what belongs to others does not exist.
    pub(crate) fn circuit_in(&self, visible: &Visible, code: &str) -> Option<CircuitIx> {
        let ix = self.inventory.circuit_ix(code)?;
        self.sees(visible, ix).then_some(ix)
    }

    /// May this circuit be seen?
    pub(crate) fn sees(&self, visible: &Visible, ix: CircuitIx) -> bool {
        let owner = self.inventory.circuit(ix).and_then(|circuit| circuit.customer);
        owner.is_some_and(|owner| visible.holds(owner))
    }

    /// Every circuit that may be seen.
    pub(crate) fn circuits_in<'a>(&'a self, visible: &'a Visible) -> impl Iterator<Item = CircuitIx> + 'a {
        visible.0.iter().flat_map(|customer| self.inventory.circuits_of_customer(*customer)).copied()
    }
}

// === impl Visible ===

impl Visible {
    pub(crate) fn holds(&self, customer: CustomerIx) -> bool {
        self.0.binary_search(&customer).is_ok()
    }

    pub(crate) fn customers(&self) -> &[CustomerIx] {
        &self.0
    }
}
