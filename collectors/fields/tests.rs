use super::*;

#[test]
fn a_time_is_local_unless_it_names_its_offset() {
    let zone = Zone::china();
    let read = |text: &str| time("t", text, &zone).map(|at| at.map(|at| at.to_string()));
    assert_eq!(read(""), Ok(None));
    assert_eq!(read("2026-11-07 08:00:00"), Ok(Some("2026-11-07T00:00:00Z".to_owned())));
    assert_eq!(read("2026-11-07T08:00:00"), Ok(Some("2026-11-07T00:00:00Z".to_owned())));
    assert_eq!(read("2026-11-07 08:00:00.250"), Ok(Some("2026-11-07T00:00:00.25Z".to_owned())));
    assert_eq!(read("2026-11-07T08:00:00Z"), Ok(Some("2026-11-07T08:00:00Z".to_owned())));
    assert_eq!(read("2026-11-07T08:00:00+09:00"), Ok(Some("2026-11-06T23:00:00Z".to_owned())));
    for text in ["yesterday", "2026-11-07", "2026-13-01 00:00:00", "20261107080000", "2026-11-07 24:00:00"] {
        let wrong = read(text).unwrap_err();
        assert_eq!(wrong.code, ResultCode::BadValue);
        assert!(wrong.reason.contains(text), "{}", wrong.reason);
    }
}

#[test]
fn words_are_read_in_any_case() {
    use model::alarm::ObjectType;
    assert_eq!(word("f", "port", ObjectType::from_word, "").unwrap(), Some(ObjectType::Port));
    assert_eq!(word("f", "", ObjectType::from_word, "").unwrap(), None);
    assert!(word("f", "ports", ObjectType::from_word, "it must be PORT").unwrap_err().reason.contains("must be PORT"));
}

#[test]
fn a_long_value_is_cut_in_the_sentence() {
    assert!(Wrong::bad("f", &"长".repeat(10_000), "no").reason.chars().count() < 100);
}
