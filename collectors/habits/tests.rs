use super::*;

fn habits(more: &str) -> Habits {
    let least = "caller = \"GD_X\"\nkind = \"transport\"\npassword_file = \"x\"\n";
    Habits::new(&toml::from_str(&format!("{least}{more}")).unwrap(), None)
}

#[test]
fn the_tables_are_part_of_the_program() {
    let tables: Tables = toml::from_str(include_str!("../network/alarms.toml")).unwrap();
    assert_eq!(tables.severity.keys().collect::<Vec<_>>(), ["china", "rfc8632", "x721"]);
    assert!(tables.severity.values().flatten().all(|(_, level)| level_of(level).is_some()));
    let sheets: Sheets = toml::from_str(include_str!("../eoms/sheets.toml")).unwrap();
    assert!(sheets.status.len() > 20);
}

#[test]
fn the_same_number_means_another_severity_in_each_scheme() {
    let of = |table: &str| habits(&format!("severity_table = \"{table}\"\n"));
    use Level::{Cleared, Raised};
    assert_eq!(of("china").severity("1"), Some(Raised(Severity::Critical)));
    assert_eq!(of("x721").severity("5"), Some(Cleared));
    assert_eq!(of("rfc8632").severity("1"), Some(Cleared));
    assert_eq!(of("rfc8632").severity("6"), Some(Raised(Severity::Critical)));
    assert_eq!(of("china").severity("5"), None);
    assert_eq!(of("china").severity("CRITICAL"), Some(Raised(Severity::Critical)));
}

#[test]
fn the_same_number_means_another_cause_in_each_scheme() {
    assert_eq!(habits("").cause("8"), "lossOfSignal");
    assert_eq!(habits("cause_scheme = \"x721\"\n").cause("29"), "lossOfSignal");
    assert_eq!(habits("cause_scheme = \"x721\"\n").cause("27"), "localNodeTransmissionError");
    assert_eq!(habits("").cause("24"), "localNodeTransmissionError");
    assert_eq!(habits("").cause("69"), "replaceableUnitProblem");
    assert_eq!(habits("").cause("101"), "airCompressorFailure");
    assert_eq!(habits("").cause("151"), "storageCapacityProblem");
    assert_eq!(habits("").cause("lossOfFrame"), "lossOfFrame");
    assert_eq!(habits("").cause("99999"), "99999");
}

#[test]
fn columns_are_known_in_any_case_and_by_alias() {
    let habits = habits("aliases = { alarmNo = \"alarmId\" }\n");
    assert_eq!(habits.column("alarmNo"), Some(0));
    assert_eq!(habits.column("ALARMID"), Some(0));
    assert_eq!(habits.column("NeType"), Some(6));
    assert_eq!(habits.column("locatinginformation"), Some(11));
    assert_eq!(habits.column("nonsense"), None);
}

#[test]
fn a_peer_may_rename_states() {
    assert_eq!(habits("").sheet_state("待受理"), Some(TicketState::Acknowledged));
    assert_eq!(habits("").sheet_state(" 已归档 "), Some(TicketState::Closed));
    assert_eq!(habits("").sheet_state("?"), None);
    let own = habits("sheet_status = { T1 = \"held\" }\n");
    assert_eq!(own.sheet_state("T1"), Some(TicketState::Held));
}
