use model::time::{Time, Window, Zone};

use super::{Format, Towards, grouped};
use crate::input::{Language, Percent, Share};

fn format(language: Language) -> Format {
    Format { language, zone: Zone::china() }
}

fn at(text: &str) -> Time {
    Zone::china().read_local(text).unwrap()
}

#[test]
fn a_percentage_is_truncated_for_people_and_rounded_for_machines() {
    let share = Share::of(999_499_996, 1_000_000_000).unwrap();
    assert_eq!((Format::share(share).as_str(), Format::exact_share(share).as_str()), ("99.949", "99.95000"));
    let almost = Share::of(999_999_999, 1_000_000_000).unwrap();
    assert_eq!(Format::share(almost), "99.999");
    assert_eq!(Format::share(Share::of(5, 5).unwrap()), "100.000");
    assert_eq!(Share::of(0, 0), None);
    assert_eq!(Format::exact_share(Share::of(1, 200_000_000).unwrap()), "0.00000");
    assert_eq!(Format::exact_share(Share::of(3, 200_000_000 - 1).unwrap()), "0.00000");
    assert_eq!(Format::percent(Percent(99_950_000)), "99.95");
    assert_eq!(Format::percent(Percent(100_000_000)), "100");
}

#[test]
fn minutes_are_never_rounded_to_the_carriers_advantage() {
    assert_eq!(Format::minutes(1_524_001, Towards::Up), "25.5");
    assert_eq!(Format::minutes(1_524_000, Towards::Up), "25.4");
    assert_eq!(Format::minutes(1_529_999, Towards::Down), "25.4");
    assert_eq!(Format::minutes(-1, Towards::Down), "−0.1");
    assert_eq!(Format::minutes(-228_000, Towards::Down), "−3.8");
    assert_eq!(Format::minutes(0, Towards::Up), "0.0");
    assert_eq!(Format::minutes(2_592_000_000, Towards::Down), "43,200.0");
    assert_eq!(Format::seconds(-1_524_123), "-1524.123");
    assert_eq!(grouped(1_234_567), "1,234,567");
}

#[test]
fn lengths_are_exact_in_both_languages() {
    assert_eq!(format(Language::En).length(1_044_000), "17 min 24 s");
    assert_eq!(format(Language::Zh).length(93_784_250), "1 天 2 小时 3 分 4.250 秒");
    assert_eq!(format(Language::En).length(3_600_000), "1 h");
    assert_eq!(format(Language::En).length(0), "0 s");
    assert_eq!(format(Language::En).length(-61_000), "−1 min 1 s");
}

#[test]
fn periods_read_as_people_say_them() {
    let month = Window::new(at("2026-11-01 00:00:00"), at("2026-12-01 00:00:00"));
    assert_eq!(format(Language::En).period(month), "1–30 November 2026");
    assert_eq!(format(Language::Zh).period(month), "2026 年 11 月 1 日—30 日");
    let quarter = Window::new(at("2026-10-01 00:00:00"), at("2027-01-01 00:00:00"));
    assert_eq!(format(Language::En).period(quarter), "1 October – 31 December 2026");
    let across = Window::new(at("2026-12-16 00:00:00"), at("2027-01-16 00:00:00"));
    assert_eq!(format(Language::Zh).period(across), "2026 年 12 月 16 日—2027 年 1 月 15 日");
    assert_eq!(format(Language::En).day(month, 6), "7 Nov");
    let night = Window::new(at("2026-11-12 23:00:00"), at("2026-11-13 03:00:00"));
    assert_eq!(format(Language::En).window(night), "2026-11-12 23:00 – 11-13 03:00");
}
