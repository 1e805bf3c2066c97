use engine::live::Impact;
use model::alarm::{ObjectType, Severity};
use model::fault::{Fault, FaultNo, FaultState};
use model::resource::{Class, Row};

use super::*;

const PLANS: &str = "[plan.slow]\ntarget = 99.0\nrestore_within_s = 14400\n[plan.fast]\ntarget = 99.9\nrestore_within_s = 3600\n[plan.none]\ntarget = 99.0\n";

fn row(class: Class, cells: &[(&str, &str)]) -> Row {
    let cell = |name: &str| cells.iter().find(|(given, _)| *given == name).map_or("", |(_, text)| text).to_owned();
    Row { class, cells: class.columns().iter().map(|column| cell(column.name)).collect() }
}

fn inventory() -> Inventory {
    let mut rows = vec![row(Class::Customer, &[("customerNo", "K1"), ("name", "K")])];
    for plan in ["slow", "fast", "none"] {
        rows.push(row(Class::Contract, &[("contractNo", plan), ("customerNo", "K1"), ("slaPlan", plan)]));
        let circuit = [("circuitCode", plan), ("customerNo", "K1"), ("contractNo", plan)];
        let in_service = [("inServiceTime", "2026-01-01T00:00:00Z")];
        rows.push(row(Class::Circuit, &[circuit.as_slice(), &in_service].concat()));
    }
    Inventory::build(&rows).0
}

/// A fault under these circuits; a name in brackets is only degraded.
fn fault(inventory: &Inventory, circuits: &[&str]) -> FaultChange {
    let hit = |code: &&str| Some((inventory.circuit_ix(code.trim_matches(['(', ')']))?, !code.starts_with('(')));
    let impact = Impact { circuits: circuits.iter().filter_map(hit).collect(), customers: Box::default() };
    let fault = Fault {
        fault_no: FaultNo(1),
        episode: 1,
        state: FaultState::Open,
        cause_object_type: ObjectType::Port,
        cause_object_id: "P1".into(),
        cause: "LOS".into(),
        native_cause: "R_LOS".into(),
        title: "LOS".into(),
        root_alarm: 1,
        severity: Severity::Critical,
        alarms: 1,
        alarms_active: 1,
        circuits: 0,
        circuits_down: 0,
        customers: 0,
        impact_digest: 0,
        circuits_peak: 0,
        customers_peak: 0,
        customer_level: "".into(),
        service_level: "".into(),
        key_protected: false,
        priority: 1,
        first_at: Time::from_ms(1_000_000),
        last_at: Time::from_ms(1_000_000),
        cleared_at: None,
        due_at: None,
        dispatch: DispatchReason::Persisted,
        merged_into: None,
    };
    FaultChange { fault: Arc::new(fault), impact: Arc::new(impact), archived: false }
}

#[test]
fn the_deadline_is_the_first_promise_that_is_broken() {
    let plans: PlanFile = toml::from_str(PLANS).unwrap();
    let inventory = inventory();
    let hours = |circuits: &[&str]| {
        let change = fault(&inventory, circuits);
        deadline(&change, &inventory, &plans).map(|at| at.since(change.fault.first_at) / 3_600_000)
    };
    assert_eq!(hours(&["slow"]), Some(4));
    assert_eq!(hours(&["slow", "fast", "none"]), Some(1));
    assert_eq!(hours(&["slow", "(fast)"]), Some(4), "what is degraded is not down");
    assert_eq!(hours(&["none", "unknown"]), None, "nothing was promised");
}
