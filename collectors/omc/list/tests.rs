use super::*;

fn listed(text: &[u8]) -> Listed {
    let mut listed = Listed::default();
    let habits = Habits::of_files(model::time::Zone::china(), ftp::Encoding::Utf8);
    read("FM.txt", text, &habits, &mut listed).unwrap();
    listed
}

const ALARM: &str =
    r#"{"alarmSeq":1,"alarmId":"A","alarmStatus":1,"origSeverity":1,"eventTime":"2026-11-07 08:00:00"}"#;

#[test]
fn a_bad_line_does_not_touch_its_neighbours() {
    let long = "x".repeat(3 * LINE_MAX);
    let text = format!("\u{feff}{ALARM}\r\n\n{long}\n{ALARM}\n{}", &ALARM[..40]);
    let listed = listed(text.as_bytes());
    assert_eq!((listed.alarms.len(), listed.rows), (2, 4));
    let refused: Vec<_> = listed.refused.iter().map(|row| (row.index, row.code)).collect();
    assert_eq!(refused, [(3, ResultCode::TooLarge), (5, ResultCode::BadValue)]);
}

#[test]
fn an_empty_file_is_an_empty_list() {
    let listed = listed(b"");
    assert_eq!((listed.alarms.len(), listed.rows, listed.refused.len()), (0, 0, 0));
}
