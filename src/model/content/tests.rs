use crate::alarm::{AlarmRecord, ServiceAffecting, Severity, Specialty};

/// Records in the order in which `LC_ALL=C sort` puts their rows.
#[test]
fn records_sort_as_their_rows_do() {
    let text = |text: &'static str| crate::text::Text::from(text);
    let sorted = [
        AlarmRecord::default(),
        AlarmRecord { service_affecting: Some(ServiceAffecting::No), ..Default::default() },
        AlarmRecord { service_affecting: Some(ServiceAffecting::Unknown), ..Default::default() },
        AlarmRecord { service_affecting: Some(ServiceAffecting::Yes), ..Default::default() },
        AlarmRecord { severity: Severity::Critical, ..Default::default() },
        AlarmRecord { severity: Severity::Minor, additional_text: text("a"), ..Default::default() },
        AlarmRecord { severity: Severity::Minor, additional_text: text("b"), ..Default::default() },
        AlarmRecord { probable_cause: text("aIS"), ..Default::default() },
        AlarmRecord { vendor: text("HW"), ..Default::default() },
        AlarmRecord { specialty: Some(Specialty::Ip), ..Default::default() },
        AlarmRecord { specialty: Some(Specialty::Transport), ..Default::default() },
        AlarmRecord { circuit_codes: vec!["A0".to_owned()], ..Default::default() },
        AlarmRecord { circuit_codes: vec!["A".to_owned(), "B".to_owned()], ..Default::default() },
        AlarmRecord { alarm_id: text("1"), ..Default::default() },
    ];
    assert!(sorted.is_sorted());
    assert!(sorted.iter().zip(sorted.iter().skip(1)).all(|(a, b)| a < b));
}
