use model::alarm::{ObjectType, Severity};
use model::fault::{FaultNo, FaultState, HitCircuit};
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
fn fault(circuits: &[&str]) -> Fault {
    let hit = |code: &&str| HitCircuit {
        circuit_code: code.trim_matches(['(', ')']).to_owned(),
        down: !code.starts_with('('),
    };
    Fault {
        fault_no: FaultNo(1),
        episode: 1,
        state: FaultState::Open,
        cause_object_type: ObjectType::Port,
        cause_object_id: "P1".to_owned(),
        cause: "LOS".to_owned(),
        native_cause: "R_LOS".to_owned(),
        title: "LOS".to_owned(),
        root_alarm: 1,
        severity: Severity::Critical,
        alarms: 1,
        alarms_active: 1,
        circuits: circuits.iter().map(hit).collect(),
        customers: Vec::new(),
        customer_level: String::new(),
        service_level: String::new(),
        key_protected: false,
        priority: 1,
        first_at: Time::from_ms(1_000_000),
        last_at: Time::from_ms(1_000_000),
        cleared_at: None,
        due_at: None,
        dispatch: DispatchReason::Persisted,
        merged_into: None,
    }
}

#[test]
fn the_deadline_is_the_first_promise_that_is_broken() {
    let plans: PlanFile = toml::from_str(PLANS).unwrap();
    let inventory = inventory();
    let hours = |circuits: &[&str]| {
        let fault = fault(circuits);
        deadline(&fault, &inventory, &plans).map(|at| at.since(fault.first_at) / 3_600_000)
    };
    assert_eq!(hours(&["slow"]), Some(4));
    assert_eq!(hours(&["slow", "fast", "none"]), Some(1));
    assert_eq!(hours(&["slow", "(fast)"]), Some(4), "what is degraded is not down");
    assert_eq!(hours(&["none", "unknown"]), None, "nothing was promised");
}
