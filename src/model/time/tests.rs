use super::*;

#[test]
fn local_time_goes_there_and_back() {
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let at = zone.read_local("2026-11-07 02:28:12").unwrap();
    assert_eq!(at.to_string(), "2026-11-06T18:28:12Z");
    assert_eq!(zone.write_local(at), "2026-11-07 02:28:12");
}

#[test]
fn offsets_are_read_in_every_spelling() {
    for text in ["+08:00", "+8", "+0800", "UTC+8"] {
        assert_eq!(Zone::parse(text).unwrap().read_local("1970-01-01 08:00:00").unwrap(), Time::from_ms(0));
    }
    assert!(Zone::parse("Mars/Olympus").is_err());
}

#[test]
fn bad_times_are_errors_that_name_the_text() {
    for text in ["", "2026-11-07", "2026-13-07 00:00:00", "yesterday at noon!!"] {
        let error = Zone::china().read_local(text).unwrap_err();
        assert!(error.to_string().contains("yyyy-MM-dd"), "{error}");
    }
}

#[test]
fn the_end_of_the_calendar_means_no_end_in_every_zone() {
    for zone in ["UTC", "+08:00", "-03:30", "-12:00", "Asia/Shanghai"] {
        let end = Zone::parse(zone).unwrap().read_local("9999-12-31 23:59:59").unwrap();
        assert!(end > Time::parse("9999-12-30T00:00:00Z").unwrap(), "{zone} {end}");
        assert_eq!(Time::parse(&end.to_string()).unwrap(), end, "{zone}: it is kept as it was read");
    }
}

#[test]
fn windows_cut_to_their_common_part() {
    let window = |a, b| Window::new(Time::from_ms(a), Time::from_ms(b));
    assert_eq!(window(0, 10).cut(window(5, 20)), Some(window(5, 10)));
    assert_eq!(window(0, 10).cut(window(10, 20)), None);
    assert!(window(9, 3).is_empty());
}

#[test]
fn a_time_keeps_its_order_and_an_absent_one_takes_no_room() {
    let times = [i64::MIN + 1, Time::MIN.ms(), -1, 0, 1, Time::MAX.ms(), i64::MAX];
    for pair in times.windows(2) {
        assert!(Time::from_ms(pair[0]) < Time::from_ms(pair[1]), "{pair:?}");
        assert_eq!(Time::from_ms(pair[0]).ms(), pair[0]);
    }
    assert_eq!(Time::default(), Time::from_ms(0));
    assert_eq!(size_of::<Option<Time>>(), size_of::<Time>());
}
