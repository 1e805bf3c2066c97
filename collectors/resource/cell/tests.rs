use super::*;

fn row(class: Class, cells: &[&str]) -> Result<(Row, Vec<Wrong>), Wrong> {
    normal_row(class, cells.to_vec(), &Zone::china(), Need::Whole)
}

#[test]
fn times_become_utc_and_words_capitals() {
    let (hop, issues) =
        row(Class::Route, &["C", "1", "1", "1", "LINK", "L", "", "2025-01-01", "2026-01-01 08:00:00"]).unwrap();
    assert_eq!(hop.cells[7..], ["2024-12-31T16:00:00Z", "2026-01-01T00:00:00Z"]);
    assert!(issues.is_empty());
    let (row, _) = super::normal_row(Class::Ne, vec!["N1", "n", "trans"], &Zone::utc(), Need::Whole).unwrap();
    assert_eq!(row.cells[2], "TRANS");
    assert_eq!(row.cells.len(), Class::Ne.columns().len());
}

#[test]
fn dates_are_days_of_the_calendar_in_every_zone() {
    let (contract, _) = row(Class::Contract, &["K1", "C1", "gold", "2025-01-01", "2026-01-01 00:00:00"]).unwrap();
    assert_eq!(contract.cells, ["K1", "C1", "gold", "2025-01-01", "2026-01-01"]);
    assert!(row(Class::Contract, &["K1", "C1", "gold", "2025-02-30"]).is_err());
}

#[test]
fn a_bad_optional_cell_is_emptied_and_reported() {
    let (row, issues) = row(Class::Room, &["R1", "room", "", "", "113.5E", "23.1"]).unwrap();
    assert_eq!((row.get("longitude"), row.get("latitude")), ("", "23.1"));
    assert_eq!(issues.len(), 1);
    assert!(issues[0].reason.starts_with("longitude"));
}

#[test]
fn what_a_figure_hangs_on_refuses_the_row() {
    assert_eq!(row(Class::Customer, &["C1", ""]).unwrap_err(), Wrong::missing("name"));
    assert_eq!(row(Class::Customer, &[&"C".repeat(65), "n"]).unwrap_err().code, ResultCode::BadValue);
    assert!(row(Class::Contract, &["K1", "C1", "p", "01/01/2025"]).unwrap_err().reason.starts_with("startDate"));
    assert!(row(Class::Route, &["C", "-1", "1", "1", "LINK", "L"]).is_err());
    assert!(row(Class::Ne, &["N1", "n", "RADIO"]).is_err());
}

#[test]
fn a_hop_that_could_never_act_is_refused() {
    let hop = |cells: [&str; 3], valid: [&str; 2]| {
        let [segment, alternative, hop] = cells;
        row(Class::Route, &["C", segment, alternative, hop, "LINK", "L", "", valid[0], valid[1]])
    };
    for cells in [["0", "1", "1"], ["1", "0", "1"], ["1", "1", "0"], ["4294967296", "1", "1"], ["65536", "1", "1"]] {
        assert_eq!(hop(cells, ["", ""]).unwrap_err().code, ResultCode::BadValue, "{cells:?}");
    }
    assert!(hop(["65535", "01", "1"], ["", ""]).is_ok());
    let wrong = hop(["1", "1", "1"], ["2026-01-02", "2026-01-01"]).unwrap_err();
    assert!(wrong.reason.starts_with("validTo"), "{wrong:?}");
    assert!(hop(["1", "1", "1"], ["2026-01-01", "2026-01-01"]).is_ok(), "a version that was replaced at once");
    assert!(hop(["1", "1", "1"], ["2026-01-01", "9999-12-31 23:59:59"]).is_ok(), "no end");
}

#[test]
fn a_key_that_no_index_holds_is_refused() {
    let cause = "光".repeat(700);
    let known = row(Class::AlarmKnowledge, &["TRANS", "", &cause, "", "OUTAGE"]);
    assert!(known.unwrap_err().reason.contains("at most 2000"));
    assert!(normal_key(Class::AlarmKnowledge, &format!("TRANS||{cause}|"), &Zone::utc()).is_err());
    assert!(row(Class::AlarmKnowledge, &["TRANS", "", &cause[..1500], "", "OUTAGE"]).is_ok());
}

#[test]
fn a_deletion_needs_its_key_only() {
    let read = |cells: Vec<&str>| normal_row(Class::Circuit, cells, &Zone::china(), Need::Key);
    assert_eq!(read(vec!["C1"]).unwrap().0.key(), "C1");
    assert!(read(vec![""]).is_err());
}

#[test]
fn keys_are_brought_into_the_form_of_rows() {
    let zone = Zone::china();
    assert_eq!(normal_key(Class::Circuit, " 粤沪ANE0000NP ", &zone).unwrap(), "粤沪ANE0000NP");
    assert_eq!(normal_key(Class::Route, "C|1|2|3|", &zone).unwrap(), "C|1|2|3|");
    assert_eq!(normal_key(Class::Route, "C|01|2|3|2026-01-01", &zone).unwrap(), "C|1|2|3|2025-12-31T16:00:00Z");
    assert!(normal_key(Class::Route, "C|1|2", &zone).is_err());
    assert!(normal_key(Class::Circuit, "", &zone).is_err());
    assert_eq!(normal_key(Class::AlarmKnowledge, "TRANS||R_LOS|", &zone).unwrap(), "TRANS||R_LOS|");
}
