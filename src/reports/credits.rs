//! Credits that a final report advises. They wait for people (`web`), who give them or not. A later revision
//! that advises another credit takes the place of the one before; what was approved is never forgotten: the
//! next one names it, and 0 % takes it back.

use std::collections::{BTreeSet, HashMap};

use engine::inventory::Inventory;
use model::credit::{Credit, CreditState};
use model::time::{Time, Window};
use store::credit::{add_credit, current_credit, current_credits_of_customer, put_credit};
use store::{StoreError, Tx};

use super::maker::Material;

/// What a report advises for one circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    circuit_code: String,
    period: Window,
    version: i64,
    plan: String,
    /// Millionths of a percent; 0 = no credit.
    percent: i64,
}

/// The report that advises.
#[derive(Clone, Copy)]
pub struct Advisor<'a> {
    /// Who has which circuit.
    pub inventory: &'a Inventory,
    /// The month.
    pub label: &'a str,
    /// The issue.
    pub issue_id: i64,
    /// Now.
    pub at: Time,
}

/// What a report advises for each of its circuits whose period is over.
pub fn advices(material: &Material) -> Vec<Advice> {
    let report = &material.report;
    let percents: HashMap<&str, i64> =
        report.credits.iter().map(|credit| (credit.circuit.as_str(), credit.percent.0)).collect();
    let plans: HashMap<&str, &str> =
        report.circuits.iter().map(|circuit| (circuit.code.as_str(), circuit.plan.as_str())).collect();
    let advice = |(pin, _): &(store::report::issue::Pin, String)| {
        let code = pin.circuit_code.as_str();
        Advice {
            circuit_code: code.to_owned(),
            period: pin.period,
            version: pin.version,
            plan: plans.get(code).copied().unwrap_or_default().to_owned(),
            percent: percents.get(code).copied().unwrap_or_default(),
        }
    };
    material.pins.iter().map(advice).collect()
}

impl Advisor<'_> {
    /// Keeps what is advised now, and what that takes the place of.
    ///
    /// # Errors
    /// What the database says.
    pub async fn advise(&self, tx: &mut Tx, advices: &[Advice]) -> Result<(), StoreError> {
        let mut customers = BTreeSet::new();
        for advice in advices {
            let held = match advice.percent {
                // Whoever has no credit now is looked up by customer, below.
                0 => {
                    customers.insert(self.customer_of(&advice.circuit_code).0);
                    continue;
                }
                _ => current_credit(tx, &advice.circuit_code, self.label).await?,
            };
            self.renew(tx, held, advice).await?;
        }
        let none: HashMap<&str, &Advice> = advices
            .iter()
            .filter(|advice| advice.percent == 0)
            .map(|advice| (advice.circuit_code.as_str(), advice))
            .collect();
        for customer_no in customers {
            for held in current_credits_of_customer(tx, &customer_no, self.label).await? {
                if let Some(advice) = none.get(held.circuit_code.as_str()) {
                    self.renew(tx, Some(held), advice).await?;
                }
            }
        }
        Ok(())
    }

    async fn renew(&self, tx: &mut Tx, held: Option<Credit>, advice: &Advice) -> Result<(), StoreError> {
        let mut replaces = None;
        if let Some(held) = held {
            if held.percent == advice.percent {
                return Ok(());
            }
            let (before, id) = (held.state, held.id);
            let (state, named) = match before {
                CreditState::Approved => (CreditState::Replaced, Some(id)),
                _ => (CreditState::Superseded, held.replaces),
            };
            replaces = named;
            put_credit(tx, &Credit { state, ..held }, before).await?;
        }
        // Nothing was given, so there is nothing to take back.
        if advice.percent == 0 && replaces.is_none() {
            return Ok(());
        }
        add_credit(tx, &self.credit(advice, replaces)).await.map(drop)
    }

    fn credit(&self, advice: &Advice, replaces: Option<i64>) -> Credit {
        let (customer_no, customer_name) = self.customer_of(&advice.circuit_code);
        Credit {
            id: 0,
            label: self.label.to_owned(),
            period: advice.period,
            circuit_code: advice.circuit_code.clone(),
            customer_no,
            customer_name,
            percent: advice.percent,
            plan: advice.plan.clone(),
            version: advice.version,
            issue_id: self.issue_id,
            advised_at: self.at,
            replaces,
            state: CreditState::Advised,
            proposed_by: String::new(),
            proposed_at: None,
            decided_by: String::new(),
            decided_at: None,
            note: String::new(),
        }
    }

    /// Number and name; empty for a circuit that has left the inventory.
    fn customer_of(&self, circuit_code: &str) -> (String, String) {
        let inventory = self.inventory;
        let customer = inventory.circuit_ix(circuit_code).and_then(|ix| inventory.customer(inventory.customer_of(ix)?));
        customer.map_or_else(Default::default, |customer| (customer.no.to_owned(), customer.name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
