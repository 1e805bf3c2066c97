use super::csv;
use crate::input::{Language, Report};
use crate::sample;

fn text(report: &Report) -> String {
    String::from_utf8(csv(report).unwrap()).unwrap()
}

fn rows(report: &Report) -> Vec<::csv::StringRecord> {
    let text = text(report);
    let body = text.strip_prefix('\u{feff}').unwrap();
    ::csv::Reader::from_reader(body.as_bytes()).into_records().map(Result::unwrap).collect()
}

#[test]
fn excel_opens_it_in_chinese() {
    let bytes = csv(&sample::report(Language::Zh, 2)).unwrap();
    assert!(bytes.starts_with(b"\xef\xbb\xbf"));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("电路代号,A 端,Z 端"));
    assert_eq!(text.matches("\r\n").count(), 3);
    assert_eq!(text.matches('\n').count(), 3);
}

#[test]
fn texts_are_no_formulas_and_negative_numbers_stay_numbers() {
    let mut report = sample::report(Language::En, 1);
    report.circuits[0].a_end = "=1+1".to_owned();
    report.circuits[0].z_end = "\t@x, \"y\"\r\nz".to_owned();
    report.circuits[0].service = "-".to_owned();
    report.circuits[0].class = "+A".to_owned();
    let rows = rows(&report);
    assert_eq!(&rows[0][1], "'=1+1");
    assert_eq!(&rows[0][2], "'@x, \"y\" z");
    assert_eq!((&rows[0][3], &rows[0][4]), ("'-", "'+A"));
    assert_eq!(&rows[0][13], "-0.9", "minutes left");
}

#[test]
fn what_was_measured_stands_behind_the_figures_and_what_was_not_is_empty() {
    let rows = rows(&sample::report(Language::En, 2));
    let measured: Vec<&str> = rows[0].iter().skip(32).take(6).collect();
    assert_eq!(measured, ["Yes", "96.66667", "31", "4", "1190", "8120"]);
    let none: Vec<&str> = rows[1].iter().skip(32).take(25).collect();
    assert_eq!((none[0], &none[1..]), ("No", &[""; 24][..]));
}

#[test]
fn every_row_says_what_it_belongs_to() {
    let report = sample::report(Language::En, 3);
    let digest = crate::digest(&report);
    for row in rows(&report) {
        let tail: Vec<&str> = row.iter().skip(row.len() - 6).collect();
        assert_eq!(
            tail,
            ["KH-310004521", "2026-11-01 00:00:00", "2026-12-01 00:00:00", "UTC+08", "1", digest.as_str()]
        );
    }
    assert_eq!(rows(&sample::report(Language::En, 0)).len(), 0);
}
