use model::time::Zone;
use proptest::prelude::*;

use super::*;

fn habits() -> Habits {
    Habits::of_files(Zone::china(), ftp::Encoding::Utf8)
}

fn read(cells: &[(usize, &str)]) -> Result<AlarmRecord, Wrong> {
    read_of(cells, &habits())
}

fn read_of(cells: &[(usize, &str)], habits: &Habits) -> Result<AlarmRecord, Wrong> {
    let mut row = Cells::default();
    cells.iter().for_each(|(column, text)| row.put(*column, text));
    record_of_cells(&row, habits)
}

#[test]
fn positions_are_those_of_the_columns() {
    for (at, name) in [
        (at::ALARM_ID, "alarmId"),
        (at::CIRCUIT_CODES, "circuitCodes"),
        (at::OBJECT_TYPE, "objectType"),
        (at::PROBABLE_CAUSE, "probableCause"),
        (at::SEVERITY, "severity"),
        (at::ALARM_STATUS, "alarmStatus"),
        (at::CLEAR_TYPE, "clearType"),
        (at::REPAIR_ADVICE, "repairAdvice"),
    ] {
        assert_eq!(name_of(at), name);
    }
    assert_eq!(at::REPAIR_ADVICE + 1, ALARM_COLUMNS.len());
}

#[test]
fn a_clear_needs_no_severity_and_a_raise_does() {
    let clear = read(&[(at::ALARM_ID, "A"), (at::ALARM_STATUS, "cleared")]).unwrap();
    assert_eq!((clear.alarm_status, clear.severity), (Some(AlarmStatus::Cleared), Severity::Indeterminate));
    let wrong = read(&[(at::ALARM_ID, "A")]).unwrap_err();
    assert_eq!((wrong.code, wrong.reason.as_str()), (ResultCode::MissingField, "severity is missing"));
}

#[test]
fn no_name_holds_a_nul() {
    for column in [at::ALARM_ID, at::OBJECT_ID, at::CIRCUIT_CODES, at::NATIVE_CAUSE] {
        let wrong = read(&[(column, "B\0"), (at::ALARM_ID, "A"), (at::SEVERITY, "1")]).unwrap_err();
        assert_eq!(wrong.code, ResultCode::BadValue, "{}", name_of(column));
    }
}

#[test]
fn circuits_come_in_one_cell_or_in_many() {
    let record = read(&[(0, "A"), (at::SEVERITY, "1"), (1, "C1; C2;"), (1, "C3")]).unwrap();
    assert_eq!(record.circuit_codes, ["C1", "C2", "C3"]);
    let many = "C;".repeat(CIRCUIT_CODES_MAX + 1);
    assert_eq!(read(&[(0, "A"), (at::SEVERITY, "1"), (1, &many)]).unwrap_err().code, ResultCode::TooLarge);
    assert!(read(&[(0, "A"), (at::SEVERITY, "1"), (1, &"C".repeat(65))]).is_err());
}

#[test]
fn a_row_without_an_id_needs_a_peer_without_ids_and_an_object() {
    let row = [(at::OBJECT_ID, "N1"), (at::NATIVE_CAUSE, "R_LOS"), (at::SEVERITY, "1")];
    let refused = |wrong: Wrong| (wrong.code, wrong.reason);
    let missing = |name: &str| (ResultCode::MissingField, format!("{name} is missing"));
    assert_eq!(refused(read(&row).unwrap_err()), missing("alarmId"));
    let mut nameless = habits();
    nameless.alarm_ids = false;
    assert_eq!(read_of(&row, &nameless).unwrap().alarm_id, "");
    assert_eq!(read_of(&[(0, "A"), (at::SEVERITY, "1")], &nameless).unwrap().alarm_id, "A");
    assert_eq!(refused(read_of(&row[1..], &nameless).unwrap_err()), missing("objectId"));
    let long = "长".repeat(267);
    let wrong = read_of(&[(at::OBJECT_ID, &long), (at::SEVERITY, "1")], &nameless).unwrap_err();
    assert_eq!(wrong.code, ResultCode::TooLarge);
}

#[test]
fn long_stories_are_cut_and_long_names_refused() {
    let story = "长".repeat(5000);
    let record = read(&[(0, "A"), (at::SEVERITY, "1"), (at::ADDITIONAL_TEXT, &story)]).unwrap();
    assert_eq!(record.additional_text.chars().count(), 4000);
    assert!(read(&[(0, "A"), (at::SEVERITY, "1"), (at::OBJECT_ID, &"x".repeat(401))]).is_err());
}

#[test]
fn the_first_of_two_cells_counts() {
    let record = read(&[(0, "A"), (0, "B"), (at::SEVERITY, "2")]).unwrap();
    assert_eq!(record.alarm_id, "A");
}

proptest! {
    #[test]
    fn any_cells_become_a_record_or_a_sentence(cells in proptest::collection::vec((0usize..30, ".{0,80}"), 0..40)) {
        let cells: Vec<(usize, &str)> = cells.iter().map(|(at, text)| (*at, text.as_str())).collect();
        if let Err(wrong) = read(&cells) {
            prop_assert!(!wrong.reason.is_empty());
        }
    }
}
