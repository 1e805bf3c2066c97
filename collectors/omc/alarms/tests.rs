use proptest::prelude::*;

use super::*;

fn habits() -> Habits {
    Habits::of_files(model::time::Zone::china(), ftp::Encoding::Utf8)
}

#[test]
fn the_tables_name_what_there_is() {
    let columns = model::alarm::ALARM_COLUMNS;
    assert!(TABLES.field.values().all(|ours| ours.is_empty() || columns.contains(&ours.as_str())));
    assert!(TABLES.object_type.values().all(|ours| ObjectType::from_word(ours).is_some()));
    assert!(TABLES.field.len() > 8 && TABLES.object_type.len() > 15);
}

#[test]
fn the_digest_is_of_what_is_said_and_not_of_how() {
    let read = |text: &str| read(text.as_bytes(), &habits()).digest;
    let first = read(r#"{"alarmSeq":1,"alarmId":"A","alarmStatus":1,"eventTime":"2026-11-07 08:00:00","addInfo":"x"}"#);
    assert_eq!(first, read(r#"{"eventTime":"2026-11-07 08:00:00","alarmId":"A","alarmStatus":"1"}"#));
    assert_ne!(first, read(r#"{"eventTime":"2026-11-07 08:00:00","alarmId":"A","alarmStatus":0}"#));
}

proptest! {
    #[test]
    fn any_bytes_become_an_alarm_or_a_sentence(body in prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        "[\\[{]{0,300}".prop_map(String::into_bytes),
        prop::collection::btree_map(
            prop::sample::select(vec!["alarmSeq", "alarmId", "alarmStatus", "origSeverity", "eventTime", "objectType", "neUID"]),
            "[0-9a-zA-Z{}\": -]{0,20}", 0..8,
        ).prop_map(|fields| serde_json::to_vec(&fields).unwrap()),
    ]) {
        if let Err(wrong) = read(&body, &habits()).fact {
            prop_assert!(!wrong.reason.is_empty());
        }
    }
}
