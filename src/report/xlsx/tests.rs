use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};

use super::xlsx;
use crate::input::{Language, Report};
use crate::sample;

/// A workbook read back.
fn book(report: &Report) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(xlsx(report).unwrap())).unwrap()
}

fn sheet(report: &Report, name: &str) -> Range<Data> {
    book(report).worksheet_range(name).unwrap()
}

#[test]
fn it_has_a_sheet_for_each_table() {
    let names = |language| book(&sample::report(language, 3)).sheet_names();
    assert_eq!(
        names(Language::En),
        [
            "Summary",
            "Circuits",
            "Outages",
            "Ledger",
            "Performance",
            "Service figures",
            "Tickets",
            "Planned work",
            "Key-protection periods",
            "Excluded and suspended time",
            "Time without measurement",
            "Last 12 months",
            "Method and glossary"
        ]
    );
    assert_eq!(names(Language::Zh)[..4], ["概要", "电路明细", "中断明细", "中断计时明细"]);
}

#[test]
fn numbers_and_times_are_what_they_are() {
    let report = sample::report(Language::En, 3);
    let ledger = sheet(&report, "Ledger");
    assert_eq!(ledger.get((0, 4)), Some(&Data::String("Duration (s)".to_owned())));
    assert_eq!(ledger.get((3, 4)), Some(&Data::Float(1_124.25)));
    let Some(Data::DateTime(from)) = ledger.get((1, 2)) else { panic!("{:?}", ledger.get((1, 2))) };
    assert_eq!(from.to_ymd_hms_milli(), (2026, 11, 2, 2, 14, 20, 0));
    let total: f64 = (1..=3).map(|row| ledger.get((row, 4)).unwrap().to_string().parse::<f64>().unwrap()).sum();
    assert!((total - 1_764.25).abs() < 1e-9);
}

#[test]
fn no_text_becomes_a_formula() {
    let mut report = sample::report(Language::En, 1);
    report.circuits[0].a_end = "=HYPERLINK(\"http://x\")".to_owned();
    report.circuits[0].z_end = "+1\u{0}\u{7}".to_owned();
    report.customer.name = "@SUM(A1)".to_owned();
    report.outages[0].cause = "-2+3".to_owned();
    let mut book = book(&report);
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{name} has a formula");
    }
    let circuits = sheet(&report, "Circuits");
    assert_eq!(circuits.get((1, 1)), Some(&Data::String("=HYPERLINK(\"http://x\")".to_owned())));
    assert_eq!(circuits.get((1, 2)), Some(&Data::String("+1".to_owned())));
}

#[test]
fn no_cell_is_merged_and_the_same_report_is_the_same_bytes() {
    let report = sample::report(Language::Zh, 12);
    let mut book = book(&report);
    for name in book.sheet_names() {
        assert!(book.merge_cells_by_sheet_name(&name).unwrap().is_empty(), "{name}");
    }
    assert_eq!(xlsx(&report).unwrap(), xlsx(&report).unwrap());
}

#[test]
fn a_report_of_nothing_and_one_of_very_much_are_written() {
    assert_eq!(sheet(&sample::report(Language::Zh, 0), "电路明细").height(), 1);
    let mut much = sample::report(Language::Zh, 500);
    much.circuits[0].code = "长".repeat(100_000);
    assert_eq!(sheet(&much, "电路明细").height(), 501);
}
