//! What the inventory said before (semantics §2): a circuit's status acts from when we learnt it, a
//! changed plan of its contract from the next period.

use engine::inventory::Circuit;
use model::resource::Class;
use model::time::{Time, Window};
use store::resource::{RowVersion, versions_of_row};
use store::{StoreError, Tx};

/// What bears on a circuit's figure.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// When it was suspended, or terminated without a date.
    pub(crate) suspended: Vec<Window>,
    /// Plans of its contract by when we learnt them, oldest first; empty if it had only one.
    pub(crate) plans: Vec<(Time, String)>,
}

/// Reads it.
pub(crate) async fn load(tx: &mut Tx, circuit: Option<&Circuit<'_>>) -> Result<Past, StoreError> {
    let Some(circuit) = circuit else { return Ok(Past::default()) };
    let ends = circuit.in_service.end < Time::MAX;
    let suspended = suspended(&versions_of_row(tx, (Class::Circuit, circuit.code)).await?, ends);
    let plans = if circuit.contract_no.is_empty() {
        Vec::new()
    } else {
        plans(&versions_of_row(tx, (Class::Contract, circuit.contract_no)).await?)
    };
    Ok(Past { suspended, plans })
}

/// `ends`: the circuit has an `outOfServiceTime`, from which a termination acts.
fn suspended(versions: &[RowVersion], ends: bool) -> Vec<Window> {
    let out = |version: &&RowVersion| match version.row.get("status") {
        "SUSPENDED" => true,
        "TERMINATED" => !ends,
        _ => false,
    };
    versions.iter().filter(out).map(|version| version.held).collect()
}

fn plans(versions: &[RowVersion]) -> Vec<(Time, String)> {
    let mut plans: Vec<(Time, String)> = Vec::new();
    for version in versions {
        let name = version.row.get("slaPlan");
        if plans.last().is_none_or(|(_, last)| last != name) {
            plans.push((version.held.start, name.to_owned()));
        }
    }
    if plans.len() < 2 { Vec::new() } else { plans }
}

#[cfg(test)]
mod tests;
