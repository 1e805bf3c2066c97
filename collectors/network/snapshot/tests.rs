use model::time::Zone;

use super::*;

fn listed(text: &str) -> Result<Listed, FtpError> {
    let mut listed = Listed::default();
    let mut table = Table::open("ALM-1.csv", text.as_bytes(), ftp::Encoding::Utf8)?;
    listed.read("ALM-1.csv", &mut table, &Habits::of_files(Zone::china(), ftp::Encoding::Utf8))?;
    Ok(listed)
}

fn announced(alarm_count: u64, records: u64) -> Announced {
    let sync_start = Time::parse("2026-11-07T00:00:00Z").unwrap();
    Announced { sync_req_id: "S".to_owned(), result: 0, alarm_count, records, sync_start, partial: false }
}

const TWO: &str = "severity,alarmId,neTime,circuitCodes\n1,A1,2026-11-07 07:00:00,C1;C2\n3,A2,,\n";

#[test]
fn a_complete_list_may_clear() {
    let read = listed(TWO).unwrap();
    let snapshot = read.snapshot(&announced(2, 2), Vec::new());
    assert!(snapshot.may_clear, "{}", snapshot.refusal);
    assert_eq!(read.alarms.len(), 2);
    let AlarmFact::Record(first) = &read.alarms[0] else { panic!() };
    assert_eq!((first.alarm_id.as_str(), first.circuit_codes.len()), ("A1", 2));
}

#[test]
fn an_empty_list_is_complete() {
    assert!(listed("alarmId,severity\n").unwrap().snapshot(&announced(0, 0), Vec::new()).may_clear);
}

#[test]
fn any_doubt_forbids_clearing_and_says_why() {
    let doubt = |listed: Listed, announced: Announced| {
        let snapshot = listed.snapshot(&announced, Vec::new());
        assert!(!snapshot.may_clear);
        snapshot.refusal
    };
    let two = || listed(TWO).unwrap();
    assert!(doubt(two(), announced(3, 2)).contains("alarmCount is 3"));
    assert!(doubt(two(), announced(2, 1)).contains("say 1"));
    assert!(doubt(two(), Announced { result: 1, ..announced(2, 2) }).contains("result 1"));
    assert!(doubt(two(), Announced { partial: true, ..announced(2, 2) }).contains("in part"));
    let bad = listed("alarmId,severity\nA1,1\nA2,9\nA3\n").unwrap();
    assert_eq!(bad.alarms.len(), 1);
    let why = doubt(bad, announced(3, 3));
    assert_eq!(
        why,
        "2 of its rows could not be read, the first in line 3: severity is \"9\"; it is not in the severity map of this peer"
    );
}

#[test]
fn a_list_without_ids_is_no_list() {
    assert!(listed("severity\n1\n").unwrap_err().to_string().contains("alarmId"));
}
